"""One pass over ranked rows: the areas under the ROC and the precision-recall curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@njit(cache=True)
def ranking_pass(
    labels: NDArray[np.bool_],
    last: NDArray[np.bool_],
    weights: NDArray[np.float64],
    state: NDArray[np.float64],
) -> None:
    """Add rows, from the highest score to the lowest, to the sums of both areas.

    Parameters
    ----------
    labels
        Of shape (rows,).
    last
        Whether the row is the last with its score, of shape (rows,).
    weights
        Of shape (rows, columns).
    state
        Changed in place, of shape (6, columns): weight of positives and of negatives above the present
        score, of both at the present score, pairs won, and the sum of precision over positives.
    """
    tied, tied_negative = state[2], state[3]
    columns = weights.shape[1]
    positives: bool = tied.max() > 0.0
    for row in range(len(labels)):
        if labels[row]:
            positives = True
            for column in range(columns):
                tied[column] += weights[row, column]
        else:
            for column in range(columns):
                tied_negative[column] += weights[row, column]
        if last[row]:
            _close_tie(state, positives)
            positives = False


@njit(cache=True)
def _close_tie(state: NDArray[np.float64], positives: bool) -> None:
    """Count the rows of one score, all of which are known now."""
    above, below, tied, tied_negative, won, precision = state
    columns = state.shape[1]
    if not positives:
        for column in range(columns):
            won[column] += tied_negative[column] * above[column]
            below[column] += tied_negative[column]
            tied_negative[column] = 0.0
        return
    for column in range(columns):
        won[column] += tied_negative[column] * (above[column] + 0.5 * tied[column])
        above[column] += tied[column]
        below[column] += tied_negative[column]
        flagged = above[column] + below[column]
        precision[column] += tied[column] * above[column] / flagged if flagged > 0.0 else 0.0
        tied[column] = 0.0
        tied_negative[column] = 0.0
