"""Fitting every candidate of a study, and keeping one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy.special import expit

from wanamaker.base.progress import track
from wanamaker.evaluation.session_comparison import Fit, best_of, compared_fits
from wanamaker.stats.calibration import cross_fitted
from wanamaker.stats.classification import log_loss
from wanamaker.studies.sessions.build import candidate, session_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy


@dataclass(frozen=True, eq=False)
class Candidates:
    """What was fitted, and what is kept.

    Parameters
    ----------
    fits
        Every fit of every cell.
    kept
        The model that is kept.
    fit
        Its predictions.
    why
        Why it is this one.
    losses
        Name to the loss by epoch of its best fit.
    """

    fits: list[Fit]
    kept: SessionModel
    fit: Fit
    why: str
    losses: dict[str, dict[str, Any]]


def fit_candidates(study: SessionsStudy, parts: Parts) -> Candidates:
    """Fit each cell with each seed on train, stopped and calibrated on valid, and choose by valid.

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    DataError
        If a part cannot be learned from.
    """
    held = {part: (parts.of(part), parts.questions(part)) for part in ("train", "valid", "test")}
    valid = held["valid"][1]
    seeds = range(study.model.seed, study.model.seed + study.model.seeds)
    jobs = [(cell, seed) for cell in study.cells for seed in seeds]
    best: dict[str, tuple[float, SessionModel]] = {}
    fits = []
    for cell, seed in track(jobs, "network", lambda job: f"{job[0]}, seed {job[1]}"):
        model = session_model(study, cell, seed).fit(held["train"][0], held["valid"][0])
        fit = _fit(candidate(study, cell), seed, model, held)
        loss = float(log_loss(valid.labels, fit.valid)[0])
        fits.append(fit)
        if fit.name not in best or loss < best[fit.name][0]:
            best[fit.name] = (loss, model)
    rows = compared_fits(fits, valid, held["test"][1])
    name, seed, why = best_of(rows)
    fit = next(one for one in fits if (one.name, one.seed) == (name, seed))
    losses = {name: _losses(model) for name, (_, model) in best.items()}
    return Candidates(fits, best[name][1], fit, why, losses)


def _fit(name: str, seed: int, model: SessionModel, held: dict[str, tuple[Sessions, Questions]]) -> Fit:
    told = model.training_
    valid, test = _validated(model, *held["valid"]), held["test"][1].answers(model, held["test"][0])
    return Fit(name, seed, int(told["parameters"]), "weights", float(told["seconds"]), valid, test)


def _validated(model: SessionModel, sessions: Sessions, asked: Questions) -> NDArray[np.float64]:
    """Return the probabilities of the part that calibrated the model, not flattered by that.

    A curve may follow these very rows; so each is calibrated by the others. Platt's numbers after so many
    events are too few for that to matter.
    """
    if asked.places is not None or model.fitted_.along.reason:
        return asked.answers(model, sessions)
    return cross_fitted(expit(model.margins(sessions)), asked.labels, model.calibration)


def _losses(model: SessionModel) -> dict[str, Any]:
    told = model.training_
    return {
        "curve": [dict(row) for row in told["curve"]],
        "best_epoch": told["best_epoch"],
        "stopped": told.get("stopped"),
    }
