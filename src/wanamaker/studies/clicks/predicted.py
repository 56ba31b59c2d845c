"""Predictions for valid and test, and explanations of test rows: windows go on from all that came before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.models.click_model import BASE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.click_model import ClickModel
    from wanamaker.models.trees import Matrix
    from wanamaker.studies.clicks.parts import Parts


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions and explanations.

    Parameters
    ----------
    valid, test
        One probability per row of the part.
    explained
        Which rows of the test part are explained: the latest ones.
    features
        Their features, as the model reads them.
    explanation
        Their contributions, one column per feature, in log-odds.
    unseen
        Test rows by categorical column whose value was not in training.
    """

    valid: NDArray[np.float64]
    test: NDArray[np.float64]
    explained: NDArray[np.int64]
    features: pl.DataFrame
    explanation: pl.DataFrame
    unseen: dict[str, int]


def fit(model: ClickModel, parts: Parts) -> None:
    """Fit the model on train, and stop and calibrate it on valid.

    Where parts lie between each other in time, the latest rows of train stop and calibrate it: trees that
    stopped by rows of their own hours would stop too late.
    """
    valid = parts.learnable("valid") if parts.in_order else None
    model.fit(parts.learnable("train"), valid)


def predicted(model: ClickModel, parts: Parts, explained: int) -> Predicted:
    """Predict valid and test, and explain the latest test rows.

    Parameters
    ----------
    model
        Fitted on train and valid.
    parts
        The log.
    explained
        How many rows to explain, about: rows of one moment stay together.
    """
    unseen = dict(model.unseen(parts.seen("test")))
    rows = _latest(parts, explained)
    if not parts.in_order:
        # One stream of all parts, of which no label is read: windows count what came before, in any part.
        matrix = model.matrix(parts.log)
        whole, chosen = model.fitted_.predict(matrix), matrix.rows(parts.rows("test")[rows])
        valid, test = whole[parts.rows("valid")], whole[parts.rows("test")]
        return Predicted(valid, test, rows, *_explained(model, chosen), unseen)
    valid = model.predict(parts.seen("valid"), parts.history("valid"))
    matrix = model.matrix(parts.seen("test"), parts.history("test"))
    test, chosen = model.fitted_.predict(matrix), matrix.rows(rows)
    return Predicted(valid, test, rows, *_explained(model, chosen), unseen)


def _explained(model: ClickModel, rows: Matrix) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = list(model.feature_names_)
    contributions = model.fitted_.contributions(rows)
    return pl.DataFrame(rows.values, schema=names), pl.DataFrame(contributions, schema=[*names, BASE])


def _latest(parts: Parts, most: int) -> NDArray[np.int64]:
    times = parts.times[parts.rows("test")]
    return np.flatnonzero(times >= np.sort(times)[-min(most, len(times))])
