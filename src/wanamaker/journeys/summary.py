"""What a reader wants to know of journeys before any credit: how many, how long, which, and the flow."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.journeys.flows import flows, top_paths
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys

LONGEST_BIN = 20
"""Journeys of this length or more share one bin."""

_DELAY_BINS = (
    ("same minute", 60),
    ("up to 1 hour", 3_600),
    ("up to 6 hours", 21_600),
    ("up to 1 day", 86_400),
    ("up to 3 days", 259_200),
    ("up to 7 days", 604_800),
    ("up to 14 days", 1_209_600),
    ("up to 30 days", 2_592_000),
    ("longer", float("inf")),
)


@dataclass(frozen=True)
class Summary:
    """Journeys in numbers; every field holds plain values.

    Parameters
    ----------
    headline
        Counts of users, journeys, touches, conversions; their value and cost; the period.
    lengths
        ``length``, ``converting``, ``other``: journeys by number of touches; the last bin is open.
    delays
        ``delay``, ``converting``: converting journeys by the time from the first touch to the end.
    paths
        ``path`` (names), ``conversions``, ``journeys``, ``rate``, ``value``: paths with most conversions.
    flows
        ``step``, ``source``, ``target``, ``journeys``: moves between the touches of a journey.
    touches
        ``touch``, ``count``, ``journeys``, ``converting``, ``rate``, ``cost``: every touch.
    """

    headline: dict[str, Any]
    lengths: list[dict[str, Any]]
    delays: list[dict[str, Any]]
    paths: list[dict[str, Any]]
    flows: list[dict[str, Any]]
    touches: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain values."""
        return asdict(self)


def summarise(journeys: Journeys) -> Summary:
    """Return journeys in numbers, for a report."""
    return Summary(
        headline=_headline(journeys),
        lengths=_lengths(journeys),
        delays=_delays(journeys),
        paths=top_paths(journeys),
        flows=flows(journeys),
        touches=_touches(journeys),
    )


def _headline(journeys: Journeys) -> dict[str, Any]:
    observation = journeys.observation
    counted = journeys.conversions + journeys.nulls
    total = float(journeys.conversions.sum())
    once = _one_goal(journeys)
    return {
        "users": len(np.unique(journeys.users)) if observation.users_given else None,
        "journeys": float(counted.sum()),
        "converting_journeys": total,
        "touches": float((once.lengths * (once.conversions + once.nulls)).sum()),
        "touch_names": len(journeys.names),
        "conversions": total,
        "conversion_rate": _rate(journeys),
        "unattributed": journeys.unattributed,
        "value": None if journeys.values is None else float(journeys.values.sum()),
        "cost": None if once.ledger is None else float(once.ledger.amounts.sum()),
        "goals": _goals(journeys),
        "start": observation.period[0],
        "end": observation.period[1],
        "cut_journeys": int(np.sum(journeys.uncut > journeys.lengths)),
        "cut_share": float(np.mean(journeys.uncut > journeys.lengths)) if len(journeys) else 0.0,
    }


def _rate(journeys: Journeys) -> float | None:
    """Return the conversion rate of the journeys that have a touch."""
    held = journeys.lengths > 0
    counted = float((journeys.conversions + journeys.nulls)[held].sum())
    return float(journeys.conversions[held].sum()) / counted if counted else None


def _one_goal(journeys: Journeys) -> Journeys:
    """Return the journeys of the first goal: each goal has journeys of its own over the same touches."""
    if "goal" not in journeys.table.columns:
        return journeys
    goals = journeys.table["goal"]
    return journeys.take((goals == goals.first()).to_numpy())


def _goals(journeys: Journeys) -> dict[str, float]:
    """Return the conversions of each goal, where there are several."""
    if "goal" not in journeys.table.columns:
        return {}
    frame = pl.DataFrame({"goal": journeys.table["goal"], "conversions": journeys.conversions})
    sums = frame.group_by("goal", maintain_order=True).agg(pl.col("conversions").sum())
    return dict(sums.iter_rows())


def _lengths(journeys: Journeys) -> list[dict[str, Any]]:
    bins = np.minimum(journeys.uncut, LONGEST_BIN)
    converting = np.bincount(bins, weights=journeys.conversions, minlength=LONGEST_BIN + 1)
    other = np.bincount(bins, weights=journeys.nulls, minlength=LONGEST_BIN + 1)
    used = np.flatnonzero(converting + other)
    last = int(used.max()) if len(used) else 0
    return [
        {
            "length": f"{length}+" if length == LONGEST_BIN else str(length),
            "converting": float(converting[length]),
            "other": float(other[length]),
        }
        for length in range(int(used.min()) if len(used) else 0, last + 1)
    ]


def _delays(journeys: Journeys) -> list[dict[str, Any]]:
    chosen = journeys.converting
    held = chosen.lengths > 0
    if chosen.times is None or chosen.ended is None or not held.any():
        return []
    known = held & (chosen.ended != NO_TIME)
    seconds = (chosen.ended[known] - chosen.times[chosen.offsets[:-1][known]]) / MICROS_PER_SECOND
    places = np.searchsorted([limit for _, limit in _DELAY_BINS], seconds, side="left")
    counts = np.bincount(places, weights=chosen.conversions[known], minlength=len(_DELAY_BINS))
    return [
        {"delay": name, "converting": float(count)}
        for (name, _), count in zip(_DELAY_BINS, counts, strict=True)
    ]


def _touches(every_goal: Journeys) -> list[dict[str, Any]]:
    journeys = _one_goal(every_goal)
    rows = journeys.rows
    frame = pl.DataFrame(
        {
            "touch": journeys.touches,
            "journey": rows,
            "conversions": journeys.conversions[rows],
            "nulls": journeys.nulls[rows],
        }
    )
    counted = frame.group_by("touch").agg(count=(pl.col("conversions") + pl.col("nulls")).sum())
    distinct = frame.unique(["touch", "journey"]).group_by("touch").agg(pl.col("conversions", "nulls").sum())
    every = pl.DataFrame(
        {"touch": np.arange(len(journeys.names), dtype=np.int32), "name": list(journeys.names)}
    )
    joined = every.join(counted, on="touch", how="left").join(distinct, on="touch", how="left").fill_null(0)
    cost = _cost(journeys)
    seen = pl.col("conversions") + pl.col("nulls")
    table = joined.sort("touch").select(
        touch="name",
        count="count",
        journeys=seen,
        converting="conversions",
        rate=pl.when(seen > 0).then(pl.col("conversions") / seen),
        cost=pl.Series("cost", cost, dtype=pl.Float64),
    )
    return table.to_dicts()


def _cost(journeys: Journeys) -> list[float | None]:
    ledger = journeys.ledger
    if ledger is None:
        return [None] * len(journeys.names)
    costs = np.bincount(ledger.touches, weights=ledger.amounts, minlength=len(journeys.names))
    return [float(cost) for cost in costs]
