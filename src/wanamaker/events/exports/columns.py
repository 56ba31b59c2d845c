"""Which column of a file is what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.errors import SchemaError, nearest
from wanamaker.base.parameters import check_known
from wanamaker.events.exports.currencies import currency_of, without_currency
from wanamaker.events.exports.names import DERIVED, KNOWN, MICROS, NUMBERS, ROLES, folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.events.exports.header import Header


@dataclass(frozen=True, slots=True)
class Roles:
    """The place of each column that is read, counted from 0, and what is told of the others.

    Parameters
    ----------
    places
        Canonical name (or a further name) to place.
    twins
        Canonical name to the other places that bear the same name in the file.
    derived, unread
        Names of columns that are not read: rates and averages, and all others.
    currency
        The code in the name of a column of money.
    """

    places: dict[str, int]
    twins: dict[str, tuple[int, ...]]
    derived: tuple[str, ...]
    unread: tuple[str, ...]
    currency: str | None


def check_asked(columns: Mapping[str, str | int], more: Mapping[str, str | int]) -> None:
    """Refuse names of columns that are not canonical, and further names that are.

    Raises
    ------
    ParameterError
        For the first such name.
    """
    check_known("name in 'columns'", list(columns), ROLES)
    taken = sorted(set(more) & {*ROLES, "file", "line"})
    if taken:
        message = f"'more' names further columns. {taken[0]!r} is one that every report may have."
        raise SchemaError(message, hint=f"Write columns={{{taken[0]!r}: …}}.")


def roles_of(
    header: Header, columns: Mapping[str, str | int], more: Mapping[str, str | int], path: str
) -> Roles:
    """Return what each column is: what was asked for first, then by its English name.

    Raises
    ------
    SchemaError
        If a name that was asked for is not there, or there is neither a term nor a keyword, or no numbers.
    """
    names = [folded(name) for name in header.names]
    places = {role: _place(header, told, role, path) for role, told in {**columns, **more}.items()}
    plain = [folded(without_currency(name)) for name in header.names]
    for role, known in KNOWN.items():
        if role not in places and not (role == MICROS and "cost" in places):
            found = _first(names, plain, (*known, role))
            if found is not None and found not in places.values():
                places[role] = found
    if MICROS in places:
        places["cost"] = places.pop(MICROS)
    _require(header, places, path)
    twins = {
        role: tuple(other for other, name in enumerate(names) if name == names[place] and other != place)
        for role, place in places.items()
    }
    left = [name for place, name in enumerate(header.names) if place not in places.values() and name]
    told = {currency_of(header.names[place]) for role, place in places.items() if role in ("cost", "value")}
    return Roles(
        places,
        {role: others for role, others in twins.items() if others and columns.get(role) != places[role] + 1},
        tuple(name for name in left if folded(without_currency(name)) in DERIVED),
        tuple(name for name in left if folded(without_currency(name)) not in DERIVED),
        next((code for code in told if code), None),
    )


def _first(names: list[str], plain: list[str], known: tuple[str, ...]) -> int | None:
    for name in known:
        for held in (names, plain):
            if name in held:
                return held.index(name)
    return None


def _place(header: Header, told: str | int, role: str, path: str) -> int:
    if isinstance(told, int):
        if 1 <= told <= len(header.names):
            return told - 1
        message = (
            f"Column {told} was asked for as {role!r}. {path!r} has {len(header.names)}, counted from 1."
        )
        raise SchemaError(message)
    names = [folded(name) for name in header.names]
    if folded(told) in names:
        return names.index(folded(told))
    message = f"{path!r} has no column {told!r}, which was asked for as {role!r}."
    raise SchemaError(message, hint=nearest(told, header.names))


def _require(header: Header, places: dict[str, int], path: str) -> None:
    shown = ", ".join(repr(name) for name in header.names)
    if "term" not in places and "keyword" not in places:
        message = f"A column of search terms or keywords was expected in {path!r}. Its columns are: {shown}."
        raise SchemaError(message, hint='Say which it is: columns={"term": "…"}.')
    if not places.keys() & {*NUMBERS, MICROS}:
        message = (
            f"Impressions, clicks, cost or conversions were expected in {path!r}. Its columns are: {shown}."
        )
        raise SchemaError(message, hint='Say which they are: columns={"clicks": "…", "cost": "…"}.')
