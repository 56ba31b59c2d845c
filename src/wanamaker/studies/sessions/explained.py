"""What moves the predictions: by event and feature, and along some sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.session_explained import feature_effects, session_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

Rows = list[dict[str, Any]]

_SHORTEST, _LONGEST = 3, 20
_SHOWN_FEATURES = 8


def explained_sessions(
    study: SessionsStudy, parts: Parts, found: Candidates
) -> tuple[dict[str, Any], pl.DataFrame]:
    """Return what the report shows of single sessions, and the explanations of the latest test sessions."""
    test, asked = parts.of("test"), parts.questions("test")
    latest = _latest(test, study.evaluation.explained)
    taken = test.take(latest)
    if not study.columns.has_events:
        wide = feature_effects(found.kept, taken)
        shown = _shown_features(found.kept, test, asked, found.fit.test)
        ids = taken.table.select("session")
        return {"sessions": shown, "effects": _sizes(wide)}, pl.concat([ids, wide], how="horizontal")
    table = session_effects(found.kept, taken)
    told = _chosen(asked, found.fit.test, _SHORTEST, _LONGEST)
    shown = [_along(found.kept, test, asked, which, row, found.fit.test) for which, row in told]
    return {"sessions": shown, "effects": _event_sizes(table)}, table


def _latest(test: Sessions, most: int) -> NDArray[np.int64]:
    starts = test.started
    order = np.arange(len(test)) if starts is None else np.argsort(starts, kind="stable")
    return np.sort(order[-most:])


def _sizes(wide: pl.DataFrame) -> Rows:
    """Return the mean size of each feature's effect, the largest first."""
    rows = [
        {
            "name": name,
            "kind": "feature",
            "times": len(wide),
            "removal": float(np.abs(wide[name].to_numpy()).mean()),
        }
        for name in wide.columns
    ]
    return sorted(rows, key=lambda row: -row["removal"])


def _event_sizes(table: pl.DataFrame) -> Rows:
    """Return mean and mean size of the effects by event and feature, the largest first."""
    held = table.with_columns(
        kind=pl.when(pl.col("position").is_null()).then(pl.lit("feature")).otherwise(pl.lit("event"))
    )
    rows = []
    for (name, kind), part in held.group_by(["event", "kind"], maintain_order=True):
        row: dict[str, Any] = {"name": name, "kind": kind, "times": len(part)}
        for method in ("removal", "integrated_gradients"):
            effects = part[method].drop_nulls().to_numpy()
            row[method] = float(np.abs(effects).mean()) if len(effects) else None
            row[f"{method}_mean"] = float(effects.mean()) if len(effects) else None
        rows.append(row)
    return sorted(rows, key=lambda row: -(row["removal"] or 0.0))


def _chosen(
    asked: Questions, predictions: NDArray[np.float64], shortest: int, longest: int
) -> list[tuple[str, int]]:
    """Return some questions: high and right, high and wrong, missed, low and right, and one in the middle."""
    fits = (asked.events >= shortest) & (asked.events <= longest)
    rows = np.flatnonzero(fits) if fits.sum() >= 2 * len(_CASES) else np.arange(len(asked))
    order = rows[np.argsort(-predictions[rows], kind="stable")]
    yes, no = order[asked.labels[order]], order[~asked.labels[order]]
    middle = order[len(order) // 2 :]
    found: list[tuple[str, int]] = []
    used: set[int] = set()
    for which, pool in zip(_CASES, (yes, no, yes[::-1], no[::-1], middle), strict=True):
        row = next((int(row) for row in pool if int(asked.sessions[row]) not in used), None)
        if row is not None:
            used.add(int(asked.sessions[row]))
            found.append((which, row))
    return found


_CASES = (
    "high, and it came",
    "high, and it did not come",
    "low, and it came",
    "low, and it did not come",
    "middling",
)


def _along(
    model: SessionModel,
    test: Sessions,
    asked: Questions,
    which: str,
    row: int,
    predictions: NDArray[np.float64],
) -> dict[str, Any]:
    """Return a session up to a question, with the effect of each event on the answer to it."""
    session = test.take([int(asked.sessions[row])]).prefix(int(asked.events[row]))
    table = session_effects(model, session)
    events = table.filter(pl.col("position").is_not_null()).drop("session")
    features = table.filter(pl.col("position").is_null()).sort(pl.col("removal").abs(), descending=True)
    return {
        "which": which,
        "session": str(session.table["session"][0]),
        "label": bool(asked.labels[row]),
        "prediction": float(predictions[row]),
        "events": events.to_dicts(),
        "features": [
            {"name": name, "value": _written(session.table[name][0]), "removal": effect}
            for name, effect in features.select("event", "removal").head(_SHOWN_FEATURES).iter_rows()
        ],
    }


def _shown_features(
    model: SessionModel, test: Sessions, asked: Questions, predictions: NDArray[np.float64]
) -> Rows:
    shown = []
    for which, row in _chosen(asked, predictions, 0, 0):
        session = test.take([int(asked.sessions[row])])
        effects = feature_effects(model, session).row(0, named=True)
        largest = sorted(effects, key=lambda name: -abs(effects[name]))[:_SHOWN_FEATURES]
        features = [
            {"name": name, "value": _written(session.table[name][0]), "removal": float(effects[name])}
            for name in largest
        ]
        told = {"which": which, "session": str(session.table["session"][0]), "label": bool(asked.labels[row])}
        shown.append({**told, "prediction": float(predictions[row]), "events": [], "features": features})
    return shown


def _written(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
