"""Fitting a session model again on all sessions, after it was judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wanamaker.models.sessions.fitting import fit_sessions

if TYPE_CHECKING:
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.fitted import Fitted
    from wanamaker.models.sessions.session_model import SessionModel


def refit_sessions(model: SessionModel, fitted: Fitted, sessions: Sessions) -> tuple[Fitted, dict[str, Any]]:
    """Return what the model learns from all sessions, and how; see `SessionModel.refit`.

    Parameters
    ----------
    model
        Gives settings and how many epochs were best; is not changed.
    fitted
        What it has learned so far; its calibration is kept, and so is what corrects it after so many events.
    sessions
        Of all parts.
    """
    best = max(1, int(model.training_["best_epoch"]))
    training = fitted.training.again(best)
    asked = type(model)(**{**model.get_params(deep=False), "training": training, "calibration": "none"})
    again, told = fit_sessions(asked, sessions, sessions)  # the loss that is watched is the one that falls
    kept = {key: model.training_[key] for key in ("calibration", "calibration_reason")}
    again = replace(again, along=fitted.along, calibration=fitted.calibration, training=fitted.training)
    return again, {**told, **kept, "refit": True}
