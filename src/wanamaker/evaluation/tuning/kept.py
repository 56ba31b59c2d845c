"""A search in a file: opened, gone on with, and read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import FileReadError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wanamaker.evaluation.tuning.space import Dimension

_ABOUT = "wanamaker"
_ENDED = ("COMPLETE", "PRUNED")


def opened(
    optuna: Any,
    file: Path | None,
    name: str,
    searched: Sequence[Dimension],
    told: Mapping[str, Any],
    shared: Mapping[str, Any],
) -> Any:
    """Return the search of a file, new or gone on with; in memory without a file.

    Trials that an interruption left unfinished are marked as failed, and do not count.

    Raises
    ------
    ParameterError
        If the file holds a search over something else.
    FileReadError
        If the file is no SQLite study.
    """
    space = {dimension.name: dimension.as_dict() for dimension in searched}
    kept = {"objective": told["objective"], "folds": told["folds"], "space": space, **shared}
    about = json.dumps(kept, sort_keys=True)
    study = _created(optuna, file, name, told)
    before = study.user_attrs.get(_ABOUT)
    if before is not None and before != about:
        message = f"The search {name!r} in {str(file)!r} is one over another model, other rows, folds, "
        message += "objective or space."
        raise ParameterError(
            message, hint="Give another name or another file, or the same arguments as before."
        )
    study.set_user_attr(_ABOUT, about)
    _fail_unfinished(optuna, study)
    # Each session draws on from where the last one ended, not the same numbers again.
    study.sampler = optuna.samplers.TPESampler(seed=told["seed"] + len(study.trials))
    return study


def finished(study: Any) -> int:
    """Return how many trials count: those that were completed or given up."""
    return sum(trial.state.name in _ENDED for trial in study.trials)


def table_of(study: Any, names: Sequence[str]) -> pl.DataFrame:
    """Return every trial as a row."""
    rows = [
        {
            "number": trial.number,
            "state": trial.state.name.lower(),
            "value": trial.value,
            "seconds": None if trial.duration is None else trial.duration.total_seconds(),
            "rounds": trial.user_attrs.get("rounds"),
            **{name: trial.params.get(name) for name in names},
        }
        for trial in study.trials
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _created(optuna: Any, file: Path | None, name: str, told: Mapping[str, Any]) -> Any:
    try:
        return optuna.create_study(
            storage=None if file is None else _storage(file),
            study_name=name,
            direction="minimize" if told["objective"] == "log_loss" else "maximize",
            load_if_exists=True,
            pruner=_pruner(optuna, told["pruner"], told["folds"]),
        )
    except Exception as error:
        if file is None or not _is_of_sql(error):
            raise
        message = f"{str(file)!r} cannot be used as the file of a search: {str(error).splitlines()[0]}."
        raise FileReadError(
            message, hint="Give the path of a new file, or of one that tune wrote."
        ) from error


def _pruner(optuna: Any, name: str, folds: int) -> Any:
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=5)
    if name == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=folds, reduction_factor=2)
    return optuna.pruners.NopPruner()


def _storage(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


def _is_of_sql(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("sqlalchemy", "sqlite3", "alembic")


def _fail_unfinished(optuna: Any, study: Any) -> None:
    for trial in study.trials:
        if trial.state.name == "RUNNING":
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
