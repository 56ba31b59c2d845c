"""The models that read sequences, each with a small world that it can learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

import wanamaker as wm

START = pl.datetime(2026, 3, 1)
TRAINING = wm.Training(epochs=4, batch_size=64, learning_rate=0.01, threads=1, progress="off")


@cache
def session_log() -> pl.DataFrame:
    """Return visits of which those that view before they cart buy more often, and dear ones less."""
    rng = np.random.default_rng(0)
    visits = 700
    lengths = rng.integers(2, 7, visits)
    visit = np.repeat(np.arange(visits), lengths)
    did = np.array(["view", "cart", "search"])[rng.integers(0, 3, len(visit))]
    step = np.arange(len(visit)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    log = pl.DataFrame(
        {
            "visit": visit,
            "who": visit // 2,
            "at": visit * 1_000 + step * 20,
            "did": did,
            "price": rng.gamma(2.0, 1.0, len(visit)),
            "device": np.array(["phone", "desk"])[rng.integers(0, 2, visits)][visit],
        }
    )
    first = log.group_by("visit", maintain_order=True).agg(
        pl.col("did").first(), pl.col("device").first() == "desk"
    )
    chance = np.where(first["did"] == "view", 0.75, 0.15) + np.where(first["device"], 0.15, 0.0)
    return log.with_columns(bought=(rng.random(visits) < chance).astype(int)[visit])


def sessions_of(log: pl.DataFrame) -> wm.Sessions:
    """Return the visits of a log; without labels where it has none."""
    label = "bought" if "bought" in log.columns else None
    return wm.sessions_from_events(
        log,
        session="visit",
        time="at",
        event="did",
        label=label,
        user="who",
        numeric=["price"],
        features=["device"],
        time_unit="s",
    )


@cache
def journey_log() -> pl.DataFrame:
    """Return a simulated log of journeys."""
    log: pl.DataFrame = wm.simulate.journeys(n=4_000, seed=3, observed="full").log
    return log


def journeys_of(log: pl.DataFrame) -> wm.Journeys:
    """Return the journeys of a simulated log."""
    return wm.journeys_from_events(
        log, user="uid", time="timestamp", touch="campaign", converted="conversion", observed="full"
    )


@dataclass(frozen=True)
class Case:
    """One model with settings, the log it learns from, and how the log is read."""

    name: str
    make: Callable[[], Any]
    log: Callable[[], pl.DataFrame]
    read: Callable[[pl.DataFrame], Any]
    label: str
    time: str
    group: str


_SESSIONS = {
    "log": session_log,
    "read": sessions_of,
    "label": "bought",
    "time": "at",
    "group": "visit",
}
_JOURNEYS = {
    "log": journey_log,
    "read": journeys_of,
    "label": "conversion",
    "time": "timestamp",
    "group": "uid",
}


def _session_model(**settings: Any) -> Callable[[], Any]:
    return lambda: wm.SessionModel(**{"width": 8, "training": TRAINING, **settings})


def _journey_model(**settings: Any) -> Callable[[], Any]:
    return lambda: wm.JourneyModel(**{"width": 8, "training": TRAINING, **settings})


CASES: tuple[Case, ...] = (
    *(
        Case(f"SessionModel-{cell}", _session_model(cell=cell), **_SESSIONS)
        for cell in ("rnn", "gru", "lstm", "transformer", "bag")
    ),
    Case("SessionModel-both-ways", _session_model(cell="lstm", bidirectional=True), **_SESSIONS),
    Case("SessionModel-sampled", _session_model(keep_negatives=0.6, class_weight="balanced"), **_SESSIONS),
    Case("JourneyModel", _journey_model(), **_JOURNEYS),
    Case("JourneyModel-plain", _journey_model(cell="gru", attention=False, decay=False), **_JOURNEYS),
    Case("JourneyModel-sampled", _journey_model(keep_negatives=0.6, class_weight="balanced"), **_JOURNEYS),
)
