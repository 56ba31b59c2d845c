"""The settings of a journey model: what they may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, SchemaError, nearest
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check
from wanamaker.journeys.journeys import Journeys
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.base.parameters import Constraint
    from wanamaker.models.journeys.journey_model import JourneyModel

CELLS = ("rnn", "gru", "lstm", "transformer")
DEFAULT_TRAINING = Training(
    epochs=12, schedule="cosine", warmup=0.1, average=1.0, patience=None, weight_decay=0.01
)
"""How a journey model trains unless it is told: to the end of a schedule, then back to the best epoch."""

_WIDTH_UNIT = 8
_CONSTRAINTS: Mapping[str, Constraint] = {
    "cell": OneOf(CELLS),
    "width": IntegerIn(1, 4096),
    "embedding": IntegerIn(1, 4096),
    "layers": IntegerIn(1, 16),
    "attention": Boolean(),
    "decay": Boolean(),
    "dropout": RealIn(0.0, 1.0, open_at=("high",)),
    "max_touches": IntegerIn(1),
    "keep_negatives": RealIn(0.0, 1.0, open_at=("low",)),
    "calibration": OneOf(("auto", "none", "shift", "platt", "beta", "isotonic")),
}


def refuse_unusable(model: JourneyModel) -> None:
    """Refuse settings that are not allowed, before any work is done.

    Raises
    ------
    ParameterError, ParameterTypeError
        For the first that is not.
    """
    check("JourneyModel", model.get_params(deep=False), _CONSTRAINTS)
    if not (model.training is None or isinstance(model.training, Training)):
        message = f"The 'training' parameter of JourneyModel must be a Training. Got {model.training!r}."
        raise ParameterTypeError(message, hint="Write training=wm.Training(epochs=10).")
    weight: Any = model.class_weight
    number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not (weight in (None, "balanced") or (number and 0.0 < float(weight) < float("inf"))):
        message = f"The 'class_weight' parameter of JourneyModel must be a number above 0. Got {weight!r}."
        raise ParameterError(message, hint="Write 'balanced', a number, or None.")
    names: Any = model.covariates
    listed = isinstance(names, Sequence) and not isinstance(names, str)
    if names != "auto" and not (listed and all(isinstance(name, str) for name in names)):
        message = (
            f"The 'covariates' parameter of JourneyModel must be 'auto' or a list of names. Got {names!r}."
        )
        raise ParameterTypeError(message, hint="Write covariates=['intent'], or [] for none.")
    if model.cell == "transformer" and model.width % _WIDTH_UNIT:
        nearby = -(-model.width // _WIDTH_UNIT) * _WIDTH_UNIT
        message = f"The 'width' of a transformer must be a multiple of {_WIDTH_UNIT}. Got {model.width}."
        raise ParameterError(message, hint=f"Write width={nearby}.")


def require_journeys(journeys: Any, method: str) -> Journeys:
    """Return journeys, or refuse what is something else, or holds several goals.

    Raises
    ------
    ParameterTypeError
        If it is no `Journeys`.
    DataError
        If there are several goals.
    """
    if not isinstance(journeys, Journeys):
        message = f"JourneyModel.{method} takes Journeys. Got {type(journeys).__name__}."
        raise ParameterTypeError(
            message, hint="Build them: wm.journeys_from_events(log, user=…, time=…, touch=…)."
        )
    if "goal" in journeys.table.columns and journeys.table["goal"].n_unique() > 1:
        goals = journeys.table["goal"].unique().sort().to_list()
        message = f"JourneyModel answers for one goal. These journeys have {goals}."
        hint = f"journeys.take((journeys.table['goal'] == {goals[0]!r}).to_numpy())"
        raise DataError(message, hint=hint)
    return journeys


def refuse_unfit(model: JourneyModel, journeys: Any) -> Journeys:
    """Return the journeys to learn from, or refuse what a model cannot learn from.

    Raises
    ------
    ParameterTypeError
        If it is no `Journeys`.
    DataError
        If there are none, or sampling does not go with them.
    SchemaError
        If a covariate is not known.
    """
    chosen = require_journeys(journeys, "fit")
    if not len(chosen):
        message = "JourneyModel learns from at least two journeys. Got none."
        raise DataError(message, hint="Check the filter that chose them.")
    for name in covariates_of(model, chosen):
        if name not in chosen.covariates:
            known = list(chosen.covariates)
            message = f"{name!r} is no covariate of these journeys."
            hint = nearest(name, known) if known else f"journeys_from_events(log, …, covariates=[{name!r}])"
            raise SchemaError(message, hint=hint)
    if chosen.grouped and model.keep_negatives < 1.0:
        message = (
            f"keep_negatives={model.keep_negatives!r} draws journeys, and here rows stand for many of them."
        )
        raise DataError(message, hint="Leave out keep_negatives: rows that are alike cost nothing.")
    return chosen


def covariates_of(model: JourneyModel, journeys: Journeys) -> tuple[str, ...]:
    """Return the covariates that a model reads."""
    return journeys.covariates if model.covariates == "auto" else tuple(model.covariates)
