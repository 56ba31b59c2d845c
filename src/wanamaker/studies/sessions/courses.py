"""How good predictions are while sessions are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.evaluation.session_prefixes import by_events, by_wait, earliest, seconds_until, threshold_for
from wanamaker.evaluation.session_questions import prefix_questions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.evaluation.session_comparison import Fit
    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.studies.judged import Judged
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

    Floats = NDArray[np.float64]


def courses_of(
    study: SessionsStudy, parts: Parts, found: Candidates, others: list[Fit], judged: Judged
) -> dict[str, Any]:
    """Return quality by events so far and by time to the outcome; empty where there are no events.

    Parameters
    ----------
    study, parts
        The study, and its sessions.
    found
        The networks.
    others
        Fits of the baselines.
    judged
        Gives the threshold and how often is resampled.
    """
    if not study.columns.has_events or not found.kept.causal:
        return {}
    test = parts.of("test")
    asked = prefix_questions(test)
    ours = found.kept.predict_prefixes(test)[asked.places]
    options = study.evaluation
    shown = {found.fit.name: ours, **_others(study, others)}
    drawn: dict[str, Any] = {"most": options.prefixes, "resampling": judged.resampling}
    told: dict[str, Any] = {"models": list(shown)}
    told["by_events"] = by_events(asked, shown, threshold=judged.threshold, **drawn)
    waits = seconds_until(test, asked)
    told["by_wait"] = [] if waits is None else by_wait(asked, waits, shown, resampling=judged.resampling)
    threshold = _target(study, parts, found)
    told["earliest"] = None
    if threshold is not None:
        target = options.precision
        told["earliest"] = earliest(asked, ours, threshold=threshold, precision=target, **drawn)
        told["at_target"] = _at_target(asked, ours, threshold, drawn)
    return told


def _others(study: SessionsStudy, others: list[Fit]) -> dict[str, Floats]:
    """Return the baselines that answer after each event: those of a study that asks then."""
    if study.columns.outcome is None:
        return {}
    first: dict[str, Floats] = {}
    for fit in others:
        if fit.name != "base_rate":
            first.setdefault(fit.name, fit.test)
    return first


def _target(study: SessionsStudy, parts: Parts, found: Candidates) -> float | None:
    """Return the lowest threshold that reaches the target precision on the validation part."""
    valid = parts.of("valid")
    asked = prefix_questions(valid)
    predicted = found.kept.predict_prefixes(valid)[asked.places]
    return threshold_for(asked.labels, predicted, study.evaluation.precision)


def _at_target(
    asked: Questions, ours: Floats, threshold: float, drawn: dict[str, Any]
) -> list[dict[str, Any]]:
    rows = by_events(asked, {"model": ours}, threshold=threshold, **drawn)
    kept = ("events", "rows", "flagged", "precision", "recall")
    return [{key: row[key] for key in kept} for row in rows]
