"""Small worlds of sessions: one where order alone tells, and random ones that look like real logs."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

import wanamaker as wm

EVENTS = ("view", "cart", "leave", "search")
BRANDS = ("a", "b", "c", None)


def log_of(count: int = 300, seed: int = 0, *, order: bool = True) -> pl.DataFrame:
    """Return a log: sessions of 1 to about 15 events, ties, missing prices and brands, some users twice.

    Who puts into the cart after viewing buys with 85 %, others with 10 %; without ``order``, chance decides.
    """
    rng = np.random.default_rng(seed)
    lengths = np.minimum(rng.geometric(0.2, count), 40)
    frames = []
    for session, length in enumerate(lengths):
        events = rng.choice(EVENTS, length)
        buys = _cart_follows_view(events) if order else bool(rng.random() < 0.5)
        label = int(rng.random() < (0.85 if buys else 0.1))
        frames.append(
            {
                "session": f"s{session}",
                "user": int(session // 2 if session % 10 == 1 else session),
                "t": session * 1_000 + np.cumsum(rng.integers(0, 4, length) * rng.integers(0, 50, length)),
                "event": events,
                "brand": [BRANDS[place] for place in rng.integers(0, 4, length)],
                "price": np.where(rng.random(length) < 0.2, np.nan, rng.gamma(2.0, 20.0, length)),
                "device": ("phone", "desk", None)[session % 3],
                "age": float(rng.integers(18, 80)) if session % 7 else None,
                "bought": label,
            }
        )
    kinds = {
        "session": pl.String,
        "user": pl.Int64,
        "device": pl.String,
        "age": pl.Float64,
        "bought": pl.Int64,
    }
    lists = {
        name: pl.Series([list(one[name]) for one in frames]) for name in ("t", "event", "brand", "price")
    }
    whole = {name: pl.Series([one[name] for one in frames], dtype=kind) for name, kind in kinds.items()}
    return (
        pl.DataFrame(whole | lists)
        .explode("t", "event", "brand", "price")
        .with_columns(pl.col("price").fill_nan(None))
    )


def _cart_follows_view(events: np.ndarray) -> bool:
    return any(one == "view" and other == "cart" for one, other in pairwise(events))


def sessions_of(log: pl.DataFrame, **roles: Any) -> wm.Sessions:
    """Return the sessions of such a log."""
    told = {"label": "bought"} if "bought" in log.columns and "outcome" not in roles else {}
    return wm.sessions_from_events(
        log,
        **{
            "session": "session",
            "time": "t",
            "event": "event",
            "user": "user",
            "numeric": ["price"],
            "categorical": ["brand"],
            "features": ["device", "age"],
            **told,
            **roles,
        },
    )


def model(**settings: Any) -> wm.SessionModel:
    """Return a small model that is quickly trained."""
    training = {
        "epochs": 1,
        "batch_size": 64,
        "threads": 1,
        "learning_rate": 0.01,
        "seed": 0,
        "device": "cpu",
    }
    training |= settings.pop("training", {})
    told = {"width": 8, "max_length": 6, "min_count": 2, **settings}
    return wm.SessionModel(**told, training=wm.Training(**training))


@cache
def fitted(cell: str = "gru", **settings: Any) -> wm.SessionModel:
    """Return a model of `log_of`, fitted once; no law may change it."""
    return model(cell=cell, **settings).fit(sessions_of(log_of()))
