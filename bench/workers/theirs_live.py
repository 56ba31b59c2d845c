"""Live counts by river: FILE WINDOWS EVENTS, windows as JSON [[key, name, start, end], …]."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from importlib import import_module
from typing import Any

import polars as pl

river: Any = import_module("river")
for part in ("feature_extraction", "stats", "utils"):
    import_module(f"river.{part}")


def aggregates(windows: list[tuple[list[str], str, int, int]]) -> list[tuple[str, Any]]:
    """Return river's aggregate for each window; it has no bands, so each reaches up to now."""
    made = []
    for key, name, start, _ in windows:
        rolling = river.utils.TimeRolling(river.stats.Sum, period=dt.timedelta(seconds=start))
        made.append((name, river.feature_extraction.Agg(on="one", by=key, how=rolling)))
    return made


def main() -> None:
    """Print the sum of every window."""
    windows, rows = json.loads(sys.argv[2]), int(sys.argv[3])
    columns = sorted({column for key, *_ in windows for column in key})
    events = pl.read_parquet(sys.argv[1], columns=[*columns, "click_time"]).head(rows).to_dicts()
    made, sums, warm = aggregates(windows), {}, len(events) // 10
    cpu, wall = 0.0, 0.0
    for number, event in enumerate(events):
        if number == warm:
            cpu, wall, sums = time.process_time(), time.perf_counter(), {name: 0 for name, _ in made}
        moment = event.pop("click_time")
        event["one"] = 1
        for name, aggregate in made:
            sums[name] = sums.get(name, 0) + sum(aggregate.transform_one(event).values())
            aggregate.learn_one(event, t=moment)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"sums": sums, "timed": len(events) - warm} | clocks))


if __name__ == "__main__":
    main()
