"""What is to be said about a report beside its rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.events.exports.names import NUMBERS, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from wanamaker.events.exports.part import Part

_SHOWN = 10
_MICRO_STEP = 10_000


def notes_on(parts: Sequence[Part], table: pl.DataFrame, hidden: pl.DataFrame) -> Iterator[str]:
    """Yield sentences on columns that stand for others, on gaps, and on what was not read."""
    for part in parts:
        if part.encoding == "cp1252":
            yield f"{part.path!r} is not in UTF-8: it is read as cp1252; encoding= says what else it is."
        yield from _columns(part)
        for name, count in part.bounds.items():
            yield f"{part.path!r}: {count:,} values of {name} are bounds ('< 10%'); the bound is taken."
    yield from _missing(table)
    yield from _conversions(table)
    yield from _micros(parts, table)
    if len(hidden):
        yield f"{len(hidden):,} rows stand for terms that are not shown; they are in 'hidden'."
    yield from _gaps(table)


def _columns(part: Part) -> Iterator[str]:
    places, names = part.roles.places, part.header.names
    if "term" not in places:
        yield f"{part.path!r} has no search terms: its keywords stand for them."
    for role, word in (("conversions", "all"), ("value", "all"), ("clicks", "interactions")):
        if role in places and word in folded(names[places[role]]).replace(".", " ").replace("_", " "):
            yield f"{part.path!r}: {names[places[role]]!r} is read as {role}."
    if part.roles.twins:
        doubled = ", ".join(repr(names[places[role]]) for role in part.roles.twins)
        yield f"{part.path!r} holds the same column twice: {doubled}."
    if part.roles.derived:
        told = ", ".join(map(repr, part.roles.derived))
        yield f"{part.path!r}: {told} not read; rates and averages follow from the other columns."
    if part.roles.unread:
        yield f"{part.path!r}: {', '.join(map(repr, part.roles.unread))} not read."


def _missing(table: pl.DataFrame) -> Iterator[str]:
    for name in NUMBERS:
        count = table[name].null_count() if name in table.columns else 0
        if count:
            yield f"{count:,} of {len(table):,} rows tell no {name}; null there."


def _conversions(table: pl.DataFrame) -> Iterator[str]:
    if "conversions" not in table.columns:
        yield "The report has no column of conversions."
    elif not table["conversions"].sum():
        yield "No row has a conversion: nothing can be learned about what brings them."


def _micros(parts: Sequence[Part], table: pl.DataFrame) -> Iterator[str]:
    if "cost" not in table.columns or any(
        "micros" in folded(name) for one in parts for name in one.header.names
    ):
        return
    costs = table["cost"].drop_nulls()
    spent = costs.filter(costs > 0)
    if len(spent) and (spent % _MICRO_STEP == 0).all():
        yield (
            "Every cost is a multiple of 10,000: it may be in millionths of the currency. "
            'columns={"cost_micros": …} divides it.'
        )


def _gaps(table: pl.DataFrame) -> Iterator[str]:
    if "date" not in table.columns or table.is_empty():
        return
    days = table["date"].to_physical().to_numpy()
    first = table["date"].item(int(days.argmin()))
    absent = np.flatnonzero(np.bincount(days - days.min()) == 0)
    missing = [str(first + timedelta(days=number)) for number in absent.tolist()]
    if missing:
        more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
        yield f"No row is of {', '.join(missing[:_SHOWN])}{more}, between the first day and the last."
