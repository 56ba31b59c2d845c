"""Columns as integers, and several of them packed into one: equal exactly where the values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.features.batch.ordering.kernels import number_runs, pack_into
from wanamaker.features.batch.ordering.sorting import WORD, runs_by_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_DENSE = 31
"""A dense code has at most so many bits: there are fewer rows than 2^31."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column as integers, equal where its values are.

    Parameters
    ----------
    parts
        One integer per row, of shape (rows,) in all, in the parts that the table keeps; anything where the
        value is null.
    low
        The lowest code of a value, as a signed 64-bit integer.
    bits
        How many bits ``code - low`` takes.
    null
        Which rows are null, of shape (rows,); None if none is.
    """

    parts: tuple[NDArray[np.integer], ...]
    low: int
    bits: int
    null: NDArray[np.bool_] | None = None

    @property
    def codes(self) -> NDArray[np.int64]:
        """The codes counted from the lowest, of shape (rows,)."""
        keys = np.zeros(sum(map(len, self.parts)), dtype=np.int64)
        self.pack_into(keys, 0)
        return keys

    def pack_into(self, keys: NDArray[np.int64], shift: int) -> None:
        """Write the codes, counted from the lowest, into the bits of each key that begin at ``shift``."""
        begin = 0
        for part in self.parts:
            pack_into(keys[begin : begin + len(part)], part, self.low, shift)
            begin += len(part)


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """The key of each row as one integer.

    Parameters
    ----------
    codes
        One integer per row, of shape (rows,); anything where the key is null.
    bits
        How many bits it takes.
    null
        Which rows have no key, of shape (rows,); None if all have one.
    """

    codes: NDArray[np.int64]
    bits: int
    null: NDArray[np.bool_] | None


def coded(values: pl.Series) -> Coded:
    """Return a column as integers; integers, times and categories stand for themselves.

    Examples
    --------
    >>> found = coded(pl.Series(["b", "a", None, "b"]))
    >>> found.codes.tolist(), found.null.tolist()
    ([0, 1, 0, 0], [False, False, True, False])
    """
    null = values.is_null().to_numpy() if values.null_count() else None
    whole = _as_integers(values)
    if whole.null_count() == len(whole):
        return Coded((np.zeros(len(whole), dtype=np.int8),), 0, 0, null)
    low, high = int(whole.min()), int(whole.max())  # type: ignore[arg-type]
    if null is not None:
        whole = whole.fill_null(low)
    parts = tuple(part.to_numpy() for part in whole.get_chunks())
    if whole.dtype == pl.UInt64:
        parts = tuple(part.view(np.int64) for part in parts)
    # As 64 bits with a sign, differences wrap round to what they are without one.
    signed = low - (1 << WORD) if low >= 1 << (WORD - 1) else low
    return Coded(parts, signed, (high - low).bit_length(), null)


def dense(keys: NDArray[np.int64], bits: int, null: NDArray[np.bool_] | None = None) -> Coded:
    """Return keys as codes from 0 without gaps; the keys are used up."""
    rows, begins = runs_by_key(keys, bits)
    codes = np.empty(len(rows), dtype=np.int32)
    number_runs(rows, begins, codes)
    return Coded((codes,), 0, max(len(begins) - 2, 0).bit_length(), null)


def packed(columns: Sequence[Coded]) -> Key:
    """Return several columns as one: rows are equal where they are in every column, null if any is.

    Examples
    --------
    >>> one, other = (coded(pl.Series([1, 11, 1])), coded(pl.Series([11, 1, 11])))
    >>> found = packed([one, other])
    >>> found.codes.tolist()
    [160, 10, 160]
    """
    parts = _fitting(columns)
    keys = np.zeros(sum(map(len, parts[0].parts)), dtype=np.int64)
    shift = 0
    for part in parts:
        if part.bits:
            part.pack_into(keys, shift)
        shift += part.bits
    nulls = [part.null for part in columns if part.null is not None]
    return Key(keys, shift, np.logical_or.reduce(nulls) if nulls else None)


def _fitting(columns: Sequence[Coded]) -> list[Coded]:
    """Return columns that fit into one word together: wide ones dense, and pairs made one if need be."""
    parts = sorted(columns, key=lambda part: -part.bits)
    while len(parts) > 1 and sum(part.bits for part in parts) > WORD:
        if parts[0].bits > _DENSE:
            parts[0] = dense(parts[0].codes, parts[0].bits)
        else:
            pair = packed(parts[:2])
            parts[:2] = [dense(pair.codes, pair.bits)]
        parts.sort(key=lambda part: -part.bits)
    return parts


def _as_integers(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if dtype == pl.Null:
        return values.cast(pl.Int8)
    if dtype == pl.Boolean:
        return values.cast(pl.UInt8)
    if dtype.is_temporal() or dtype in (pl.Categorical, pl.Enum):
        return values.to_physical()
    if dtype.is_float():
        return _float_bits(values)
    if dtype.is_integer() and dtype not in (pl.Int128, pl.UInt128):
        return values
    if dtype not in (pl.String, pl.Binary):
        values = values.cast(pl.String)
    encoded = values.rechunk().to_arrow().dictionary_encode()
    return pl.Series(values.name, encoded.indices)


def _float_bits(values: pl.Series) -> pl.Series:
    """Return the bits of floats, with one zero and one value that is no number."""
    usual = values.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0
    usual[np.isnan(usual)] = np.nan
    bits = pl.Series(values.name, usual.view(np.int64))
    return bits.set(values.is_null(), None) if values.null_count() else bits
