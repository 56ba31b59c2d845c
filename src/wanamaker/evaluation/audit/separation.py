"""How well a quantity gives the label: by one value of its own, or by a cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.evaluation.audit.strength import mutual_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

VALUE_ERROR = 0.02
"""Rows of either class that may contradict "the label is 1 exactly where the sum is c" (a few wrong rows)."""

CUT_ERROR = 0.003
"""Mean share of both classes on the wrong side of a cut. The sum of four honest features of AUC 0.9 each has
an AUC of 0.995 and errs on 3.6 %; only arithmetic comes below 0.3 %."""

CERTAIN_BITS = 30.0
"""Information beyond what the search itself may find by luck: a chance of one in 2^30 per table."""

LEAST_ROWS = 20
"""Rows of either class that must have a value."""


@dataclass(frozen=True)
class Separation:
    """How a quantity gives the label.

    Parameters
    ----------
    relation
        ``"="``, ``"≠"``, ``">"`` or ``"<"``: the label is 1 where the quantity stands so to ``value``.
    value
        The value or cut.
    rows
        Rows in which the quantity has a value.
    contradicting
        Mask over all rows: those that the rule gets wrong.
    error
        Mean of the shares of both classes that contradict.
    bits
        Information about the label, summed over the rows.
    """

    relation: str
    value: float
    rows: int
    contradicting: NDArray[np.bool_]
    error: float
    bits: float


def by_value(
    quantity: NDArray[np.float64], labels: NDArray[np.bool_], tolerance: NDArray[np.float64], *, side: bool
) -> Separation | None:
    """Return how one value of the quantity gives the label, or None if it does not.

    Parameters
    ----------
    quantity
        Of shape (rows,); NaN where there is none.
    labels
        Of shape (rows,).
    tolerance
        Rounding error of each row.
    side
        The class in which the quantity is constant.
    """
    known = ~np.isnan(quantity)
    held = quantity[known & (labels == side)]
    if not _enough(known, labels):
        return None
    value = float(np.median(held))
    hit = known & (np.abs(quantity - value) <= tolerance)
    return _judged(known, hit if side else known & ~hit, labels, "=" if side else "≠", value, VALUE_ERROR)


def by_cut(quantity: NDArray[np.float64], labels: NDArray[np.bool_]) -> Separation | None:
    """Return how a cut of the quantity gives the label, or None if it does not."""
    known = ~np.isnan(quantity)
    if not _enough(known, labels):
        return None
    values, ones = quantity[known], labels[known]
    order = np.argsort(values, kind="stable")
    ends = np.flatnonzero(np.diff(values[order], append=np.inf) != 0)
    below_one = np.cumsum(ones[order])[ends] / ones.sum()
    below_zero = np.cumsum(~ones[order])[ends] / (~ones).sum()
    gap = below_zero - below_one
    best = int(np.argmax(np.abs(gap)))
    if best + 1 >= len(ends):
        return None
    above = bool(gap[best] > 0)
    cut = _cut(values[order][ends[best]], values[order][ends[best] + 1], above=above)
    with np.errstate(invalid="ignore"):
        said = known & ((quantity > cut) if above else (quantity < cut))
    return _judged(known, said, labels, ">" if above else "<", cut, CUT_ERROR)


def _cut(low: float, high: float, *, above: bool) -> float:
    """Return a number that parts the two: 0 if it does, else the middle."""
    fits = low <= 0 < high if above else low < 0 <= high
    return 0.0 if fits else float((low + high) / 2)


def _enough(known: NDArray[np.bool_], labels: NDArray[np.bool_]) -> bool:
    """Tell whether both classes have values, and most of their rows have."""
    for side in (True, False):
        of_class = labels == side
        rows = int((known & of_class).sum())
        if rows < LEAST_ROWS or 2 * rows < of_class.sum():
            return False
    return True


def _judged(
    known: NDArray[np.bool_],
    said: NDArray[np.bool_],
    labels: NDArray[np.bool_],
    relation: str,
    value: float,
    granted: float,
) -> Separation | None:
    ones, zeros = known & labels, known & ~labels
    missed, wrong = float((ones & ~said).sum()), float((zeros & said).sum())
    shares = missed / ones.sum(), wrong / zeros.sum()
    error = float(sum(shares) / 2)
    if max(shares) > VALUE_ERROR or error > granted:
        return None
    bits = mutual_bits(ones.sum() - missed, missed, wrong, zeros.sum() - wrong)
    contradicting = known & (said != labels)
    return Separation(relation, value, int(known.sum()), contradicting, error, bits)
