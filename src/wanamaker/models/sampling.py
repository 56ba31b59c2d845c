"""Training on fewer negatives or heavier positives, and what that does to log-odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.events.codes import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

Weight = float | str | None


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Which rows are learned from, and with which weights.

    Parameters
    ----------
    kept
        Of shape (rows,).
    weights
        Of the kept rows, of shape (kept rows,); None: 1 each.
    shift
        What has to be added to the log-odds of a model of these rows, so that they hold for all rows:
        ln w for a share w of negatives kept, and − ln s for positives of weight s (King and Zeng 2001).
    """

    kept: NDArray[np.bool_]
    weights: NDArray[np.float64] | None
    shift: float


def sampled(
    labels: NDArray[np.bool_], *, keep_negatives: float = 1.0, class_weight: Weight = None, seed: int = 0
) -> Sample:
    """Choose the rows to learn from: every positive, and a share of the negatives.

    Which negatives are kept depends on their place and the seed alone.

    Parameters
    ----------
    labels
        Of shape (rows,).
    keep_negatives
        The share that is kept, above 0 and at most 1.
    class_weight
        The weight of a positive, above 0; ``"balanced"`` gives both classes the same weight in all.

    Raises
    ------
    ParameterError
        If a weight is not above 0, or no negative is left.

    Examples
    --------
    >>> sample = sampled(np.array([True] + [False] * 9), class_weight="balanced")
    >>> sample.weights[:2].tolist(), round(sample.shift, 3)
    ([9.0, 1.0], -2.197)
    """
    kept = np.ones(len(labels), dtype=np.bool_)
    shift = 0.0
    if keep_negatives < 1.0:
        states = np.arange(len(labels), dtype=np.uint64) ^ mixed(np.array([seed], dtype=np.uint64))
        drawn = mixed(states) / np.float64(2.0**64)
        kept = labels | (drawn < keep_negatives)
        # The share that was really kept, so that the odds are exact for this sample.
        share = float((kept & ~labels).sum() / max(int((~labels).sum()), 1))
        if share == 0.0:
            message = f"keep_negatives={keep_negatives!r} leaves no negative of {int((~labels).sum())}."
            raise ParameterError(message, hint="Keep a larger share, or leave it out.")
        shift += float(np.log(share))
    weight = _weight(labels[kept], class_weight)
    if weight == 1.0:
        return Sample(kept, None, shift)
    return Sample(kept, np.where(labels[kept], weight, 1.0), shift - float(np.log(weight)))


def _weight(labels: NDArray[np.bool_], asked: Weight) -> float:
    if asked is None:
        return 1.0
    if asked == "balanced":
        return float((~labels).sum() / labels.sum())
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not 0.0 < asked < np.inf:
        message = f"The 'class_weight' parameter of ClickModel must be a number above 0. Got {asked!r}."
        raise ParameterError(message, hint="Write 'balanced', a number, or None.")
    return float(asked)
