"""The built-in methods by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wanamaker.attribution.custom import Custom
from wanamaker.attribution.first import First
from wanamaker.attribution.incremental import Incremental
from wanamaker.attribution.last import Last
from wanamaker.attribution.last_non_direct import LastNonDirect
from wanamaker.attribution.linear import Linear
from wanamaker.attribution.markov import Markov
from wanamaker.attribution.method import Method
from wanamaker.attribution.position import Position
from wanamaker.attribution.segments import split_goals
from wanamaker.attribution.shapley import Shapley
from wanamaker.attribution.time_decay import TimeDecay
from wanamaker.attribution.w_shaped import WShaped
from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import check_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wanamaker.journeys.journeys import Journeys

METHODS: dict[str, Method] = {
    method.label: method
    for method in (
        *(First(), Last(), LastNonDirect(), Linear(), TimeDecay(), Position(), WShaped()),
        *(Markov(), Markov(order=2), Markov(order=3)),
        *(Shapley(), Shapley(game="count"), Incremental(), Incremental(normalised=True)),
    )
}
"""Every built-in method by its label, with its default parameters, in the order of tables and reports."""


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
    plain = METHODS[name]
    given = dict(options or {})
    check_known(f"parameter of {name}", given, plain.parameters)
    chosen = replace(plain, **given)  # type: ignore[type-var]
    if chosen.label != name:
        message = f"These parameters make {name!r} the method {chosen.label!r}: {given}."
        raise ParameterError(message, hint=f"Name {chosen.label!r} among the models.")
    return chosen


def chosen_methods(
    models: Sequence[str | Method | Callable[[Journeys], Any]] | None,
    journeys: Journeys,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[list[Method], dict[str, str]]:
    """Return the methods to use, and why others are left out.

    Parameters
    ----------
    models
        Names, method objects or functions; None for every built-in method that applies.
    parameters
        Parameters of methods that are given by name, or of the built-in ones.

    Raises
    ------
    ParameterError
        If a method that was asked for does not exist or does not apply to these journeys.
    """
    given = dict(parameters or {})
    if models is None:
        check_known("attribution method", given, METHODS)
        every = {name: method_named(name, given.get(name)) for name in METHODS}
        unmet = _unmet(every.values(), journeys)
        for name, method in every.items():
            reason = None if name in unmet else method.reserved(journeys)
            unmet |= {} if reason is None else {name: reason}
        return [method for label, method in every.items() if label not in unmet], unmet
    methods = [_as_method(model, given) for model in _listed(models)]
    idle = sorted(set(given) - {model for model in _listed(models) if isinstance(model, str)})
    if idle:
        message = f"Parameters are given for {idle[0]!r}, which is not among the models that are named."
        raise ParameterError(message, hint=nearest(idle[0], METHODS))
    for label, reason in _unmet(methods, journeys).items():
        message = f"The method {label!r} does not apply: {reason}."
        applying = [name for name in METHODS if name not in _unmet(METHODS.values(), journeys)]
        raise ParameterError(message, hint=f"Leave it out, or choose among {applying}.")
    return methods, {}


def _listed(models: object) -> Sequence[object]:
    if isinstance(models, str | Method | type) or callable(models):
        return [models]
    if not isinstance(models, Sequence):
        raise _not_a_method(models)
    if not models:
        message = "'models' must name at least one attribution method. Got none."
        raise ParameterError(message, hint=nearest("", METHODS))
    return models


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


def _as_method(model: object, parameters: Mapping[str, Mapping[str, Any]]) -> Method:
    if isinstance(model, Method):
        return model
    if isinstance(model, str):
        return method_named(model, parameters.get(model))
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


def _unmet(methods: Iterable[Method], journeys: Journeys) -> dict[str, str]:
    """Return why methods do not apply, by label; what holds of one goal of several counts."""
    goals = [whole for _, whole in split_goals(journeys, None)]
    told = {method.label: next(filter(None, map(method.unmet, goals)), None) for method in methods}
    return {label: reason for label, reason in told.items() if reason is not None}
