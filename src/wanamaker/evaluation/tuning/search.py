"""A search over a model's settings that can be interrupted and goes on."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import MissingExtraError, ParameterError
from wanamaker.base.parameters import IntegerIn, OneOf, Optional, RealIn, check
from wanamaker.base.threads import cores
from wanamaker.evaluation.tuning.kept import finished, opened, table_of
from wanamaker.evaluation.tuning.space import default_space, dimensions
from wanamaker.evaluation.tuning.trial import Folds, judged
from wanamaker.models.click_files import plain_parameters

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import polars as pl

    from wanamaker.base.parameters import Constraint
    from wanamaker.evaluation.tuning.space import Dimension
    from wanamaker.models.click_model import ClickModel

_CONSTRAINTS: Mapping[str, Constraint] = {
    "trials": Optional(IntegerIn(1)),
    "seconds": Optional(RealIn(0.0, open_at=("low",))),
    "folds": IntegerIn(1, 50),
    "objective": OneOf(("log_loss", "roc_auc")),
    "pruner": OneOf(("median", "hyperband", "none")),
    "workers": IntegerIn(1, 256),
    "seed": IntegerIn(0, 2**32 - 1),
}
_FIXED = (
    "time",
    "label",
    "label_time",
    "categorical",
    "numeric",
    "trees",
    "threads",
    "device",
    "seed",
    # Trials are judged without them.
    "folds",
    "calibration",
    "time_unit",
)


@dataclass(frozen=True, eq=False)
class Tuning:
    """What a search found.

    Parameters
    ----------
    best
        Parameter to value.
    value
        The objective there.
    objective
        ``"log_loss"`` or ``"roc_auc"``.
    trials
        Every trial: ``number``, ``state``, ``value``, ``seconds``, ``rounds``, and its parameters.
    importance
        How much of the spread of the objective each parameter explains (functional ANOVA); sums to 1, empty
        where there are too few trials to tell.
    model
        With the best parameters, unfitted.
    """

    best: dict[str, Any]
    value: float
    objective: str
    trials: pl.DataFrame
    importance: dict[str, float]
    model: ClickModel


def tune(
    model: ClickModel,
    rows: Any,
    *,
    trials: int | None = 100,
    seconds: float | None = None,
    folds: int = 3,
    objective: str = "log_loss",
    space: Mapping[str, Any] | None = None,
    pruner: str = "median",
    storage: str | os.PathLike[str] | None = None,
    name: str = "clicks",
    workers: int = 1,
    seed: int = 0,
) -> Tuning:
    """Search for better settings of a click model, by tree-structured Parzen estimators (TPE).

    Every trial is judged on stretches of time that follow its training rows, and given up after a fold
    by which it is worse than others were. Rounds of boosting follow by early stopping. Rows to be judged on
    later must not be among ``rows``.

    Parameters
    ----------
    model
        Gives columns and all settings that are not searched; is not changed.
    rows
        Labelled rows of any kind, or their path.
    trials, seconds
        The budget; the first to be spent ends the search. ``trials`` counts those of earlier sessions.
    folds
        Stretches of time that judge.
    objective
        ``"log_loss"`` or ``"roc_auc"``.
    space
        Parameter to ``{"low": …, "high": …, "log": …}`` or ``{"choices": […]}``; None: `SPACE`.
    pruner
        ``"median"``, ``"hyperband"`` or ``"none"``.
    storage
        A SQLite file to keep the search in; one that is there already goes on. None keeps it in memory.
    name
        Of the search in that file.
    workers
        Trials side by side; with more than one, the order in which they end is not fixed, nor the result.
    seed
        Of the search.

    Raises
    ------
    ParameterError, ParameterTypeError
        If a parameter is not allowed, or the file holds a search of something else.
    DataError
        If a fold lacks a label.
    MissingExtraError
        If the extra ``tune`` is not installed.
    """
    told: dict[str, Any] = {"trials": trials, "seconds": seconds, "folds": folds, "objective": objective}
    told |= {"pruner": pruner, "workers": workers, "seed": seed}
    check("tune", told, _CONSTRAINTS)
    if trials is None and seconds is None:
        message = "tune needs a budget: 'trials' or 'seconds'. Got neither."
        raise ParameterError(message, hint="Write trials=100.")
    known = [name for name in model.get_params(deep=False) if name not in _FIXED]
    searched = dimensions(default_space(model.trees) if space is None else space, known)
    optuna = _optuna()
    cut = Folds.of(model, rows, folds)
    with _quiet(optuna):
        file = None if storage is None else Path(storage)
        study = opened(optuna, file, name, searched, told, _judged_by(model, cut, searched))
        left = None if trials is None else max(trials - finished(study), 0)
        if left != 0:
            one = _with_threads(model, workers)
            study.optimize(
                lambda trial: _value(optuna, trial, one, cut, searched, objective),
                n_trials=left,
                timeout=seconds,
                n_jobs=workers,
                show_progress_bar=workers == 1 and sys.stderr.isatty(),
            )
        return _result(optuna, study, model, objective, searched, seed)


def _value(
    optuna: Any, trial: Any, model: ClickModel, folds: Folds, searched: list[Dimension], objective: str
) -> float:
    """Return the objective of one trial."""
    drawn = {dimension.name: dimension.drawn(trial) for dimension in searched}
    tried = type(model)(**{**model.get_params(deep=False), **drawn})
    value = float("nan")
    for step, found in enumerate(judged(tried, folds, objective), start=1):
        value = found.value
        trial.set_user_attr("rounds", found.rounds)
        trial.report(value, step)
        if step < len(folds.tables) and trial.should_prune():
            raise optuna.TrialPruned
    return value


def _result(
    optuna: Any, study: Any, model: ClickModel, objective: str, searched: list[Dimension], seed: int
) -> Tuning:
    trials = table_of(study, [dimension.name for dimension in searched])
    complete = [one for one in study.trials if one.state.name == "COMPLETE"]
    if not complete:
        message = f"No trial was finished ({len(study.trials)} begun)."
        raise ParameterError(message, hint="Give more trials or seconds; a search in a file goes on.")
    best = dict(study.best_params)
    return Tuning(
        best=best,
        value=float(study.best_value),
        objective=objective,
        trials=trials,
        importance=_importance(optuna, study, seed) if len(complete) > 3 else {},  # noqa: PLR2004
        model=type(model)(**{**model.get_params(deep=False), **best}),
    )


def _importance(optuna: Any, study: Any, seed: int) -> dict[str, float]:
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
    try:
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except RuntimeError:  # every trial has the same value
        return {}
    return {name: float(share) for name, share in found.items()}


def _judged_by(model: ClickModel, folds: Folds, searched: list[Dimension]) -> dict[str, Any]:
    """Return what the trials of one search have in common, as JSON has it."""
    left_out = {"threads", "device", "folds", "calibration", *(dimension.name for dimension in searched)}
    settings = {name: told for name, told in plain_parameters(model).items() if name not in left_out}
    return {"model": settings, "rows": folds.rows}


def _with_threads(model: ClickModel, workers: int) -> ClickModel:
    """Return the model with its share of the cores."""
    threads = model.threads or max(cores() // workers, 1)
    return type(model)(**{**model.get_params(deep=False), "threads": threads})


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Keep optuna from writing a line per trial while it lasts."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        feature = "tune"
        raise MissingExtraError(feature, "tune") from error
    return optuna
