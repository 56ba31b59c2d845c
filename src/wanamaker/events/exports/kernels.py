"""Loops over the bytes of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from wanamaker.events.exports.words.kernels import eight, upto_eight, zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Place = int | np.signedinteger[Any]
    Places = NDArray[np.signedinteger[Any]]

TAB, NEWLINE, RETURN, SPACE, QUOTE, MINUS, ZERO, NINE = 9, 10, 13, 32, 34, 45, 48, 57
PLAIN, EMPTY, OTHER = 0, 1, 2
"""Kinds of a cell of numbers: digits with at most one decimal mark; nothing; all else."""
_MOST_DIGITS = 15
_RUN, _WORDS = 16, 1 << 10
_ONES = 0x0101010101010101


@njit(cache=True)
def to_utf8(units: NDArray[np.uint16], out: Bytes) -> int:
    """Write UTF-16 as UTF-8 and return how many bytes it takes; -1 where a surrogate has no partner."""
    end = 0
    place = 0
    while place < len(units):
        size = _narrowed(units, place, out, end)
        place += size
        end += size
        stop = min(place + _RUN, len(units))
        while place < stop:
            code = np.int64(units[place])
            place += 1
            if 0xD800 <= code <= 0xDFFF:
                if code > 0xDBFF or place == len(units) or not 0xDC00 <= units[place] <= 0xDFFF:
                    return -1
                code = 0x10000 + ((code - 0xD800) << 10) + (np.int64(units[place]) - 0xDC00)
                place += 1
            if code < 0x80:
                out[end] = code
                end += 1
                continue
            more = 1 if code < 0x800 else 2 if code < 0x10000 else 3
            lead = 0xC0 if more == 1 else 0xE0 if more == 2 else 0xF0
            out[end] = lead | (code >> (6 * more))
            for step in range(1, more + 1):
                out[end + step] = 0x80 | ((code >> (6 * (more - step))) & 0x3F)
            end += more + 1
    return end


@njit(inline="always")
def _narrowed(units: NDArray[np.uint16], place: int, out: Bytes, end: int) -> int:
    """Copy ASCII up to about where something else comes, in steps that a processor does at once."""
    size = 0
    while place + size + _RUN <= len(units):
        seen = np.uint16(0)
        first = np.uint64(place + size)
        for step in range(np.uint64(_RUN)):
            seen |= units[first + step]
        if seen >= 0x80:
            break
        size += _RUN
    first, second = np.uint64(place), np.uint64(end)
    for step in range(np.uint64(size)):
        out[second + step] = units[first + step]
    return size


@njit(cache=True)
def newlines(body: Bytes) -> int:
    """Return how many newlines there are."""
    count = 0
    for byte in body:
        count += byte == NEWLINE
    return count


@njit(cache=True)
def split_rows(
    body: Bytes, begin: int, separator: int, slots: NDArray[np.int64], starts: Places, ends: Places
) -> int:
    """Find where the cells of some columns start and end, one line being one row.

    Parameters
    ----------
    body, begin
        The text in UTF-8, and where the first row begins.
    separator
        The byte between cells.
    slots
        For each column the row of ``starts`` and ``ends`` that takes its cells, or -1.
    starts, ends
        Of shape (slots, rows), filled in; all 0 at first. A cell with doubled quotes has its end negated.

    Returns
    -------
    int
        How many rows there are; -1 if a quoted cell goes over lines or is followed by something, or a line
        has more cells than there are columns, so that it has to be read with more care.
    """
    marks = np.empty(_WORDS, dtype=np.uint64)
    row = column = 0
    start = begin
    inside = False
    for first in range(begin, len(body) + 1 if begin < len(body) else 0, 8 * _WORDS):
        for number in range(_marked(body, first, separator, marks)):
            word = marks[np.uint64(number)]
            while word:
                lowest = word & (~word + np.uint64(1))
                word ^= lowest
                below = ((lowest - np.uint64(1)) & np.uint64(_ONES)) * np.uint64(_ONES) >> np.uint64(56)
                place: int = first + 8 * number - 1 + np.int64(below)  # type: ignore[assignment]
                byte = body[np.uint64(place)] if place < len(body) else NEWLINE
                if byte == QUOTE:
                    before = np.uint64(place - 1)
                    inside = not inside and (
                        place == start or (body[np.uint64(start)] == QUOTE and body[before] == QUOTE)
                    )
                    continue
                if column == len(slots) or inside:
                    if byte == NEWLINE or not inside:
                        return -1
                    continue
                slot = slots[np.uint64(column)]
                if slot >= 0:
                    cell, end = _cell(body, start, place, byte == NEWLINE)
                    if cell < 0:
                        return -1
                    starts[np.uint64(slot), np.uint64(row)] = cell
                    ends[np.uint64(slot), np.uint64(row)] = end
                column += 1
                start = place + 1
                if byte == NEWLINE:
                    row += 1
                    column = 0
    return row


@njit(cache=True)
def _marked(body: Bytes, begin: int, separator: int, marks: NDArray[np.uint64]) -> int:
    """Set the highest bit of each byte that is a separator, newline or quote, eight bytes at a time.

    A text that does not end with a newline has one behind its end. Returns how many words are filled in.
    """
    left = len(body) - begin
    whole = min(left // 8, len(marks))
    first = np.uint64(begin)
    for number in range(np.uint64(whole)):
        marks[number] = _marks(eight(body, first + np.uint64(8) * number), separator)
    if whole == len(marks):
        return whole
    marks[whole] = _marks(upto_eight(body, begin + 8 * whole, len(body)), separator)
    if body[-1] != NEWLINE:
        marks[whole] |= np.uint64(0x80) << np.uint64(8 * (left - 8 * whole))
    return whole + 1


@njit(inline="always")
def _marks(word: np.uint64, separator: int) -> np.uint64:
    ones = np.uint64(_ONES)
    return (
        zeros(word ^ (ones * np.uint64(separator)))
        | zeros(word ^ (ones * np.uint64(NEWLINE)))
        | zeros(word ^ (ones * np.uint64(QUOTE)))
    )


@njit(inline="always")
def _cell(body: Bytes, start: int, stop: int, last: bool) -> tuple[int, int]:
    """Return a cell without quotes around it; -1 if they are not in order."""
    if last and stop > start and body[np.uint64(stop - 1)] == RETURN:
        stop -= 1
    if start < stop and body[np.uint64(start)] == QUOTE:
        return _within(body, start + 1, stop - 1)
    return start, stop


@njit(cache=True)
def _within(body: Bytes, start: int, end: int) -> tuple[int, int]:
    """Return a cell within quotes, its end negated if it has doubled quotes; -1 if they are not in order."""
    if end < start or body[end] != QUOTE:
        return -1, -1
    place = start
    doubled = False
    while place < end:
        if body[place] == QUOTE:
            if place + 1 == end or body[place + 1] != QUOTE:
                return -1, -1
            doubled = True
            place += 1
        place += 1
    return start, -end if doubled else end


@njit(cache=True)
def gathered(body: Bytes, starts: Places, ends: Places) -> tuple[Places, Bytes]:
    """Return cells one after the other: their offsets, of shape (cells + 1,), and their bytes."""
    offsets = np.zeros(len(starts) + 1, dtype=np.int64)
    for row in range(len(starts)):
        offsets[row + 1] = offsets[row] + abs(ends[row]) - starts[row]
    out = np.empty(offsets[-1], dtype=np.uint8)
    end = 0
    for row in range(len(starts)):
        offsets[row] = end
        place = starts[row]
        while place < abs(ends[row]):
            out[end] = body[place]
            end += 1
            place += 2 if ends[row] < 0 and body[place] == QUOTE else 1
    offsets[len(starts)] = end
    return offsets, out[:end]


@njit(cache=True)
def plain_numbers(
    body: Bytes, starts: Places, ends: Places, decimal: int
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return cells as numbers where they are up to 15 digits with at most one decimal mark.

    An integer below 2^53 divided by a power of ten up to 10^22 is the float nearest to the decimal number
    (Clinger 1990, section 4).

    Returns
    -------
    tuple
        The numbers, NaN where there is none, and the kind of each cell.
    """
    values = np.full(len(starts), np.nan)
    kinds = np.full(len(starts), OTHER, dtype=np.uint8)
    powers = 10.0 ** np.arange(_MOST_DIGITS + 1)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        while start < end and body[start] == SPACE:
            start += 1
        while start < end and body[end - 1] == SPACE:
            end -= 1
        if start == end or (end == start + 2 and body[start] == MINUS and body[start + 1] == MINUS):
            kinds[row] = EMPTY
            continue
        digits, behind, whole = 0, -1, 0
        for place in range(start, end):
            byte = body[place]
            if ZERO <= byte <= NINE:
                whole = whole * 10 + (byte - ZERO)
                digits += 1
                behind += behind >= 0
            elif byte == decimal and behind < 0:
                behind = 0
            else:
                digits = 0
                break
        if 0 < digits <= _MOST_DIGITS:
            values[row] = whole / powers[max(behind, 0)]
            kinds[row] = PLAIN
    return values, kinds
