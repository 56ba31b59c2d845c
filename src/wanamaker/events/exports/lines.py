"""Single lines of a large text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NEWLINE = ord("\n")
_TAIL = 1 << 16


def lines_of(body: NDArray[np.uint8], numbers: Sequence[int], count: int) -> dict[int, str]:
    r"""Return the text of some lines.

    Parameters
    ----------
    body
        The text in UTF-8.
    numbers
        Which lines, counted from 1.
    count
        How many lines there are.

    Examples
    --------
    >>> lines_of(np.frombuffer(b"a\nb\nc", dtype=np.uint8), [1, 3], 3)
    {1: 'a', 3: 'c'}
    """
    if not numbers:
        return {}
    tail = body[-_TAIL:].tobytes().split(b"\n")
    if tail[-1] == b"":
        tail.pop()
    offset = count - len(tail)
    if min(numbers) > offset + (len(body) > _TAIL):
        return {number: _text(tail[number - offset - 1]) for number in numbers}
    ends = np.flatnonzero(body == _NEWLINE)
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [len(body)]])
    return {number: _text(body[starts[number - 1] : stops[number - 1]].tobytes()) for number in numbers}


def first_lines(body: NDArray[np.uint8], count: int) -> list[str]:
    """Return the text of the first lines."""
    return [_text(line) for line in body[: behind_lines(body, count)].tobytes().split(b"\n")[:count]]


def behind_lines(body: NDArray[np.uint8], count: int) -> int:
    r"""Return the place behind the first lines.

    Examples
    --------
    >>> behind_lines(np.frombuffer(b"a\nb\nc", dtype=np.uint8), 2)
    4
    """
    size = _TAIL
    while size < len(body) and np.count_nonzero(body[:size] == _NEWLINE) < count:
        size *= 2
    ends = np.flatnonzero(body[:size] == _NEWLINE)
    return int(ends[count - 1]) + 1 if count <= len(ends) else len(body)


def count_lines(body: NDArray[np.uint8]) -> int:
    """Return how many lines a text has; a newline at its end begins no further line."""
    from wanamaker.events.exports.kernels import newlines

    return int(newlines(body)) + (len(body) == 0 or body[-1] != _NEWLINE)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")
