"""Values of keys as three words, alike for a value of an event and for a row of a table.

Two values get the same words exactly if they are the same value of the same sort: the integer 1, its
equal True and, among counted values, 1.0; never the text "1". Integers, times and dates stand in the
words as they are. Texts stand as 128 bits of MurmurHash3.
"""

from __future__ import annotations

import datetime
import decimal
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.features.online.kernels import hash_texts, write_integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = tuple[int, int, int]

NULL_WORDS: Words = (0, 0, 0)
INTEGER, UNSIGNED, TEXT, BYTES, DATE, MOMENT, SPAN, CLOCK, FLOAT, DECIMAL = range(1, 11)
"""The types of values. 0 is null."""

_WORD = 1 << 64
_HALF = 1 << 63
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICRO = datetime.timedelta(microseconds=1)
_EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
_PER_MICRO = {"ms": 1_000, "us": 1}
_KEY_HINT = "Give integers, texts, booleans, dates or times; None where there is no value."


def value_words(value: object, column: str, *, counted: bool = False) -> Words:  # noqa: PLR0911
    """Return one value as words.

    Parameters
    ----------
    value
        Of an event.
    column
        Its column, for the message.
    counted
        Whether it is a value that `distinct` counts, which may be a float, and not a key.

    Raises
    ------
    DataError
        If it is no value that can be told apart for certain.

    Examples
    --------
    >>> value_words(-7, "ip"), value_words(True, "ip") == value_words(1, "ip")
    ((1, -7, -1), True)
    >>> value_words("1", "ip") == value_words(1, "ip")
    False
    """
    if value is None:
        return NULL_WORDS
    if isinstance(value, np.generic):
        return _of_numpy(value, column, counted=counted)
    if isinstance(value, int):
        return _of_integer(int(value), column)
    if isinstance(value, str):
        return _of_bytes(value.encode(errors="surrogatepass"), TEXT)
    if isinstance(value, bytes):
        return _of_bytes(value, BYTES)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _of_time(value)
    if counted:
        return _of_counted(value, column)
    message = f"Column {column!r}: a key must be an id or a name. Got {value!r} ({type(value).__name__})."
    raise DataError(message, hint=_KEY_HINT)


def column_words(values: pl.Series, *, counted: bool = False) -> NDArray[np.int64]:
    """Return a column as words, of shape (rows, 3), each as `value_words` gives it.

    Examples
    --------
    >>> column_words(pl.Series([5, None])).tolist()
    [[1, 5, 0], [0, 0, 0]]
    """
    words = np.empty((len(values), 3), dtype=np.int64)
    write_words(values, words, counted=counted)
    return words


def write_words(values: pl.Series, words: NDArray[np.int64], *, counted: bool = False) -> None:
    """Write a column as words, into an array without gaps of shape (rows, 3)."""
    dtype = values.dtype
    if dtype in (pl.Categorical, pl.Enum):
        words[:] = _of_categories(values)
    elif dtype == pl.String:
        _write_texts(values, words)
    elif dtype == pl.Boolean or (dtype.is_integer() and dtype not in (pl.Int128, pl.UInt128, pl.UInt64)):
        write_integers(filled(values.cast(pl.Int64)), words)
    elif dtype == pl.Date:
        words[:, 0], words[:, 2] = DATE, 0
        words[:, 1] = filled(values.to_physical())
    elif isinstance(dtype, pl.Datetime | pl.Duration | pl.Time):
        _write_times(values, words)
    else:
        told = [value_words(value, values.name, counted=counted) for value in values.to_list()]
        words[:] = np.array(told, dtype=np.int64).reshape(-1, 3)
    if values.null_count():
        words[values.is_null().to_numpy()] = 0


def filled(values: pl.Series) -> NDArray[Any]:
    """Return numbers as an array, 0 where they are null; without a query where none is."""
    return (values.fill_null(0) if values.null_count() else values).to_numpy()


def _of_integer(value: int, column: str) -> Words:
    if -_HALF <= value < _HALF:
        return INTEGER, value, -(value < 0)
    if not -(_HALF * _WORD) <= value < _WORD * _WORD:
        message = f"Column {column!r}: {value} is too large for a key."
        raise DataError(message, hint="Integers have at most 128 bits; give it as a text.")
    kind = INTEGER if value < _HALF * _WORD else UNSIGNED
    return kind, _signed(value % _WORD), _signed((value // _WORD) % _WORD)


def _signed(word: int) -> int:
    return word - _WORD if word >= _HALF else word


def _of_bytes(data: bytes, kind: int) -> Words:
    words = np.empty((1, 3), dtype=np.int64)
    hash_texts(np.frombuffer(data, dtype=np.uint8), np.array([0, len(data)]), words)
    return kind, int(words[0, 1]), int(words[0, 2])


def _of_time(value: datetime.date | datetime.time | datetime.timedelta) -> Words:
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)
        return MOMENT, (aware - _EPOCH) // _MICRO, 0
    if isinstance(value, datetime.date):
        return DATE, value.toordinal() - _EPOCH.toordinal(), 0
    if isinstance(value, datetime.timedelta):
        return SPAN, value // _MICRO, 0
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return CLOCK, seconds * 1_000_000 + value.microsecond, 0


def _of_numpy(value: np.generic, column: str, *, counted: bool) -> Words:
    if isinstance(value, np.datetime64 | np.timedelta64):
        exact = np.array([value]).astype(f"{value.dtype.str[1:3]}[ns]")
        kind, low, high = column_words(pl.Series(column, exact))[0].tolist()
        return kind, low, high
    return value_words(value.item(), column, counted=counted)


def _of_counted(value: object, column: str) -> Words:
    """Return a float as the integer that it equals, or by its bits; a decimal by its digits."""
    if isinstance(value, float | Decimal):
        if math.isfinite(value) and -_HALF <= value < _HALF and value == int(value):
            return _of_integer(int(value), column)
        if isinstance(value, float):
            usual = float("nan") if math.isnan(value) else value
            return FLOAT, int(np.float64(usual).view(np.int64)), 0
        return _of_bytes(str(value.normalize(_EXACT)).encode(), DECIMAL)
    message = f"Column {column!r}: values that are counted must be ids or names. "
    message += f"Got {value!r} ({type(value).__name__})."
    raise DataError(message, hint=_KEY_HINT)


def _of_categories(values: pl.Series) -> NDArray[np.int64]:
    names = values.unique().cast(pl.String)
    places = pl.DataFrame({"name": names}).with_row_index("place")
    rows = pl.DataFrame({"name": values.cast(pl.String)}).join(
        places, on="name", how="left", nulls_equal=True, maintain_order="left"
    )
    found: NDArray[np.int64] = column_words(names)[rows["place"].to_numpy()]
    return found


def _write_texts(values: pl.Series, words: NDArray[np.int64]) -> None:
    import pyarrow as pa

    array = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_string())
    _, offsets, data = array.buffers()
    found = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    words[:, 0] = TEXT
    hash_texts(text, found, words)


def _write_times(values: pl.Series, words: NDArray[np.int64]) -> None:
    unit = getattr(values.dtype, "time_unit", "ns")
    whole = filled(values.to_physical())
    words[:, 0] = {pl.Datetime: MOMENT, pl.Duration: SPAN, pl.Time: CLOCK}[values.dtype.base_type()]
    if unit == "ns":
        words[:, 1], words[:, 2] = np.divmod(whole, 1_000)
    else:
        words[:, 1], words[:, 2] = whole * _PER_MICRO[unit], 0
