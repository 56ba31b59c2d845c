"""What a world of sessions looks like, counted in streams over its log and its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.studies.worlds.ceilings import ceiling, level_of

if TYPE_CHECKING:
    Rows = list[dict[str, Any]]

_ORDERS = {-1: "Cart, then view", 0: "No pair", 1: "View, then cart"}
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300)
_LENGTHS = (1, 2, 3, 5, 8, 12, 17, 25, 40, 80)  # lowest lengths of each class
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EXAMPLES, _SHOWN_FROM, _SHOWN_TO = 2, 8, 14  # sessions of each end, of so many events
_FEWEST = 30  # purchases below which an area under the curve says little
_LOOKED_AT = 50_000  # rows among which examples are sought

_SUMS = (
    pl.len().alias("sessions"),
    pl.col("purchase").cast(pl.Int64).sum().alias("purchases"),
    pl.col("session_probability").sum().alias("expected"),
)


def look_at_sessions(log: pl.LazyFrame, truth: pl.LazyFrame) -> dict[str, Any]:
    """Count what the pictures of a world of sessions show.

    Parameters
    ----------
    log, truth
        The tables of the world; they are streamed, and may be larger than memory.
    """
    rows = pl.concat([log, truth.drop("session_id")], how="horizontal")
    rows = rows.filter(pl.col("action") != "purchase")
    ends = rows.filter((pl.col("session_id") != pl.col("session_id").shift(-1)).fill_null(value=True))
    weekday = pl.col("weekday").cast(pl.Int64)
    features = {
        "device": pl.col("device"),
        "source": pl.col("source"),
        "weekday": weekday,
    }
    return {
        "totals": _collected(ends.select(*_SUMS, pl.col("step").sum().alias("events"))).row(0, named=True),
        "ceiling": _ceiling(ends, "session_probability"),
        "of_prefixes": _ceiling(rows, "probability"),
        "orders": _orders(ends),
        "steps": _steps(rows.filter(pl.col("step").is_in(list(_STEPS)))),
        "lengths": _lengths(ends),
        "features": [row for name, value in features.items() for row in _by_feature(ends, name, value)],
        "days": _days(rows.filter(pl.col("step") == 1)),
        "examples": _examples(rows.head(_LOOKED_AT)),
    }


def _collected(lazy: pl.LazyFrame) -> pl.DataFrame:
    return lazy.collect(engine="streaming")


def _ceiling(rows: pl.LazyFrame, column: str) -> float | None:
    return ceiling(_collected(_levels(rows, column)), "won", "seen")


def _levels(rows: pl.LazyFrame, column: str, *keys: str) -> pl.LazyFrame:
    label = pl.col("purchase").cast(pl.Int64).sum().alias("won")
    return rows.group_by(*keys, level_of(column)).agg(label, pl.len().alias("seen"))


def _orders(ends: pl.LazyFrame) -> Rows:
    """Return sessions and purchases by the order of the last pair."""
    found = {row["order"]: row for row in _collected(ends.group_by("order").agg(*_SUMS)).to_dicts()}
    return [{**_rated(found[order]), "order": name} for order, name in _ORDERS.items() if order in found]


def _steps(rows: pl.LazyFrame) -> Rows:
    """Return, after each number of events, who is still there and how well their purchase can be told."""
    levels = _collected(_levels(rows, "probability", "step"))
    found = []
    for (step,), part in sorted(levels.partition_by("step", as_dict=True).items()):
        sessions, purchases = int(part["seen"].sum()), int(part["won"].sum())
        told = ceiling(part, "won", "seen") if purchases >= _FEWEST else None
        shown = {"step": step, "sessions": sessions, "purchases": purchases}
        found.append({**shown, "rate": purchases / sessions, "ceiling": told})
    return found


def _lengths(ends: pl.LazyFrame) -> Rows:
    """Return sessions and purchases by the number of events, in classes."""
    place = pl.sum_horizontal((pl.col("step") >= low).cast(pl.Int64) for low in _LENGTHS)
    table = _collected(ends.group_by(place.alias("place")).agg(*_SUMS)).sort("place")
    return [{**_rated(row), "length": _between(row["place"] - 1)} for row in table.to_dicts()]


def _by_feature(ends: pl.LazyFrame, name: str, value: pl.Expr) -> Rows:
    table = _collected(ends.group_by(value.alias("value")).agg(*_SUMS)).sort("value")
    named = [
        {**row, "value": _WEEKDAYS[row["value"] - 1] if name == "weekday" else row["value"]}
        for row in table.to_dicts()
    ]
    return [{**_rated(row), "feature": name} for row in named]


def _days(begins: pl.LazyFrame) -> Rows:
    day = pl.col("t").dt.date().cast(pl.String).alias("day")
    return [_rated(row) for row in _collected(begins.group_by(day).agg(*_SUMS)).sort("day").to_dicts()]


def _examples(rows: pl.LazyFrame) -> Rows:
    """Return the events of some sessions of middle length, with and without a purchase."""
    table = rows.collect()
    whole = table.filter(pl.col("session_id") < table["session_id"].max())
    lengths = whole.group_by("session_id", maintain_order=True).agg(pl.len(), pl.col("purchase").first())
    middle = lengths.filter(pl.col("len").is_between(_SHOWN_FROM, _SHOWN_TO))
    chosen = [middle.filter(pl.col("purchase") == won).head(_EXAMPLES)["session_id"] for won in (1, 0)]
    shown = whole.filter(pl.col("session_id").is_in(pl.concat(chosen).to_list()))
    names = ["session_id", "step", "action", "product", "probability", "session_probability", "purchase"]
    return shown.select(names).to_dicts()


def _rated(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "rate": row["purchases"] / row["sessions"], "true": row["expected"] / row["sessions"]}


def _between(place: int) -> str:
    low = _LENGTHS[place]
    if place + 1 == len(_LENGTHS):
        return f"{low} or more"
    high = _LENGTHS[place + 1] - 1
    return str(low) if low == high else f"{low} – {high}"
