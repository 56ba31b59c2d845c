"""A small log of visits for tests: who views before putting into the cart buys, who does after does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

START = datetime(2026, 1, 5)


def visits(n: int = 240, seed: int = 0, *, users: int | None = None) -> pl.DataFrame:
    """Return a log of visits, who, at, did, price, device, bought; some visits end with ``buy``."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for visit in range(n):
        at = START + timedelta(minutes=30 * visit)
        first = bool(rng.random() < 0.5)
        pair = ["view", "cart"] if first else ["cart", "view"]
        did = ["page"] * int(rng.integers(0, 4)) + pair + ["page"] * int(rng.integers(0, 3))
        buys = bool(rng.random() < (0.8 if first else 0.1))
        device = str(rng.choice(["phone", "desktop"]))
        who = visit if users is None else int(rng.integers(0, users))
        for event in [*did, *(["buy"] if buys else [])]:
            at += timedelta(seconds=int(rng.integers(5, 90)))
            price = float(rng.integers(5, 50)) if event in ("view", "cart") else None
            rows.append(
                {
                    "visit": visit,
                    "who": who,
                    "at": at,
                    "did": event,
                    "price": price,
                    "device": device,
                    "bought": buys,
                }
            )
    return pl.DataFrame(rows)


def browsing(n: int = 240, seed: int = 0, *, users: int | None = None) -> pl.DataFrame:
    """Return the same log without the event that tells the label."""
    return visits(n, seed, users=users).filter(pl.col("did") != "buy")


def table(n: int = 400, seed: int = 0) -> pl.DataFrame:
    """Return one row per visit: pages, duration, device, month, bought."""
    rng = np.random.default_rng(seed)
    pages = rng.integers(1, 30, n)
    duration = rng.exponential(200.0, n).round(3)
    device = rng.choice(["phone", "desktop"], n)
    odds = -2.0 + 0.1 * pages + np.where(device == "phone", -0.5, 0.5)
    return pl.DataFrame(
        {
            "pages": pages,
            "duration": duration,
            "device": device,
            "month": rng.choice(["Jan", "Feb", "Mar", "Apr"], n),
            "bought": rng.random(n) < 1.0 / (1.0 + np.exp(-odds)),
        }
    )
