"""Window features as DuckDB's SQL: an oracle that shares no code with ours.

Two formulations. `over` uses frames of window functions (``RANGE … EXCLUDE GROUP``), for what they can
express; `joined` joins the log with itself, for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from wanamaker.features.windows.definitions import Window

FRAMED = ("count", "total", "mean", "since_last", "since_first")
"""Kinds that a frame can aggregate."""


def transform(
    windows: Sequence[Window],
    log: pl.DataFrame,
    *,
    time: str,
    label: str,
    label_time: str,
    resolution: int = 1_000_000,
    frames: bool = False,
) -> dict[str, list[Any]]:
    """Return every feature of every row, by name; with ``frames`` by frames where they can say it."""
    import duckdb

    with duckdb.connect() as database:
        database.register("given", log.with_row_index("_row").to_arrow())
        ticks = [
            f'CAST(floor(CAST(round("{name}" * 1e6) AS BIGINT) / {resolution}) AS BIGINT)'
            for name in (time, label_time)
        ]
        database.execute(
            f"CREATE TABLE log AS SELECT *, {ticks[0]} AS _tick, "  # noqa: S608
            f"CASE WHEN {label} = 1 THEN {ticks[1]} END AS _known FROM given"
        )
        made = {}
        for window in windows:
            framed = frames and window.kind in FRAMED and window.peers == "strict"
            query = over(window, resolution) if framed else joined(window, resolution)
            made[window.name] = [row[1] for row in database.execute(query).fetchall()]
    return made


def over(window: Window, resolution: int) -> str:
    """Return a query of one window by a frame of a window function."""
    start, end, _ = _ticks(window, resolution)
    # A frame that holds nothing but the future would be an error: it begins before the first tick.
    start = min(start, 2**62)
    until = "CURRENT ROW EXCLUDE GROUP" if end == 0 else f"{end + 1} PRECEDING"
    frame = f"PARTITION BY {', '.join(window.by)} ORDER BY _tick RANGE BETWEEN {start} PRECEDING AND {until}"
    value = _aggregate(window, "", "_tick", resolution).replace("#", f" OVER ({frame})")
    return f"SELECT _row, {_unless_null(window, '', value)} FROM log ORDER BY _row"  # noqa: S608


def joined(window: Window, resolution: int) -> str:
    """Return a query of one window by a join of the log with itself."""
    start, end, matured = _ticks(window, resolution)
    inside = f"r._tick >= l._tick - {start} AND r._tick < l._tick - {end} AND l._tick - r._tick >= {matured}"
    if window.peers == "arrived":
        inside = f"(({inside}) OR (r._tick = l._tick AND r._row < l._row))"
    keys = " AND ".join(f"r.{name} = l.{name}" for name in window.by)
    value = _aggregate(window, "r.", "l._tick", resolution).replace("#", "")
    value = value.replace("count(*)", "count(r._row)")
    by = ", ".join(f"l.{name}" for name in window.by)
    return (
        f"SELECT l._row, {_unless_null(window, 'l.', value)} FROM log l "  # noqa: S608
        f"LEFT JOIN log r ON {keys} AND {inside} GROUP BY l._row, l._tick, {by} ORDER BY l._row"
    )


def _ticks(window: Window, resolution: int) -> tuple[int, int, int]:
    matured = 0 if window.matured is None else to_micros(window.matured) // resolution
    return window.within_micros // resolution, window.after_micros // resolution, matured


def _aggregate(window: Window, of: str, now: str, resolution: int) -> str:
    """Return the aggregate; ``#`` stands where its window follows."""
    column = f"{of}{window.column}"
    if window.kind == "count":
        return "count(*)#"
    if window.kind == "distinct":
        return f"count(DISTINCT {column})#"
    if window.kind == "total":
        return f"coalesce(sum({_exact(window, column)})#, 0)"
    if window.kind == "mean":
        return f"sum({_exact(window, column)})# / nullif(count({column})#, 0)"
    if window.kind in {"since_last", "since_first"}:
        edge = "max" if window.kind == "since_last" else "min"
        return f"({now} - {edge}({of}_tick)#) * {resolution} / 1e6"
    known = f"count(*) FILTER ({of}_known < {now})#".replace("count(*)", f"count({of}_row)")
    weight = f"({window.prior} + count(*)#)"
    drawn = window.prior * (window.mean or 0.0)
    return f"CASE WHEN {weight} = 0 THEN {window.mean} ELSE ({drawn} + {known}) / {weight} END"


def _exact(window: Window, column: str) -> str:
    """Integers are summed as 128 bits; floats as decimals with nine digits after the point."""
    return f"CAST({column} AS {'HUGEINT' if window.column == 'units' else 'DECIMAL(38, 9)'})"


def _unless_null(window: Window, of: str, value: str) -> str:
    null = " OR ".join(f"{of}{name} IS NULL" for name in window.by)
    return f"CASE WHEN {null} THEN NULL ELSE {value} END"
