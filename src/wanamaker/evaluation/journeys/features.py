"""Journeys as tables of numbers, for models that know no order: counts, timing, covariates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.evaluation.channel_free import FEATURES, timing_features
from wanamaker.events.times import moment_micros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

    Floats = NDArray[np.float64]

_FEWEST = 10
_MOST_TOUCHES = 300
_MOST_VALUES = 50


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each touch stands in a journey; touches that are rare in training are counted together.

    Parameters
    ----------
    names
        The columns.
    places
        The column of each touch code, of shape (touch names,).
    """

    names: tuple[str, ...]
    places: NDArray[np.int64]

    @staticmethod
    def of(train: Journeys) -> Counts:
        """Choose the touches with a column of their own, by the training journeys."""
        pairs = np.unique(train.rows * len(train.names) + train.touches)
        support = np.bincount(pairs % len(train.names), minlength=len(train.names))
        common = np.flatnonzero(support >= _FEWEST)
        common = np.sort(common[np.argsort(-support[common], kind="stable")][:_MOST_TOUCHES])
        places = np.full(len(train.names), len(common), dtype=np.int64)
        places[common] = np.arange(len(common))
        return Counts((*(train.names[code] for code in common), "(other)"), places)

    def __call__(self, journeys: Journeys) -> Floats:
        """Return an array of shape (journeys, columns)."""
        width = len(self.names)
        cells = journeys.rows * width + self.places[journeys.touches]
        counted = np.bincount(cells, minlength=len(journeys) * width)
        return counted.reshape(len(journeys), width).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Covariates:
    """Attributes of journeys as numbers: numbers as they are, words as one column per common value.

    Parameters
    ----------
    numeric
        Columns of numbers and flags.
    values
        The common values of each other column.
    """

    numeric: tuple[str, ...]
    values: dict[str, tuple[str, ...]]

    @staticmethod
    def of(train: Journeys, names: tuple[str, ...] | None = None) -> Covariates:
        """Choose the columns by the training journeys."""
        chosen = train.covariates if names is None else names
        types = train.table.schema
        numeric = tuple(name for name in chosen if types[name].is_numeric() or types[name] == pl.Boolean)
        words = {name: _common(train.table[name]) for name in chosen if name not in numeric}
        return Covariates(numeric, words)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        told = [f"{name} = {value}" for name, values in self.values.items() for value in values]
        return (*self.numeric, *told)

    def __call__(self, journeys: Journeys) -> Floats:
        """Return an array of shape (journeys, columns); NaN where a number is missing."""
        table = journeys.table
        columns = [table[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in self.numeric]
        for name, values in self.values.items():
            held = table[name].cast(pl.String)
            columns += [(held == value).fill_null(value=False).to_numpy() for value in values]
        return np.column_stack(columns).astype(np.float64) if columns else np.empty((len(journeys), 0))


def timing(journeys: Journeys) -> Floats:
    """Return lengths and gaps; of journeys seen up to a landmark, also how long ago their last touch was.

    Of shape (journeys, `timing_names`). When a journey ended is not in it, which would tell the outcome.
    """
    found = timing_features(journeys)
    landmark = journeys.observation.landmark
    if landmark is None:
        return found
    last = np.asarray(journeys.times)[journeys.offsets[1:] - 1]
    ago = (moment_micros(landmark[0], "landmark T0") - last) / 1e6
    return np.column_stack([found, ago])


def timing_names(journeys: Journeys) -> tuple[str, ...]:
    """Return the columns of `timing`."""
    return FEATURES if journeys.observation.landmark is None else (*FEATURES, "since last touch")


def _common(values: pl.Series) -> tuple[str, ...]:
    counts = values.cast(pl.String).drop_nulls().value_counts(sort=True)
    common = counts.filter(pl.col("count") >= _FEWEST)[values.name].head(_MOST_VALUES)
    return tuple(common.sort().to_list())
