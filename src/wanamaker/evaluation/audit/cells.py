"""Values of a column in order, and what a cell's neighbours lead one to expect of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_VALUES = 60
"""Columns with more distinct values are cut into ranges, but for values that many rows share."""

_RANGES = 40
_POINT_SHARE = 0.01
"""A value with this share of the rows is a cell of its own."""

NEIGHBOURS = 4
"""Cells on one side that the expectation is drawn from."""

_LEAST_IN_NEIGHBOUR = 10
_ERRORS = 2.0
"""Standard errors that an expectation is moved towards what was seen, for it is an estimate itself."""


@dataclass(frozen=True)
class Cells:
    """Cells of a column in the order of its values.

    Parameters
    ----------
    low, high
        The smallest and largest value of each cell.
    rows, positives
        Independent rows, and those whose label is 1.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rows: NDArray[np.float64]
    positives: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def logits(self) -> NDArray[np.float64]:
        """Log odds of the label, half a row added to either class."""
        return np.log((self.positives + 0.5) / (self.rows - self.positives + 0.5))

    @property
    def variances(self) -> NDArray[np.float64]:
        """Sampling variance of `logits`."""
        return 1 / (self.positives + 0.5) + 1 / (self.rows - self.positives + 0.5)

    def flipped(self) -> Cells:
        """Return the cells with the classes exchanged."""
        return Cells(self.low, self.high, self.rows, self.rows - self.positives)


def ordered_cells(
    values: NDArray[np.float64], labels: NDArray[np.bool_], clusters: NDArray[np.int64] | None
) -> Cells:
    """Cut the values, none of them NaN, into cells.

    Parameters
    ----------
    values, labels
        Of shape (rows,).
    clusters
        Rows that count as one; None if each counts.
    """
    levels, codes = np.unique(values, return_inverse=True)
    cell = _cell_of_level(np.bincount(codes))
    codes = cell[codes]
    if clusters is not None:
        first = np.unique(np.column_stack([clusters, codes]), axis=0, return_index=True)[1]
        codes, labels = codes[first], labels[first]
    count = int(cell.max()) + 1
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    ends = np.append(starts[1:], len(levels)) - 1
    return Cells(
        levels[starts],
        levels[ends],
        np.bincount(codes, minlength=count).astype(np.float64),
        np.bincount(codes, weights=labels, minlength=count).astype(np.float64),
    )


def _cell_of_level(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the cell of each distinct value: one each if they are few, else points and ranges."""
    if len(rows) <= MOST_VALUES:
        return np.arange(len(rows))
    total = rows.sum()
    point = rows >= max(_POINT_SHARE * total, 1)
    span = (np.cumsum(rows) - 1) * _RANGES // total
    changed = (np.diff(span, prepend=span[0]) != 0) | point | np.append(False, point[:-1])
    changed[0] = True
    return np.cumsum(changed) - 1


@dataclass(frozen=True)
class Trend:
    """What the neighbours of a run of cells lead one to expect: a line in log odds.

    Parameters
    ----------
    logit
        At the first cell of the run.
    slope
        From cell to cell, away from the neighbours.
    error
        Standard error of ``logit``.
    """

    logit: float
    slope: float
    error: float

    def lowered(self, steps: NDArray[np.float64], odds: float) -> NDArray[np.float64]:
        """Return probabilities that no honest run lies below, at so many steps into the run.

        The slope counts only where it leads down; two standard errors and a factor of the odds are granted.
        """
        logit = self.logit - _ERRORS * self.error - np.log(odds) + min(self.slope, 0.0) * steps
        return np.asarray(1 / (1 + np.exp(-np.clip(logit, -500, 500))))


def trend(cells: Cells, nearest_first: NDArray[np.int64], most: int = NEIGHBOURS) -> Trend | None:
    """Return the line through the nearest cells, or None where there is none.

    Parameters
    ----------
    cells
        All cells.
    nearest_first
        Positions of the cells on one side of a run, from the run outwards.
    most
        How many of them are used.
    """
    used = [place for place in nearest_first.tolist() if cells.rows[place] >= _LEAST_IN_NEIGHBOUR]
    used = used[:most]
    if not used:
        return None
    logits, weights = cells.logits[used], 1 / cells.variances[used]
    steps = -np.abs(np.array(used) - nearest_first[0]).astype(float) - 1
    if len(used) == 1:
        return Trend(float(logits[0]), 0.0, float(np.sqrt(1 / weights[0])))
    design = np.column_stack([np.ones(len(used)), steps])
    inverse = np.linalg.inv(design.T @ (weights[:, None] * design))
    intercept, slope = inverse @ design.T @ (weights * logits)
    if slope > -_ERRORS * np.sqrt(inverse[1, 1]):  # it leads up, or nowhere for certain
        logits, weights = logits[:NEIGHBOURS], weights[:NEIGHBOURS]
        flat = float((weights * logits).sum() / weights.sum())
        return Trend(flat, 0.0, float(np.sqrt(1 / weights.sum())))
    return Trend(float(intercept), float(slope), float(np.sqrt(inverse[0, 0])))


def unevenness(cells: Cells, left_out: NDArray[np.bool_]) -> float:
    """Return by what factor the odds of neighbouring cells differ beyond chance: three deviations of it.

    Codes such as the number of an app are ordered by nothing: their neighbours differ by much, and so no
    jump among them is worth a word.

    Parameters
    ----------
    cells
        All cells.
    left_out
        Mask over the cells: those under suspicion.
    """
    kept = np.flatnonzero(~left_out & (cells.rows >= _LEAST_IN_NEIGHBOUR))
    if len(kept) < 3:  # noqa: PLR2004
        return 1.0
    steps = np.diff(cells.logits[kept])
    chance = cells.variances[kept][1:] + cells.variances[kept][:-1]
    # Less two standard errors of the median, so that chance alone gives none.
    median = np.median(steps**2 / chance) - _ERRORS * _ERROR_OF_MEDIAN / np.sqrt(len(steps))
    spread = median / _MEDIAN_OF_CHI_SQUARE - 1
    return float(np.exp(_DEVIATIONS * np.sqrt(max(spread, 0.0) * np.median(chance))))


_DEVIATIONS = 3.0
"""Of the differences between neighbours: of sixty codes, the most extreme lies there."""

_MEDIAN_OF_CHI_SQUARE, _ERROR_OF_MEDIAN = 0.4549, 1.06
"""Of one degree of freedom; the error is that of a median of one value, 1 / (2 f), f the density there."""
