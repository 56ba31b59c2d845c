"""One trial: a model's trees with some settings, judged on stretches of time that follow their training."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from wanamaker.events.splits import time_folds
from wanamaker.models.click_features import ClickFeatures
from wanamaker.models.click_files import plain_parameters
from wanamaker.models.click_parts import prepare, read_part
from wanamaker.models.click_settings import recipe_of
from wanamaker.models.training import grown
from wanamaker.stats.classification import log_loss, roc_auc

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from wanamaker.models.click_model import ClickModel
    from wanamaker.models.click_parts import Parts


@dataclass(slots=True, eq=False)
class Folds:
    """Time-ordered folds of a log with the features of each, made once for settings that share them.

    Parameters
    ----------
    tables
        The training rows and the rows that follow them, by fold.
    """

    tables: list[tuple[pl.DataFrame, pl.DataFrame]]
    _made: dict[str, list[Parts]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, model: ClickModel, rows: Any, folds: int) -> Folds:
        """Cut the log into folds in which the training part grows.

        Raises
        ------
        DataError
            If a fold lacks a label.
        """
        roles, table = read_part(model, rows)
        labels = roles.labels_of(table, "training")
        made = time_folds(roles.moments(table), folds, labels=labels)
        return cls([(table[fold.train], table[fold.valid]) for fold in made])

    @property
    def rows(self) -> list[int]:
        """How many rows each fold learns from."""
        return [len(train) for train, _ in self.tables]

    def parts(self, model: ClickModel) -> list[Parts]:
        """Return the features of each fold for a model's settings."""
        told = plain_parameters(model)
        key = json.dumps({name: told[name] for name in ClickFeatures._parameter_names()}, sort_keys=True)
        with self._lock:
            if key not in self._made:
                self._made[key] = [prepare(model, *pair) for pair in self.tables]
            return self._made[key]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the folds up to one say of some settings.

    Parameters
    ----------
    value
        The objective over the folds so far.
    rounds
        The mean of the rounds that they stopped at.
    """

    value: float
    rounds: float


def judged(model: ClickModel, folds: Folds, objective: str) -> Iterator[Judgement]:
    """Yield what the folds up to each one say of a model's settings.

    Parameters
    ----------
    model
        With the settings; is not changed.
    folds
        The log.
    objective
        ``"log_loss"``: of all judged rows together. ``"roc_auc"``: the mean over folds.
    """
    losses, rows, areas, rounds = [], [], [], []
    for parts in folds.parts(model):
        recipe = recipe_of(model, parts.features.families_)
        found = grown(parts.train.matrix, parts.valid.matrix, recipe)
        best = int(np.argmin(found.trees.losses)) + 1
        chances = expit(found.trees.margins(parts.valid.matrix, best) + found.shift)
        labels = parts.valid.labels
        losses.append(float(log_loss(labels, chances)[0]) * len(labels))
        rows.append(len(labels))
        areas.append(float(roc_auc(labels, chances)[0]))
        rounds.append(best)
        value = sum(losses) / sum(rows) if objective == "log_loss" else float(np.mean(areas))
        yield Judgement(value, float(np.mean(rounds)))
