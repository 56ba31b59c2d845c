"""A quantity made of a few columns: a signed sum, a ratio, a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SPARE = 4.0
"""Times the rounding error of the parts that a computed sum may be off."""


@dataclass(frozen=True)
class Formula:
    """A signed sum, ratio or product of columns.

    Parameters
    ----------
    kind
        ``"sum"``, ``"ratio"`` or ``"product"``.
    columns
        The columns, in order.
    signs
        For a sum, 1 or -1 for each column.
    """

    kind: str
    columns: tuple[str, ...]
    signs: tuple[int, ...] = ()

    def values(self, numbers: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the quantity of each row; NaN where a column has no value."""
        parts = [numbers[name] for name in self.columns]
        if self.kind == "sum":
            return np.asarray(sum(sign * part for sign, part in zip(self.signs, parts, strict=True)))
        if self.kind == "product":
            return parts[0] * parts[1]
        return ratio(*parts)

    def tolerance(
        self, numbers: Mapping[str, NDArray[np.float64]], rounding: Mapping[str, float]
    ) -> NDArray[np.float64]:
        """Return how far each row may be off by rounding alone."""
        if self.kind == "sum":
            parts = (rounding[name] * np.abs(numbers[name]) for name in self.columns)
            return np.asarray(_SPARE * sum(parts, np.zeros(1)))
        error = max(DERIVED_ERROR, *(rounding[name] for name in self.columns))
        return np.asarray(_SPARE * error * np.abs(self.values(numbers)))

    def turned(self) -> Formula:
        """Return the sum with all signs the other way round."""
        return Formula(self.kind, self.columns, tuple(-sign for sign in self.signs))

    def __str__(self) -> str:
        if self.kind != "sum":
            return (" / " if self.kind == "ratio" else " × ").join(self.columns)
        terms = sorted(zip(self.signs, self.columns, strict=True), key=lambda term: -term[0])
        first = ("−" if terms[0][0] < 0 else "") + terms[0][1]
        return first + "".join(f" {'+' if sign > 0 else '−'} {name}" for sign, name in terms[1:])


DERIVED_ERROR = 1e-9
"""Relative rounding error of a ratio or product."""


def ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ratio; NaN where the denominator is 0.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0))
