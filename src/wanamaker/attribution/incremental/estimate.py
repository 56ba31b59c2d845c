"""Fitting the regression behind incremental credit: its link, its reference, its replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.identified import refuse_no_level
from wanamaker.attribution.incremental.effects import Effects
from wanamaker.attribution.outcomes import Drawn, Outcomes
from wanamaker.base.errors import DataError
from wanamaker.events.codes import mixed
from wanamaker.stats.regression import fit_binary

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from wanamaker.attribution.incremental.design import Design
    from wanamaker.attribution.incremental.method import Incremental
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.stats.regression import Fit, Link

    Floats = NDArray[np.float64]

_HELD_OUT_ONE_IN = np.uint64(5)
_LINKS: tuple[Link, ...] = ("logistic", "linear")
_NORMAL_95 = 1.96
_CLEARLY = 2.0
_LOWEST_CHANCE = 0.01
"""Predicted probabilities below this share of the mean one are taken as that when losses are compared."""


def estimate(
    settings: Incremental,
    journeys: Journeys,
    designed: Callable[[Journeys], Design],
    resampling: Resampling,
    *,
    hazard: bool,
) -> Effects:
    """Return the effects of touches as estimated and in every replicate.

    Raises
    ------
    DataError
        If touches separate converting from other journeys perfectly, or leave no baseline to be told.
    """
    design = designed(journeys)
    outcomes = Outcomes(journeys, resampling)
    won, lost = design.weights(outcomes.drawn(0))
    if not hazard:
        refuse_no_level(design.rows, won + lost, design.exposures)
    plain = fit_binary(design.rows, won, lost, penalty=settings.penalty)
    _refuse_separation(design, plain, won, lost)
    link, losses = _chosen_link(settings, design, journeys)
    whole = (
        plain
        if link == "logistic"
        else fit_binary(design.rows, won, lost, link=link, penalty=settings.penalty)
    )
    covariance = _covariance(design, whole, won, lost, link)
    fixed = None if settings.reference is None else journeys.names.index(settings.reference)
    chosen, betas = [], np.empty((1 + resampling.replicates, 1 + design.rows.width))
    for replicate in range(len(betas)):
        beta = whole.beta
        if replicate:
            drawn = design.weights(outcomes.drawn(replicate))
            beta = fit_binary(design.rows, *drawn, link=link, penalty=settings.penalty, start=beta).beta
        names = len(journeys.names)
        place = _weakest(beta[1 : names + 1], covariance, fixed) if hazard else None
        chosen.append(place)
        betas[replicate] = _measured_from(beta, names, place)
    told = _told(settings, journeys, design, betas[0], _spreads(covariance, len(journeys.names), chosen[0]))
    told["link"] = link
    told |= {"form": "hazard" if hazard else "journeys", "losses": losses}
    told["reference"] = None if chosen[0] is None else journeys.names[chosen[0]]
    return Effects((journeys, design), designed, betas, link, told)


def _refuse_separation(design: Design, fit: Fit, won: Floats, lost: Floats) -> None:
    from wanamaker.stats.regression.kernels import linear_predictor

    eta = linear_predictor(design.rows.sparse, fit.beta)
    if eta[won > 0].min() > eta[lost > 0].max():
        message = (
            "The touches separate converting from other journeys perfectly, so that no effect has a finite "
            "estimate."
        )
        hint = "Check that no touch or covariate is a consequence of converting; or ask rules, or 'markov'."
        raise DataError(message, hint=hint)


def _chosen_link(settings: Incremental, design: Design, journeys: Journeys) -> tuple[Link, dict[str, float]]:
    """Return the link, and the held-out losses that decided, where it was to be found out.

    It is logistic unless linear predicts a fifth of the users clearly better: by more than two standard
    errors of the difference in log loss.
    """
    if settings.link != "auto":
        return ("linear" if settings.link == "linear" else "logistic"), {}
    held_out = mixed(journeys.users) % _HELD_OUT_ONE_IN == 0
    parts = [
        Drawn(np.where(mask, journeys.conversions, 0.0), np.where(mask, journeys.nulls, 0.0), None)
        for mask in (~held_out, held_out)
    ]
    (won, lost), (test_won, test_lost) = (design.weights(part) for part in parts)
    if min(won.sum(), lost.sum(), test_won.sum(), test_lost.sum()) <= 0:
        return "logistic", {}
    log_chances = [_log_chances(design, won, lost, link, settings.penalty) for link in _LINKS]
    rows = test_won.sum() + test_lost.sum()
    losses = [-float((test_won * hit + test_lost * miss).sum() / rows) for hit, miss in log_chances]
    (hit, miss), (other_hit, other_miss) = log_chances
    squares = (test_won * (hit - other_hit) ** 2 + test_lost * (miss - other_miss) ** 2).sum() / rows
    error = float(np.sqrt(max(squares - (losses[0] - losses[1]) ** 2, 0.0) / rows))
    told = {"logistic": losses[0], "linear": losses[1], "standard_error": error}
    return ("linear" if losses[0] - losses[1] > _CLEARLY * error else "logistic"), told


def _log_chances(
    design: Design, won: Floats, lost: Floats, link: Link, penalty: float
) -> tuple[Floats, Floats]:
    """Return the logarithms of each row's chance of a conversion, and of none, by one link."""
    fit = fit_binary(design.rows, won, lost, link=link, penalty=penalty)
    chance = _chances(design, fit, link, won.sum() / (won.sum() + lost.sum()))
    return np.asarray(np.log(chance)), np.asarray(np.log1p(-chance))


def _chances(design: Design, fit: Fit, link: Link, share: float) -> Floats:
    """Return the fitted probability of each row, kept off 0 and 1 by a part of the mean one."""
    from wanamaker.stats.regression.kernels import linear_predictor

    eta = linear_predictor(design.rows.sparse, fit.beta)
    chance = eta if link == "linear" else 1.0 / (1.0 + np.exp(-eta))
    return np.clip(chance, share * _LOWEST_CHANCE, 1.0 - (1.0 - share) * _LOWEST_CHANCE)


def _covariance(design: Design, fit: Fit, won: Floats, lost: Floats, link: Link) -> Floats:
    """Return the covariance of intercept and coefficients.

    By the curvature of the likelihood; for the linear link with the variance p (1 - p) of each row, since a
    probability of 0.002 scatters less than one of 0.06, which least squares do not know. Residuals in its
    place (White 1980) would call a rare touch without any conversion certain.
    """
    from wanamaker.stats.regression.kernels import regression_pass

    inverse = np.linalg.inv(fit.curvature)
    if link == "logistic":
        return np.asarray(inverse, dtype=np.float64)
    chance = _chances(design, fit, link, won.sum() / (won.sum() + lost.sum()))
    weights, nothing = (won + lost) * chance * (1.0 - chance), np.zeros(len(fit.beta))
    rows = design.rows.sparse
    _, _, scatter = regression_pass(rows, weights, np.zeros(len(weights)), nothing, logistic=False)
    return np.asarray(inverse @ scatter @ inverse, dtype=np.float64)


def _weakest(effects: Floats, covariance: Floats, fixed: int | None) -> int:
    """Return the touch that effects are measured from: the one with the lowest upper limit."""
    if fixed is not None:
        return fixed
    names = slice(1, len(effects) + 1)
    spread = covariance[0, 0] + 2 * covariance[0, names] + np.diag(covariance)[names]
    return int(np.argmin(effects + _NORMAL_95 * np.sqrt(np.maximum(spread, 0.0))))


def _measured_from(beta: Floats, names: int, place: int | None) -> Floats:
    """Move the effect of one touch, which every row of a hazard has one of, into the intercept."""
    moved = beta.copy()
    if place is not None:
        moved[0] += beta[1 + place]
        moved[1 : names + 1] -= beta[1 + place]
    return moved


def _spreads(covariance: Floats, names: int, place: int | None) -> Floats:
    """Return the standard errors of the effects, of the difference from a reference where there is one."""
    touches = slice(1, names + 1)
    squares = np.diag(covariance)[touches].copy()
    if place is not None:
        squares += covariance[1 + place, 1 + place] - 2 * covariance[1 + place, touches]
    return np.sqrt(np.maximum(squares, 0.0))


def _told(
    settings: Incremental, journeys: Journeys, design: Design, beta: Floats, spreads: Floats
) -> dict[str, Any]:
    effects = [
        {"touch": name, "effect": float(beta[1 + place]), "standard_error": float(spreads[place])}
        for place, name in enumerate(journeys.names)
    ]
    return {
        "exposure": settings.exposure,
        "effects": effects,
        "covariates": design.rows.width - design.exposures,
        "rows": len(design.rows),
    }
