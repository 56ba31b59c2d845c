"""Key columns in one canonical type, and the values of them that were seen in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError, ParameterTypeError, SchemaError
from wanamaker.features.windows.events import refuse_unfit_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Key = tuple[str, ...]
"""The columns of one key: one column, or a combination of several, compared as a tuple."""

_CODE = "__code"
_FEW = 50


def as_keys(columns: Any, owner: str, *, single: bool = False, parameter: str = "columns") -> list[Key]:
    """Return the ``columns`` parameter of an encoder as keys.

    Parameters
    ----------
    columns
        Column names; where combinations are allowed, also lists of names.
    owner
        The encoder, for the message.
    single
        Whether combinations are refused.
    parameter
        The parameter's name, for the message.

    Raises
    ------
    ParameterError
        If there is none, one is given twice, or two would have the same feature name.
    ParameterTypeError
        If one is neither a name nor a list of names.

    Examples
    --------
    >>> as_keys(["ip", ["ip", "app"]], "TargetEncoder")
    [('ip',), ('ip', 'app')]
    """
    if isinstance(columns, str) or not hasattr(columns, "__len__") or not len(columns):
        message = f"The {parameter!r} parameter of {owner} must be a list of columns. Got {columns!r}."
        raise ParameterError(message, hint=f"Write {parameter}=['ip', 'app'].")
    where = f"the {parameter!r} parameter of {owner}"
    keys = [(one,) if isinstance(one, str) else _combination(one, where, single=single) for one in columns]
    names = [key_name(key) for key in keys]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        message = f"Two entries of {where} have the name {twice[0]!r}."
        raise ParameterError(message, hint="Name every column or combination once.")
    return keys


def key_name(key: Key) -> str:
    """Return what a key is called in the names of its features.

    Examples
    --------
    >>> key_name(("ip", "app"))
    'ip_app'
    """
    return "_".join(key)


def canonical(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return key columns in the one type of their family, so that equal values are equal.

    Integers of every width become Int64, texts and categoricals String, datetimes microseconds in UTC;
    booleans and dates stay.

    Raises
    ------
    SchemaError
        If a column is missing, or holds floats or anything else that cannot be told apart for certain.
    """
    names = list(dict.fromkeys(names))
    refuse_unfit_keys(frame, names)
    return pl.DataFrame([_canonical(frame[name]) for name in names])


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The distinct values of a key that were seen in training, sorted; their place is their code.

    Parameters
    ----------
    values
        One column per column of the key, canonical, without nulls.
    """

    values: pl.DataFrame

    @classmethod
    def of(cls, frame: pl.DataFrame, key: Sequence[str]) -> Vocabulary:
        """Return the values found in canonical columns; rows with a null in the key have none."""
        return cls(frame.select(key).drop_nulls().unique().sort(list(key)))

    def __len__(self) -> int:
        return len(self.values)

    def codes(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        """Return the code of each row of canonical columns, -1 for what was not seen and for nulls.

        Raises
        ------
        SchemaError
            If a column holds another type than in training.
        """
        names = self.values.columns
        keyed = pl.DataFrame([same_family(frame[name], self.values[name].dtype) for name in names])
        if not len(self) or not len(frame):
            return np.full(len(frame), -1, dtype=np.int64)
        coded = self._asked(keyed)
        joined = keyed.join(coded, on=names, how="left", maintain_order="left")[_CODE]
        return joined.cast(pl.Int64).fill_null(-1).to_numpy()

    def _asked(self, keyed: pl.DataFrame) -> pl.DataFrame:
        """Return the values with their codes; for a few rows, only those that begin as one of the rows does.

        A join goes through all of its values, which is much for one event among a million of them.
        """
        if len(keyed) * _FEW > len(self):
            return self.values.with_row_index(_CODE)
        first = self.values.columns[0]
        heads = keyed[first].drop_nulls().unique()
        starts, ends = (
            self.values[first].search_sorted(heads, side).to_numpy() for side in ("left", "right")
        )
        ranges = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        places = np.concatenate([np.zeros(0, dtype=np.int64), *ranges]).astype(np.int64)
        return self.values[places].with_columns(pl.Series(_CODE, places))


def gathered(table: NDArray[Any], codes: NDArray[np.int64], missing: float = 0.0) -> NDArray[Any]:
    """Return the entry of each code, and ``missing`` where the code is -1.

    Parameters
    ----------
    table
        Of shape (codes,) or (codes, dims).

    Examples
    --------
    >>> gathered(np.array([5.0, 7.0]), np.array([1, -1, 0])).tolist()
    [7.0, 0.0, 5.0]
    """
    if not len(table):
        return np.full((len(codes), *table.shape[1:]), missing, dtype=table.dtype)
    found = table[codes]
    found[codes < 0] = missing
    return found


def same_family(values: pl.Series, fitted: pl.DataType) -> pl.Series:
    """Return a canonical column if it holds what it held in training; a column of nulls always does.

    Raises
    ------
    SchemaError
        If it holds something else.
    """
    if fitted in (values.dtype, pl.Null):
        return values
    if values.dtype == pl.Null:
        return values.cast(fitted)
    message = (
        f"The column {values.name!r} held {fitted} when the encoder was fitted. Got {values.dtype}, "
        "and no value of it would be found."
    )
    raise SchemaError(message, hint=f"Cast it first, for example pl.col({values.name!r}).cast(pl.{fitted}).")


def _combination(columns: Any, where: str, *, single: bool) -> Key:
    fits = isinstance(columns, list | tuple) and columns and all(isinstance(name, str) for name in columns)
    if single or not fits:
        one = "a column" if single else "a column or a list of columns"
        message = f"Each entry of {where} must be {one}. Got {columns!r}."
        raise ParameterTypeError(message)
    if len(set(columns)) < len(columns):
        message = f"A combination in {where} names a column twice: {columns!r}."
        raise ParameterError(message)
    return tuple(columns)


def _canonical(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if dtype.is_integer():
        return values.cast(pl.Int64, wrap_numerical=True)
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return values.cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        zoned = dtype.time_zone is not None
        there = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zoned else values
        return there.cast(pl.Datetime("us"))
    if dtype in (pl.Boolean, pl.Date, pl.Null):
        return values
    message = f"The key column {values.name!r} must hold ids, names, booleans or dates. Got type {dtype}."
    raise SchemaError(message, hint=f"Cast it first, for example pl.col({values.name!r}).cast(pl.String).")
