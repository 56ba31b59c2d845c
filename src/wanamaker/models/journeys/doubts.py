"""Whether a network has learned enough for its credit to mean something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import binary_metrics, paired_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.models.journeys.parts import Part

    Floats = NDArray[np.float64]

_REPLICATES = 100
_STILL_GAINING = 0.05
"""Share of all that was gained over the mean rate, which the last epoch may add without being a doubt."""

_MATTERS = 0.1
"""Share of what a regression on counts gains over knowing nothing, by which a network must fall behind it."""

_METRICS = ("roc_auc", "log_loss")


@dataclass(frozen=True, eq=False)
class Judged:
    """What validation journeys say of a network.

    Parameters
    ----------
    under_trained
        Why its credit is not to be believed, in one sentence; None where nothing speaks against it.
    figures
        ``valid_roc_auc`` with its interval, that of a regression on counts, and by how much the network is
        above it in ``roc_auc`` and ``log_loss``, each with an interval.
    """

    under_trained: str | None
    figures: dict[str, Any]


def judged(
    valid: Part, chances: Floats, counted: Floats, curve: Sequence[dict[str, Any]], best_epoch: int
) -> Judged:
    """Return what validation journeys say of a network.

    Parameters
    ----------
    valid
        Journeys that it has not learned from.
    chances, counted
        Predictions for them: the network's, and those of a logistic regression on counts and covariates.
    curve, best_epoch
        How its training went, by epoch.
    """
    told = {"weights": valid.weights, "resampling": Resampling(_REPLICATES, 0), "keys": valid.users}
    labels = valid.labels.astype(np.bool_)
    found = binary_metrics(labels, chances, **told)["roc_auc"]  # type: ignore[arg-type]
    beside = binary_metrics(labels, counted, **told)  # type: ignore[arg-type]
    beyond = paired_difference(labels, chances, counted, metrics=_METRICS, **told)  # type: ignore[arg-type]
    figures = {"valid_roc_auc": dict(found), "counts_roc_auc": dict(beside["roc_auc"])}
    figures["counts_log_loss"] = dict(beside["log_loss"])
    figures |= {f"{name}_above_counts": dict(beyond[name]) for name in _METRICS}
    return Judged(_reason(valid, figures, curve, best_epoch), figures)


def _reason(
    valid: Part, figures: dict[str, Any], curve: Sequence[dict[str, Any]], best_epoch: int
) -> str | None:
    """Return the first doubt, or None."""
    auc, low = (figures["valid_roc_auc"][name] for name in ("value", "low"))
    beyond, worse = figures["roc_auc_above_counts"], figures["log_loss_above_counts"]
    if low is not None and low <= 0.5:  # noqa: PLR2004
        return (
            f"On the validation journeys its AUC is {auc:.3f}, not clearly above 0.5 (95 % from {low:.3f}): "
            "it has not learned who converts."
        )
    counts = figures["counts_roc_auc"]["value"]
    if beyond["high"] is not None and beyond["high"] < 0.0 and -beyond["value"] > _MATTERS * (counts - 0.5):
        return (
            f"On the validation journeys its AUC is {auc:.3f}, clearly below the "
            f"{counts:.3f} of a regression on counts of touches."
        )
    gained = _mean_loss(valid) - figures["counts_log_loss"]["value"]
    if worse["low"] is not None and worse["low"] > 0.0 and worse["value"] > _MATTERS * gained:
        return (
            "On the validation journeys its log loss is clearly above that of a regression on counts of "
            f"touches (by {worse['value']:.4f})."
        )
    return _unfinished(valid, curve, best_epoch)


def _unfinished(valid: Part, curve: Sequence[dict[str, Any]], best_epoch: int) -> str | None:
    """Return that training ended while it was still getting better, or None."""
    losses = [epoch["valid_loss"] for epoch in curve]
    if best_epoch < len(curve) or any(loss is None for loss in losses):
        return None
    mean = _mean_loss(valid)
    before = losses[-2] if len(losses) > 1 else mean
    gained, last = mean - losses[-1], before - losses[-1]
    if gained > 0 and last <= _STILL_GAINING * gained:
        return None
    return f"Training ended after {len(curve)} epochs while the validation loss was still falling."


def _mean_loss(valid: Part) -> float:
    """Return the log loss of the rate of conversions, told of every journey."""
    rate = valid.positives / valid.total
    return float(-(rate * np.log(rate) + (1.0 - rate) * np.log1p(-rate)))
