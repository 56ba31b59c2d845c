"""What kind of method a name stands for, as far as the report has something to say of the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wanamaker.attribution.calibration import CALIBRATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal[
    "calibrated",
    "incremental",
    "normalised",
    "shapley",
    "shapley_count",
    "network",
    "attention",
    "model",
    "markov",
    "rule",
    "other",
]

RULES = ("first", "last", "last_non_direct", "linear", "time_decay", "position", "w_shaped")

COMPARING: frozenset[Kind] = frozenset(
    {"calibrated", "incremental", "normalised", "shapley", "network", "markov"}
)
"""Kinds that compare converting journeys with others."""

BELIEVED: tuple[Kind, ...] = ("calibrated", "incremental", "normalised", "shapley", "network")
"""Kinds that try to tell causes, those with most reason to be believed first."""

_NAMED: dict[str, Kind] = {
    CALIBRATED: "calibrated",
    "incremental": "incremental",
    "incremental_normalised": "normalised",
    "shapley": "shapley",
    "shapley_count": "shapley_count",
    "counterfactual": "network",
    "network_shapley": "network",
    "network_incremental": "network",
    "attention": "attention",
    **dict.fromkeys(RULES, "rule"),
}


def kind_of(model: str, known: Mapping[str, Any]) -> Kind:
    """Return the kind of a method.

    Parameters
    ----------
    model
        Its name in tables.
    known
        What the metadata tell of it: ``method`` and ``parameters``; empty where it was left out.

    Examples
    --------
    >>> kind_of("shapley_count", {"method": "shapley", "parameters": {"game": "count"}})
    'shapley_count'
    >>> kind_of("markov_2", {})
    'markov'
    """
    method, parameters = str(known.get("method", model)), known.get("parameters", {})
    if method == "shapley" and parameters.get("game", "rate") != "rate":
        return "shapley_count" if parameters["game"] == "count" else "model"
    if method == "incremental" and parameters.get("normalised"):
        return "normalised"
    if method.partition("_")[0] == "markov":
        return "markov"
    return _NAMED.get(method, "other")


def preferred(models: Sequence[str], observation: Mapping[str, Any]) -> str:
    """Return the method that a page shows first: the one with most reason to be believed."""
    order = [CALIBRATED, "incremental"]
    if observation.get("observed") == "full":
        order.append("shapley")
    return next((name for name in (*order, "linear") if name in models), models[0])
