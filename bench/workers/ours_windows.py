"""Counts in windows by Wanamaker: FILE WINDOWS, windows as JSON [[key, name, start, end], …] in seconds."""

from __future__ import annotations

import json
import sys
import time

import polars as pl

import wanamaker as wm


def counts(file: str, windows: list[tuple[list[str], str, int, int]]) -> dict[str, int]:
    """Compute all windows of every row, and return the sum of each."""
    defined = [
        wm.count(by=key, within=f"{start}s", after=f"{end}s", name=name) for key, name, start, end in windows
    ]
    features = wm.WindowFeatures(defined, time="click_time")
    table = features.transform(pl.read_parquet(file, columns=features.columns))
    return {name: int(table[name].cast(pl.Int64).sum()) for name in features.names}


def main() -> None:
    """Print the sum of every window."""
    cpu, wall = time.process_time(), time.perf_counter()
    sums = counts(sys.argv[1], json.loads(sys.argv[2]))
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"sums": sums} | clocks))


if __name__ == "__main__":
    main()
