"""Intervals of every method by Wanamaker: FILE full|stops REPLICATES all|each."""

from __future__ import annotations

import json
import sys
import time
import warnings

import wanamaker as wm


def alone(journeys: wm.Journeys, method: str, replicates: int) -> float:
    """Return the CPU-seconds of one method with its intervals."""
    begin = time.process_time()
    wm.attribute(journeys, [method], bootstrap=replicates)
    return time.process_time() - begin


def main() -> None:
    """Print how many rows have an interval, by method, or the seconds that each takes by itself."""
    warnings.simplefilter("ignore")
    file, stops, replicates, mode = sys.argv[1:]
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
    credit = wm.attribute(journeys, bootstrap=int(replicates) if mode == "all" else 0)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    if mode == "each":
        names = credit.table["model"].unique(maintain_order=True)
        print(json.dumps({"seconds": {name: alone(journeys, name, int(replicates)) for name in names}}))
        return
    counted = credit.table.drop_nulls("conversions_low").group_by("model", maintain_order=True).len()
    print(json.dumps({"rows": dict(counted.iter_rows())} | clocks))


if __name__ == "__main__":
    main()
