"""Sequences of some touches of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.journeys.reading import Reading


def subsets(reading: Reading, rows: NDArray[np.int64], masks: NDArray[np.bool_]) -> Reading:
    """Return one sequence per mask: the touches of its row where the mask is true, in their order.

    Parameters
    ----------
    rows
        The sequence that each mask belongs to, all of one length k; of shape (masks,).
    masks
        Of shape (masks, k).

    Examples
    --------
    >>> from wanamaker.models.journeys.reading import Reading
    >>> codes, offsets = np.array([2, 3, 4], dtype=np.int32), np.array([0, 3])
    >>> reading = Reading(offsets=offsets, codes=codes, times=None, owners=np.arange(1))
    >>> subsets(reading, np.array([0]), np.array([[True, False, True]])).codes.tolist()
    [2, 4]
    """
    places = reading.offsets[:-1][rows][:, None] + np.arange(masks.shape[1])
    return reading.made_of(masks.sum(axis=1), places[masks], rows)


def rows_by_length(reading: Reading) -> list[tuple[int, NDArray[np.int64]]]:
    """Return each length of 1 or more with the sequences that have it."""
    lengths = reading.lengths
    return [(int(length), np.flatnonzero(lengths == length)) for length in np.unique(lengths[lengths > 0])]


def chunks(rows: NDArray[np.int64], touches_of_each: float, at_once: int) -> list[NDArray[np.int64]]:
    """Return rows in chunks that together make at most about so many touches."""
    count = max(1, int(np.ceil(len(rows) * touches_of_each / at_once)))
    return [part for part in np.array_split(rows, count) if len(part)]
