"""Growing calibrated trees on a matrix: when to stop, and what log-odds are worth as probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from wanamaker.events.splits import time_folds
from wanamaker.models.sampling import Sample, sampled
from wanamaker.models.trees import Matrix, new_trees
from wanamaker.stats.calibration import Identity, choose_calibration
from wanamaker.stats.calibration.choose import ENOUGH

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.models.sampling import Weight
    from wanamaker.models.trees import Trees, TreeSettings
    from wanamaker.models.trees.protocol import Trace
    from wanamaker.stats.calibration import CalibrationMap

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How trees are grown, on which rows, and how they are calibrated.

    Parameters
    ----------
    library
        One of `wanamaker.models.trees.TREES`.
    settings
        How trees are grown.
    keep_negatives, class_weight
        As in `wanamaker.models.sampling.sampled`.
    calibration
        As in `wanamaker.stats.calibration.choose_calibration`.
    folds
        Time-ordered folds of the training part that are pooled with the validation part where that has
        fewer than 200 positives; 0 for never.
    """

    library: str
    settings: TreeSettings
    keep_negatives: float = 1.0
    class_weight: Weight = None
    calibration: str = "auto"
    folds: int = 4

    def sample(self, labels: NDArray[np.bool_]) -> Sample:
        """Return the rows to learn from."""
        return sampled(
            labels,
            keep_negatives=self.keep_negatives,
            class_weight=self.class_weight,
            seed=self.settings.seed,
        )

    def without(self, left_out: set[str]) -> Recipe:
        """Return the recipe for a matrix without some of the features."""
        old = self.settings
        monotone = {name: way for name, way in old.monotone.items() if name not in left_out}
        groups = (tuple(name for name in group if name not in left_out) for group in old.interactions)
        settings = replace(old, monotone=monotone, interactions=tuple(group for group in groups if group))
        return replace(self, settings=settings)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Examples with the moments at which they happened and their labels became known.

    Parameters
    ----------
    matrix
        With labels.
    moments
        Microseconds since the epoch, of shape (rows,).
    known
        When each positive label became known; None: at once.
    """

    matrix: Matrix
    moments: NDArray[np.int64]
    known: pl.Series | None = None

    @property
    def labels(self) -> NDArray[np.bool_]:
        """The labels, of shape (rows,)."""
        return self.matrix.known_labels.astype(np.bool_)

    def without(self, left_out: set[str]) -> Part:
        """Return the part without some of the features."""
        return Part(self.matrix.without(left_out), self.moments, self.known)


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedTrees:
    """Trees whose log-odds hold for all rows, and the map from them to a probability.

    Parameters
    ----------
    trees
        Fitted.
    shift
        What sampling and weights did to the log-odds, undone.
    calibration
        From probability to probability.
    told
        How it came about: rows, positives, rounds, calibration, and why.
    """

    trees: Trees
    shift: float
    calibration: CalibrationMap
    told: dict[str, Any]

    def margins(self, rows: Matrix) -> Floats:
        """Return the log-odds of each row before calibration, of shape (rows,)."""
        return self.trees.margins(rows) + self.shift

    def predict(self, rows: Matrix) -> Floats:
        """Return the probability of each row, of shape (rows,)."""
        return self.calibration(expit(self.margins(rows)))

    def contributions(self, rows: Matrix) -> Floats:
        """Return what each feature adds to the log-odds, the base last, of shape (rows, features + 1)."""
        found = self.trees.contributions(rows)
        found[:, -1] += self.shift
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Trees grown on earlier rows and watched on later ones.

    Parameters
    ----------
    trees
        All rounds that grew.
    shift
        What has to be added to their log-odds.
    later
        The rows that they were watched on.
    """

    trees: Trees
    shift: float
    later: Matrix

    def losses(self, rounds: int) -> Floats:
        """Return the total log loss of the later rows by round; the last one stands for those that follow."""
        told = np.asarray(self.trees.losses, dtype=np.float64) * len(self.later)
        return np.pad(told, (0, rounds - len(told)), mode="edge")


def train(train: Part, valid: Part, recipe: Recipe, trace: Trace | None = None) -> CalibratedTrees:
    """Grow trees on one part, and stop and calibrate them by a later one.

    Where the later part has fewer than 200 positives, its log loss by round and its predictions are
    pooled with those of time-ordered folds of the training part, each predicted by trees of the rows
    before it.

    Parameters
    ----------
    train, valid
        The parts.
    recipe
        How.
    trace
        Watches the log loss of the later part round by round, and may end training.
    """
    last = grown(train.matrix, valid.matrix, recipe, trace)
    rounds = [last]
    pooled = recipe.folds > 0 and int(valid.labels.sum()) < ENOUGH
    if pooled:
        rounds = [*_folds(train, recipe), last]
    curves = [one.losses(recipe.settings.n_estimators) for one in rounds]
    best = int(np.argmin(np.sum(curves, axis=0))) + 1
    trees = _cut(last.trees, best, train.matrix, recipe)
    scores = [expit(one.trees.margins(one.later, best) + one.shift) for one in rounds]
    labels = np.concatenate([one.later.known_labels for one in rounds]).astype(np.bool_)
    choice = choose_calibration(np.concatenate(scores), labels, recipe.calibration)
    told = {
        **_counts(train, valid),
        "rounds": trees.rounds,
        "best_log_loss": float(np.sum(curves, axis=0)[best - 1] / len(labels)),
        "calibration": choice.map.kind,
        "calibration_reason": choice.reason,
        "calibration_rows": len(labels),
        "calibration_positives": int(labels.sum()),
        "pooled_folds": len(rounds) - 1,
    }
    return CalibratedTrees(trees, last.shift, choice.map, told)


def train_again(
    rows: Part, recipe: Recipe, rounds: int, calibration: CalibrationMap | None = None
) -> CalibratedTrees:
    """Grow a given number of rounds on all rows, and keep a calibration that was fitted before."""
    sample = recipe.sample(rows.labels)
    settings = replace(recipe.settings, n_estimators=rounds)
    trees = new_trees(recipe.library).fit(_taken(rows.matrix, sample), None, settings)
    told = {"rows": len(rows.matrix), "positives": int(rows.labels.sum()), "rounds": rounds}
    return CalibratedTrees(trees, sample.shift, calibration or Identity(), told)


def grown(train: Matrix, later: Matrix, recipe: Recipe, trace: Trace | None = None) -> Grown:
    """Grow trees on a sample of the earlier rows; the later ones are sampled alike, so that losses tell."""
    sample = recipe.sample(train.known_labels.astype(np.bool_))
    judged = _taken(later, recipe.sample(later.known_labels.astype(np.bool_)))
    trees = new_trees(recipe.library).fit(_taken(train, sample), judged, recipe.settings, trace)
    return Grown(trees, sample.shift, later)


def _folds(train: Part, recipe: Recipe) -> list[Grown]:
    """Grow trees on expanding parts of the training rows, each judged by the rows that follow."""
    labels = train.labels
    found = []
    for fold in time_folds(train.moments, recipe.folds, labels=None, label_times=None):
        earlier = labels.copy()
        if train.known is not None:
            begins = int(train.moments[fold.valid].min())
            earlier &= train.known.fill_null(begins).to_numpy() < begins
        past = train.matrix.rows(fold.train, earlier[fold.train])
        later = train.matrix.rows(fold.valid, labels[fold.valid])
        if past.known_labels.any() and later.known_labels.any():
            found.append(grown(past, later, recipe))
    return found


def _cut(trees: Trees, rounds: int, train: Matrix, recipe: Recipe) -> Trees:
    """Return trees with that many rounds: the first of those there are, or grown anew where too few are."""
    if rounds <= trees.rounds:
        trees.cut(rounds)
        return trees
    sample = recipe.sample(train.known_labels.astype(np.bool_))
    settings = replace(recipe.settings, n_estimators=rounds)
    return new_trees(recipe.library).fit(_taken(train, sample), None, settings)


def _taken(rows: Matrix, sample: Sample) -> Matrix:
    whole = rows if sample.kept.all() else rows.rows(sample.kept)
    return Matrix(whole.values, whole.names, whole.labels, sample.weights)


def _counts(train: Part, valid: Part) -> dict[str, int]:
    return {
        "rows": len(train.matrix),
        "positives": int(train.labels.sum()),
        "valid_rows": len(valid.matrix),
        "valid_positives": int(valid.labels.sum()),
    }
