"""Fitting a journey network again on all journeys, after it was judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wanamaker.models.journeys.fitting import learned, notes_of
from wanamaker.models.journeys.parts import Part
from wanamaker.models.journeys.reader import Reader
from wanamaker.models.journeys.settings import covariates_of, refuse_unfit

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.journey_model import JourneyModel


def refit_journeys(model: JourneyModel, fitted: Fitted, journeys: Journeys) -> tuple[Fitted, dict[str, Any]]:
    """Return what the model learns from all journeys, and how; see `JourneyModel.refit`.

    Parameters
    ----------
    model
        Gives settings, how many epochs were best and what was judged; is not changed.
    fitted
        What it has learned so far; its calibration is kept.
    journeys
        Of all parts.
    """
    chosen = refuse_unfit(model, journeys)
    reader = Reader.of(chosen, covariates_of(model, chosen), model.max_touches)
    part = Part.of(chosen, reader, "training")
    before = model.training_
    again, told = learned(model, reader, part, None, fitted.training.again(before["best_epoch"]))
    doubts = [before["under_trained"]] if before["under_trained"] else []
    told["notes"] = [*notes_of(model, reader, chosen), *told["notes"], *doubts]
    again = replace(again, calibration=fitted.calibration, training=fitted.training)
    return again, {**before, **told, "refit": True}
