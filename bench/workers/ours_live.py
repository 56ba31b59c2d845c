"""Live counts by Wanamaker: FILE WINDOWS one|many|longest EVENTS.

Windows are JSON: [[key, name, start, end], …].
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import polars as pl
from clock import Clock  # type: ignore[import-not-found]  # beside this script

import wanamaker as wm

if TYPE_CHECKING:
    from wanamaker.features.online.live import LiveWindows

CHUNK = 100_000
FEW = 1_000
Sums = dict[str, int]


def one_by_one(live: LiveWindows, names: list[str], events: list[dict[str, Any]]) -> tuple[Sums, Clock]:
    """Observe one event after the other; return the sums, and what it cost."""
    sums, clock = dict.fromkeys(names, 0), Clock()
    for start in range(0, len(events), FEW):
        with clock:
            made = [live.observe(event) for event in events[start : start + FEW]]
        for name in names:
            sums[name] += sum(int(values[name] or 0) for values in made)
    return sums, clock


def longest(live: LiveWindows, events: list[dict[str, Any]]) -> float:
    """Return the longest CPU time of one `observe`, in seconds; waiting for a core does not count."""
    clock, most = time.thread_time, 0.0
    for event in events:
        begin = clock()
        live.observe(event)
        most = max(most, clock() - begin)
    return most


def in_chunks(live: LiveWindows, names: list[str], log: pl.DataFrame) -> tuple[Sums, Clock]:
    """Observe a table, a part at a time; return the sums, and what it cost."""
    sums, clock = dict.fromkeys(names, 0), Clock()
    for start in range(0, len(log), CHUNK):
        with clock:
            made = live.observe_many(log.slice(start, CHUNK))
        for name, total in made.select(pl.col(names).cast(pl.Int64).sum()).row(0, named=True).items():
            sums[name] += total
    return sums, clock


def main() -> None:
    """Print the sum of every window, and what is held at the end."""
    windows, mode, rows = json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    defined = [
        wm.count(by=key, within=f"{start}s", after=f"{end}s", name=name) for key, name, start, end in windows
    ]
    features = wm.WindowFeatures(defined, time="click_time")
    log = pl.read_parquet(sys.argv[1], columns=features.columns).head(rows)
    live, warm = features.online(), len(log) // 10
    live.observe_many(log[:warm])
    rest: Any = log[warm:]
    if mode != "many":
        rest = rest.to_dicts()
        features.online().observe(rest[0])
    held = {"events": rows, "timed": len(rest)}
    if mode == "longest":
        print(json.dumps(held | {"longest": longest(live, rest)}))
        return
    sums, clock = (one_by_one if mode == "one" else in_chunks)(live, features.names, rest)
    held |= {"keys": live.size, "state": live.nbytes, "cpu": clock.cpu, "wall": clock.wall}
    print(json.dumps({"sums": sums} | held))


if __name__ == "__main__":
    main()
