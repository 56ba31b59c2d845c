"""Counts in windows by Polars: FILE WINDOWS groups|over; see `ours_windows.py`."""

from __future__ import annotations

import json
import sys
import time

import polars as pl

Windows = list[tuple[list[str], str, int, int]]


def counts(file: str, windows: Windows, form: str) -> dict[str, int]:
    """Compute all windows of every row, and return the sum of each."""
    log = pl.read_parquet(file).with_columns(tick=pl.col("click_time").dt.truncate("1s")).sort("tick")
    found = (_rolled if form == "groups" else _over)(log.with_columns(one=pl.lit(1, dtype=pl.Int32)), windows)
    return {name: int(found[name].cast(pl.Int64).sum()) for _, name, _, _ in windows}


def _rolled(log: pl.DataFrame, windows: Windows) -> dict[str, pl.Series]:
    """`DataFrame.rolling` with the key as its group, one call for each window."""
    made = {}
    for key, name, start, end in windows:
        frame = log.rolling(
            "tick", group_by=key, period=f"{start - end}s", offset=f"-{start}s", closed="left"
        )
        made[name] = frame.agg(pl.len())["len"]
    return made


def _over(log: pl.DataFrame, windows: Windows) -> dict[str, pl.Series]:
    """`rolling_sum_by` over the key; a band is the difference of two windows that end now."""
    made = {}
    for key, name, start, end in windows:
        spans = [
            pl.col("one").rolling_sum_by("tick", f"{span}s", closed="left") for span in (start, end) if span
        ]
        whole = spans[0] if len(spans) == 1 else spans[0].fill_null(0) - spans[1].fill_null(0)
        made[name] = log.select(whole.over(key).fill_null(0)).to_series()
    return made


def main() -> None:
    """Print the sum of every window."""
    cpu, wall = time.process_time(), time.perf_counter()
    sums = counts(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3])
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"sums": sums} | clocks))


if __name__ == "__main__":
    main()
