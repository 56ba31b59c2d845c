"""How good predictions are in the course of a session: by events so far, and by time to the outcome."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.ragged import row_numbers
from wanamaker.stats.bootstrap import Resampling, interval
from wanamaker.stats.classification import binary_metrics, paired_difference, threshold_curve, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.journeys.sessions.sessions import Sessions

    Floats = NDArray[np.float64]
    Rows = list[dict[str, Any]]

FEWEST = 10
"""Positives, and others, that a row of these tables must have for an AUC to be told."""

WAITS = (0.0, 10.0, 30.0, 60.0, 180.0, 600.0, np.inf)
"""Bounds of the seconds until the outcome."""

_FLAGGED = 20


def by_events(
    asked: Questions,
    predictions: Mapping[str, Floats],
    *,
    threshold: float,
    most: int = 30,
    resampling: Resampling | None = None,
) -> Rows:
    """Return how good predictions are after 1, 2, 3, … events, among those still at risk.

    At one number of events each session counts once, so that long sessions do not rule, and a model is not
    praised for telling long sessions from short ones.

    Parameters
    ----------
    asked
        The questions; of any session one per event at most.
    predictions
        Name to probabilities, of shape (rows,); the first are the ones that are judged.
    threshold
        From which probability on a row is flagged.
    most
        Up to how many events to look.
    resampling
        Of users or sessions.

    Returns
    -------
    list of dict
        ``events``, ``rows``, ``positives``, ``rate``, ``rate_low``, ``rate_high``, ``predicted`` (mean),
        ``flagged``, and figures (``value``, ``low``, ``high``): ``roc_auc``, ``calibration_ratio``,
        ``precision``, ``recall``; ``others`` (name to ``roc_auc`` and ``gain`` over it). An AUC is None
        where there are fewer than 10 rows of one answer.
    """
    told = []
    for events in range(1, most + 1):
        rows = np.flatnonzero(asked.events == events)
        if len(rows) < FEWEST:
            continue
        held = {name: scores[rows] for name, scores in predictions.items()}
        told.append({"events": events, **_judged(asked, rows, held, threshold, resampling)})
    return told


def _judged(
    asked: Questions,
    rows: NDArray[np.int64],
    held: Mapping[str, Floats],
    threshold: float,
    resampling: Resampling | None,
) -> dict[str, Any]:
    labels, keys = asked.labels[rows], asked.keys[rows]
    first, *others = held
    drawn: dict[str, Any] = {"resampling": resampling, "keys": keys}
    found = binary_metrics(labels, held[first], threshold=threshold, **drawn)
    positives = int(labels.sum())
    low, high = wilson(np.array([positives / len(rows)]), np.array([float(len(rows))]))
    enough = FEWEST <= positives <= len(rows) - FEWEST
    nothing = {"value": None, "low": None, "high": None}
    figures = {name: dict(found[name]) for name in ("calibration_ratio", "precision", "recall")}
    beside = {}
    for name in others if enough else []:
        gain = paired_difference(labels, held[first], held[name], metrics=["roc_auc"], **drawn)["roc_auc"]
        auc = binary_metrics(labels, held[name], resampling=Resampling(0))["roc_auc"]
        beside[name] = {"roc_auc": dict(auc), "gain": dict(gain)}
    return {
        "rows": len(rows),
        "positives": positives,
        "rate": positives / len(rows),
        "rate_low": float(low[0]),
        "rate_high": float(high[0]),
        "predicted": float(held[first].mean()),
        "flagged": int((held[first] >= threshold).sum()),
        "roc_auc": dict(found["roc_auc"]) if enough else nothing,
        **figures,
        "others": beside,
    }


def seconds_until(sessions: Sessions, asked: Questions) -> Floats | None:
    """Return how long after each question the outcome came, NaN where it does not follow.

    None where sessions have no times or no outcome. Where the outcome left the sequence (a question without
    horizon), the time of the last event before it stands for it: the wait is then at least as long.
    """
    if sessions.times is None or sessions.outcome is None or asked.places is None:
        return None
    owners = row_numbers(sessions.offsets)[asked.places]
    ends = sessions.offsets[1:][owners] - 1
    if sessions.horizon is not None and sessions.outcome in sessions.event_names:
        happened = np.flatnonzero(sessions.events == sessions.event_names.index(sessions.outcome))
        after = np.searchsorted(happened, asked.places, side="right")
        ends = np.append(happened, len(sessions.times) - 1)[after]
    waits = (sessions.times[ends] - sessions.times[asked.places]) / 1e6
    return np.where(asked.labels, waits, np.nan)


def by_wait(
    asked: Questions,
    waits: Floats,
    predictions: Mapping[str, Floats],
    *,
    bounds: tuple[float, ...] = WAITS,
    resampling: Resampling | None = None,
) -> Rows:
    """Return how well questions whose outcome is so many seconds ahead are told from those without one.

    Parameters
    ----------
    asked
        The questions.
    waits
        Seconds until the outcome, NaN where it does not follow.
    predictions
        Name to probabilities, of shape (rows,).
    bounds
        Of the seconds; each row takes its lower bound and not its upper one.
    resampling
        Of users or sessions.

    Returns
    -------
    list of dict
        ``from``, ``to`` (None for ever), ``positives``, ``roc_auc`` by name (figures), each against all
        questions without the outcome.
    """
    told = []
    for start, stop in pairwise(bounds):
        chosen = asked.labels & (waits >= start) & (waits < stop)
        rows = np.flatnonzero(chosen | ~asked.labels)
        positives = int(chosen.sum())
        if positives < FEWEST:
            continue
        drawn: dict[str, Any] = {"resampling": resampling, "keys": asked.keys[rows]}
        areas = {
            name: dict(binary_metrics(chosen[rows], scores[rows], **drawn)["roc_auc"])
            for name, scores in predictions.items()
        }
        end = None if np.isinf(stop) else stop
        told.append({"from": start, "to": end, "positives": positives, "roc_auc": areas})
    return told


def threshold_for(labels: NDArray[np.bool_], predictions: Floats, precision: float) -> float | None:
    """Return the lowest threshold from which on at least so large a share of the flagged is right.

    None if no threshold that flags 20 rows or more reaches it. Choose it on validation rows.

    Examples
    --------
    >>> labels = np.repeat([False, True, False, True], [30, 10, 10, 30])
    >>> threshold_for(labels, np.repeat([0.2, 0.2, 0.8, 0.8], [30, 10, 10, 30]), 0.7)
    0.8
    """
    thresholds = np.unique(predictions)
    if len(thresholds) > 1_000:  # noqa: PLR2004 (as fine as it needs to be)
        thresholds = np.quantile(thresholds, np.linspace(0.0, 1.0, 1_000), method="inverted_cdf")
    curve = threshold_curve(labels, predictions, thresholds=thresholds)
    enough = curve.flagged * len(labels) >= _FLAGGED
    reached = np.flatnonzero(enough & (np.nan_to_num(curve.precision) >= precision))
    return float(curve.threshold[reached[0]]) if len(reached) else None


def earliest(
    asked: Questions,
    predictions: Floats,
    *,
    threshold: float,
    precision: float,
    most: int = 30,
    resampling: Resampling | None = None,
) -> dict[str, Any]:
    """Return after how many events the flagged are first right as often as they should be.

    Parameters
    ----------
    asked, predictions
        Questions and probabilities, of shape (rows,).
    threshold
        From which probability on a row is flagged; `threshold_for` chooses it.
    precision
        The share of the flagged that is to be right.
    most
        Up to how many events to look.
    resampling
        Of users or sessions.

    Returns
    -------
    dict
        ``events``: the fewest after which the precision of at least 20 flagged rows reaches the target, None
        if it never does; ``low`` and ``high`` over the replicates that reach it; ``reached``, the share of
        replicates that do; ``sure``: the fewest events at which the lower end of the precision's interval
        does; ``flagged`` and ``precision`` there.
    """
    drawing = Resampling() if resampling is None else resampling
    flagged, right = (np.zeros((most + 1, 1 + drawing.replicates)) for _ in range(2))
    for events in range(1, most + 1):
        rows = np.flatnonzero((asked.events == events) & (predictions >= threshold))
        weights = drawing.weights(asked.keys[rows], np.ones(len(rows)))
        flagged[events], right[events] = weights.sum(axis=0), weights[asked.labels[rows]].sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        reached = np.where(flagged >= _FLAGGED, right / flagged, 0.0)
    first = _first(reached >= precision)
    told: dict[str, Any] = {"target": precision, "threshold": threshold, "events": None, "sure": None}
    told |= {"low": None, "high": None, "reached": None, "flagged": None, "precision": None}
    if not np.isnan(first[0]):
        events = int(first[0])
        told |= {"events": events, "flagged": int(flagged[events, 0]), "precision": float(reached[events, 0])}
    if drawing.replicates:
        told["reached"] = float(np.mean(~np.isnan(first[1:])))
        if told["reached"]:
            low, high = np.nanquantile(first[1:], [0.025, 0.975], method="inverted_cdf")
            told |= {"low": int(low), "high": int(high)}
        lower = _first((interval(reached[:, 1:])[0] >= precision)[:, None])[0]
        told["sure"] = None if np.isnan(lower) else int(lower)
    return told


def _first(reached: NDArray[np.bool_]) -> Floats:
    """Return the first row in which each column is True, NaN where none is."""
    return np.where(reached.any(axis=0), reached.argmax(axis=0).astype(np.float64), np.nan)
