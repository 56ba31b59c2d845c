"""L4: events after the outcome, and outcomes of the same period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.evaluation.audit.copies import best_auc
from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.strength import auc
from wanamaker.events.times import epoch_micros

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined, Feature

OUTCOME_WORDS = frozenset(
    {
        *(
            "value",
            "values",
            "revenue",
            "order",
            "orders",
            "purchase",
            "purchases",
            "purchased",
            "transaction",
        ),
        *(
            "transactions",
            "conversion",
            "conversions",
            "converted",
            "sale",
            "sales",
            "sold",
            "paid",
            "payment",
        ),
        *("payments", "refund", "refunds", "checkout", "invoice", "bought", "spend", "install", "installs"),
        *(
            "installed",
            "attributed",
            "attribution",
            "interactions",
            "clicks",
            "ctr",
            "roas",
            "cpa",
            "churned",
        ),
    }
)
"""Words that name an outcome. A name proves nothing, so that it takes numbers too, and gives a note only.
Numbers alone do not tell the worth of this visit from that of earlier ones, so that they take a name: under
another, or in another language, such a column passes in silence."""

USUAL_SHARE = 0.5
"""A column of an outcome has one usual value, 0, in most rows: nothing came of them."""

POSITIVES_ELSEWHERE, TIMES_THE_RATE = 0.6, 5.0
"""Most positives have another than the usual value, at so many times the rate: what honest counts of earlier
orders do not reach."""

LATER_AUC = 0.75
"""How well "lies after the row's time" tells the label, from which on a column of times is told. Times that
are later and say nothing (a day of travel) are silent."""

_ALSO_LATER = 20


def find_outcomes(examined: Examined, settled: Iterable[str]) -> list[Finding]:
    """Find columns that tell of the outcome by their name and their numbers, or by their time."""
    gone = set(settled)
    features = [feature for feature in examined.features if feature.name not in gone]
    findings = [found for feature in features if (found := _same_period(examined, feature)) is not None]
    if examined.time is not None:
        now = _micros(examined, examined.time)
        found_later = (_later(examined, feature, now) for feature in features)
        findings += [found for found in found_later if found is not None]
        findings += _after_own_outcome(examined)
    return findings


@dataclass(frozen=True)
class _Usual:
    value: float
    share: float
    of_positives: float
    rate: float
    rate_elsewhere: float


def _usual(values: NDArray[np.float64], labels: NDArray[np.bool_]) -> _Usual:
    """Return the most frequent value, and how the label stands to it."""
    known = ~np.isnan(values)
    levels, rows = np.unique(values[known], return_counts=True)
    value = float(levels[np.argmax(rows)])
    usual = known & (values == value)
    elsewhere = known & ~usual
    rate, other = (float(labels[mask].mean()) if mask.any() else 0.0 for mask in (usual, elsewhere))
    positives = max(int((labels & known).sum()), 1)
    return _Usual(
        value,
        float(usual.sum() / max(known.sum(), 1)),
        float((labels & elsewhere).sum() / positives),
        rate,
        other,
    )


def _same_period(examined: Examined, feature: Feature) -> Finding | None:
    words = _words(feature.name) & OUTCOME_WORDS
    if not words or feature.numbers is None or feature.is_time or np.isnan(feature.numbers).all():
        return None
    usual = _usual(feature.numbers, examined.y)
    telling = usual.rate_elsewhere >= TIMES_THE_RATE * usual.rate
    if usual.share < USUAL_SHARE or usual.of_positives < POSITIVES_ELSEWHERE or not telling:
        return None
    if min(examined.counts) < _ALSO_LATER:
        return None
    own, _ = best_auc(feature, examined.y, ~np.isnan(feature.numbers))
    message = (
        f"{feature.name} is named after an outcome ({', '.join(sorted(words))}) and behaves like one: "
        f"{examined.label} is 1 in {usual.rate:.1%} of rows where it is {usual.value:.6g}, and in "
        f"{usual.rate_elsewhere:.1%} of the others, which hold {usual.of_positives:.0%} of the positives."
    )
    evidence = {
        "words": sorted(words),
        "auc": round(own, 6),
        "next_best_column": _next_best(examined, feature),
        "usual_value": usual.value,
        "share_of_rows_with_it": round(usual.share, 6),
        "rate_with_it": round(usual.rate, 6),
        "rate_without_it": round(usual.rate_elsewhere, 6),
        "share_of_positives_without_it": round(usual.of_positives, 6),
    }
    advice = (
        f"Ask how {feature.name} is computed. If rows of the same session, day or order go into it, it is "
        "known after the outcome: compute it from earlier periods, or leave it out. Numbers cannot tell."
    )
    return Finding("L4", (feature.name,), "note", message, evidence, advice)


def _next_best(examined: Examined, feature: Feature) -> dict[str, object] | None:
    """Return the best other column and its AUC, to compare with."""
    rows = [
        (best_auc(other, examined.y, ~other.missing)[0], other.name)
        for other in examined.features
        if other.name != feature.name and other.numbers is not None
    ]
    if not rows:
        return None
    value, name = max(rows)
    return {"column": name, "auc": round(value, 6)}


def _words(name: str) -> set[str]:
    """Return the words of a name, in small letters.

    Examples
    --------
    >>> sorted(_words("PageValues_of_visit"))
    ['of', 'page', 'values', 'visit']
    """
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return {part.lower() for part in re.split(r"[\W_]+", parts) if part}


def _micros(examined: Examined, name: str) -> NDArray[np.float64]:
    micros = epoch_micros(examined.frame[name])[examined.rows].cast(pl.Float64)
    return micros.to_numpy().astype(np.float64)


def _later(examined: Examined, feature: Feature, now: NDArray[np.float64]) -> Finding | None:
    if not feature.is_time or feature.numbers is None or feature.name in (examined.time, examined.label_time):
        return None
    with np.errstate(invalid="ignore"):
        later = feature.numbers > now
    rows = int(later.sum())
    if rows < _ALSO_LATER or not 0 < later.mean() < 1:
        return None
    strength = auc(examined.y, later.astype(np.float64))
    strength = max(strength, 1 - strength)
    if strength < LATER_AUC:
        return None
    message = (
        f"{feature.name} lies after {examined.time} in {later.mean():.1%} of rows, and whether it does "
        f"predicts {examined.label} with an AUC of {strength:.4f}: it tells of what came after."
    )
    chosen = np.zeros(len(examined.frame), dtype=bool)
    chosen[examined.rows[later]] = True
    evidence = {
        "later_rows": rows,
        "auc": round(strength, 6),
        "examples": examined.examples([str(examined.time), feature.name], chosen),
    }
    advice = f"Use {feature.name} only where it lies strictly before {examined.time}."
    return Finding("L4", (feature.name,), "critical", message, evidence, advice)


def _after_own_outcome(examined: Examined) -> list[Finding]:
    """Find rows that lie after the time at which their own label was known."""
    if examined.time is None or examined.label_time is None:
        return []
    times = epoch_micros(examined.frame[examined.time])
    known = epoch_micros(examined.frame[examined.label_time])
    after = ((times > known) & pl.Series(examined.labels)).fill_null(value=False).to_numpy()
    if not after.any():
        return []
    columns = (examined.time, examined.label_time)
    message = (
        f"In {int(after.sum()):,} rows with {examined.label} = 1, {examined.time} lies after "
        f"{examined.label_time}: these events came after their own outcome."
    )
    evidence = {"rows": int(after.sum()), "examples": examined.examples(columns, after)}
    advice = "Leave out what happened after the outcome; a model may learn only from events before it."
    return [Finding("L4", columns, "critical", message, evidence, advice)]
