"""The settings of a session model: what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from wanamaker.base.parameters import Constraint
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel

CELLS = ("rnn", "gru", "lstm", "transformer", "bag")
PREFIXES = ("auto", "all", "last")
_WIDTH_UNIT = 8

_CONSTRAINTS: Mapping[str, Constraint] = {
    "cell": OneOf(CELLS),
    "width": IntegerIn(1, 4096),
    "layers": IntegerIn(1, 16),
    "bidirectional": Boolean(),
    "max_length": IntegerIn(1),
    "prefixes": OneOf(PREFIXES),
    "min_count": IntegerIn(1),
    "dropout": RealIn(0.0, 1.0, open_at=("high",)),
    "keep_negatives": RealIn(0.0, 1.0, open_at=("low",)),
    "calibration": OneOf(("auto", "none", "shift", "platt", "beta", "isotonic")),
}


def refuse_unusable(model: SessionModel) -> None:
    """Refuse settings that are not allowed, before any work is done.

    Raises
    ------
    ParameterError, ParameterTypeError
        For the first that is not.
    """
    check("SessionModel", model.get_params(deep=False), _CONSTRAINTS)
    if not (model.training is None or isinstance(model.training, Training)):
        message = f"The 'training' parameter of SessionModel must be a Training. Got {model.training!r}."
        raise ParameterTypeError(message, hint="Write training=wm.Training(epochs=20).")
    weight = model.class_weight
    number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not (weight in (None, "balanced") or (number and 0.0 < float(weight) < float("inf"))):
        message = f"The 'class_weight' parameter of SessionModel must be a number above 0. Got {weight!r}."
        raise ParameterError(message, hint="Write 'balanced', a number, or None.")
    _refuse_hashed(model.hashed or {})
    _refuse_combination(model)


def _refuse_hashed(hashed: Any) -> None:
    if not isinstance(hashed, Mapping):
        message = f"The 'hashed' parameter of SessionModel must map columns to buckets. Got {hashed!r}."
        raise ParameterTypeError(message, hint="Write hashed={'product': 4096}.")
    for name, buckets in hashed.items():
        check("SessionModel", {f"hashed[{name!r}]": buckets}, {f"hashed[{name!r}]": IntegerIn(1, 2**24)})


def _refuse_combination(model: SessionModel) -> None:
    if model.bidirectional and model.cell not in ("rnn", "gru", "lstm"):
        message = f"bidirectional=True goes with cell 'rnn', 'gru' or 'lstm'. Got cell={model.cell!r}."
        raise ParameterError(message, hint="Write cell='lstm', or leave out bidirectional.")
    if model.bidirectional and model.prefixes == "all":
        message = "A bidirectional model reads later events too, so it cannot learn from prefixes='all'."
        raise ParameterError(message, hint="Leave out bidirectional, or prefixes.")
    if model.cell == "transformer" and model.width % _WIDTH_UNIT:
        nearby = -(-model.width // _WIDTH_UNIT) * _WIDTH_UNIT
        message = f"The 'width' of a transformer must be a multiple of {_WIDTH_UNIT}. Got {model.width}."
        raise ParameterError(message, hint=f"Write width={nearby}.")


def refuse_unfit(model: SessionModel, sessions: Any) -> None:
    """Refuse what a model cannot learn from.

    Raises
    ------
    ParameterTypeError
        If it is no `Sessions`.
    ParameterError
        If a setting names no column, or does not go with what is asked.
    """
    require_sessions(sessions, "fit")
    known = {*sessions.categorical, *sessions.categorical_features}
    for name in model.hashed or {}:
        if name not in known:
            message = f"'hashed' names {name!r}, which is no column of categories of these sessions."
            raise ParameterError(message, hint=nearest(name, known) if known else None)
    if model.bidirectional and sessions.outcome is not None:
        message = (
            "A bidirectional model answers once per session, after its last event; whether "
            f"{sessions.outcome!r} follows is asked after each."
        )
        raise ParameterError(message, hint="Leave out bidirectional, or give the sessions a label.")


def require_sessions(sessions: Any, method: str) -> Sessions:
    """Return sessions, or refuse what is something else.

    Raises
    ------
    ParameterTypeError
        If it is no `Sessions`.
    """
    from wanamaker.journeys.sessions.sessions import Sessions

    if not isinstance(sessions, Sessions):
        message = f"SessionModel.{method} takes Sessions. Got {type(sessions).__name__}."
        raise ParameterTypeError(message, hint="Build them with wm.sessions_from_events(log, …).")
    return sessions


def refuse_looking_ahead(model: SessionModel, method: str) -> None:
    """Refuse to ask a model after an event if it reads the events that follow.

    Raises
    ------
    ParameterError
        If the model is bidirectional.
    """
    if model.bidirectional:
        message = (
            f"{method} asks after each event, and a bidirectional model reads the events that follow too."
        )
        raise ParameterError(
            message, hint="Fit with bidirectional=False; predict(sessions) takes whole ones."
        )


def reads_prefixes(model: SessionModel) -> bool:
    """Return whether the model learns from every prefix."""
    return model.prefixes == "all" or (model.prefixes == "auto" and not model.bidirectional)
