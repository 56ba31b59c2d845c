"""Live counts in plain Python: FILE WINDOWS EVENTS, windows as JSON [[key, name, start, end], …]."""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from typing import Any

import polars as pl
from clock import Clock  # type: ignore[import-not-found]  # beside this script

FEW = 1_000


class Counts:
    """A list of times for each key; what no window reaches is dropped when the key has a new event."""

    def __init__(self, windows: list[tuple[list[str], str, int, int]]) -> None:
        self.groups: dict[tuple[str, ...], list[tuple[str, int, int]]] = {}
        for key, name, start, end in windows:
            self.groups.setdefault(tuple(key), []).append((name, start, end))
        self.longest = max(start for _, _, start, _ in windows)
        self.times: list[dict[Any, list[int]]] = [{} for _ in self.groups]

    def observe(self, event: dict[str, Any]) -> dict[str, int]:
        """Return the counts of an event, then count it."""
        now = int(event["click_time"].timestamp())
        made = {}
        for times, (columns, windows) in zip(self.times, self.groups.items(), strict=True):
            key = tuple([event[column] for column in columns])
            seen = times.get(key)
            if seen is None:
                seen = times[key] = []
            elif seen[0] < now - 2 * self.longest:
                del seen[: bisect_left(seen, now - self.longest)]
            for name, start, end in windows:
                made[name] = bisect_left(seen, now - end) - bisect_left(seen, now - start)
            seen.append(now)
        return made


def main() -> None:
    """Print the sum of every window."""
    windows, rows = json.loads(sys.argv[2]), int(sys.argv[3])
    names = [name for _, name, _, _ in windows]
    columns = sorted({column for key, *_ in windows for column in key})
    events = pl.read_parquet(sys.argv[1], columns=[*columns, "click_time"]).head(rows).to_dicts()
    counts, warm, sums = Counts(windows), len(events) // 10, dict.fromkeys(names, 0)
    for event in events[:warm]:
        counts.observe(event)
    clock = Clock()
    for start in range(warm, len(events), FEW):
        with clock:
            made = [counts.observe(event) for event in events[start : start + FEW]]
        for name in names:
            sums[name] += sum(values[name] for values in made)
    print(json.dumps({"sums": sums, "timed": len(events) - warm, "cpu": clock.cpu, "wall": clock.wall}))


if __name__ == "__main__":
    main()
