"""What models, families of features and rules are called in sentences."""

from __future__ import annotations

_MODELS = {"xgboost": "boosted trees (XGBoost)", "catboost": "boosted trees (CatBoost)"}
_BASELINES = {
    "base_rate": "the same rate for everyone",
    "logistic_one_hot": "logistic regression on the categories",
    "trees_raw": "boosted trees on the raw columns",
}
_TITLES = {
    "base_rate": "Base rate",
    "logistic_one_hot": "Logistic regression",
    "trees_raw": "Trees on raw columns",
}


def model_named(name: str) -> str:
    """Return a model's name as a sentence has it.

    Examples
    --------
    >>> model_named("xgboost")
    'boosted trees (XGBoost)'
    """
    return _MODELS.get(name, name)


def baseline_named(name: str) -> str:
    """Return a baseline's name as a sentence has it."""
    return _BASELINES.get(name, name.replace("_", " "))


def baseline_title(name: str) -> str:
    """Return a baseline's name as a table or a chart has it."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())
