"""The settings of a search-term model: what they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import MICROS_PER_SECOND, positive_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import IntegerIn, OneOf, Optional, RealIn, check
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from wanamaker.base.parameters import Constraint
    from wanamaker.models.search_terms.search_term_model import SearchTermModel

PREDICTORS = ("network", "glm", "trees", "rate", "last_week")
"""What is fitted beside each other; the names of `SearchTermModel.predictions`."""

READ_WORDS = ("network", "glm", "trees")
"""Those that read the words of a term."""

LOSSES = ("auto", "poisson", "negative_binomial", "tweedie", "zero_inflated")
EXPOSURES = ("auto", "clicks", "impressions", "expected")

_DAY = 86_400 * MICROS_PER_SECOND
_COLUMNS = ("term", "date", "label")
_OPTIONAL_COLUMNS = ("impressions", "clicks", "cost", "campaign")

_CONSTRAINTS: Mapping[str, Constraint] = {
    "exposure": OneOf(EXPOSURES),
    "history": IntegerIn(1, 366),
    "loss": OneOf(LOSSES),
    "predictor": OneOf(("auto", *PREDICTORS)),
    "width": IntegerIn(1, 4096),
    "embedding": IntegerIn(1, 4096),
    "min_count": IntegerIn(1),
    "max_words": IntegerIn(1, 1000),
    "keep_zeros": RealIn(0.0, 1.0, open_at=("low",)),
}

STOP_CONSTRAINTS: Mapping[str, Constraint] = {
    "limit": Optional(RealIn(0.0, open_at=("low",))),
    "confidence": RealIn(0.0, 1.0, open_at=("low", "high")),
}


def refuse_unusable(model: SearchTermModel) -> None:
    """Refuse settings that are not allowed, before any work is done.

    Raises
    ------
    ParameterError, ParameterTypeError
        For the first that is not.
    """
    told = model.get_params(deep=False)
    check("SearchTermModel", told, _CONSTRAINTS)
    for name in (*_COLUMNS, *_OPTIONAL_COLUMNS):
        if not (isinstance(told[name], str) or (told[name] is None and name in _OPTIONAL_COLUMNS)):
            message = f"The {name!r} parameter of SearchTermModel must name a column. Got {told[name]!r}."
            raise ParameterTypeError(message)
    if not isinstance(model.training, Training | None):
        message = f"The 'training' parameter of SearchTermModel must be a Training. Got {model.training!r}."
        raise ParameterTypeError(message, hint="Write training=wm.Training(epochs=20).")
    _refuse_sequences(model)
    _refuse_exposure(model)
    curve_of(model.delay)


def _refuse_sequences(model: SearchTermModel) -> None:
    for name in ("known_ahead", "windows", "holidays"):
        given = getattr(model, name)
        if isinstance(given, str) or not isinstance(given, Sequence):
            message = f"The {name!r} parameter of SearchTermModel must be a list. Got {given!r}."
            raise ParameterTypeError(message)
    for days in model.windows:
        check("SearchTermModel", {"windows": days}, {"windows": IntegerIn(1, 3660)})


def _refuse_exposure(model: SearchTermModel) -> None:
    if model.exposure not in ("clicks", "impressions"):
        return
    column = getattr(model, model.exposure)
    if column is None or column not in model.known_ahead:
        message = f"exposure={model.exposure!r} needs the day's {model.exposure} when it is predicted. "
        message += f"Got known_ahead={list(model.known_ahead)!r}."
        hint = f"Write known_ahead=[{column or model.exposure!r}], or exposure='expected' to expect clicks."
        raise ParameterError(message, hint=hint)


def exposure_of(model: SearchTermModel) -> str:
    """Return what the rate is multiplied with: ``"clicks"``, ``"impressions"`` or ``"expected"``."""
    if model.exposure != "auto":
        return model.exposure
    for name in ("clicks", "impressions"):
        if getattr(model, name) is not None and getattr(model, name) in model.known_ahead:
            return name
    return "expected"


def curve_of(delay: Any) -> DelayCurve:
    """Return the delay curve of a setting: one that is given, or exponential with a mean.

    Raises
    ------
    ParameterError, ParameterTypeError
        If it is neither, or no duration.

    Examples
    --------
    >>> round(float(curve_of("5d").share(5)), 2)
    0.59
    """
    if delay is None:
        return DelayCurve.none()
    if isinstance(delay, DelayCurve):
        return delay
    return DelayCurve.exponential(positive_micros(delay, "delay") / _DAY)


def require_known(name: str, fitted: Sequence[str]) -> str:
    """Return the name of a predictor that was fitted.

    Raises
    ------
    ParameterError
        If there is no such predictor, or it was left out.
    """
    if name not in PREDICTORS:
        message = f"Unknown predictor: {name!r}."
        raise ParameterError(message, hint=nearest(str(name), PREDICTORS))
    if name not in fitted:
        message = f"The predictor {name!r} was left out when the model was fitted. There are {list(fitted)}."
        raise ParameterError(message, hint="See training_['notes'] for why; fit again with what is missing.")
    return name
