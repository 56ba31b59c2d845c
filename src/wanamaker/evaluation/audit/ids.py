"""L3: digits, characters and the order of ids that predict the label."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.shared_labels import LEAST_LEVELS
from wanamaker.evaluation.audit.strength import auc, level_auc, log_p_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined, Feature

DIGIT_AUC = 0.6
"""The last digit of an id tells nothing, so that any clear effect is a finding."""

ORDER_AUC = 0.8
"""The size of an id follows time, and the label rate may honestly drift with time: an AUC of 0.6 or 0.7."""

CRITICAL_AUC = 0.9
ALPHA = 1e-6
"""Chance of a false alarm for one look at one id; there are up to a dozen looks."""

UNIQUE_SHARE = 0.9
"""Whole numbers and texts this distinct are ids whatever they are called."""

_NAMES = re.compile(
    r"(^|[_ .])(id|ids|uid|uuid|guid|hash|md5|sha\d*|token|cookie|key|ip)$"
    r"|(^|[_ .])(user|visitor|customer|session|journey)$"
    r"|[a-z](Id|ID|Key|Hash)$"
)
_MODULI = (10, 2, 3, 5, 7, 8, 100)
_AS_GOOD = 2
_LEAST_IDS = 200
_BLOCKS = 50
_MOST_CHARACTERS = 100


_CHARACTERS = {
    -1: "its last character",
    -2: "its last character but one",
    0: "its first character",
    1: "its second character",
}


@dataclass(frozen=True)
class _Look:
    """One way to look at an id: what part, the level of each id, and the AUC from which on it is told."""

    part: str
    codes: NDArray[np.int64]
    least: float


def find_ids(examined: Examined) -> list[Finding]:
    """Find ids that tell the label by a part of them, or by their size.

    Each id counts once, with the label of most of its rows.
    """
    findings = []
    for feature in examined.features:
        if not _is_id(examined, feature):
            continue
        firsts, labels = _once(feature, examined.y)
        positives, negatives = int(labels.sum()), int((~labels).sum())
        if len(firsts) < _LEAST_IDS or min(positives, negatives) < 10:  # noqa: PLR2004
            continue
        judged = [(level_auc(look.codes, labels), look) for look in _looks(feature, firsts)]
        told = [
            (value, look.part)
            for value, look in judged
            if value >= look.least and log_p_above(value, 0.5, positives, negatives) <= math.log(ALPHA)
        ]
        if told:
            # Among parts that are as good, the first: the last digit before the last two.
            told.sort(key=lambda pair: -round(pair[0], _AS_GOOD))
            findings.append(_finding(examined, feature, told))
    return findings


def _is_id(examined: Examined, feature: Feature) -> bool:
    whole_or_text = feature.is_whole or feature.is_text
    if not whole_or_text or feature.distinct < LEAST_LEVELS:
        return False
    named = feature.name in examined.groups or _NAMES.search(feature.name) is not None
    known = int((~feature.missing).sum())
    return named or feature.distinct >= UNIQUE_SHARE * max(known, 1)


def _once(feature: Feature, labels: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first row of each id, and whether most of its rows are positive."""
    assert feature.codes is not None  # noqa: S101  # ids are whole numbers or texts
    codes = np.where(feature.missing, -1, feature.codes)
    ids, firsts, inverse = np.unique(codes, return_index=True, return_inverse=True)
    means = np.bincount(inverse, weights=labels) / np.bincount(inverse)
    kept = ids >= 0
    return firsts[kept], (means > 0.5)[kept]  # noqa: PLR2004


def _looks(feature: Feature, firsts: NDArray[np.int64]) -> Iterator[_Look]:
    values = feature.values[firsts] if feature.texts is None else feature.texts[firsts]
    if feature.is_whole:
        numbers = values.cast(pl.Int64, wrap_numerical=True)
        for modulus in _MODULI:
            yield _Look(f"the remainder by {modulus}", (numbers.to_numpy() % modulus), DIGIT_AUC)
        yield _Look("its size", _blocks(values.rank("ordinal").to_numpy()), ORDER_AUC)
        yield _Look("its number of digits", values.cast(pl.String).str.len_chars().to_numpy(), ORDER_AUC)
        return
    for place, part in _CHARACTERS.items():
        yield from _characters(values.str.slice(place, 1), part)
    yield _Look("its length", _coded(values.str.len_chars().cast(pl.String)), ORDER_AUC)
    yield _Look("its place in the alphabet", _blocks(values.rank("ordinal").to_numpy()), ORDER_AUC)
    for part, pattern in (("its first part", r"^([^\W_]+)[\W_]"), ("its last part", r"[\W_]([^\W_]+)$")):
        pieces = values.str.extract(pattern, 1)
        if 1 < pieces.n_unique() <= _MOST_CHARACTERS:
            yield _Look(part, _coded(pieces), ORDER_AUC)


def _characters(values: pl.Series, part: str) -> Iterator[_Look]:
    if 1 < values.n_unique() <= _MOST_CHARACTERS:
        yield _Look(part, _coded(values), DIGIT_AUC)


def _coded(values: pl.Series) -> NDArray[np.int64]:
    return values.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def _blocks(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    return (ranks.astype(np.int64) - 1) * _BLOCKS // len(ranks)


def _finding(examined: Examined, feature: Feature, told: list[tuple[float, str]]) -> Finding:
    value, part = told[0]
    message = (
        f"{feature.name} gives the label away: {part} alone predicts {examined.label} with an AUC of "
        f"{value:.4f}."
    )
    evidence = {
        "auc": round(value, 6),
        "part": part,
        "parts": {name: round(other, 6) for other, name in told},
        "examples": examined.examples([feature.name], examined.labels)
        + examined.examples([feature.name], ~examined.labels),
    }
    advice = (
        f"Never use {feature.name} as a feature, and look at how ids are made: joined keys, or ids given out "
        "after the outcome, carry the label."
    )
    severity = "critical" if value >= CRITICAL_AUC else "warning"
    return Finding("L3", (feature.name,), severity, message, evidence, advice)  # type: ignore[arg-type]


def find_row_order(examined: Examined) -> list[Finding]:
    """Find an order of the rows that tells the label: sorted by it, or in turns."""
    places, labels = examined.positions[examined.rows], examined.y
    positives, negatives = examined.counts
    looks = [("in turns of", period, places % period, DIGIT_AUC) for period in _PERIODS]
    blocks = places * _BLOCKS // (int(places[-1]) + 1)
    looks.append(("in blocks of", len(labels) // _BLOCKS, blocks, ORDER_AUC))
    told = []
    for how, size, codes, least in looks:
        value = level_auc(codes, labels)
        if value >= least and log_p_above(value, 0.5, positives, negatives) <= math.log(ALPHA):
            told.append((value, f"{how} {size} rows"))
    if not told:
        return []
    value, how = max(told)
    straight = auc(labels, places.astype(np.float64))
    message = f"The order of the rows predicts {examined.label}, {how}, with an AUC of {value:.4f}."
    evidence = {
        "auc": round(value, 6),
        "how": how,
        "auc_of_the_row_number": round(straight, 6),
        "orders": {name: round(other, 6) for other, name in told},
    }
    advice = (
        "Shuffle the rows, or order them by time, before anything is cut by position; and make sure that no "
        "row number, file name or batch is a feature."
    )
    severity = "critical" if value >= CRITICAL_AUC else "warning"
    return [Finding("L3", (), severity, message, evidence, advice)]  # type: ignore[arg-type]


_PERIODS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20)
