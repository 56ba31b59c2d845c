"""What models, families of features and rules are called in sentences."""

from __future__ import annotations

_MODELS = {
    "xgboost": "boosted trees (XGBoost)",
    "catboost": "boosted trees (CatBoost)",
    "bag": "a bag of events (blind to their order)",
    "rnn": "a simple recurrent network (RNN)",
    "gru": "a gated recurrent network (GRU)",
    "lstm": "a recurrent network with memory (LSTM)",
    "transformer": "a small causal transformer",
    "features": "a network on the features",
}
_BASELINES = {
    "base_rate": "the same rate for everyone",
    "logistic_one_hot": "logistic regression on the categories",
    "trees_raw": "boosted trees on the raw columns",
    "logistic_counts": "logistic regression on counts and features",
    "trees_counts": "boosted trees on counts and features",
    "trees_recent": "boosted trees that also read the last events",
    "logistic_features": "logistic regression on the features",
    "trees_features": "boosted trees on the features",
}
_TITLES = {
    "base_rate": "Base rate",
    "logistic_one_hot": "Logistic regression",
    "trees_raw": "Trees on raw columns",
    "logistic_counts": "Logistic regression",
    "trees_counts": "XGBoost on counts",
    "trees_recent": "XGBoost, last events",
    "logistic_features": "Logistic regression",
    "trees_features": "XGBoost",
    "bag": "Bag of events",
    "rnn": "RNN",
    "gru": "GRU",
    "lstm": "LSTM",
    "transformer": "Transformer",
    "features": "Network",
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
    """Return the name of a baseline or a model as a table or a chart has it."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())
