"""Intervals of every method by Wanamaker: FILE full|stops REPLICATES METHOD, a method's name or ``all``."""

from __future__ import annotations

import json
import sys
import time
import warnings

import wanamaker as wm


def main() -> None:
    """Print how many rows of the table have an interval, by method; the clock is on `attribute` alone."""
    warnings.simplefilter("ignore")
    file, stops, replicates, method = sys.argv[1:]
    journeys = wm.journeys_from_events(
        file,
        user="uid",
        time="timestamp",
        touch="campaign",
        converted="conversion",
        value="value",
        cost="cost",
        observed="until_conversion" if stops == "stops" else "full",
    )
    cpu, wall = time.process_time(), time.perf_counter()
    credit = wm.attribute(journeys, None if method == "all" else [method], bootstrap=int(replicates))
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    counted = credit.table.drop_nulls("conversions_low").group_by("model", maintain_order=True).len()
    print(json.dumps({"rows": dict(counted.iter_rows())} | clocks))


if __name__ == "__main__":
    main()
