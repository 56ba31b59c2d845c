"""What was planted in a simulated log, and how much of it has been found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.frames import require_columns
from wanamaker.evaluation.search_terms.recovered import found_effects, found_waste
from wanamaker.events.reading import read_table

if TYPE_CHECKING:
    import polars as pl

    from wanamaker.studies.search_terms.explained import Explained
    from wanamaker.studies.search_terms.study import SearchTermsStudy

_COLUMNS = ("kind", "name", "effect", "lift", "clicks", "cost", "conversions", "useless", "hidden")
_SUPPORT = 200.0
"""Clicks from which a planted effect can be told from chance at all."""


def read_truth(study: SearchTermsStudy) -> pl.DataFrame | None:
    """Return what was planted in a simulated log; None where there is nothing.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    if study.data.truth is None:
        return None
    truth = read_table(study.data.truth).frame
    require_columns(_COLUMNS, truth.columns, "the truth")
    return truth


def truth_of(truth: pl.DataFrame, found: Explained) -> dict[str, Any]:
    """Return how much of the planted effects and of the planted waste was found."""
    told: dict[str, Any] = {
        "words": found_effects(truth, found.words, kind="word", clicks=_SUPPORT),
        "factors": found_effects(truth, found.words, kind="word", clicks=_SUPPORT, column="factor"),
        "bigrams": found_effects(truth, found.bigrams, kind="bigram", clicks=_SUPPORT),
        "waste": None,
    }
    if "term" in found.stop.columns:
        told["waste"] = found_waste(truth, found.stop["term"], _limit(found.stop))
    return told


def _limit(stop: pl.DataFrame) -> float:
    return float(stop["limit"][0]) if len(stop) else 0.0
