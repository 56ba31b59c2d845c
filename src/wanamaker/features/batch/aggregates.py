"""The features of one key group, from events in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.features.batch.kernels import (
    Edges,
    count_window,
    distinct_window,
    known_window,
    neighbours,
    since_window,
    sum_window,
    total_window,
)
from wanamaker.features.batch.ordering.codes import coded, dense
from wanamaker.features.windows.events import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.features.batch.ordering.keyed import Keyed
    from wanamaker.features.windows.plan import Ask, KeyGroup

_SPARSE_BITS = 16
"""Values whose codes have at most so many bits are counted by their code as it is."""


class Aggregates:
    """Computes the windows of one key group.

    Parameters
    ----------
    keyed
        The events in the order of the group's key.
    span
        The largest tick; ticks begin at 0. A window that is longer holds all that was before.
    count
        How many rows the features have.
    absent
        Rows whose features are null, of shape (rows,); None if none is.
    """

    def __init__(self, keyed: Keyed, span: int, count: int, absent: NDArray[np.bool_] | None) -> None:
        self.keyed = keyed
        self.count = count
        self.absent = absent
        self._beyond = span + 1

    def features(
        self, group: KeyGroup, values: Mapping[str, pl.Series], known: NDArray[np.int64] | None, micros: int
    ) -> dict[int, pl.Series]:
        """Return the group's features by their place.

        Parameters
        ----------
        values
            The columns that are aggregated, in the log's order.
        known
            The tick at which each row's label became known, in the log's order.
        micros
            Microseconds per tick.
        """
        found = {}
        for ask in group.asks:
            if ask.kind == "count":
                found[ask.place] = self._whole(ask.name, self._counted(ask))
            if ask.kind in ("since_last", "since_first"):
                found[ask.place] = self._since(ask, micros)
        for column in group.columns("distinct"):
            asks = [ask for ask in group.asks if ask.kind == "distinct" and ask.column == column]
            found |= self._distinct(asks, values[column])
        for column in group.columns("total", "mean"):
            asks = [ask for ask in group.asks if ask.kind in ("total", "mean") and ask.column == column]
            found |= self._sums(asks, values[column])
        rates = [ask for ask in group.asks if ask.kind == "rate"]
        if rates and known is not None:
            found |= self._rates(rates, known)
        return found

    # --- Events and their times ----------------------------------------------------------------------

    def _counted(self, ask: Ask) -> NDArray[np.int32]:
        out = np.zeros(self.count, dtype=np.int32)
        count_window(self.keyed.events, self.keyed.readers, self._edges(ask), out)
        return out

    def _since(self, ask: Ask, micros: int) -> pl.Series:
        out = np.full(self.count, np.nan)
        last = ask.kind == "since_last"
        since_window(self.keyed.events, self.keyed.readers, self._edges(ask), last, micros, out)
        return pl.Series(ask.name, out).fill_nan(None)

    # --- Values ------------------------------------------------------------------------------------

    def _distinct(self, asks: Sequence[Ask], values: pl.Series) -> dict[int, pl.Series]:
        column = coded(values)
        if column.bits > _SPARSE_BITS and (1 << column.bits) > len(values):
            column = dense(column.codes, column.bits, column.null)
        codes = column.codes[self.keyed.rows].astype(np.int32)
        if column.null is not None:
            codes[column.null[self.keyed.rows]] = -1
        around = neighbours(self.keyed.events.begins, codes, 1 << column.bits)
        del codes
        found = {}
        for ask in asks:
            out = np.zeros(self.count, dtype=np.int32)
            distinct_window(self.keyed.events, self.keyed.readers, self._edges(ask), around, out)
            found[ask.place] = self._whole(ask.name, out)
        return found

    def _sums(self, asks: Sequence[Ask], values: pl.Series) -> dict[int, pl.Series]:
        present = self._present(asks, values)
        whole = values.dtype.is_integer() or values.dtype in (pl.Boolean, pl.Null)
        summed = self._totals if whole else self._float_sums
        found = {}
        for ask, sums in summed(asks, values):
            if ask.kind == "total":
                found[ask.place] = self._whole(ask.name, sums)
            else:
                with np.errstate(invalid="ignore"):
                    means = sums / present[ask.place]
                found[ask.place] = pl.Series(ask.name, means).fill_nan(None)
        return found

    def _totals(self, asks: Sequence[Ask], values: pl.Series) -> Iterator[tuple[Ask, NDArray[np.int64]]]:
        numbers = _integers(values)[self.keyed.rows]
        for ask in asks:
            out = np.zeros(self.count, dtype=np.int64)
            row = total_window(self.keyed.events, self.keyed.readers, self._edges(ask), numbers, out)
            _refuse_overflow(ask, row)
            yield ask, out

    def _float_sums(
        self, asks: Sequence[Ask], values: pl.Series
    ) -> Iterator[tuple[Ask, NDArray[np.float64]]]:
        numbers = values.cast(pl.Float64).fill_null(0.0).to_numpy()[self.keyed.rows]
        for ask in asks:
            out = np.zeros(self.count)
            sum_window(self.keyed.events, self.keyed.readers, self._edges(ask), numbers, out)
            bad = np.flatnonzero(~np.isfinite(out))
            _refuse_overflow(ask, int(bad[0]) if len(bad) else -1)
            yield ask, out

    def _present(self, asks: Sequence[Ask], values: pl.Series) -> dict[int, NDArray[np.int32]]:
        """Return how many values that are not null each mean has, 0 for rows with a null key."""
        asks = [ask for ask in asks if ask.kind == "mean"]
        if not asks:
            return {}
        if not values.null_count():
            return {ask.place: self._counted(ask) for ask in asks}
        flags = values.is_not_null().cast(pl.Int64).to_numpy()[self.keyed.rows]
        found = {}
        for ask in asks:
            out = np.zeros(self.count, dtype=np.int64)
            total_window(self.keyed.events, self.keyed.readers, self._edges(ask), flags, out)
            found[ask.place] = out.astype(np.int32)
        return found

    # --- Labels ------------------------------------------------------------------------------------

    def _rates(self, asks: Sequence[Ask], known: NDArray[np.int64]) -> dict[int, pl.Series]:
        known = known[self.keyed.rows]
        later = self._later(known)
        found = {}
        for ask in asks:
            out = np.zeros(self.count, dtype=np.int32)
            known_window(self.keyed.events, self.keyed.readers, self._edges(ask), known, later, out)
            weight = ask.prior + self._counted(ask)
            assert ask.mean is not None  # noqa: S101 (a plan is fitted before it is computed)
            with np.errstate(invalid="ignore"):
                rates = np.where(weight == 0, ask.mean, (ask.prior * ask.mean + out) / weight)
            found[ask.place] = self._whole(ask.name, rates)
        return found

    def _later(self, known: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the places of events that convert, by key and when it was known; where keys begin there."""
        begins = self.keyed.events.begins
        converted = np.flatnonzero(known != NEVER)
        keys = np.searchsorted(begins, converted, side="right")
        ordered = converted[np.lexsort((known[converted], keys))].astype(np.int32)
        parts = np.searchsorted(np.sort(keys), np.arange(len(begins)), side="right")
        return ordered, parts.astype(np.int32)

    # --- Inside ------------------------------------------------------------------------------------

    def _edges(self, ask: Ask) -> Edges:
        own = ask.arrived and self.keyed.itself
        return Edges(min(ask.start, self._beyond), min(ask.end, self._beyond), own)

    def _whole(self, name: str, numbers: NDArray[np.generic]) -> pl.Series:
        series = pl.Series(name, numbers)
        return series if self.absent is None else series.set(pl.Series(self.absent), None)


def _integers(values: pl.Series) -> NDArray[np.int64]:
    largest = values.max()
    if values.dtype.is_integer() and largest is not None and not _fits(values):
        row = int((values > NEVER).arg_max() or 0) if int(largest) > NEVER else int(values.arg_min() or 0)  # type: ignore[arg-type]
        message = f"Column {values.name!r}, row {row}: {values[row]} does not fit into 64 bits with a sign."
        raise DataError(message, hint=f"Cast it first, for example pl.col({values.name!r}).cast(pl.Float64).")
    return values.cast(pl.Int64).fill_null(0).to_numpy()


def _fits(values: pl.Series) -> bool:
    return int(values.max()) <= NEVER and int(values.min()) >= -NEVER - 1  # type: ignore[arg-type]


def _refuse_overflow(ask: Ask, row: int) -> None:
    """Refuse a sum that does not fit: an integer beyond 64 bits, a float beyond what a float can hold."""
    if row >= 0:
        message = f"Row {row}: the sum of {ask.column!r} in the window {ask.name!r} does not fit its type."
        hint = "Sum in a coarser unit, or cast the column to Float64 first."
        raise DataError(message, hint=hint)
