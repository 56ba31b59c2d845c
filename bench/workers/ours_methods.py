"""Credit from a file of paths by Wanamaker: FILE METHODS VALUE, methods with commas, value or ``-``."""

from __future__ import annotations

import json
import sys
import time

import wanamaker as wm


def main() -> None:
    """Print credit by method, channel and measure, and removal effects where there are some."""
    file, methods, value = sys.argv[1], sys.argv[2].split(","), sys.argv[3]
    measures = ["conversions"] if value == "-" else ["conversions", "value"]
    cpu, wall = time.process_time(), time.perf_counter()
    paths = wm.journeys_from_paths(file, value=None if value == "-" else value, nulls="total_null")
    credit = wm.attribute(paths, methods, bootstrap=0)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {
        f"{row['model']} {row['touch']} {measure}": row[measure]
        for row in credit.table.iter_rows(named=True)
        for measure in measures
        if not row["touch"].startswith("(")
    }
    removal = {
        f"{model} {one['touch']}": one["removal_effect"]
        for model, told in credit.details.items()
        for one in told.get("", {}).get("removal_effects", [])
        if model.startswith("markov")
    }
    print(json.dumps({"credit": found, "removal": removal} | clocks))


if __name__ == "__main__":
    main()
