"""The built-in methods by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wanamaker.attribution.custom import Custom
from wanamaker.attribution.first import First
from wanamaker.attribution.last import Last
from wanamaker.attribution.last_non_direct import LastNonDirect
from wanamaker.attribution.linear import Linear
from wanamaker.attribution.method import Method
from wanamaker.attribution.position import Position
from wanamaker.attribution.time_decay import TimeDecay
from wanamaker.attribution.w_shaped import WShaped
from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import check_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wanamaker.journeys.journeys import Journeys

METHODS: dict[str, type[Method]] = {
    method.name: method for method in (First, Last, LastNonDirect, Linear, TimeDecay, Position, WShaped)
}
"""Every built-in method, in the order of tables and reports."""

_REASONS = {
    "times": "it needs the time of every touch, which these journeys do not have",
    "nulls": "it needs journeys that did not convert, and these have none",
}


def method_named(name: str, options: Mapping[str, Any] | None = None) -> Method:
    """Return the built-in method of a name, with the given parameters.

    Raises
    ------
    ParameterError
        If there is no such method or it has no such parameter.

    Examples
    --------
    >>> method_named("time_decay", {"half_life": "3d"})
    TimeDecay(half_life='3d')
    """
    if name not in METHODS:
        message = f"Unknown attribution method: {name!r}."
        raise ParameterError(message, hint=nearest(name, METHODS))
    chosen = METHODS[name]
    given = dict(options or {})
    known = chosen.__dataclass_fields__  # type: ignore[attr-defined]
    check_known(f"parameter of {name}", given, known)
    return chosen(**given)


def chosen_methods(
    models: Sequence[str | Method | Callable[[Journeys], Any]] | None, journeys: Journeys
) -> tuple[list[Method], dict[str, str]]:
    """Return the methods to use, and why others are left out.

    Parameters
    ----------
    models
        Names, method objects or functions; None for every built-in method that applies.

    Raises
    ------
    ParameterError
        If a method that was asked for does not exist or does not apply to these journeys.
    """
    if models is None:
        every = [method() for method in METHODS.values()]
        left_out = {method.name: reason for method in every if (reason := _unmet(method, journeys))}
        return [method for method in every if method.name not in left_out], left_out
    if isinstance(models, str | Method | type) or callable(models):
        models = [models]
    if not isinstance(models, Sequence):
        raise _not_a_method(models)
    methods = [_as_method(model) for model in models]
    if not methods:
        message = "'models' must name at least one attribution method. Got none."
        raise ParameterError(message, hint=nearest("", METHODS))
    for method in methods:
        reason = _unmet(method, journeys)
        if reason:
            message = f"The method {method.label!r} does not apply: {reason}."
            raise ParameterError(
                message, hint=f"Leave it out, or choose among {sorted(_applying(journeys))}."
            )
    return methods, {}


def labels(methods: Sequence[Method]) -> list[str]:
    """Return one name per method, with its parameters where two would be called the same.

    Raises
    ------
    ParameterError
        If two methods are the same.
    """
    plain = [method.label for method in methods]
    told = [
        method.described if plain.count(name) > 1 else name
        for name, method in zip(plain, methods, strict=True)
    ]
    twice = [name for name in told if told.count(name) > 1]
    if twice:
        message = f"The method {twice[0]!r} is asked for more than once."
        raise ParameterError(message, hint="Leave out the repetition, or give the methods other parameters.")
    return told


def _as_method(model: object) -> Method:
    if isinstance(model, Method):
        return model
    if isinstance(model, str):
        return method_named(model)
    if isinstance(model, type) and issubclass(model, Method):
        return model()
    if callable(model):
        return Custom(model, title=getattr(model, "__name__", "custom").strip("<>"))
    raise _not_a_method(model)


def _not_a_method(model: object) -> ParameterTypeError:
    message = (
        f"'models' must hold method names, methods or functions. Got {model!r} ({type(model).__name__})."
    )
    hint = "Write models=['last', wm.attribution.TimeDecay(half_life='3d')]."
    return ParameterTypeError(message, hint=hint)


def _unmet(method: Method, journeys: Journeys) -> str | None:
    has = {"times": journeys.times is not None, "nulls": bool(journeys.nulls.sum() > 0)}
    return next((_REASONS[need] for need in sorted(method.needs) if not has[need]), None)


def _applying(journeys: Journeys) -> list[str]:
    return [name for name, method in METHODS.items() if not _unmet(method(), journeys)]
