"""Rules and Markov chains by ChannelAttribution: FILE METHODS, methods with commas, settings its own."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pandas as pd
from ChannelAttribution import heuristic_models, markov_model  # type: ignore[import-not-found]

COLUMNS = ["path", "total_conversions", "total_conversion_value"]
RULES = ("first", "last", "linear")


def rules(paths: pd.DataFrame, wanted: list[str]) -> dict[str, float]:
    """Return credit by the three rules, which the peer computes together."""
    table = heuristic_models(paths, *COLUMNS, sep=">", flg_pro=False).set_index("channel_name")
    return {
        f"{rule} {name} {measure}": float(table.loc[name, f"{rule}_touch_{measure}"])
        for rule in wanted
        for name in table.index
        for measure in ("conversions", "value")
    }


def chain(paths: pd.DataFrame, method: str) -> dict[str, float]:
    """Return credit by a Markov chain, ``markov`` or ``markov_2``, with default settings and seed."""
    order = int(method.partition("_")[2] or 1)
    options: dict[str, Any] = {"sep": ">", "verbose": False, "flg_pro": False}
    table = markov_model(paths, *COLUMNS, var_null="total_null", order=order, **options)
    return {
        f"{method} {row.channel_name} {measure}": float(getattr(row, f"total_{name}"))
        for row in table.itertuples()
        for measure, name in (("conversions", "conversions"), ("value", "conversion_value"))
    }


def main() -> None:
    """Print credit by method, channel and measure."""
    methods = sys.argv[2].split(",")
    cpu, wall = time.process_time(), time.perf_counter()
    paths = pd.read_csv(sys.argv[1], usecols=[*COLUMNS, "total_null"])
    ruled = [method for method in methods if method in RULES]
    credit = rules(paths, ruled) if ruled else {}
    for method in methods:
        if method not in RULES:
            credit |= chain(paths, method)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"credit": credit} | clocks))


if __name__ == "__main__":
    main()
