"""Splitting paths such as ``"A > B > C"`` into numbered names, byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SPACE = 32  # blanks, tabs and line ends, and the other control characters below


@njit(cache=True)
def split_paths(
    offsets: Ints, data: NDArray[np.uint8], separator: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], Ints, Ints, Ints, int]:
    """Split paths into names and number the names in order of first appearance.

    Names are trimmed of spaces; a blank path has no names.

    Parameters
    ----------
    offsets, data
        The paths as an Arrow string array, of shapes (paths + 1,) and (bytes,).
    separator
        The bytes between two names.

    Returns
    -------
    tuple
        Codes of all names, where each path's codes begin, where each distinct name begins and ends
        in ``data``, and the first path with an empty name (-1 for none).
    """
    paths = len(offsets) - 1
    codes = np.empty(_count_names(offsets, data, separator), dtype=np.int32)
    ends = np.zeros(paths + 1, dtype=np.int64)
    table = np.full(1 << 12, -1, dtype=np.int64)
    starts, stops = np.empty(1 << 11, dtype=np.int64), np.empty(1 << 11, dtype=np.int64)
    known, filled = 0, 0
    for path in range(paths):
        place, stop = offsets[path], offsets[path + 1]
        blank = _trim(data, place, stop)
        while blank[0] < blank[1]:
            end = _next_separator(data, place, stop, separator)
            first, last = _trim(data, place, end)
            if first == last:
                return codes, ends, starts, stops, path
            code = _find(table, data, starts, stops, first, last)
            if code < 0:
                if known == len(starts):
                    starts, stops = _doubled(starts), _doubled(stops)
                    table = _rehashed(data, starts, stops, known)
                code = known
                starts[known], stops[known] = first, last
                _place(table, data, first, last, known)
                known += 1
            codes[filled] = code
            filled += 1
            if end == stop:
                break
            place = end + len(separator)
        ends[path + 1] = filled
    return codes[:filled], ends, starts[:known], stops[:known], -1


@njit(cache=True)
def _count_names(offsets: Ints, data: NDArray[np.uint8], separator: NDArray[np.uint8]) -> int:
    """Return an upper bound of the names: separators and one more per path."""
    count = len(offsets) - 1
    first = separator[0]
    for place in range(offsets[0], offsets[-1]):
        count += data[place] == first
    return count


@njit(cache=True)
def _trim(data: NDArray[np.uint8], start: int, stop: int) -> tuple[int, int]:
    while start < stop and data[start] <= _SPACE:
        start += 1
    while start < stop and data[stop - 1] <= _SPACE:
        stop -= 1
    return start, stop


@njit(cache=True)
def _next_separator(data: NDArray[np.uint8], start: int, stop: int, separator: NDArray[np.uint8]) -> int:
    width = len(separator)
    for place in range(start, stop - width + 1):
        if data[place] == separator[0]:
            same = True
            for step in range(1, width):
                same = same and data[place + step] == separator[step]
            if same:
                return place
    return stop


@njit(cache=True)
def _slot(table: Ints, data: NDArray[np.uint8], first: int, last: int) -> int:
    state = np.uint64(14695981039346656037)
    for place in range(first, last):
        state = (state ^ np.uint64(data[place])) * np.uint64(1099511628211)
    state = state ^ (state >> np.uint64(29))
    return np.int64(state & np.uint64(len(table) - 1))  # type: ignore[return-value]


@njit(cache=True)
def _find(table: Ints, data: NDArray[np.uint8], starts: Ints, stops: Ints, first: int, last: int) -> int:
    slot = _slot(table, data, first, last)
    while table[slot] >= 0:
        code = table[slot]
        if stops[code] - starts[code] == last - first:
            same = True
            for step in range(last - first):
                if data[starts[code] + step] != data[first + step]:
                    same = False
                    break
            if same:
                return code  # type: ignore[no-any-return]
        slot = (slot + 1) & (len(table) - 1)
    return -1


@njit(cache=True)
def _place(table: Ints, data: NDArray[np.uint8], first: int, last: int, code: int) -> None:
    slot = _slot(table, data, first, last)
    while table[slot] >= 0:
        slot = (slot + 1) & (len(table) - 1)
    table[slot] = code


@njit(cache=True)
def _doubled(values: Ints) -> Ints:
    wider = np.empty(2 * len(values), dtype=np.int64)
    wider[: len(values)] = values
    return wider


@njit(cache=True)
def _rehashed(data: NDArray[np.uint8], starts: Ints, stops: Ints, known: int) -> Ints:
    table = np.full(2 * len(starts), -1, dtype=np.int64)
    for code in range(known):
        _place(table, data, starts[code], stops[code], code)
    return table
