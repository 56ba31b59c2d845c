"""Tables for the audit: clean ones of every kind, and what can be planted in them."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2026, 1, 1)


def numeric(rng, rows):  # noqa: PLR0911  # one line per kind
    """A numeric column of a random kind."""
    kind = rng.integers(9)
    if kind == 0:
        return rng.normal(size=rows)
    if kind == 1:
        return rng.exponential(20.0, rows).round(2)
    if kind == 2:
        return rng.poisson(rng.uniform(0.1, 6), rows)
    if kind == 3:
        return rng.integers(0, 2, rows)
    if kind == 4:
        return rng.random(rows) < rng.uniform(0.02, 0.5)
    if kind == 5:
        return np.minimum(rng.geometric(0.15, rows), 20)  # piled up at a cap
    if kind == 6:
        return np.where(rng.random(rows) < 0.7, 0.0, rng.lognormal(2, 1, rows))
    if kind == 7:
        return rng.integers(0, 300, rows)  # codes
    return rng.lognormal(0, 1, rows).astype(np.float32)


def texts(rng, rows):
    """A column of names of a random kind."""
    kind = rng.integers(4)
    if kind == 0:
        weights = rng.dirichlet(np.ones(int(rng.integers(2, 12))))
        return rng.choice([f"level {place}" for place in range(len(weights))], rows, p=weights).tolist()
    if kind == 1:
        return [f"{value:08x}" for value in rng.integers(0, 2**32, rows)]
    if kind == 2:
        return [
            " > ".join("abc"[step] for step in rng.integers(0, 3, length))
            for length in rng.integers(1, 9, rows)
        ]
    return [f"user-{value}" for value in rng.integers(0, max(rows // 5, 2), rows)]


def with_nulls(rng, values, share):
    gone = rng.random(len(values)) < share
    return [
        None if missing else value for value, missing in zip(np.asarray(values).tolist(), gone, strict=True)
    ]


def clean_table(seed, rows=None, numbers=None, rate=None):
    """A table without a leak: honest features of random strength, ids, nulls, times, a split by time.

    Returns the table and the arguments for `audit`.
    """
    rng = np.random.default_rng(seed)
    rows = rows or int(rng.choice([300, 1_000, 3_000, 10_000]))
    count = numbers or int(rng.integers(3, 25))
    rate = rate or float(rng.choice([0.02, 0.1, 0.3, 0.5]))
    columns = {f"n{place}": numeric(rng, rows) for place in range(count)}
    for place in range(int(rng.integers(0, 4))):
        columns[f"t{place}"] = texts(rng, rows)
    columns["twin"] = np.asarray(columns["n0"]) + rng.normal(0, 0.1, rows)  # a correlated pair
    signal = np.zeros(rows)
    for name in list(columns)[: int(rng.integers(0, 4))]:
        values = np.asarray(columns[name], dtype=float)
        signal += rng.uniform(0, 1.2) * (values - values.mean()) / (values.std() + 1e-9)
    drift = rng.uniform(-0.5, 0.5) * np.linspace(-1, 1, rows)
    odds = np.exp(signal + drift) * rate / (1 - rate)
    truth = odds / (1 + odds)
    label = rng.random(rows) < truth
    forced = rng.choice(rows, 6, replace=False)
    label[forced[:3]], label[forced[3:]] = True, False  # both classes, whatever the rate
    columns["n1"] = with_nulls(rng, columns["n1"], rng.uniform(0, 0.4))
    times = np.sort(rng.integers(0, 30 * 86_400, rows))
    frame = pl.DataFrame(columns, strict=False).with_columns(
        id=pl.Series(rng.permutation(rows) + 10_000),
        user=pl.Series(rng.integers(0, max(rows // 3, 2), rows)),
        at=pl.Series([START + timedelta(seconds=int(second)) for second in times]),
        part=pl.Series(np.where(np.arange(rows) < 0.7 * rows, "train", "test")),
        score=pl.Series(np.clip(truth, 0.001, 0.999)),
        y=pl.Series(label.astype(int)),
    )
    bounds = frame["at"].filter(frame["part"] == "test").min()
    frame = frame.with_columns(
        part=pl.when(pl.col("at") < bounds).then(pl.lit("train")).otherwise(pl.lit("test"))
    )
    return frame, {"label": "y", "time": "at", "split": "part", "prediction": "score"}
