"""Sessions, rows and time spans of the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.durations import to_micros
from wanamaker.events.times import iso
from wanamaker.journeys.journeys import NO_TIME
from wanamaker.stats.bootstrap import Resampling, interval
from wanamaker.stats.classification import wilson
from wanamaker.studies.sessions.split import PARTS

if TYPE_CHECKING:
    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

Rows = list[dict[str, Any]]


def part_rows(parts: Parts) -> Rows:
    """Return sessions, questions, rate and time span of the parts; in rates each question counts the same."""
    told = []
    for part in PARTS:
        sessions, asked = parts.of(part), parts.questions(part)
        low, high = _reach(asked)
        start, end = _span(sessions)
        told.append(
            {
                "part": part,
                "sessions": len(sessions),
                "events": len(sessions.events),
                "rows": len(asked),
                "positives": int(asked.labels.sum()),
                "rate": float(asked.labels.mean()),
                "rate_low": low,
                "rate_high": high,
                "start": start,
                "end": end,
                "values": [str(value) for value in parts.apart.values.get(part, [])],
            }
        )
    return told


def _reach(asked: Questions) -> tuple[float, float]:
    """Return the 95 % interval of the rate: over users, where a session is asked several times."""
    if asked.by_session is None:
        low, high = wilson(np.array([asked.labels.mean()]), np.array([float(len(asked))]))
        return float(low[0]), float(high[0])
    weights = Resampling().weights(asked.keys, np.ones(len(asked)))[:, 1:]
    ends = interval(weights[asked.labels].sum(axis=0) / weights.sum(axis=0))
    return float(ends[0]), float(ends[1])


def _span(sessions: Sessions) -> tuple[str | None, str | None]:
    starts = sessions.started
    known = starts[starts != NO_TIME] if starts is not None else np.empty(0, dtype=np.int64)
    if not len(known):
        return None, None
    last = known if sessions.times is None or not len(sessions.times) else sessions.times
    return iso(int(known.min())), iso(int(max(last.max(), known.max())))


def split_facts(study: SessionsStudy, parts: Parts) -> dict[str, Any]:
    """Return how the sessions were split."""
    split = parts.apart.split
    by_time = split.by == "time"
    return {
        "by": split.by,
        "column": study.split.column,
        "gap_seconds": to_micros(study.split.gap, "gap") / 1e6 if by_time else 0.0,
        "left_out": dict(parts.apart.left_out),
        "unasked": parts.unasked,
        "notes": list(split.notes),
    }
