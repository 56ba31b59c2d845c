"""What a click model has to beat: the base rate, logistic regression, and trees on raw columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import scipy.sparse as sp

from wanamaker.evaluation.click_examples import click_examples
from wanamaker.features.categories.columns import canonical
from wanamaker.models.click_parts import read_part
from wanamaker.stats.classification import log_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.click_model import ClickModel
    from wanamaker.models.examples import Roles

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NAMES = ("base_rate", "logistic_one_hot", "trees_raw")
"""The baselines, from the simplest."""

_FEWEST = 10
_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_HOURS = 24


def click_baselines(model: ClickModel, train: Any, valid: Any, test: Any) -> dict[str, Floats]:
    """Return the test predictions of each baseline.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed, and need not be fitted.
    train, valid, test
        Parts of one log in order of time.

    Returns
    -------
    dict
        ``base_rate``: the share of positives in training. ``logistic_one_hot``: logistic regression on the
        values of each categorical column that stood 10 times in training, the hour of day, and numbers;
        its penalty has the best log loss on the validation part. ``trees_raw``: the model's own trees on raw
        columns and the hour alone.

    Raises
    ------
    UserError
        As `ClickModel.fit` does.
    """
    roles, first = read_part(model, train)
    rate = float(roles.labels_of(first, "training").mean())
    return {
        "base_rate": np.full(len(roles.read(test)), rate),
        "logistic_one_hot": logistic_one_hot(model, train, valid, test),
        "trees_raw": trees_raw(model, train, valid, test),
    }


def trees_raw(model: ClickModel, train: Any, valid: Any, test: Any) -> Floats:
    """Return the test predictions of the model's trees on raw columns and the hour of day."""
    bare = type(model)(**model.get_params(deep=False)).set_params(
        windows=(),
        target_means=(),
        frequencies=(),
        vectors=0,
        pair_vectors=(),
        codes="auto",
        monotone=None,
        interactions=(),
    )
    return click_examples(bare, train, valid, test).predictions()


def logistic_one_hot(model: ClickModel, train: Any, valid: Any, test: Any) -> Floats:
    """Return the test predictions of logistic regression, its penalty the best on the validation part."""
    roles, first = read_part(model, train)
    tables = [first, *(roles.timed(roles.read(part)) for part in (valid, test))]
    encode = _OneHot(model, roles, tables[0])
    parts = [encode(table) for table in tables]
    labels = [
        roles.labels_of(table, part)
        for table, part in zip(tables[:2], ("training", "validation"), strict=True)
    ]
    best, loss = np.full(len(tables[2]), labels[0].mean()), np.inf
    for strength in _STRENGTHS:
        fitted = _fitted(parts[0], labels[0], strength)
        found = float(log_loss(labels[1], fitted.predict_proba(parts[1])[:, 1])[0])
        if found < loss:
            best, loss = fitted.predict_proba(parts[2])[:, 1], found
    return best


def _fitted(values: sp.csr_matrix, labels: Flags, strength: float) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A baseline that has not settled to the last digit is a baseline still.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=300).fit(values, labels)


class _OneHot:
    """Rows as one-hot columns, by the values that stood often enough in training."""

    def __init__(self, model: ClickModel, roles: Roles, train: pl.DataFrame) -> None:
        self._columns, self._numeric = list(model.categorical), list(model.numeric)
        self._roles, self._zone = roles, model.time_zone
        held = canonical(train, self._columns) if self._columns else train
        self._known = {name: _frequent(held[name]) for name in self._columns}
        numbers = [train[name].cast(pl.Float64).drop_nulls().drop_nans().to_numpy() for name in self._numeric]
        self._centre = [float(values.mean()) if len(values) else 0.0 for values in numbers]
        self._scale = [float(values.std()) or 1.0 if len(values) else 1.0 for values in numbers]

    def __call__(self, table: pl.DataFrame) -> sp.csr_matrix:
        """Return a matrix of shape (rows, values + hours + numbers)."""
        held = canonical(table, self._columns) if self._columns else table
        blocks = [self._values(held[name]) for name in self._columns]
        blocks += [self._hours(table), self._numbers(table)]
        return sp.csr_matrix(sp.hstack(blocks, format="csr"))

    def _values(self, values: pl.Series) -> sp.csr_matrix:
        known = self._known[values.name]
        asked = pl.DataFrame({"value": values})
        codes = asked.join(known, on="value", how="left", maintain_order="left")["code"].fill_null(len(known))
        return _hot(codes.cast(pl.Int64).to_numpy(), len(known) + 1)

    def _hours(self, table: pl.DataFrame) -> sp.csr_matrix:
        from wanamaker.models.families.hour import time_of_day

        micros = pl.Series(self._roles.moments(table))
        return _hot((time_of_day(micros, self._zone) // 3.6e9).astype(np.int64), _HOURS)

    def _numbers(self, table: pl.DataFrame) -> sp.csr_matrix:
        scaled = [
            ((table[name].cast(pl.Float64) - centre) / scale).fill_null(0.0).fill_nan(0.0).to_numpy()
            for name, centre, scale in zip(self._numeric, self._centre, self._scale, strict=True)
        ]
        return sp.csr_matrix(np.column_stack(scaled) if scaled else np.empty((len(table), 0)))


def _frequent(values: pl.Series) -> pl.DataFrame:
    counts = pl.DataFrame({"value": values}).drop_nulls().group_by("value").len()
    kept = counts.filter(pl.col("len") >= _FEWEST).select("value").sort("value")
    return kept.with_row_index("code")


def _hot(codes: NDArray[np.int64], size: int) -> sp.csr_matrix:
    rows = np.arange(len(codes))
    return sp.csr_matrix((np.ones(len(codes)), (rows, codes)), shape=(len(codes), size))
