"""A small log with planted truth: two apps convert often, one channel doubles the odds, little else tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

import wanamaker as wm

START = datetime(2026, 3, 1)
CATEGORICAL = ["app", "channel", "device"]


@dataclass(frozen=True)
class Log:
    """A log in three parts, with the true probability of each row."""

    train: pl.DataFrame
    valid: pl.DataFrame
    test: pl.DataFrame
    truth: np.ndarray

    @property
    def before(self) -> pl.DataFrame:
        """All rows before the test part."""
        return pl.concat([self.train, self.valid])


def rows_of(count: int = 6_000, seed: int = 0, base: float = 0.05) -> tuple[pl.DataFrame, np.ndarray]:
    """Return a log in order of time, and the true probability of each row."""
    rng = np.random.default_rng(seed)
    app, channel = rng.integers(0, 12, count), rng.integers(0, 5, count)
    odds = base / (1 - base) * np.where(app < 2, 12.0, 0.6) * np.where(channel == 0, 2.0, 1.0)
    truth = odds / (1 + odds)
    label = rng.random(count) < truth
    seconds = np.sort(rng.integers(0, 4 * 86_400, count))
    moments = [START + timedelta(seconds=int(second)) for second in seconds]
    delays = rng.integers(1, 600, count)
    known = [
        moment + timedelta(seconds=int(delay)) if yes else None
        for moment, delay, yes in zip(moments, delays, label, strict=True)
    ]
    log = pl.DataFrame(
        {
            "at": moments,
            "app": app,
            "channel": [f"c{value}" for value in channel],
            "device": rng.integers(0, 400, count),
            "price": rng.gamma(2.0, 1.0, count),
            "bought": label.astype(np.int64),
            "known_at": pl.Series(known, dtype=pl.Datetime("us")),
        }
    )
    return log, truth


def log_of(count: int = 6_000, seed: int = 0, base: float = 0.05) -> Log:
    """Return a log cut in time: 70 %, 10 %, 20 %."""
    log, truth = rows_of(count, seed, base)
    a, b = int(0.7 * count), int(0.8 * count)
    return Log(log[:a], log[a:b], log[b:], truth[b:])


def model(**parameters: Any) -> wm.ClickModel:
    """Return a small model of the log."""
    told: dict[str, Any] = {
        "time": "at",
        "label": "bought",
        "label_time": "known_at",
        "categorical": CATEGORICAL,
        "numeric": ["price"],
        "windows": [wm.count(by="device", within="1h"), wm.rate(by="app", within="1d")],
        "vectors": 2,
        "n_estimators": 60,
        "learning_rate": 0.1,
        "max_depth": 3,
        "early_stopping_rounds": 15,
        "folds": 0,
        "threads": 1,
    }
    return wm.ClickModel(**(told | parameters))
