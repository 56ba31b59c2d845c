"""Covariates as columns of a regression: one indicator per category, or per bin of a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

BINS = 20
MOST_CATEGORIES = 100


@dataclass(frozen=True, eq=False)
class Covariates:
    """How covariates become columns, learned from all journeys.

    Parameters
    ----------
    names
        The covariates.
    edges
        For each, the inner edges of its bins; None for categories.
    levels
        For each, its categories as text; None for bins.
    """

    names: tuple[str, ...]
    edges: tuple[NDArray[np.float64] | None, ...]
    levels: tuple[dict[str, int] | None, ...]

    @staticmethod
    def of(journeys: Journeys, names: tuple[str, ...]) -> Covariates:
        """Learn bins and categories: up to `BINS` bins of equal size, one category per value."""
        edges: list[NDArray[np.float64] | None] = []
        levels: list[dict[str, int] | None] = []
        for name in names:
            column = journeys.table[name]
            number = _is_number(column)
            edges.append(_edges(column) if number else None)
            known = None if number else sorted(column.cast(pl.String).unique().to_list())
            levels.append(None if known is None else {level: code for code, level in enumerate(known)})
        return Covariates(names, tuple(edges), tuple(levels))

    @property
    def width(self) -> int:
        """Columns of all covariates."""
        return sum(self._widths)

    @property
    def _widths(self) -> list[int]:
        return [
            len(edges) + 1 if edges is not None else len(levels or {})
            for edges, levels in zip(self.edges, self.levels, strict=True)
        ]

    def columns(self, journeys: Journeys) -> NDArray[np.int32]:
        """Return the column of each journey for each covariate, of shape (journeys, covariates)."""
        found = np.empty((len(journeys), len(self.names)), dtype=np.int32)
        first = 0
        for place, (name, edges, levels) in enumerate(zip(self.names, self.edges, self.levels, strict=True)):
            column = journeys.table[name]
            if edges is not None:
                codes = np.searchsorted(edges, column.cast(pl.Float64).to_numpy(), side="right")
            else:
                codes = column.cast(pl.String).replace_strict(levels, return_dtype=pl.Int32).to_numpy()
            found[:, place] = first + codes
            first += self._widths[place]
        return found


def unusable(journeys: Journeys, names: tuple[str, ...]) -> str | None:
    """Return why a covariate cannot be used, or None if all can."""
    for name in names:
        if name not in journeys.covariates:
            return f"{name!r} is no covariate of the journeys (they have {list(journeys.covariates)})"
        column = journeys.table[name]
        missing = column.is_null()
        if column.dtype.is_float():
            missing = missing | column.is_nan().fill_null(value=True)
        if missing.any():
            row = int(missing.to_numpy().argmax())
            journey = journeys.table["journey"][row]
            return (
                f"the covariate {name!r} is missing for {int(missing.sum()):,} of {len(journeys):,} "
                f"journeys, the first of them journey {journey!r}; fill it, or leave it out with "
                "Incremental(covariates=[…])"
            )
        if not _is_number(column) and column.n_unique() > MOST_CATEGORIES:
            return (
                f"the covariate {name!r} has {column.n_unique():,} categories, more than {MOST_CATEGORIES}; "
                "put rare ones together, or leave it out with Incremental(covariates=[…])"
            )
    return None


def _is_number(column: pl.Series) -> bool:
    return column.dtype.is_numeric()


def _edges(column: pl.Series) -> NDArray[np.float64]:
    """Return inner edges: between the values where they are few, else at quantiles."""
    numbers = column.cast(pl.Float64).to_numpy()
    distinct = np.unique(numbers)
    if len(distinct) <= BINS:
        return distinct[1:]
    return np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS))
