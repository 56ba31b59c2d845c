"""What a world of clicks looks like, counted in streams over its log and its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.stats.classification import wilson
from wanamaker.studies.worlds.ceilings import ceiling, level_of

if TYPE_CHECKING:
    Rows = list[dict[str, Any]]

_KINDS = {"person": "People", "bot": "Bots", "injected": "Injected"}
_LOOKED_AT = 1_000_000  # rows from which the company of a click is counted
_COMPANY = (1, 2, 3, 5, 9, 17, 33)  # lowest numbers of clicks of each class
_APPS = 6
_RANKS = 60


def look_at_clicks(log: pl.LazyFrame, truth: pl.LazyFrame) -> dict[str, Any]:
    """Count what the pictures of a world of clicks show.

    Parameters
    ----------
    log, truth
        The tables of the world; they are streamed, and may be larger than memory.
    """
    kind = (
        pl.when("bot")
        .then(pl.lit("bot"))
        .when("injected")
        .then(pl.lit("injected"))
        .otherwise(pl.lit("person"))
    )
    rows = pl.concat([log, truth], how="horizontal").with_columns(kind=kind)
    label, p = pl.col("is_attributed").cast(pl.Int64), pl.col("probability").cast(pl.Float64)
    sums = (pl.len().alias("clicks"), label.sum().alias("installs"), p.sum().alias("expected"))
    day = pl.col("click_time").dt.date().cast(pl.String).alias("day")
    kinds = _collected(rows.group_by("kind").agg(*sums))
    return {
        "kinds": [{**row, "kind": _KINDS[row["kind"]]} for row in _ordered(kinds, list(_KINDS))],
        "ceiling": ceiling(
            _collected(rows.group_by(level_of("probability")).agg(*sums)), "installs", "clicks"
        ),
        "hours": _by_hour(rows, sums),
        "days": _with_interval(_collected(rows.group_by(day).agg(*sums)).sort("day")),
        "apps": _apps(rows.filter(pl.col("kind") == "person"), day),
        "delays": _delays(rows.filter(label == 1)),
        "tails": [row for name in ("ip", "app", "channel", "device", "os") for row in _tail(log, name)],
        "company": _company(rows.head(_LOOKED_AT)),
    }


def _collected(lazy: pl.LazyFrame) -> pl.DataFrame:
    return lazy.collect(engine="streaming")


def _ordered(table: pl.DataFrame, kinds: list[str]) -> Rows:
    return sorted(table.to_dicts(), key=lambda row: kinds.index(row["kind"]))


def _by_hour(rows: pl.LazyFrame, sums: tuple[pl.Expr, ...]) -> Rows:
    hour = pl.col("click_time").dt.truncate("1h").dt.strftime("%Y-%m-%d %H:%M").alias("hour")
    table = _collected(rows.group_by(hour, "kind").agg(sums[0]))
    wide = table.pivot("kind", index="hour", values="clicks").fill_null(0).sort("hour")
    missing = [pl.lit(0).alias(kind) for kind in _KINDS if kind not in wide.columns]
    return wide.with_columns(missing).select("hour", *_KINDS).to_dicts()


def _with_interval(table: pl.DataFrame) -> Rows:
    rate = (table["installs"] / table["clicks"]).to_numpy()
    low, high = wilson(rate, table["clicks"].to_numpy().astype(np.float64))
    added = {"rate": rate, "low": low, "high": high, "true": (table["expected"] / table["clicks"]).to_numpy()}
    return table.with_columns(**{name: pl.Series(values) for name, values in added.items()}).to_dicts()


def _apps(people: pl.LazyFrame, day: pl.Expr) -> Rows:
    """Return the true rate by day of the apps that people click on most."""
    table = _collected(people.group_by("app", day).agg(pl.len(), pl.col("probability").mean().alias("true")))
    most = table.group_by("app").agg(pl.col("len").sum()).sort("len", "app", descending=[True, False])
    shown = most.head(_APPS)["app"].to_list()
    chosen = table.filter(pl.col("app").is_in(shown)).sort("day")
    order = {app: place for place, app in enumerate(shown)}
    named = [{**row, "app": str(row["app"]), "place": order[row["app"]]} for row in chosen.to_dicts()]
    return sorted(named, key=lambda row: (row["place"], row["day"]))


def _delays(installs: pl.LazyFrame) -> Rows:
    """Return how many installs took how long, in bins that double, by kind."""
    seconds = (pl.col("attributed_time") - pl.col("click_time")).dt.total_seconds()
    doubled = seconds.log(2).floor().cast(pl.Int64).alias("power")
    kind = pl.when("injected").then(pl.lit("stolen")).otherwise(pl.lit("other")).alias("kind")
    table = _collected(installs.group_by(doubled, kind).agg(pl.len().alias("installs")))
    if table.is_empty():
        return []
    wide = table.pivot("kind", index="power", values="installs").fill_null(0).sort("power")
    missing = [pl.lit(0).alias(name) for name in ("other", "stolen") if name not in wide.columns]
    return wide.with_columns(missing).select("power", "other", "stolen").to_dicts()


def _tail(log: pl.LazyFrame, name: str) -> Rows:
    """Return the share of clicks that the first so many values hold."""
    clicks = _collected(log.group_by(name).agg(pl.len().alias("clicks"))).sort("clicks", descending=True)
    held = clicks["clicks"].to_numpy().cumsum()
    ranks = np.unique(np.geomspace(1, len(held), _RANKS).round().astype(int))
    return [
        {"column": name, "values": int(rank), "share": float(held[rank - 1] / held[-1])} for rank in ranks
    ]


def _company(rows: pl.LazyFrame) -> Rows:
    """Return how many clicks have how many of the same ip, device and os in their minute, by kind."""
    together = pl.len().over("ip", "device", "os", pl.col("click_time").dt.truncate("1m"))
    table = rows.select("kind", together=together).collect()
    place = np.searchsorted(_COMPANY, table["together"].to_numpy(), side="right") - 1
    counts = table.select("kind", place=pl.Series(place)).group_by("kind", "place").len().sort("place")
    every = dict(table["kind"].value_counts().iter_rows())
    return [
        {
            "kind": _KINDS[kind],
            "from": _COMPANY[at],
            "to": _up_to(at),
            "clicks": clicks,
            "share": clicks / every[kind],
        }
        for kind, at, clicks in counts.iter_rows()
    ]


def _up_to(place: int) -> int | None:
    return _COMPANY[place + 1] - 1 if place + 1 < len(_COMPANY) else None
