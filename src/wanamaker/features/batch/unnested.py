"""Keys that are lists, laid out one after the other, and their features gathered into lists again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Unnested:
    """Keys without lists.

    Parameters
    ----------
    keys
        The columns of one key, one row per key that is asked for.
    ticks
        The tick of each of them.
    lengths
        How many keys each row of the table asks for, null where its list is null; None without lists.
    """

    keys: pl.DataFrame
    ticks: NDArray[np.int64]
    lengths: pl.Series | None

    def nested(self, features: pl.Series) -> pl.Series:
        """Return a feature of the keys as a feature of the table's rows."""
        if self.lengths is None:
            return features
        import pyarrow as pa

        ends = self.lengths.fill_null(0).cum_sum().to_numpy()
        offsets = np.concatenate([[0], ends]).astype(np.int64)
        null = pa.array(self.lengths.is_null().to_numpy()) if self.lengths.null_count() else None
        lists = pa.LargeListArray.from_arrays(offsets, features.to_arrow(), mask=null)
        return pl.Series(features.name, lists)


def unnested(keys: pl.DataFrame, ticks: NDArray[np.int64]) -> Unnested:
    """Lay out the lists among the columns of a key; values that are no lists are repeated.

    Parameters
    ----------
    keys
        The columns of one key.
    ticks
        The tick of each row.

    Raises
    ------
    SchemaError
        If a column is of a type that no key has.
    DataError
        If two columns have lists of different lengths in one row.

    Examples
    --------
    >>> found = unnested(pl.DataFrame({"user": [7, 8], "item": [[1, 2], [3]]}), np.array([10, 20]))
    >>> found.keys.rows(), found.ticks.tolist()
    ([(7, 1), (7, 2), (8, 3)], [10, 10, 20])
    """
    keys = keys.with_columns(pl.col(name).arr.to_list() for name in keys.columns if _fixed(keys, name))
    listed = [name for name, dtype in keys.schema.items() if dtype == pl.List]
    for name in keys.columns:
        _refuse_unfit(keys, name)
    if not listed:
        return Unnested(keys, ticks, None)
    lengths = _lengths(keys, listed)
    repeats = lengths.fill_null(0).to_numpy()
    rows = np.repeat(np.arange(len(keys)), repeats)
    asks = pl.Series(repeats > 0)
    flat = {name: keys[name].filter(asks).explode() for name in listed}
    flat |= {name: keys[name].gather(rows) for name in keys.columns if name not in listed}
    return Unnested(pl.DataFrame(flat).select(keys.columns), ticks[rows], lengths)


def _lengths(keys: pl.DataFrame, listed: list[str]) -> pl.Series:
    lengths = keys[listed[0]].list.len()
    for name in listed[1:]:
        other = keys[name].list.len()
        apart = (other != lengths).fill_null(value=False)
        if apart.any():
            row = int(apart.arg_true()[0])
            message = f"Row {row}: the lists of {listed[0]!r} and {name!r} must be equally long. "
            message += f"Got {lengths[row]} and {other[row]}."
            raise DataError(message, hint="The first values make the first key, the second ones the second.")
        # A key with a null list is null, as a key with a null is.
        lengths = lengths.set(other.is_null(), None)
    return lengths


def _fixed(keys: pl.DataFrame, name: str) -> bool:
    return isinstance(keys.schema[name], pl.Array)


def _refuse_unfit(keys: pl.DataFrame, name: str) -> None:
    dtype = keys.schema[name]
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner.is_float() or inner.is_decimal() or inner.is_nested() or inner == pl.Object:
        message = f"The key column {name!r} of the keys and times must hold ids or names, or lists of them. "
        message += f"Got type {dtype}."
        raise SchemaError(message, hint=f"Cast it first, for example pl.col({name!r}).cast(pl.Int64).")
