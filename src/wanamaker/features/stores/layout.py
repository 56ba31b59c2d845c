"""What goes into a store and comes out: events as plain integers, features as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from wanamaker.features.windows.definitions import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.windows.plan import KeyGroup, Plan

NULL: Final = int(np.iinfo(np.int64).min)
"""An integer feature that is null; NaN is one that is a float."""

WORDS: Final = 3
"""A value of a key, an id or a counted value takes three words: its type, and 128 bits that tell it apart."""

NUMBER: Final = 2
"""A value that is summed takes two words: what it is (`NOTHING`, `WHOLE`, `REAL`), and its 64 bits."""

NOTHING, WHOLE, REAL = 0, 1, 2

INTEGER_KINDS: Final = ("count", "distinct")
"""Kinds of windows whose values are always integers; those of ``total`` are where the column's are."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Events, or keys with a time, as a store reads them.

    Parameters
    ----------
    ticks
        Of shape (rows,).
    words
        Values of the coded columns, of shape (columns, rows, `WORDS`); null where the type is 0.
    numbers
        Values of the summed columns, of shape (columns, rows, `NUMBER`).
    """

    ticks: NDArray[np.int64]
    words: NDArray[np.int64]
    numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The features of some rows; see `Layout.int_places` and `Layout.float_places` for their order.

    Parameters
    ----------
    ints
        Counts, and totals of integers, of shape (features, rows). `NULL` where there is no value.
    floats
        All but counts, totals once more among them, of shape (features, rows). NaN where there is no value.
    """

    ints: NDArray[np.int64]
    floats: NDArray[np.float64]

    @classmethod
    def null(cls, layout: Layout, rows: int) -> Values:
        """Return values that are all null."""
        values = cls.unset(layout, rows)
        values.ints.fill(NULL)
        values.floats.fill(np.nan)
        return values

    @classmethod
    def unset(cls, layout: Layout, rows: int) -> Values:
        """Return values that are to be written."""
        shape = (len(layout.int_places), len(layout.float_places))
        return cls(np.empty((shape[0], rows), dtype=np.int64), np.empty((shape[1], rows)))


@dataclass(frozen=True, slots=True)
class Layout:
    """What a store has to know of the windows.

    Parameters
    ----------
    plan
        The windows in ticks, by key.
    coded
        The columns in the words of an event, in order: those of keys, those whose values are counted, and
        at last the id, where labels can come.
    summed
        The columns in the numbers of an event, in order.
    lateness
        How many ticks behind the newest event one may come.
    has_ids
        Whether the last coded column is the id of the event.
    """

    plan: Plan
    coded: tuple[str, ...]
    summed: tuple[str, ...]
    lateness: int
    has_ids: bool

    @property
    def int_places(self) -> dict[int, int]:
        """For each feature that may be an integer, by its place in the plan, where it stands in the ints."""
        return self._places(*INTEGER_KINDS, "total")

    @property
    def float_places(self) -> dict[int, int]:
        """For each feature that may be a float, by its place in the plan, where it stands in the floats."""
        return self._places(*(kind for kind in KINDS if kind not in INTEGER_KINDS))

    def _places(self, *kinds: str) -> dict[int, int]:
        found = sorted(ask.place for group in self.plan.groups for ask in group.asks if ask.kind in kinds)
        return {place: number for number, place in enumerate(found)}

    @property
    def longest_rate(self) -> int:
        """How many ticks back the longest window with labels reaches."""
        return max((group.longest for group in self.plan.groups if group.has_rates), default=0)

    def key_places(self, group: KeyGroup) -> list[int]:
        """Return where the columns of a key stand in the words."""
        return [self.coded.index(name) for name in group.by]

    def counted_places(self, group: KeyGroup) -> list[int]:
        """Return where the columns stand in the words whose values a group counts."""
        return [self.coded.index(name) for name in group.columns("distinct")]

    def summed_places(self, group: KeyGroup) -> list[int]:
        """Return where the columns stand in the numbers that a group sums."""
        return [self.summed.index(name) for name in group.columns("total", "mean")]


def layout_of(plan: Plan, lateness: int, id: str | None = None) -> Layout:  # noqa: A002
    """Return the layout of a plan's events.

    Parameters
    ----------
    plan
        The windows.
    lateness
        In ticks.
    id
        The column of the event's id; read only where there are rates.
    """
    names = tuple(dict.fromkeys([*plan.keys, *plan.columns("distinct")]))
    has_ids = id is not None and plan.has_rates
    coded = (*names, id) if has_ids and id is not None else names
    return Layout(plan, coded, plan.columns("total", "mean"), lateness, has_ids)
