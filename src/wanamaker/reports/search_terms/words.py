"""What predictors, losses and columns are called in sentences and in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLES = {
    "network": "Network",
    "glm": "Poisson regression",
    "trees": "XGBoost, TF-IDF",
    "rate": "Own smoothed rate",
    "last_week": "Last week",
    "blind": "One rate for all",
}
_NAMES = {
    "network": "the network",
    "glm": "the Poisson regression on words and numbers",
    "trees": "boosted trees (XGBoost) on TF-IDF and numbers",
    "rate": "the term's own smoothed rate",
    "last_week": "a seventh of last week's conversions",
    "blind": "one rate for all terms",
}
_LOSSES = {
    "poisson": "Poisson",
    "negative_binomial": "negative binomial",
    "tweedie": "Tweedie",
    "zero_inflated": "zero-inflated Poisson",
}


def predictor_title(name: str) -> str:
    """Return a predictor's name as a table or a chart has it.

    Examples
    --------
    >>> predictor_title("glm")
    'Poisson regression'
    """
    return _TITLES.get(name, name)


def predictor_named(name: str) -> str:
    """Return a predictor's name as a sentence has it."""
    return _NAMES.get(name, name)


def loss_named(name: str | None) -> str:
    """Return a loss's name as a sentence has it."""
    return "none" if name is None else _LOSSES.get(name, name)


def unit_title(facts: Mapping[str, Any]) -> str:
    """Return what rates are per, as a table's head has it.

    Examples
    --------
    >>> unit_title({"unit": "clicks"})
    'Clicks'
    """
    return str(facts["unit"]).capitalize()


def per_unit(facts: Mapping[str, Any]) -> str:
    """Return one of what rates are per, as a sentence has it.

    Examples
    --------
    >>> per_unit({"unit": "impressions"})
    'impression'
    """
    return str(facts["unit"]).removesuffix("s")


def money(currency: str | None) -> str:
    """Return what stands behind amounts of money, with a space before it.

    Examples
    --------
    >>> money("EUR"), money(None)
    (' EUR', '')
    """
    return "" if not currency else f" {currency}"
