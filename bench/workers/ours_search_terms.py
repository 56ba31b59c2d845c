"""Learn from a simulated log of search terms, and predict its last days: ROWS THREADS."""

from __future__ import annotations

import json
import sys

import numpy as np
import polars as pl
from clock import Clock  # type: ignore[import-not-found]  # beside this script

import wanamaker as wm

ASKED_DAYS = 30


def main() -> None:
    """Print rows, the seconds of one epoch and of the whole fit, and how many rows are scored in a second."""
    rows, threads = (int(one) for one in sys.argv[1:])
    log = wm.simulate.search_terms(rows, seed=1).log.filter(pl.col("term").is_not_null())
    training = wm.Training(epochs=1, batch_size=512, threads=threads, progress="off")
    model = wm.SearchTermModel(
        campaign="campaign",
        known_ahead=["clicks"],
        delay="5d",
        loss="poisson",
        predictor="network",
        training=training,
    )
    begins = log["date"].max() - pl.duration(days=ASKED_DAYS - 1)
    past, asked = log.filter(pl.col("date") < begins), log.filter(pl.col("date") >= begins)
    fitting, scoring = Clock(), Clock()
    with fitting:
        model.fit(log)
    with scoring:
        predicted = model.predict(asked, history=past)
    if not (np.isfinite(predicted).all() and predicted.min() >= 0.0):
        message = "expected conversions must be numbers of 0 or more"
        raise ValueError(message)
    told = {
        "rows": len(log),
        "learned": model.training_["rows"],
        "epoch": model.training_["curve"][0]["seconds"],
        "fit_cpu": fitting.cpu,
        "fit_wall": fitting.wall,
        "scored": len(asked) / scoring.wall,
        "scored_cpu": len(asked) / scoring.cpu,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
