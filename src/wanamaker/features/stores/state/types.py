"""Types of what kernels work on, for the type checker: inside kernels these are bare pointers."""

from __future__ import annotations

from typing import Protocol


class Ints(Protocol):
    """Integers of 64 bits."""

    def __getitem__(self, at: int, /) -> int: ...

    def __setitem__(self, at: int, value: int, /) -> None: ...


class Floats(Protocol):
    """Floats of 64 bits."""

    def __getitem__(self, at: int, /) -> float: ...

    def __setitem__(self, at: int, value: float, /) -> None: ...


Group = tuple[Ints, ...]
"""The arrays of a key group, in the order of `places`."""

Print = tuple[int, int]
"""A fingerprint."""

Row = tuple[Ints, int, Ints, int]
"""An event: where its words and its numbers begin, each with the words from one column to the next."""

Target = tuple[Ints, Floats, int]
"""Where the features of a row go: integers, floats, and how far apart the features are."""
