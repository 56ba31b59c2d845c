"""What a network over sessions has to beat: the base rate, and models on counts and features."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.session_comparison import Fit
from wanamaker.evaluation.session_counts import SessionCounts
from wanamaker.evaluation.session_questions import questions
from wanamaker.models.trees.protocol import TreeSettings
from wanamaker.models.trees.registry import new_trees
from wanamaker.stats.classification import log_loss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.trees import Matrix

    Floats = NDArray[np.float64]

NAMES = (
    "base_rate",
    "logistic_counts",
    "trees_counts",
    "trees_recent",
    "logistic_features",
    "trees_features",
)
"""The baselines; ``trees_recent`` also reads the last events in their order."""

_STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_SETTINGS = TreeSettings(
    learning_rate=0.05,
    max_depth=5,
    n_estimators=1_000,
    min_child_weight=5.0,
    subsample=0.8,
    colsample_bytree=0.8,
    early_stopping_rounds=50,
)


def session_baselines(
    train: Sessions, valid: Sessions, test: Sessions, *, seeds: Iterable[int] = (0,)
) -> list[Fit]:
    """Fit each baseline and return its predictions.

    Every question counts the same, as it is judged. Trees stop by the log loss of the
    validation part, and logistic regression takes its penalty from it. What draws nothing at random is
    fitted once.

    Parameters
    ----------
    train, valid, test
        Parts, with labels.
    seeds
        Of the trees' sampling of rows and columns.

    Returns
    -------
    list of Fit
        ``base_rate``; ``logistic_counts`` and ``trees_counts`` on `SessionCounts`, and ``trees_recent`` on
        the last events in their order too; without events ``logistic_features`` and ``trees_features``.

    Raises
    ------
    MissingExtraError
        If XGBoost is not installed.
    """
    parts = [(part, questions(part)) for part in (train, valid, test)]
    rate = float(parts[0][1].labels.mean())
    found = [Fit("base_rate", 0, 1, "weights", 0.0, *(np.full(len(asked), rate) for _, asked in parts[1:]))]
    rows = "counts" if len(train.events) else "features"
    for recent in (False, True) if len(train.events) else (False,):
        start = time.perf_counter()
        counts = SessionCounts(train, recent=recent)
        matrices = [counts.matrix(part, asked) for part, asked in parts]
        prepared = time.perf_counter() - start
        if not recent:
            found.append(_logistic(f"logistic_{rows}", matrices, prepared))
        name = "trees_recent" if recent else f"trees_{rows}"
        found += [_trees(name, matrices, seed, prepared) for seed in seeds]
    return found


def _trees(name: str, matrices: list[Matrix], seed: int, prepared: float) -> Fit:
    start = time.perf_counter()
    train, valid, test = matrices
    trees = new_trees("xgboost").fit(train, valid, replace(_SETTINGS, seed=seed))
    trees.cut(int(np.argmin(trees.losses)) + 1)
    seconds = time.perf_counter() - start + prepared
    told = (_probability(trees.margins(part)) for part in (valid, test))
    return Fit(name, seed, trees.rounds, "trees", seconds, *told)


def _logistic(name: str, matrices: list[Matrix], prepared: float) -> Fit:
    start = time.perf_counter()
    scale = _Scale(matrices[0].values)
    train, valid, test = (scale(matrix.values) for matrix in matrices)
    labels = [matrix.known_labels for matrix in matrices]
    best, loss = None, np.inf
    for strength in _STRENGTHS:
        fitted = _fitted(train, labels[0], strength)
        reached = float(log_loss(labels[1], fitted.predict_proba(valid)[:, 1])[0])
        if best is None or reached < loss:
            best, loss = fitted, reached
    seconds = time.perf_counter() - start + prepared
    told = (best.predict_proba(part)[:, 1] for part in (valid, test))  # type: ignore[union-attr]
    return Fit(name, 0, train.shape[1] + 1, "weights", seconds, *told)


def _fitted(values: Floats, labels: Floats, strength: float) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A baseline that has not settled to the last digit is a baseline still.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=300).fit(values, labels)


class _Scale:
    """Numbers as a linear model reads them: the logarithm of what is skewed, centred, and 0 where unknown."""

    def __init__(self, values: NDArray[np.float32]) -> None:
        self._skewed = np.array([_some(column) and _is_count(column) for column in values.T])
        told = self._bent(values)
        self._unknown = np.isnan(told).any(axis=0)
        self._centre = np.array([np.nanmean(column) if _some(column) else 0.0 for column in told.T])
        spread = np.array([np.nanstd(column) if _some(column) else 1.0 for column in told.T])
        self._spread = np.where(spread > 0, spread, 1.0)

    def __call__(self, values: NDArray[np.float32]) -> Floats:
        """Return an array of shape (rows, columns + those that were unknown somewhere in training)."""
        told = (self._bent(values) - self._centre) / self._spread
        flags = np.isnan(told)[:, self._unknown].astype(np.float64)
        return np.hstack([np.nan_to_num(told), flags])

    def _bent(self, values: NDArray[np.float32]) -> Floats:
        numbers = values.astype(np.float64)
        numbers[:, self._skewed] = np.log1p(np.maximum(numbers[:, self._skewed], 0.0))
        return numbers


def _is_count(column: NDArray[np.float32]) -> bool:
    return bool(np.nanmin(column) >= 0 and np.nanmax(column) > 1)


def _some(column: NDArray[np.floating[Any]]) -> bool:
    return bool((~np.isnan(column)).any())


def _probability(margins: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-margins)))
