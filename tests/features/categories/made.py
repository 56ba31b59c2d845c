"""Logs for tests of encoders, and one encoder of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

import wanamaker as wm

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanamaker.features.categories.encoder import Encoder

SCHEMA = {
    "a": pl.Int64,
    "b": pl.Int64,
    "c": pl.String,
    "time": pl.Int64,
    "label": pl.Int64,
    "known": pl.Int64,
}
COLUMNS = ["a", "b", "c"]
HOUR = 3_600
KEYS = [("a",), ("c",), ("a", "b"), ("b", "a"), ("a", "b", "c")]

VECTORS: dict[str, Callable[[], Encoder]] = {
    "ppmi": lambda: wm.Cat2Vec(columns=COLUMNS, dims={"a": 3, "b": 1, "c": 2}, min_count=2),
    "word2vec": lambda: wm.Cat2Vec(columns=COLUMNS, dims=2, min_count=2, method="word2vec"),
    "svd": lambda: wm.PairVectors(pairs=[("a", "b"), ("c", "a")], dims=2, time="time", every="1h"),
    "nmf": lambda: wm.PairVectors(pairs=[("a", "c")], dims=2, time="time", every="1h", method="nmf"),
    "lda": lambda: wm.PairVectors(pairs=[("a", "b")], dims=2, time="time", every="1h", method="lda"),
}
ENCODERS: dict[str, Callable[[], Encoder]] = {
    **VECTORS,
    "frequency": lambda: wm.FrequencyEncoder(columns=["a", ["a", "b"], ["b", "a"]]),
    "hashed": lambda: wm.HashedEncoder(columns=["a", ["a", "b"]], buckets=50),
    "bag": lambda: wm.HashedEncoder(columns=["a", "c", ["a", "b"]], buckets=6, form="bag"),
    "target": lambda: wm.TargetEncoder(columns=["a", ["a", "b"]], label="label", by="c"),
    "time_ordered": lambda: wm.TimeOrderedTargetEncoder(
        columns=["a", ["a", "b"]], label="label", time="time", label_time="known"
    ),
}


def log(rows: int = 300, seed: int = 0) -> pl.DataFrame:
    """Return a log of three columns with nulls and a few values each, over five hours, with late labels."""
    random = np.random.default_rng(seed)
    times = random.integers(0, 5 * HOUR, rows) // 60 * 60
    labels = random.random(rows) < 0.3
    late = times + random.integers(0, HOUR, rows)
    return pl.DataFrame(
        {
            "a": [None if value == 9 else value for value in random.integers(0, 10, rows).tolist()],
            "b": random.integers(0, 6, rows),
            "c": [["x", "y", "z", None][place] for place in random.integers(0, 4, rows)],
            "time": times,
            "label": labels.astype(np.int64),
            "known": [int(moment) if label else None for moment, label in zip(late, labels, strict=True)],
        },
        schema=SCHEMA,
    )


def later(rows: int = 40, seed: int = 7) -> pl.DataFrame:
    """Return rows after those of `log`, some of values that it does not have."""
    made = log(rows, seed).with_columns(pl.col("time", "known") + 5 * HOUR)
    return made.with_columns(pl.when(pl.int_range(rows) % 5 == 0).then(77).otherwise(pl.col("a")).alias("a"))


@st.composite
def rows(draw: st.DrawFn, *, max_size: int = 30, start: int = 0) -> list[dict[str, Any]]:
    """Rows with ties, nulls, values that collide when glued, and labels that are known late."""
    keys = st.sampled_from([1, 11, 111, None])
    made = []
    for _ in range(draw(st.integers(1, max_size))):
        moment = start + draw(st.integers(0, 8))
        label = draw(st.sampled_from([0, 0, 1]))
        known = moment + draw(st.sampled_from([0, 0, 1, 5, 30])) if label else None
        made.append(
            {
                "a": draw(keys),
                "b": draw(keys),
                "c": draw(st.sampled_from(["1", "11", None])),
                "time": moment,
                "label": label,
                "known": known,
            }
        )
    return made


def frame(told: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as a table."""
    return pl.DataFrame(told, schema=SCHEMA)
