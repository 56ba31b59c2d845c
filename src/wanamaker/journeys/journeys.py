"""Journeys as ragged arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.errors import DataError, ParameterTypeError
from wanamaker.base.frames import Kind, to_kind
from wanamaker.base.ragged import lengths_to_offsets, row_numbers, take_rows
from wanamaker.journeys.touch_sets import TouchSets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.journeys.notes import Note
    from wanamaker.journeys.observation import Observation

UNATTRIBUTED = "(unattributed)"
"""The row of a credit table for conversions without a touch."""

BASELINE = "(baseline)"
"""The row of a credit table for conversions that would have come without any touch."""

NO_TIME = np.iinfo(np.int64).min
"""Stands for a time that is not known."""


def moments(times: NDArray[np.int64]) -> pl.Series:
    """Return microseconds since the epoch as datetimes in UTC, null where not known."""
    return pl.Series(times).cast(pl.Datetime("us", "UTC")).set(pl.Series(times == NO_TIME), None)


@dataclass(frozen=True, eq=False)
class Ledger:
    """What each journey's touches cost, those left out by lookback or ``max_touches`` included.

    Parameters
    ----------
    offsets
        Where each journey's entries begin, of shape (journeys + 1,).
    touches
        Code of the touch of each entry, of shape (entries,).
    amounts
        Cost of each entry, in the currency of the log, of shape (entries,).
    times
        Microseconds since the epoch of each entry, of shape (entries,).
    """

    offsets: NDArray[np.int64]
    touches: NDArray[np.int32]
    amounts: NDArray[np.float64]
    times: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Ledger:
        """Return the entries of the chosen journeys."""
        offsets, places = take_rows(self.offsets, rows)
        return Ledger(offsets, self.touches[places], self.amounts[places], self.times[places])

    @staticmethod
    def joined(parts: Sequence[Ledger | None]) -> Ledger | None:
        """Put the ledgers of several journeys behind each other."""
        given = [part for part in parts if part is not None]
        if not given:
            return None
        return Ledger(
            lengths_to_offsets(np.concatenate([np.diff(part.offsets) for part in given])),
            np.concatenate([part.touches for part in given]),
            np.concatenate([part.amounts for part in given]),
            np.concatenate([part.times for part in given]),
        )


@dataclass(frozen=True, eq=False)
class Journeys:
    """Touches of many journeys: flat values and offsets, with what is known of each journey.

    Made by `journeys_from_events` and `journeys_from_paths`; not built by hand.

    Parameters
    ----------
    names
        Touch names; a touch's code is its place here.
    touches
        Codes of all touches, journey after journey, of shape (touches,).
    offsets
        Where each journey's touches begin, of shape (journeys + 1,). A journey of length 0 is a
        conversion that no touch can be given credit for.
    conversions
        Conversions of each journey: 1 or 0, or a count where a row stands for many journeys.
    nulls
        Journeys without a conversion that each row stands for: 0 or 1, or a count.
    users
        A 64-bit key of each journey's user; resampling draws whole users by it.
    table
        One row per journey: ``journey``, ``user``, goal and covariates, as far as known.
    uncut
        Touches of each journey before ``max_touches`` cut it.
    times
        Microseconds since the epoch of each touch; None for paths without times.
    ended
        When each journey converted, or its last touch; `NO_TIME` where not known.
    values
        Value of each journey's conversions, in the currency of the log.
    ledger
        What the touches cost.
    """

    names: tuple[str, ...]
    touches: NDArray[np.int32]
    offsets: NDArray[np.int64]
    conversions: NDArray[np.float64]
    nulls: NDArray[np.float64]
    users: NDArray[np.uint64]
    table: pl.DataFrame
    uncut: NDArray[np.int64]
    observation: Observation
    times: NDArray[np.int64] | None = None
    ended: NDArray[np.int64] | None = None
    values: NDArray[np.float64] | None = None
    ledger: Ledger | None = None
    notes: tuple[Note, ...] = ()
    grouped: bool = False
    covariates: tuple[str, ...] = ()
    kind: Kind = "polars"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        return (
            f"Journeys({len(self):,} journeys, {len(self.touches):,} touches of {len(self.names)} kinds, "
            f"{self.conversions.sum():,.10g} conversions)"
        )

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Touches of each journey, of shape (journeys,)."""
        return np.diff(self.offsets)

    @property
    def converted(self) -> NDArray[np.bool_]:
        """Whether each journey converted, of shape (journeys,)."""
        return self.conversions > 0

    @property
    def rows(self) -> NDArray[np.int64]:
        """The journey that each touch belongs to, of shape (touches,)."""
        return row_numbers(self.offsets)

    @cached_property
    def converting(self) -> Journeys:
        """The journeys that converted, kept once chosen."""
        return self if bool(self.converted.all()) else self.take(self.converted)

    @cached_property
    def sets(self) -> TouchSets:
        """The distinct touches of each journey and how often it holds each, kept once found."""
        return TouchSets.of(self)

    @property
    def unattributed(self) -> float:
        """Conversions without a touch."""
        return float(self.conversions[self.lengths == 0].sum())

    def take(self, indices: Sequence[int] | NDArray[np.integer] | NDArray[np.bool_]) -> Journeys:
        """Return the chosen journeys, in the order given.

        Parameters
        ----------
        indices
            Journey numbers, or one boolean per journey.

        Raises
        ------
        DataError
            If a number lies outside the journeys, or the mask has another length.
        """
        rows = self._checked(np.asarray(indices))
        offsets, places = take_rows(self.offsets, rows)
        return replace(
            self,
            touches=self.touches[places],
            offsets=offsets,
            conversions=self.conversions[rows],
            nulls=self.nulls[rows],
            users=self.users[rows],
            table=self.table[rows],
            uncut=self.uncut[rows],
            times=None if self.times is None else self.times[places],
            ended=None if self.ended is None else self.ended[rows],
            values=None if self.values is None else self.values[rows],
            ledger=None if self.ledger is None else self.ledger.take(rows),
        )

    def to_frame(self) -> Any:
        """Return one row per journey, as a table of the kind that the log was given in.

        Columns: ``journey``, ``user``, goal and covariates (as far as known), ``touches`` (list of
        names), ``conversions``, ``nulls``, ``converted``, and, where known, ``seconds_before_end``
        (list, how long before the journey's end each touch was), ``ended`` (UTC) and ``value``.
        """
        columns: dict[str, pl.Series] = {
            "touches": self._lists(pl.Series(list(self.names), dtype=pl.String).gather(self.touches)),
            "conversions": pl.Series(self.conversions),
            "nulls": pl.Series(self.nulls),
            "converted": pl.Series(self.converted),
        }
        if self.times is not None and self.ended is not None:
            gaps = (self.ended[self.rows] - self.times) / MICROS_PER_SECOND
            columns["seconds_before_end"] = self._lists(pl.Series(gaps))
            columns["ended"] = moments(self.ended)
        if self.values is not None:
            columns["value"] = pl.Series(self.values)
        return to_kind(self.table.with_columns(**columns), self.kind)

    def _checked(self, indices: NDArray[Any]) -> NDArray[np.int64]:
        if indices.dtype == np.bool_:
            if len(indices) != len(self):
                message = f"A mask must have one value per journey ({len(self)}). Got {len(indices)}."
                raise DataError(message)
            return np.flatnonzero(indices)
        if len(indices) and not np.issubdtype(indices.dtype, np.integer):
            message = f"Journeys are taken by whole numbers or a mask. Got {indices.dtype}."
            raise ParameterTypeError(message)
        rows = indices.astype(np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            message = f"Journey numbers must lie from 0 to {len(self) - 1}. Got {rows.min()} to {rows.max()}."
            raise DataError(message)
        return rows

    def _lists(self, flat: pl.Series) -> pl.Series:
        """Return flat values as one list per journey."""
        import pyarrow as pa

        return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(self.offsets, flat.to_arrow())))
