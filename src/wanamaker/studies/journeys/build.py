"""The model that a study asks for, and whether it can be had at all."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import MissingExtraError, ParameterError

if TYPE_CHECKING:
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.studies.attribution_study import AttributionStudy


def new_model(study: AttributionStudy) -> JourneyModel:
    """Return the model of a study, not fitted.

    Raises
    ------
    ParameterError, ParameterTypeError
        If a setting is not allowed.
    """
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.models.journeys.settings import DEFAULT_TRAINING, refuse_unusable

    options = study.network
    assert options is not None  # noqa: S101  # only studies with a network come here
    training = replace(DEFAULT_TRAINING, **study.training.given, seed=options.seed)
    model = JourneyModel(**options.given, training=training)
    refuse_unusable(model)
    return model


def credits_of(study: AttributionStudy) -> tuple[str, ...]:
    """Return the ways in which the network gives credit; attention only where it has any."""
    options = study.network
    if options is None:
        return ()
    if options.attention is False and "credit" not in options.model_fields_set:
        return tuple(kind for kind in options.credit if kind != "attention")
    return options.credit


def check_network(study: AttributionStudy) -> None:
    """Refuse what a network or a replay cannot do for this study, before any work is done.

    Raises
    ------
    MissingExtraError
        If the network or its baselines need an optional part that is not installed.
    ParameterError
        If journeys are given as paths, have several goals, or have no costs to be replayed.
    """
    _check_replay(study)
    if study.network is None:
        return
    from wanamaker.nn.require import require_deep

    require_deep("the section [network]")
    if study.evaluation.baselines and find_spec("xgboost") is None:
        feature = "comparing a network with boosted trees (evaluation.baselines)"
        raise MissingExtraError(feature, "trees")
    _refuse_paths(study, "[network]", "A network is judged on the journeys that ended last")
    _refuse_goals(study)
    _refuse_idle(study)
    new_model(study)


def _check_replay(study: AttributionStudy) -> None:
    if study.replay is None:
        return
    _refuse_paths(study, "[replay]", "Budgets are replayed in order of time")
    if study.columns.cost is None:
        message = "[replay] needs what each touch cost, and no column of costs is named."
        raise ParameterError(message, hint='Write cost = "column" under [columns], or leave [replay] out.')


def _refuse_paths(study: AttributionStudy, section: str, why: str) -> None:
    if study.columns.path is not None:
        message = f"{section} needs a log of events. {why}; paths have no times."
        raise ParameterError(message, hint=f"Leave {section} out, or give the log that paths were made of.")


def _refuse_goals(study: AttributionStudy) -> None:
    goals = study.journeys.conversions
    if len(goals) > 1:
        message = f"A network answers for one goal. Got the goals {list(goals)}."
        raise ParameterError(message, hint=f"Write conversions = [{goals[0]!r}] under [journeys].")


def _refuse_idle(study: AttributionStudy) -> None:
    """Refuse options that contradict each other."""
    options: Any = study.network
    if options.attention is False and "attention" in credits_of(study):
        message = "credit = ['attention'] was asked of a network without attention."
        raise ParameterError(message, hint="Leave 'attention' out of network.credit.")
    unknown = [name for name in options.covariates or () if name not in study.columns.covariates]
    if unknown:
        message = f"network.covariates names {unknown[0]!r}, which is no covariate of the journeys."
        raise ParameterError(message, hint=f"Write covariates = [{unknown[0]!r}] under [columns].")
    if study.journeys.landmark is not None and study.evaluation.common_date:
        message = (
            "evaluation.common_date does nothing here: with a landmark all journeys are seen to one date."
        )
        raise ParameterError(message, hint="Leave it out.")
