"""Numbers as reports write them: grouped thousands, either decimal mark, signs of money, shares, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.exports.names import BLANK, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from wanamaker.events.exports.column import Column

_HEAD, _TAIL = 2_000, 50
_SPACES = r"\s'’٬"
_UNSEEN = r"[\u200e\u200f\u061c\u2066-\u2069]"
_PIECES = (
    r"^(?P<bound>[<>≤≥])?\s*(?P<sign>[-+])?\s*(?P<before>%|[^\d\s.,'’<>≤≥%+-][^\d<>≤≥%+-]*?)?\s*(?P<inner>[-+])?\s*"
    rf"(?P<body>\d[\d.,{_SPACES}]*|[.,]\d+)(?P<share>[%٪])?\s*(?P<after>[^\d\s%.,'’+-][^\d%+-]*?)?\s*$"
)
_OTHER_SIGNS = {"−": "-", "\u066b": ",", "﹪": "%", "٪": "%"} | {
    chr(first + digit): str(digit) for first in (0x0660, 0x06F0, 0xFF10) for digit in range(10)
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers, null where nothing is told.

    Parameters
    ----------
    values
        Floats; shares as fractions of 1.
    bounds
        How many are bounds, such as ``< 10%``.
    shares
        Whether a percent sign was found.
    signs
        Signs and codes of money that stand beside the numbers.
    """

    values: pl.Series
    bounds: int
    shares: bool
    signs: tuple[str, ...]


def read_numbers(column: Column, decimal: str, role: str, where: Callable[[int], str]) -> Numbers:
    """Return a column of numbers.

    Parameters
    ----------
    column
        The cells.
    decimal
        The decimal mark, ``"."`` or ``","``.
    role
        What the column is, for the message.
    where
        Gives file and line of a row.

    Raises
    ------
    DataError
        If a cell is no number in this form; names it, and says if it is one with the other mark.
    """
    values, rows = column.plain(decimal)
    if len(rows) == 0:
        return Numbers(pl.Series(values, nan_to_null=True), 0, shares=False, signs=())
    codes, told = column.take(rows).distinct()
    pieces = _pieces(told)
    numbers = _numbers_of(pieces, decimal)
    bad = numbers.is_null() & ~_is_blank(told)
    if bad.any():
        at = int(bad.arg_max() or 0)
        place = where(int(rows[int((codes == at).arg_max() or 0)]))
        raise _no_number(told[at], pieces[at : at + 1], decimal, role, place)
    signs = pl.concat([pieces["before"], pieces["after"]]).drop_nulls().str.strip_chars().unique().sort()
    values[rows] = numbers.to_numpy()[codes.to_numpy()]
    return Numbers(
        pl.Series(values, nan_to_null=True),
        int(pieces["bound"].is_not_null().gather(codes).sum()),
        shares=bool(pieces["share"].is_not_null().any() or (pieces["before"] == "%").any()),
        signs=tuple(sign for sign in signs.to_list() if sign not in ("", "%")),
    )


def decimal_of(columns: Mapping[str, Column], where: Callable[[int], str]) -> str:
    """Return the decimal mark that the columns of a file use.

    A mark that stands before one, two or more than three digits is a decimal mark; one that stands twice, or
    in a whole number, groups thousands.

    Raises
    ------
    DataError
        If some numbers can only be read with one mark and some only with the other, or if it cannot be told.
    """
    for size in (_HEAD, None):
        seen: dict[str, tuple[str, str]] = {}
        doubtful = None
        for role, column in columns.items():
            rows, told = _marked(column, size)
            if len(rows) == 0:
                continue
            fits = {mark: _fits(_pieces(told)["body"], mark, whole=role in WHOLE) for mark in ".,"}
            for mark, other in (".,", ",."):
                only = fits[mark] & ~fits[other]
                if only.any() and mark not in seen:
                    at = int(only.arg_max() or 0)
                    seen[mark] = (told[at], where(int(rows[at])))
            both = fits["."] & fits[","]
            if both.any() and doubtful is None:
                at = int(both.arg_max() or 0)
                doubtful = (told[at], where(int(rows[at])))
        if len(seen) == 2:  # noqa: PLR2004
            raise _two_forms(seen)
        if seen:
            return next(iter(seen))
    if doubtful is None:
        return "."
    told, place = doubtful
    message = (
        f"{place}: the mark in {told!r} may be for decimals or thousands; no number of the file tells which."
    )
    raise DataError(message, hint='Write decimal="." or decimal=",".')


def decimals_of(texts: pl.Series, decimal: str) -> int:
    """Return the most digits behind the decimal mark among numbers given as text."""
    behind = texts.str.extract(rf"{_escaped(decimal)}(\d+)\D*$").drop_nulls()
    return int(behind.str.len_chars().max() or 0)  # type: ignore[arg-type]


def _marked(column: Column, size: int | None) -> tuple[NDArray[np.int64], pl.Series]:
    """Return the rows and texts of cells with a mark; of the first and last rows only, if a size is given."""
    rows = np.arange(len(column))
    if size is not None and len(column) > size + _TAIL:
        rows = np.concatenate([rows[:size], rows[-_TAIL:]])
    told = column.take(rows).texts()
    marked = told.str.contains("[.,\u066b]")
    return rows[marked.to_numpy()], told.filter(marked)


def _pieces(texts: pl.Series) -> pl.DataFrame:
    seen = texts.str.replace_all(_UNSEEN, "").str.replace_many(_OTHER_SIGNS).str.strip_chars()
    return (
        seen.str.extract_groups(_PIECES)
        .struct.unnest()
        .with_columns(pl.col("body").str.strip_chars(" \u00a0\u202f\u2009\t"))
    )


def _is_blank(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().is_in([*BLANK, "-"])


def _fits(bodies: pl.Series, decimal: str, *, whole: bool = False) -> pl.Series:
    mark, other = _escaped(decimal), _escaped("," if decimal == "." else ".")
    group = f"[{other}{_SPACES}]"
    behind = f"(?:{mark}0*)?" if whole else rf"(?:{mark}\d*)?"
    pattern = rf"^(?:(?:\d+|\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}}){behind}|{mark}\d+)$"
    return bodies.str.contains(pattern).fill_null(value=False)


def _numbers_of(pieces: pl.DataFrame, decimal: str) -> pl.Series:
    other = "," if decimal == "." else "."
    bodies = (
        pieces["body"]
        .str.replace_all(f"[{_escaped(other)}{_SPACES}]", "")
        .str.replace(decimal, ".", literal=True)
    )
    good = _fits(pieces["body"], decimal)
    frame = pieces.with_columns(number=bodies.cast(pl.Float64, strict=False), good=good)
    minus = (pl.col("sign") == "-").fill_null(value=False) ^ (pl.col("inner") == "-").fill_null(value=False)
    share = pl.col("share").is_not_null() | (pl.col("before") == "%").fill_null(value=False)
    number = pl.when("good").then("number") * pl.when(minus).then(-1.0).otherwise(1.0)
    return frame.select(pl.when(share).then(number / 100).otherwise(number)).to_series()


def _escaped(mark: str) -> str:
    return rf"\{mark}" if mark == "." else mark


def _no_number(told: str, pieces: pl.DataFrame, decimal: str, role: str, place: str) -> DataError:
    other = "," if decimal == "." else "."
    message = f"{place}: a number with {decimal!r} as its decimal mark was expected as {role}. Got {told!r}."
    if _fits(pieces["body"], other).any():
        hint = f"With {other!r} it is a number: the file mixes two forms. Give the two parts as two files."
        return DataError(message, hint=hint)
    return DataError(message, hint="Mend or leave out the row; ' --' stands for no value.")


def _two_forms(seen: Mapping[str, tuple[str, str]]) -> DataError:
    (point, at_point), (comma, at_comma) = seen["."], seen[","]
    message = f"One form of numbers was expected. Got {point!r} ({at_point}) and {comma!r} ({at_comma})."
    return DataError(message, hint="Download the report again, or give the two parts as two files.")
