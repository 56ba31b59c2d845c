"""What models of journeys are called."""

from __future__ import annotations

_TITLES = {
    "network": "This network",
    "as given": "As it is",
    "cell rnn": "With RNN cells",
    "cell gru": "With GRU cells",
    "cell lstm": "With LSTM cells",
    "cell transformer": "With a transformer",
    "last_touch_rate": "Rate of the last touch",
    "logistic_counts": "Logistic, counts",
    "xgboost_counts": "XGBoost, counts",
    "xgboost_counts_timing": "XGBoost, counts + timing",
    "channel_free": "Lengths and gaps alone",
}


def titled(model: str) -> str:
    """Return the name of a model as a table or a chart has it."""
    return _TITLES.get(model, model[:1].upper() + model[1:])
