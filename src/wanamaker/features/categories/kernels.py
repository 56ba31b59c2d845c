"""Running totals of keys: put together, and read at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def running_totals(
    codes: NDArray[np.int64],
    moments: NDArray[np.int64],
    events: NDArray[np.int64],
    conversions: NDArray[np.int64],
    keys: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return entries gathered by key, one per key and moment, with the totals up to and with each.

    Parameters
    ----------
    codes, moments, events, conversions
        The key of each entry, its moment, and what it adds; of shape (entries,), in order of the moments.
    keys
        How many keys there are.

    Returns
    -------
    tuple
        Where the entries of each key begin and end, of shape (keys + 1,); moments, events and conversions.
    """
    places = np.zeros(keys + 1, dtype=np.int64)
    for code in codes:
        places[code + 1] += 1
    places = np.cumsum(places)
    order = np.empty(len(codes), dtype=np.int64)
    following = places.copy()
    for entry in range(len(codes)):
        order[following[codes[entry]]] = entry
        following[codes[entry]] += 1
    starts = np.zeros(keys + 1, dtype=np.int64)
    at, seen, converted = np.empty_like(moments), np.empty_like(events), np.empty_like(conversions)
    count = 0
    for key in range(keys):
        starts[key] = count
        for place in range(places[key], places[key + 1]):
            entry = order[place]
            first = count == starts[key]
            if first or at[count - 1] != moments[entry]:
                at[count] = moments[entry]
                seen[count] = 0 if first else seen[count - 1]
                converted[count] = 0 if first else converted[count - 1]
                count += 1
            seen[count - 1] += events[entry]
            converted[count - 1] += conversions[entry]
    starts[keys] = count
    return starts, at[:count].copy(), seen[:count].copy(), converted[:count].copy()


@njit(cache=True)
def totals_before(
    starts: NDArray[np.int64],
    moments: NDArray[np.int64],
    events: NDArray[np.int64],
    conversions: NDArray[np.int64],
    codes: NDArray[np.int64],
    at: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return what was known of each asked key strictly before the asked moment.

    Parameters
    ----------
    starts
        Where the entries of each key begin and end, of shape (keys + 1,).
    moments
        When each entry became known, rising within a key, of shape (entries,).
    events, conversions
        The totals of the key up to and with each entry, of shape (entries,).
    codes
        The asked key, or -1 for one that has no entries, of shape (rows,).
    at
        The asked moment, of shape (rows,).

    Returns
    -------
    tuple
        Events and conversions, each of shape (rows,).
    """
    rows = len(codes)
    seen = np.zeros(rows, dtype=np.int64)
    converted = np.zeros(rows, dtype=np.int64)
    for row in range(rows):
        code = codes[row]
        if code < 0:
            continue
        low, high = starts[code], starts[code + 1]
        while low < high:  # ends at the first entry that is not before the moment
            middle = (low + high) // 2
            if moments[middle] < at[row]:
                low = middle + 1
            else:
                high = middle
        if low > starts[code]:
            seen[row] = events[low - 1]
            converted[row] = conversions[low - 1]
    return seen, converted
