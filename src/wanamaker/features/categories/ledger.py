"""When the events and conversions of each key became known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.features.categories.columns import Vocabulary, same_family

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOMENT, EVENTS, CONVERSIONS = "__moment", "__events", "__conversions"
_LONG_AGO = int(np.iinfo(np.int64).min)


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What became known of each key, and when, with running totals.

    Parameters
    ----------
    known
        The keys; their code is their place.
    starts
        Where the entries of each key begin and end, of shape (keys + 1,).
    moments
        When each entry became known, in microseconds, rising within a key, of shape (entries,).
    events, conversions
        The totals of the key up to and with each entry, of shape (entries,).
    """

    known: Vocabulary
    starts: NDArray[np.int64]
    moments: NDArray[np.int64]
    events: NDArray[np.int64]
    conversions: NDArray[np.int64]

    @classmethod
    def of(cls, entries: pl.DataFrame, key: Sequence[str]) -> Ledger:
        """Gather entries, in any order, by key and moment.

        Parameters
        ----------
        entries
            The columns of the key, the moment, and how many events and conversions became known then.
        key
            The columns of the key.
        """
        from wanamaker.features.categories.kernels import running_totals

        known = Vocabulary.of(entries, key)
        codes = known.codes(entries)
        order = np.argsort(entries[MOMENT].to_numpy(), kind="stable")
        moments, events, conversions = (
            entries[name].to_numpy()[order] for name in (MOMENT, EVENTS, CONVERSIONS)
        )
        return cls(known, *running_totals(codes[order], moments, events, conversions, len(known)))

    @property
    def key(self) -> list[str]:
        """The columns of the key."""
        return self.known.values.columns

    @property
    def entries(self) -> pl.DataFrame:
        """What became known of each key at each moment, as a table: what `of` takes."""
        return self._told(np.repeat(np.arange(len(self.known)), np.diff(self.starts)), slice(None))

    def before(
        self, held: pl.DataFrame, at: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the events and conversions of each row's key known strictly before its moment."""
        return self._before(self.known.codes(held), at)

    def continued(self, entries: pl.DataFrame) -> Ledger:
        """Return the ledger with more entries.

        Raises
        ------
        SchemaError
            If a column of the key holds another type.
        """
        held = self.entries
        same = [same_family(entries[name], held[name].dtype) for name in self.key]
        more = entries.with_columns(same).select(held.columns)
        return Ledger.of(pl.concat([held, more], how="vertical_relaxed"), self.key)

    def as_at(self, end: int) -> Ledger:
        """Return the ledger with all that was known before ``end`` as one entry per key."""
        codes = np.repeat(np.arange(len(self.known)), np.diff(self.starts))
        later = np.flatnonzero(self.moments >= end)
        everyone = np.arange(len(self.known))
        seen, converted = self._before(everyone, np.full(len(everyone), end))
        past = _with(self.known.values, np.full(len(everyone), _LONG_AGO), seen, converted)
        return Ledger.of(pl.concat([past, self._told(codes[later], later)]), self.key)

    def _before(
        self, codes: NDArray[np.int64], at: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        from wanamaker.features.categories.kernels import totals_before

        return totals_before(self.starts, self.moments, self.events, self.conversions, codes, at)

    def _told(self, codes: NDArray[np.int64], places: NDArray[np.int64] | slice) -> pl.DataFrame:
        added = [_differences(totals, self.starts)[places] for totals in (self.events, self.conversions)]
        return _with(self.known.values[codes], self.moments[places], *added)


def entries_of(
    held: pl.DataFrame,
    key: Sequence[str],
    times: NDArray[np.int64],
    positive: NDArray[np.bool_],
    known: NDArray[np.int64] | None,
) -> pl.DataFrame:
    """Return the entries of rows: an event counts from its time, a conversion from when it was known.

    Parameters
    ----------
    held
        Canonical columns of the rows.
    key
        The columns of the key; rows with a null in it make no entry.
    times
        Of shape (rows,).
    positive
        Whether a row converted, of shape (rows,).
    known
        When that became known; None for at the row's own time.
    """
    keyed = held.select(key)
    one, flags = np.ones(len(held), dtype=np.int64), positive.astype(np.int64)
    if known is None:
        return _with(keyed, times, one, flags).drop_nulls()
    late = _with(keyed.filter(positive), known[positive], one[positive] - 1, flags[positive])
    return pl.concat([_with(keyed, times, one, np.zeros_like(flags)), late]).drop_nulls()


def _with(
    keyed: pl.DataFrame,
    moments: NDArray[np.int64],
    events: NDArray[np.int64],
    conversions: NDArray[np.int64],
) -> pl.DataFrame:
    return keyed.with_columns(
        pl.Series(MOMENT, moments), pl.Series(EVENTS, events), pl.Series(CONVERSIONS, conversions)
    )


def _differences(totals: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what each entry added to running totals that begin anew at each start."""
    added = np.diff(totals, prepend=0)
    firsts = starts[:-1][np.diff(starts) > 0]
    added[firsts] = totals[firsts]
    return added
