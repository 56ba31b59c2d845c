"""The line of a report that names its columns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.errors import SchemaError
from wanamaker.events.exports.currencies import without_currency
from wanamaker.events.exports.names import ORDER, ROLE_OF, folded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wanamaker.events.exports.encoding import Text

SEPARATORS = ("\t", ",", ";", "|")
_LINES = 200
_BYTES = 1 << 18
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Header:
    """Where the names of the columns stand, what they are, and what separates them."""

    line: int
    names: tuple[str, ...]
    separator: str


def find_header(text: Text, given: Collection[str] = ()) -> Header:
    """Return the first line that names a term (or keyword) and two columns of a report in all.

    Parameters
    ----------
    text
        The file.
    given
        Names that the caller knows to be in it, in any language.

    Raises
    ------
    SchemaError
        If none of the first lines is a header; shows the line that looks most like one.
    """
    lines = text.data[:_BYTES].tobytes().decode("utf-8", "ignore").split("\n")[:_LINES]
    asked = {folded(name) for name in given}
    for number, line in enumerate(lines, 1):
        tried = {mark: fields_of(line, mark) for mark in SEPARATORS if mark in line}
        if not tried:
            continue
        scores = {mark: _score(fields, asked) for mark, fields in tried.items()}
        best = max(scores, key=lambda mark: scores[mark])
        if scores[best] > 1:
            return Header(number, tuple(name.strip().lstrip("\ufeff") for name in tried[best]), best)
    raise _missing(text, lines)


def fields_of(line: str, separator: str) -> list[str]:
    """Return the fields of one line.

    Examples
    --------
    >>> fields_of('a,"b,c",', ",")
    ['a', 'b,c', '']
    """
    return next(csv.reader([line.rstrip("\r")], delimiter=separator), [])


def role_of(name: str) -> str | None:
    """Return what a column is by its English name, or None.

    Examples
    --------
    >>> role_of("Search term"), role_of("Cost (EUR)"), role_of("Suchbegriff")
    ('term', 'cost', None)
    """
    return ROLE_OF.get(folded(name)) or ROLE_OF.get(folded(without_currency(name)))


def _score(fields: Sequence[str], asked: Collection[str]) -> int:
    """Return how many columns of a report a line names; 0 without a term, a keyword or a given name."""
    roles = {role_of(field) for field in fields} - {None}
    own = {folded(field) for field in fields} & set(asked)
    named = bool(roles & {"term", "keyword"}) or bool(own)
    return len(roles) + len(own) if named else 0


def _missing(text: Text, lines: Sequence[str]) -> SchemaError:
    message = (
        f"A header with the names of the columns was expected in {text.path!r}: 'Search term' (or "
        f"'Keyword'), 'Day', 'Impr.', 'Clicks', 'Cost', 'Conversions'. None of its first {len(lines):,} "
        "lines is one."
    )
    likely = _likely(lines)
    if likely is None:
        return SchemaError(message, hint="Download the report with its column headers.")
    number, names = likely
    shown = ", ".join(repr(name) for name in names[:8]) + (", …" if len(names) > 8 else "")  # noqa: PLR2004
    hint = (
        f"Line {number} looks like a header in another language: {shown}. If it is, say what its columns "
        f'are: columns={{"term": {names[0]!r}, "date": {names[1]!r}, …}}; known are {", ".join(ORDER)}.'
    )
    return SchemaError(message, hint=hint)


def _likely(lines: Sequence[str]) -> tuple[int, list[str]] | None:
    """Return the first line of three or more names that has no digit."""
    for number, line in enumerate(lines, 1):
        for mark in SEPARATORS:
            names = [name.strip() for name in fields_of(line, mark)]
            if len(names) >= _FEWEST and all(names) and not any(map(str.isdigit, line)):
                return number, names
    return None
