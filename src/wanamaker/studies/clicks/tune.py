"""A search for better parameters, on the training rows of a clicks study alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from wanamaker.base.storage import new_file, read_json, write_json
from wanamaker.evaluation.tuning import tune
from wanamaker.studies.clicks.build import click_model, columns_of, effective
from wanamaker.studies.clicks.parts import read_parts
from wanamaker.studies.config import without_nulls

if TYPE_CHECKING:
    from wanamaker.evaluation.tuning import Tuning
    from wanamaker.studies.clicks.study import ClicksStudy

RESULTS = "tuning.json"
_TRIALS = 100


@dataclass(frozen=True)
class Tuned:
    """What a search found, and where it was left.

    Parameters
    ----------
    out
        The directory: ``study.toml`` with the best parameters, ``trials.parquet``, ``tuning.json``, and the
        search itself, to go on from.
    objective, value
        What was sought, and the best value.
    best
        Parameter to value.
    trials
        How many trials there are.
    """

    out: Path
    objective: str
    value: float
    best: dict[str, Any]
    trials: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "study": str(self.out / "study.toml"),
            "objective": self.objective,
            "value": self.value,
            "best": self.best,
            "trials": self.trials,
        }


def tune_clicks(study: ClicksStudy, out: Path) -> Tuned:
    """Search for parameters, or go on with a search that was interrupted.

    Parameters
    ----------
    study
        The study. Its test rows are not looked at.
    out
        The directory; a search that lies there already goes on.

    Raises
    ------
    UserError
        If an option or the log is at fault, or the extra ``tune`` is not installed.
    """
    model, options = click_model(study), study.tune
    parts = read_parts(study, columns_of(study))
    storage = Path(options.storage) if options.storage is not None else out / "trials.db"
    storage.parent.mkdir(parents=True, exist_ok=True)
    trials = options.trials if options.trials is not None or options.seconds is not None else _TRIALS
    found = tune(
        model,
        parts.tunable(),
        trials=trials,
        seconds=options.seconds,
        folds=options.folds,
        objective=options.objective,
        space=options.space,
        pruner=options.pruner,
        storage=storage,
        workers=options.workers,
        seed=study.model.seed,
    )
    out.mkdir(parents=True, exist_ok=True)
    with new_file(out / "trials.parquet") as file:
        found.trials.write_parquet(file)
    with new_file(out / RESULTS) as file:
        write_json(file, _told(found))
    _write_study(study, out, found.model)
    return Tuned(out, found.objective, found.value, found.best, len(found.trials))


def tuning_of(study: ClicksStudy) -> dict[str, Any] | None:
    """Return what a search found, where the study says that it came from one."""
    return None if study.tune.results is None else dict(read_json(Path(study.tune.results)))


def _told(found: Tuning) -> dict[str, Any]:
    return {
        "objective": found.objective,
        "value": found.value,
        "best": found.best,
        "importance": found.importance,
        "trials": found.trials.to_dicts(),
    }


def _write_study(study: ClicksStudy, out: Path, model: Any) -> None:
    """Write the study with the best parameters, ready to run."""
    best = effective(study, model)
    options = study.tune.model_copy(update={"results": str((out / RESULTS).resolve())})
    told = best.model_copy(update={"tune": options}).model_dump(mode="json")
    with new_file(out / "study.toml") as file:
        file.write_text(tomli_w.dumps(without_nulls(told)), encoding="utf-8")
