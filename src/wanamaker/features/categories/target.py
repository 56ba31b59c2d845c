"""Target means that no training row's own label is in: out of fold."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from wanamaker.base.errors import DataWarning
from wanamaker.base.frames import require_columns
from wanamaker.base.parameters import IntegerIn, RealIn
from wanamaker.events.codes import mixed, stable_hashes
from wanamaker.events.columns import as_flags
from wanamaker.features.categories.columns import Vocabulary, as_keys, canonical, gathered, key_name
from wanamaker.features.categories.encoder import Encoder, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_EVENTS, _CONVERSIONS = "__events", "__conversions"


class TargetEncoder(Encoder):
    """The smoothed share of positive labels of a value, or of a combination of values, out of fold.

    ``(sum + prior · m) / (n + prior)`` over the value's training rows, m the share over all of them. Use it
    where rows have no order in time; where they have, `TimeOrderedTargetEncoder` is the honest one.

    **Training rows get their values from `fit_transform`**: each from the rows of the other folds, so that
    no row's own label is in its value. `transform` is for other rows and uses all training rows; given the
    training rows themselves it warns. Unseen values and nulls get m.

    Parameters
    ----------
    columns
        Columns, or lists of columns for combinations.
    label
        The column of labels, 0 or 1.
    folds
        How many folds.
    by
        The columns whose hash decides the fold: rows of one user, say, then stay together. None hashes
        the row's place, and values of training rows then depend on the order of rows.
    prior
        How many rows m counts for.
    seed
        Another seed makes other folds.

    Attributes
    ----------
    mean_ : float
        m, of the training rows.

    Warns
    -----
    DataWarning
        If `transform` is given the training rows.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"app": [7, 7, 9, 9], "bought": [1, 1, 0, 0]})
    >>> made = TargetEncoder(columns=["app"], label="bought", prior=2).fit(log)
    >>> made.features(pl.DataFrame({"app": [7, 9, 1]}))["target_app"].to_list()
    [0.75, 0.25, 0.5]
    """

    kind = "target"
    _constraints: ClassVar[Mapping[str, Constraint]] = {
        "folds": IntegerIn(2, 1_000),
        "prior": RealIn(low=0.0, open_at=("low",)),
        "seed": IntegerIn(0, 2**63 - 1),
    }

    def __init__(
        self,
        *,
        columns: Sequence[str | Sequence[str]],
        label: str,
        folds: int = 5,
        by: str | Sequence[str] | None = None,
        prior: float = 20.0,
        seed: int = 0,
    ) -> None:
        self.columns = columns
        self.label = label
        self.folds = folds
        self.by = by
        self.prior = prior
        self.seed = seed

    def _ids(self) -> list[str]:
        return columns_of([*as_keys(self.columns, "TargetEncoder"), self._grouped()])

    def _reads(self) -> list[str]:
        return [*self._ids(), self.label]

    def _names(self) -> list[str]:
        return [f"target_{key_name(key)}" for key in as_keys(self.columns, "TargetEncoder")]

    def _grouped(self) -> list[str]:
        if self.by is None:
            return []
        columns = [self.by] if isinstance(self.by, str) else self.by
        return [name for (name,) in as_keys(columns, "TargetEncoder", single=True, parameter="by")]

    def _learn(self, frame: pl.DataFrame) -> None:
        labels = self._labels(frame)
        held = canonical(frame, self._ids())
        self.mean_ = float(labels.mean())
        self.totals_ = [
            held.select(key)
            .with_columns(pl.Series(_CONVERSIONS, labels.astype(np.int64)))
            .drop_nulls()
            .group_by(key)
            .agg(pl.len().cast(pl.Int64).alias(_EVENTS), pl.col(_CONVERSIONS).sum())
            .sort(key)
            for key in as_keys(self.columns, "TargetEncoder")
        ]
        self.rows_ = self._trace(held)

    def _labels(self, frame: pl.DataFrame) -> NDArray[np.bool_]:
        require_columns([self.label], frame.columns)
        return as_flags(frame[self.label], "label")

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        keys = as_keys(self.columns, "TargetEncoder")
        held = canonical(frame, columns_of(keys))
        if self._trace(held) == self.rows_:
            message = "These are the training rows: the values of each would hold its own label."
            warnings.warn(f"{message} Use fit_transform(train) for them.", DataWarning, stacklevel=4)
        made = []
        for known, seen, converted in map(_parts, self.totals_):
            means = (converted + self.prior * self.mean_) / (seen + self.prior)
            made.append(gathered(means, known.codes(held), self.mean_))
        return pl.DataFrame(dict(zip(self._names(), made, strict=True)))

    def _learn_and_apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        self._learn(frame)
        held, labels = canonical(frame, self._ids()), self._labels(frame)
        folds = self._folds(held)
        made = []
        for known, seen, converted in map(_parts, self.totals_):
            codes = known.codes(held)
            inside = codes * self.folds + folds
            shape = (len(known), self.folds)
            there = codes >= 0
            size = shape[0] * shape[1]
            own = np.bincount(inside[there], minlength=size)
            sums = np.bincount(inside[there], labels[there], size)
            others = (seen[:, None] - own.reshape(shape)).ravel()
            means = ((converted[:, None] - sums.reshape(shape)).ravel() + self.prior * self.mean_) / (
                others + self.prior
            )
            made.append(gathered(means, np.where(there, inside, -1), self.mean_))
        return pl.DataFrame(dict(zip(self._names(), made, strict=True)))

    def _folds(self, held: pl.DataFrame) -> NDArray[np.int64]:
        """Return the fold of each row."""
        grouped = self._grouped()
        state = np.full(len(held), self.seed, dtype=np.uint64)
        parts = [held[name] for name in grouped] or [pl.Series(np.arange(len(held)))]
        for part in parts:
            state = mixed(state ^ stable_hashes(part))
        return (mixed(state) % np.uint64(self.folds)).astype(np.int64)

    def _trace(self, held: pl.DataFrame) -> list[int]:
        """Return a fingerprint of rows in their order: how many, and a hash of their keys."""
        state = np.arange(len(held), dtype=np.uint64)
        for name in columns_of(as_keys(self.columns, "TargetEncoder")):
            state = mixed(state ^ stable_hashes(held[name]))
        with np.errstate(over="ignore"):
            return [len(held), int(state.sum(dtype=np.uint64))]

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        tables = {f"totals_{place}": table for place, table in enumerate(self.totals_)}
        return {"mean": self.mean_, "rows": self.rows_}, tables

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        self.mean_, self.rows_ = values["mean"], values["rows"]
        self.totals_ = list(tables.values())

    def _is_fitted(self) -> bool:
        return hasattr(self, "totals_")


def _parts(table: pl.DataFrame) -> tuple[Vocabulary, NDArray[np.int64], NDArray[np.int64]]:
    return (
        Vocabulary(table.drop(_EVENTS, _CONVERSIONS)),
        table[_EVENTS].to_numpy(),
        table[_CONVERSIONS].to_numpy(),
    )
