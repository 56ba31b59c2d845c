"""First, last and linear touch by ChannelAttribution: FILE whole|inside."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd
from ChannelAttribution import heuristic_models  # type: ignore[import-not-found]

COLUMNS = ["path", "total_conversions", "total_conversion_value"]


def credit(source: str) -> pd.DataFrame:
    """Read the file and give credit."""
    return rules(pd.read_csv(source, usecols=COLUMNS))


def rules(paths: pd.DataFrame) -> pd.DataFrame:
    """Give credit."""
    return heuristic_models(paths, *COLUMNS, sep=">", flg_pro=False)


def main() -> None:
    """Print credit by method and channel."""
    if sys.argv[2] == "inside":
        rules(pd.DataFrame({"path": ["a > b"], COLUMNS[1]: [1], COLUMNS[2]: [1.0]}))
    cpu, wall = time.process_time(), time.perf_counter()
    table = credit(sys.argv[1]).set_index("channel_name")
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {
        f"{model} {name} {measure}": float(table.loc[name, f"{model}_touch_{measure}"])
        for model in ("first", "last", "linear")
        for name in table.index
        for measure in ("conversions", "value")
    }
    print(json.dumps({"credit": found} | clocks))


if __name__ == "__main__":
    main()
