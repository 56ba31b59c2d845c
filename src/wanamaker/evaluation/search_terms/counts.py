"""Metrics of expected counts, with intervals over terms, and paired with those of another expectation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import xlogy

from wanamaker.evaluation.search_terms.sums import Terms, figure, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 1e-6
"""Expected conversions that the deviance takes for none: else one surprise would decide everything."""

METRICS = ("mae", "rmse", "poisson_deviance", "bias", "explained", "calibration_ratio")


def count_metrics(observed: Floats, expected: Floats, blind: Floats, terms: Terms) -> dict[str, Any]:
    """Return the metrics of expected counts.

    Parameters
    ----------
    observed
        What was reported, of shape (rows,).
    expected
        What of it was expected, of shape (rows,).
    blind
        What a rate that knows no terms expects, of shape (rows,): exposure times the mean rate.
    terms
        The term of each row, drawn again together.

    Returns
    -------
    dict
        `METRICS` to value, low and high: ``mae``, ``rmse``, ``poisson_deviance`` and ``bias`` as in
        `wanamaker.stats.regression_metrics`; ``explained``, the share of the blind rate's deviance that is
        gone; ``calibration_ratio``, Σ expected / Σ observed.

    Examples
    --------
    >>> from wanamaker.stats.bootstrap import Resampling
    >>> terms = Terms(np.array([1, 2], dtype=np.uint64), Resampling(0))
    >>> told = count_metrics(np.array([0.0, 2.0]), np.array([0.5, 1.5]), np.ones(2), terms)
    >>> round(told["explained"]["value"], 3), told["calibration_ratio"]["value"]
    (0.585, 1.0)
    """
    errors = expected - observed
    columns = [
        *(np.ones(len(observed)), np.abs(errors), errors**2, deviances(observed, expected), errors),
        *(deviances(observed, blind), expected, observed),
    ]
    rows, absolute, squared, lost, signed, before, told, seen = terms.sums(np.column_stack(columns))
    draws = (
        ratio(absolute, rows),
        np.sqrt(ratio(squared, rows)),
        ratio(lost, rows),
        ratio(signed, rows),
        1.0 - ratio(lost, before),
        ratio(told, seen),
    )
    return {name: figure(values) for name, values in zip(METRICS, draws, strict=True)}


def deviance_difference(observed: Floats, first: Floats, second: Floats, terms: Terms) -> dict[str, Any]:
    """Return the mean Poisson deviance of one expectation minus another's, each replicate drawn for both.

    Below 0 the first is better. ``certain`` tells whether the interval leaves out 0.
    """
    gap = deviances(observed, first) - deviances(observed, second)
    rows, total = terms.sums(np.column_stack([np.ones(len(gap)), gap]))
    told = figure(ratio(total, rows))
    certain = told["low"] is not None and (told["low"] > 0 or told["high"] < 0)
    return {**told, "certain": certain}


def deviances(observed: Floats, expected: Floats) -> Floats:
    """Return 2 (y ln(y / μ) − y + μ) of each row."""
    means = np.maximum(expected, LEAST)
    return np.asarray(2.0 * (xlogy(observed, observed / means) - observed + means))
