"""Rules, Markov chain, Shapley by marketing-attribution-models: FILE METHODS, methods with commas."""

from __future__ import annotations

import json
import sys
import time

import polars as pl
from mam import MAM  # type: ignore[import-not-found]

RUN = {
    "first": MAM.run_first_click,
    "last": MAM.run_last_click,
    "linear": MAM.run_linear,
    "markov": lambda model: model.run_markov(transition_to_same_state=True),
    "shapley": MAM.run_shapley,
}


def main() -> None:
    """Print credited conversions by method and channel, and removal effects."""
    cpu, wall = time.process_time(), time.perf_counter()
    paths = pl.read_csv(sys.argv[1], columns=["path", "total_conversions"])
    model = MAM(
        paths.with_columns(rows=pl.lit(1)),
        format_type="grouped_journey",
        channels_colname="path",
        journey_with_conv_colname="total_conversions",
        occurrences_colname="rows",
        path_separator=" > ",
    )
    results = {method: RUN[method](model) for method in sys.argv[2].split(",")}
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    credit, removal = {}, {}
    for method, result in results.items():
        for name, amount in result.to_polars().iter_rows():
            credit[f"{method} {name} conversions"] = amount
        if method == "markov":
            told = result.metadata["removal_effect"]["removal_effect"].to_dict()
            removal = {f"markov {name}": effect for name, effect in told.items()}
    print(json.dumps({"credit": credit, "removal": removal} | clocks))


if __name__ == "__main__":
    main()
