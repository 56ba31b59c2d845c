"""First, last and linear touch by Wanamaker: FILE whole|inside."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import wanamaker as wm

if TYPE_CHECKING:
    import polars as pl

MODELS = ["first", "last", "linear"]


def credit(source: Any) -> pl.DataFrame:
    """Read the file and give credit."""
    journeys = wm.journeys_from_paths(source, value="total_conversion_value")
    table: pl.DataFrame = wm.attribute(journeys, MODELS, bootstrap=0).table
    return table


def main() -> None:
    """Print credit by method and channel."""
    if sys.argv[2] == "inside":
        credit({"path": ["a > b", "b"], "total_conversions": [1, 0], "total_conversion_value": [1.0, 0.0]})
    cpu, wall = time.process_time(), time.perf_counter()
    table = credit(sys.argv[1])
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {
        f"{row['model']} {row['touch']} {measure}": row[measure]
        for row in table.iter_rows(named=True)
        for measure in ("conversions", "value")
    }
    print(json.dumps({"credit": found} | clocks))


if __name__ == "__main__":
    main()
