"""What an attribution method is: journeys in, credit out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import numpy as np

from wanamaker.journeys.journeys import UNATTRIBUTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

Need = Literal["times", "nulls"]

_REASONS: dict[Need, str] = {
    "times": "it needs the time of every touch, which these journeys do not have",
    "nulls": "it compares converting journeys with others, and no journey that did not convert was given",
}


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
    details
        What else the method found, such as removal effects, as values that JSON knows.
    """

    rows: tuple[str, ...]
    conversions: NDArray[np.float64]
    value: NDArray[np.float64] | None
    details: dict[str, Any] = field(default_factory=dict)


class Creditor(Protocol):
    """What gives credit: a method, or what it learned from all journeys."""

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        ...


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
        """The name of this method in a table; differs from ``name`` where a parameter is part of it."""
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

    @property
    def words(self) -> dict[str, str]:
        """What the report says of this method: ``summary`` and ``misleads``."""
        return {"summary": self.summary, "misleads": self.misleads}

    def unmet(self, journeys: Journeys) -> str | None:
        """Return why the method does not apply to these journeys of one goal, or None if it does."""
        has = {"times": journeys.times is not None, "nulls": bool(journeys.nulls.sum() > 0)}
        return next((_REASONS[need] for need in sorted(self.needs) if not has[need]), None)

    @property
    def basis(self) -> Method:
        """The method whose credit this one presents in another way; itself for most."""
        return self

    def presented(
        self,
        credit: MethodCredit,
        journeys: Journeys,  # noqa: ARG002
        resampling: Resampling,  # noqa: ARG002
    ) -> MethodCredit:
        """Return this method's credit, from that of its basis."""
        return credit

    def reserved(self, journeys: Journeys) -> str | None:  # noqa: ARG002
        """Return why the method applies but is not used unless it is asked for, or None."""
        return None

    def learned(self, journeys: Journeys, resampling: Resampling) -> Creditor:  # noqa: ARG002
        """Return what gives the credit, after it has seen all journeys of one goal; rules learn nothing."""
        return self

    def touch_credit(self, journeys: Journeys) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return the credit of every touch of the converting journeys, or None where there is none."""
        return None

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

    def touch_credit(self, journeys: Journeys) -> NDArray[np.float64] | None:
        """Return the shares of the touches of the converting journeys."""
        return self.touch_weights(journeys.converting)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        chosen = journeys.converting
        shares = self.touch_weights(chosen)
        totals = credited_sums(chosen, chosen.touches, shares, len(chosen.names), resampling)
        value = None if chosen.values is None else totals[1]
        return MethodCredit((*chosen.names, UNATTRIBUTED), totals[0], value)


def credited_sums(
    chosen: Journeys,
    codes: NDArray[np.integer],
    shares: NDArray[np.float64],
    count: int,
    resampling: Resampling,
) -> NDArray[np.float64]:
    """Sum shares of the conversions (and value) of converting journeys by code.

    Parameters
    ----------
    chosen
        Converting journeys.
    codes
        What each touch's share is credited to, 0 … count - 1, of shape (touches,).
    shares
        Each touch's share of its journey's conversion, of shape (touches,).

    Returns
    -------
    array
        Of shape (measures, count + 1, 1 + replicates): the last row is for journeys without touches.
    """
    amounts = np.stack([chosen.conversions, *([] if chosen.values is None else [chosen.values])])
    if resampling.replicates == 0:
        return np.stack([_plain_sums(chosen, codes, shares, count, amount) for amount in amounts])
    from wanamaker.attribution.kernels import sum_credit

    return sum_credit(
        chosen.offsets,
        codes.astype(np.int32, copy=False),
        shares,
        amounts,
        chosen.conversions if chosen.grouped else np.ones(len(chosen)),
        chosen.users,
        count,
        replicates=resampling.replicates,
        seed=resampling.seed,
    )


def _plain_sums(
    chosen: Journeys,
    codes: NDArray[np.integer],
    shares: NDArray[np.float64],
    count: int,
    amounts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the sums without replicates; numba, slow to load, is not needed for them."""
    lengths = chosen.lengths
    credited = np.bincount(codes, shares * np.repeat(amounts, lengths), count)
    return np.append(credited, amounts[lengths == 0].sum())[:, None]
