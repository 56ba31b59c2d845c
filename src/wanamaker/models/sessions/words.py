"""From names to the codes that an embedding reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.events.codes import mixed, stable_hashes
from wanamaker.nn.sequences import FIRST_KNOWN, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Coded

    Name = str | None

_BASIS, _PRIME, _WORD = 14_695_981_039_346_656_037, 1_099_511_628_211, 2**64 - 1


@dataclass(frozen=True, eq=False)
class Words:
    """The names of one column that training had often enough, or the buckets that names are thrown into.

    A missing name, None, is a name like any other: known if training had it often enough.

    Parameters
    ----------
    names
        Known names; the code of one is its place, from 2 on. Empty where names are thrown into buckets.
    buckets
        How many buckets; 0 where names are known one by one.

    Examples
    --------
    >>> words = Words(("cart", "view"))
    >>> [words.code(name) for name in ("cart", "view", "gift", None)], len(words)
    ([2, 3, 1, 1], 4)
    """

    names: tuple[Name, ...]
    buckets: int = 0
    _codes: Mapping[Name, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes = {name: code for code, name in enumerate(self.names, start=FIRST_KNOWN)}
        object.__setattr__(self, "_codes", codes)

    @classmethod
    def of(cls, column: Coded, min_count: int, buckets: int = 0) -> Words:
        """Return the words of a column of the training rows.

        Parameters
        ----------
        column
            Codes and names.
        min_count
            Names that occur less often are not known.
        buckets
            Where above 0: names are thrown into so many buckets, and none is kept.
        """
        if buckets:
            return cls((), buckets)
        names: list[Name] = [*column.names, None]
        counts = np.bincount(_places(column), minlength=len(names))
        return cls(tuple(name for name, count in zip(names, counts, strict=True) if count >= min_count))

    def __len__(self) -> int:
        """Return how many codes there are, those of padding and of the unknown among them."""
        return FIRST_KNOWN + (self.buckets or len(self.names))

    def code(self, name: Name) -> int:
        """Return the code of one name."""
        if self.buckets:
            return self._bucket(_fnv1a(name or ""))
        return self._codes.get(name, UNKNOWN)

    def read(self, column: Coded) -> NDArray[np.int32]:
        """Return the code of each row of a column."""
        names: list[Name] = [*column.names, None]
        table = self._thrown(names) if self.buckets else np.array([self.code(name) for name in names])
        return table.astype(np.int32)[_places(column)]

    def unseen(self, column: Coded) -> int:
        """Return how many rows have a name that is not known; a missing one is none."""
        return int(((self.read(column) == UNKNOWN) & (column.codes >= 0)).sum())

    def _thrown(self, names: Sequence[Name]) -> NDArray[np.int64]:
        hashes = stable_hashes(pl.Series(names, dtype=pl.String))
        return FIRST_KNOWN + (hashes % np.uint64(self.buckets)).astype(np.int64)

    def _bucket(self, state: int) -> int:
        return FIRST_KNOWN + int(mixed(np.array([state], dtype=np.uint64))[0]) % self.buckets

    def to_state(self) -> dict[str, Any]:
        """Return the words as JSON has them."""
        return {"names": list(self.names), "buckets": self.buckets}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Words:
        """Return the words that `to_state` described."""
        return cls(tuple(state["names"]), int(state["buckets"]))


def _fnv1a(text: str) -> int:
    """Return what `wanamaker.events.kernels.fnv1a` does of one text, without a table around it."""
    state = _BASIS
    for byte in text.encode():
        state = (state ^ byte) * _PRIME & _WORD
    return state


def _places(column: Coded) -> NDArray[np.int64]:
    """Return codes with the missing ones counted behind the last name."""
    codes = column.codes.astype(np.int64)
    return np.where(codes < 0, len(column.names), codes)
