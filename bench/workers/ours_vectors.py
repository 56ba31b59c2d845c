"""What vectors of categories are worth: FILE|ROWS:SEED FOLDS SEEDS, with FOLDS as ``0.4-0.5,0.5-0.6``."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import xgboost

import wanamaker as wm
from wanamaker.stats.classification import roc_auc

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Maker = Callable[[], Any]

COLUMNS = ["ip", "app", "device", "os", "channel"]
PAIRS = [("ip", "app"), ("ip", "channel"), ("app", "channel"), ("channel", "app"), ("os", "app")]
REPLICATES = 500
TREES = {
    "n_estimators": 120,
    "max_depth": 6,
    "learning_rate": 0.08,
    "subsample": 0.8,
    "colsample_bytree": 0.7,
}


def pairs(method: str, every: str | None = "1d") -> Maker:
    """Return a maker of pair vectors."""
    return lambda: wm.PairVectors(pairs=PAIRS, time="click_time", method=method, every=every)


VARIANTS: dict[str, Maker | None] = {
    "raw columns and frequencies": None,
    "+ Cat2Vec, ppmi": lambda: wm.Cat2Vec(columns=COLUMNS),
    "+ Cat2Vec, word2vec": lambda: wm.Cat2Vec(columns=COLUMNS, method="word2vec"),
    "+ PairVectors, svd": pairs("svd"),
    "+ PairVectors, nmf": pairs("nmf"),
    "+ PairVectors, svd, fitted once": pairs("svd", None),
    "+ time-ordered target means": lambda: wm.TimeOrderedTargetEncoder(
        columns=[*COLUMNS, ["ip", "app"], ["app", "channel"]],
        label="is_attributed",
        time="click_time",
        label_time="attributed_time",
    ),
}


def log_of(told: str) -> pl.DataFrame:
    """Return the log of a file, or a simulated one of so many rows from a seed, in order of time."""
    rows, simulated, seed = told.partition(":")
    if simulated and rows.isdigit():
        return wm.simulate.clicks(int(rows), seed=int(seed)).log
    return pl.read_parquet(told).sort("click_time", maintain_order=True)


def scores(train: pl.DataFrame, valid: pl.DataFrame, maker: Maker | None, seeds: int) -> tuple[Any, float]:
    """Return each validation row's mean score over the seeds of the trees, and the encoder's CPU-seconds."""
    common = wm.FrequencyEncoder(columns=COLUMNS).fit(train)
    parts = [[frame.select(COLUMNS), common.features(frame)] for frame in (train, valid)]
    begin = time.process_time()
    if maker is not None:
        encoder = maker()
        parts[0].append(encoder.fit_transform(train).select(encoder.feature_names_))
        parts[1].append(encoder.features(valid))
    spent = time.process_time() - begin
    known, asked = (pl.concat(held, how="horizontal").to_numpy().astype(np.float32) for held in parts)
    told = []
    for seed in range(seeds):
        model = xgboost.XGBClassifier(**TREES, tree_method="hist", n_jobs=1, random_state=seed)
        model.fit(known, train["is_attributed"].to_numpy())
        told.append(model.predict(asked, output_margin=True))
    return np.mean(told, axis=0).astype(np.float64), spent


def aucs(
    valid: pl.DataFrame, scored: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the AUC of the scores, then of every replicate."""
    return roc_auc(valid["is_attributed"].to_numpy().astype(bool), scored, weights)


def main() -> None:
    """Print each variant's AUC on the validation rows, its gain over the first, and what it cost."""
    told, folds, seeds = sys.argv[1:]
    log = log_of(told)
    bounds = [tuple(int(float(end) * len(log)) for end in fold.split("-")) for fold in folds.split(",")]
    found: dict[str, list[Any]] = {name: [] for name in VARIANTS}
    spent = dict.fromkeys(VARIANTS, 0.0)
    positives = 0
    for start, end in bounds:
        train, valid = log[:start], log[start:end]
        drawn = np.random.default_rng(0).poisson(1.0, (len(valid), REPLICATES)).astype(np.float64)
        weights = np.hstack([np.ones((len(valid), 1)), drawn])
        positives += int(valid["is_attributed"].sum())
        for name, maker in VARIANTS.items():
            scored, cost = scores(train, valid, maker, int(seeds))
            found[name].append(aucs(valid, scored, weights))
            spent[name] += cost
    means = {name: np.nanmean(held, axis=0) for name, held in found.items()}
    first = next(iter(means.values()))
    rows = [
        {
            "variant": name,
            "auc": [held[0], *np.quantile(held[1:], [0.025, 0.975])],
            "gain": [(held - first)[0], *np.quantile((held - first)[1:], [0.025, 0.975])],
            "seconds": spent[name],
        }
        for name, held in means.items()
    ]
    print(json.dumps({"rows": rows, "positives": positives}))


if __name__ == "__main__":
    main()
