"""Predictions of the same journeys side by side: metrics and differences, with intervals over users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import DataError, ParameterError, nearest
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import binary_metrics, paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.classification.metrics import Estimate

SHOWN = ("roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece", "base_rate")
"""The metrics of each model; those of a decision need a threshold, which journeys do not have."""

DIFFERENCES = ("roc_auc", "log_loss")


def compared_journeys(
    journeys: Journeys,
    predictions: Mapping[str, NDArray[np.float64]],
    reference: str,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the metrics of each model, and how far the reference is above it.

    Parameters
    ----------
    journeys
        The test journeys: their outcomes, and the users that intervals resample.
    predictions
        Model to its probabilities, of shape (journeys,).
    reference
        The model whose difference to each other one is told, pair by pair.
    replicates, seed
        Of the intervals.

    Returns
    -------
    polars.DataFrame
        One row per model: ``model``, then each of `SHOWN` with ``_low`` and ``_high``, then
        ``roc_auc_difference`` and ``log_loss_difference`` (reference minus this model) with theirs; null in
        the reference's own row, and for what is not defined.

    Raises
    ------
    ParameterError
        If the reference is not among the predictions.
    DataError
        If predictions are not one per journey.

    Examples
    --------
    >>> from wanamaker.journeys.from_events import journeys_from_events
    >>> log = pl.DataFrame({"uid": [1, 2, 3, 4], "timestamp": 0, "campaign": ["a", "b"] * 2,
    ...                     "conversion": [0, 1, 0, 1]})
    >>> made = {"good": [0.1, 0.9, 0.2, 0.8], "bad": [0.5] * 4}
    >>> compared_journeys(journeys_from_events(log), made, "good")["roc_auc_difference"].to_list()
    [None, 0.5]
    """
    if reference not in predictions:
        message = f"{reference!r} is not among the models that predicted."
        raise ParameterError(message, hint=nearest(reference, predictions))
    for name, given in predictions.items():
        if len(given) != len(journeys):
            message = f"Predictions of {name!r} must be one per journey ({len(journeys)}). Got {len(given)}."
            raise DataError(message, hint="Predict the journeys that are compared.")
    labels, drawing = journeys.converted, Resampling(replicates, seed)
    more: dict[str, Any] = {"resampling": drawing, "keys": journeys.users}
    rows = []
    for name, given in predictions.items():
        found = binary_metrics(labels, given, **more)
        row = {"model": name, **_flat({key: found[key] for key in SHOWN})}
        if name != reference:
            beyond = paired_difference(labels, predictions[reference], given, metrics=DIFFERENCES, **more)
            row |= _flat({f"{key}_difference": beyond[key] for key in DIFFERENCES})
        rows.append(row)
    names = [*SHOWN, *(f"{key}_difference" for key in DIFFERENCES)]
    columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    schema = {"model": pl.String, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame([{**dict.fromkeys(columns), **row} for row in rows], schema=schema)


def _flat(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, estimate in estimates.items():
        told |= {name: estimate["value"], f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
    return told
