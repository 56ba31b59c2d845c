"""What an attribution method is: journeys in, credit out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from wanamaker.journeys.journeys import UNATTRIBUTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

Need = Literal["times", "nulls"]


@dataclass(frozen=True, eq=False)
class MethodCredit:
    """The credit that one method gives.

    Parameters
    ----------
    rows
        What is credited: the touch names, then rows in parentheses.
    conversions
        Credited conversions, of shape (rows, 1 + replicates); the first column is the estimate.
    value
        Credited value in the same shape, or None where the journeys have none.
    """

    rows: tuple[str, ...]
    conversions: NDArray[np.float64]
    value: NDArray[np.float64] | None


class Method(ABC):
    """An attribution method. Subclasses are frozen dataclasses whose fields are its parameters.

    Attributes
    ----------
    name
        The name in tables and on the command line.
    conserves
        ``"journey"`` if the credit of each converting journey's touches sums to 1; ``"total"`` if
        only the total equals the conversions.
    needs
        What the journeys must have: ``"times"`` of touches, ``"nulls"`` (journeys that did not
        convert). A method is left out of the default set where a need is not met.
    summary
        What it does, in one sentence, for the report.
    misleads
        When it misleads, in one sentence, for the report.
    """

    name: ClassVar[str]
    conserves: ClassVar[Literal["journey", "total"]]
    needs: ClassVar[frozenset[Need]] = frozenset()
    summary: ClassVar[str]
    misleads: ClassVar[str]

    @property
    def label(self) -> str:
        """The name of this method in a table; differs from ``name`` for custom methods only."""
        return self.name

    @property
    def parameters(self) -> dict[str, Any]:
        """The method's parameters by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    @property
    def described(self) -> str:
        """The label, with the parameters that differ from their defaults."""
        chosen = [
            f"{field.name}={getattr(self, field.name)}"
            for field in fields(self)  # type: ignore[arg-type]
            if field.default is not MISSING and getattr(self, field.name) != field.default
        ]
        return f"{self.label}({', '.join(chosen)})" if chosen else self.label

    @abstractmethod
    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""


class JourneyMethod(Method):
    """A method that splits each conversion over the touches of its own journey."""

    conserves = "journey"

    @abstractmethod
    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return each touch's share of its journey's conversion, of shape (touches,).

        The shares of a journey sum to 1.
        """

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        chosen = journeys.converting
        shares = self.touch_weights(chosen)
        measures = [chosen.conversions, *([] if chosen.values is None else [chosen.values])]
        totals = _summed(chosen, shares, np.stack(measures), resampling)
        value = None if chosen.values is None else totals[1]
        return MethodCredit((*chosen.names, UNATTRIBUTED), totals[0], value)


def _summed(
    chosen: Journeys, shares: NDArray[np.float64], amounts: NDArray[np.float64], resampling: Resampling
) -> NDArray[np.float64]:
    """Sum shares of amounts by touch: shape (amounts, touch names + 1, 1 + replicates)."""
    if resampling.replicates == 0:
        return np.stack([_plain_sums(chosen, shares, amount) for amount in amounts])
    from wanamaker.attribution.kernels import sum_credit

    return sum_credit(
        chosen.offsets,
        chosen.touches,
        shares,
        amounts,
        chosen.conversions if chosen.grouped else np.ones(len(chosen)),
        chosen.users,
        len(chosen.names),
        replicates=resampling.replicates,
        seed=resampling.seed,
    )


def _plain_sums(
    chosen: Journeys, shares: NDArray[np.float64], amounts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sums without replicates; numba, slow to load, is not needed for them."""
    lengths = chosen.lengths
    credited = np.bincount(chosen.touches, shares * np.repeat(amounts, lengths), len(chosen.names))
    return np.append(credited, amounts[lengths == 0].sum())[:, None]
