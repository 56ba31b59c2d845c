"""The data behind figures and tables, as the page carries it: one copy, for sorting and for CSV."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

_DIGITS = 9
"""Significant digits of numbers, if not told otherwise."""


@dataclass(frozen=True)
class Field:
    """One column of a data set.

    Parameters
    ----------
    key
        The name by which tables refer to it, unique within the data set.
    header
        The name in the CSV.
    values
        Strings, numbers or None.
    """

    key: str
    header: str
    values: Sequence[Any]

    @property
    def is_text(self) -> bool:
        """Whether it holds strings."""
        return any(isinstance(value, str) for value in self.values)

    def as_dict(self) -> dict[str, Any]:
        """Return what the page carries; strings are written once each."""
        if not self.is_text:
            return {"name": self.header, "values": list(self.values)}
        codes: dict[Any, int] = {}
        coded = [codes.setdefault(value, len(codes)) for value in self.values]
        return {"name": self.header, "levels": list(codes), "codes": coded}


@dataclass(frozen=True)
class Dataset:
    """The data of a figure, of a table, or of both.

    Parameters
    ----------
    name
        The name of the CSV file, without suffix; unique within a page.
    fields
        The columns, all of one length.
    """

    name: str
    fields: tuple[Field, ...]

    def __len__(self) -> int:
        return len(self.fields[0].values) if self.fields else 0

    def values(self, key: str) -> Sequence[Any]:
        """Return the values of the column with this key."""
        return self.fields[self.position(key)].values

    def position(self, key: str) -> int:
        """Return the position of the column with this key."""
        return next(place for place, field in enumerate(self.fields) if field.key == key)

    def as_dict(self) -> dict[str, Any]:
        """Return what the page carries."""
        return {"fields": [field.as_dict() for field in self.fields]}


def from_frame(name: str, frame: pl.DataFrame) -> Dataset:
    """Return a data set with the columns of a frame.

    Parameters
    ----------
    name
        The name of the CSV file, without suffix.
    frame
        Columns of strings and numbers.
    """
    columns = [(column.name, rounded(column.to_list())) for column in frame.iter_columns()]
    return Dataset(name, tuple(Field(key, key, values) for key, values in columns))


def from_rows(name: str, rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Dataset:
    """Return a data set with the values of these keys, row by row."""
    held = list(rows)
    return Dataset(name, tuple(Field(key, key, rounded([row.get(key) for row in held])) for key in keys))


def rounded(values: Sequence[Any], digits: int = _DIGITS) -> list[Any]:
    """Return values with floats rounded to significant digits; what is not finite becomes None."""
    return [_rounded(value, digits) for value in values]


def _rounded(value: Any, digits: int) -> Any:
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short == int(short) and abs(short) < 1e15 else short  # noqa: PLR2004


def embedded_json(value: object) -> Markup:
    r"""Return JSON that may stand in a script element: nothing in it can end the element.

    Examples
    --------
    >>> str(embedded_json({"name": "</script>"}))
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  # every sign that HTML reads is escaped above
