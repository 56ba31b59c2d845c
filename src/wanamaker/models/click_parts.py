"""The parts of a log as a click model's trees read them, with features fitted on the training part alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns
from wanamaker.features.windows.events import known_ticks
from wanamaker.models.click_settings import features_of, refuse_unusable
from wanamaker.models.examples import Roles, cut_in_time
from wanamaker.models.training import Part
from wanamaker.models.trees import Matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.models.click_features import ClickFeatures
    from wanamaker.models.click_model import ClickModel

_VALID_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Fitted features, and how tables are read.

    Parameters
    ----------
    features
        Fitted on the training part.
    roles
        How tables are read.
    """

    features: ClickFeatures
    roles: Roles

    def table(self, rows: Any) -> pl.DataFrame:
        """Return a table of any kind, or at a path, with times as moments."""
        return self.roles.timed(self.roles.read(rows))

    def later(self, rows: Any, history: Any) -> Part:
        """Return a later part, such as the test part, whose labels no feature reads."""
        table, past = self.table(rows), self.table(history)
        labels = self.roles.labels_of(table, "test")
        return _part(self.roles, table, labels, self.features, self.features.transform(table, past))


@dataclass(frozen=True, slots=True, eq=False)
class Parts(Prepared):
    """The parts that a model learns from.

    Parameters
    ----------
    features, roles
        As in `Prepared`.
    train, valid
        The training part, and the one that follows it.
    """

    train: Part
    valid: Part


def prepare(model: ClickModel, train: Any, valid: Any = None) -> Parts:
    """Return the training and the validation part of a model.

    A positive label of the training part that became known only after the validation part began is not
    learned from: it was not there to be learned from then.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed.
    train, valid
        As in `ClickModel.fit`.

    Raises
    ------
    UserError
        As `ClickModel.fit` does.
    """
    refuse_unusable(model)
    roles, table = read_part(model, train)
    if valid is None:
        after = cut_in_time(roles.moments(table), _VALID_SHARE)
        table, later = table.filter(~after), table.filter(after)
    else:
        later = roles.timed(roles.read(valid))
    _refuse_overlap(roles, table, later)
    labels = _known_labels(roles, table, later)
    outcomes = roles.labels_of(later, "validation")
    features = features_of(model)
    made = features.fit_transform(table)
    return Parts(
        features,
        roles,
        _part(roles, table, labels, features, made),
        _part(roles, later, outcomes, features, features.transform(later, table)),
    )


def prepare_all(model: ClickModel, rows: Any) -> tuple[Prepared, Part]:
    """Return all rows as one part, with features fitted on them."""
    refuse_unusable(model)
    roles, table = read_part(model, rows)
    labels = roles.labels_of(table, "training")
    features = features_of(model)
    whole = _part(roles, table, labels, features, features.fit_transform(table))
    return Prepared(features, roles), whole


def read_part(model: ClickModel, rows: Any) -> tuple[Roles, pl.DataFrame]:
    """Return a table with times as moments, and how it and those that follow it are read."""
    ids = tuple(model.categorical)
    roles = Roles(model.time, model.label, model.label_time, ids, model.time_unit)
    table = roles.read(rows)
    roles = roles.resolved(table)
    return roles, roles.timed(table)


def _part(
    roles: Roles,
    table: pl.DataFrame,
    labels: NDArray[np.bool_],
    features: ClickFeatures,
    made: pl.DataFrame,
) -> Part:
    known = None if roles.label_time not in table.columns else table[roles.label_time].cast(pl.Int64)
    matrix = Matrix(features.matrix(made), features.feature_names_, labels)
    return Part(matrix, roles.moments(table), known)


def _known_labels(roles: Roles, table: pl.DataFrame, later: pl.DataFrame) -> NDArray[np.bool_]:
    """Return the training labels as they stood when the later part began."""
    labels = roles.labels_of(table, "training")
    if roles.label_time is None or not len(later):
        return labels
    require_columns([roles.label_time], table.columns, "the training rows")
    begins = int(roles.moments(later).min())
    known = known_ticks(table, roles.time, roles.label, roles.label_time, resolution=1) < begins
    if not known.any():
        message = (
            f"Some of the {int(labels.sum())} positive labels of training must have been known before the "
            "validation part begins. None was."
        )
        raise DataError(message, hint=f"Check {roles.label_time!r}, or leave a longer time for training.")
    return known


def _refuse_overlap(roles: Roles, table: pl.DataFrame, later: pl.DataFrame) -> None:
    if not len(table) or not len(later):
        return
    last, first = int(roles.moments(table).max()), int(roles.moments(later).min())
    if last > first:
        ends = [pl.Series([moment]).cast(pl.Datetime("us")).dt.to_string().item() for moment in (last, first)]
        message = f"The validation part must begin when training has ended. It begins at {ends[1]}, "
        message += f"training ends at {ends[0]}."
        raise DataError(message, hint="Split the log by time, or leave valid out: it is cut off then.")
