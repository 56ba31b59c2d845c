"""One downloaded file as canonical rows, with what is no data kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.errors import SchemaError
from wanamaker.events.exports.cells import Cells, read_cells
from wanamaker.events.exports.column import Names
from wanamaker.events.exports.columns import Roles, roles_of
from wanamaker.events.exports.days import Days, read_days
from wanamaker.events.exports.encoding import read_text
from wanamaker.events.exports.header import Header, find_header
from wanamaker.events.exports.labels import TOTAL_PATTERN
from wanamaker.events.exports.names import NUMBERS
from wanamaker.events.exports.part import Options, Part, Reader
from wanamaker.events.exports.rows import sorted_out

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wanamaker.events.exports.column import Column
    from wanamaker.events.exports.encoding import Text


def read_part(path: str, options: Options) -> Part:
    """Read one file.

    Raises
    ------
    FileReadError, SchemaError, DataError
        If it is no report, or one that cannot be read without a guess; names file and line.
    """
    text = read_text(path, options.encoding)
    asked = [name for name in (*options.columns.values(), *options.more.values()) if isinstance(name, str)]
    header = find_header(text, asked)
    roles = roles_of(header, options.columns, options.more, path)
    cells, columns = _columns(text, header, roles, options.more)
    _same_twins(cells, header, roles)
    days = _days(columns, options, header, path, cells)
    names = {role: header.names[place] for role, place in roles.places.items()}
    rows = sorted_out(cells, columns, days, names)
    reader = Reader(cells, rows, columns, header, roles, options)
    return reader.part(text, days)


def _columns(
    text: Text, header: Header, roles: Roles, more: Collection[str]
) -> tuple[Cells, dict[str, Names | Column]]:
    """Return the cells, and each column by its name: texts without blanks, numbers as they are written.

    ``first`` is the file's first column if it has no other name, or the labels of totals in it if it is one
    of numbers.
    """
    twins = [place for others in roles.twins.values() for place in others]
    cells = read_cells(text, header, [*roles.places.values(), *twins, 0])
    columns: dict[str, Names | Column] = {}
    for name, place in roles.places.items():
        held = cells.columns[place]
        columns[name] = held if name in NUMBERS or name in more else held.names()
    named = next((columns[name] for name, place in roles.places.items() if place == 0), None)
    if not isinstance(named, Names):
        first = cells.columns[0].names()
        columns["first"] = first if named is None else first.only(TOTAL_PATTERN)
    if "term" not in columns:
        columns["term"] = columns["keyword"]
    return cells, columns


def _same_twins(cells: Cells, header: Header, roles: Roles) -> None:
    """Refuse two columns of one name that do not hold the same."""
    for role, others in roles.twins.items():
        place = roles.places[role]
        for other in others:
            apart = cells.columns[place].texts() != cells.columns[other].texts()
            if apart.any():
                message = (
                    f"{cells.path!r} names {header.names[place]!r} twice, in columns {place + 1} and "
                    f"{other + 1}, and they differ, first in line {cells.lines[int(apart.arg_max() or 0)]}."
                )
                raise SchemaError(message, hint=f'Say which one: columns={{"{role}": {place + 1}}}.')


def _days(
    columns: Mapping[str, Names | Column], options: Options, header: Header, path: str, cells: Cells
) -> Days | None:
    if options.dates is None:
        return None
    texts = columns.get("date")
    if not isinstance(texts, Names):
        shown = ", ".join(repr(name) for name in header.names)
        message = f"A column 'Day' was expected in {path!r}. Its columns are: {shown}."
        hint = (
            'Add the segment "Day" before downloading, or say which column it is: columns={"date": "…"}. '
            "dates=None reads a report without days."
        )
        raise SchemaError(message, hint=hint)
    return read_days(texts, options.dates, cells.where)
