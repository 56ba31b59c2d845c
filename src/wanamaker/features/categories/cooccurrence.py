"""How often values of two columns stand in one row: counted in chunks, the same as in one go."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Pair = tuple[str, str]
_COUNT = "__count"


@dataclass(frozen=True, slots=True, eq=False)
class Cooccurrence:
    """Counts of values and of pairs of values; memory grows with the distinct pairs, not with the rows.

    Parameters
    ----------
    singles
        For each column its values and their counts.
    pairs
        For each two columns, in alphabetical order, the pairs of values and their counts.
    """

    singles: Mapping[str, pl.DataFrame]
    pairs: Mapping[Pair, pl.DataFrame]

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Sequence[str]) -> Cooccurrence:
        """Count canonical columns; a null stands in no pair."""
        ordered = sorted(columns)
        return cls(
            {name: _counted(frame, [name]) for name in ordered},
            {pair: _counted(frame, list(pair)) for pair in combinations(ordered, 2)},
        )

    def __add__(self, other: Cooccurrence) -> Cooccurrence:
        """Return the counts of both."""
        return Cooccurrence(
            {name: _summed(self.singles[name], other.singles[name]) for name in self.singles},
            {pair: _summed(self.pairs[pair], other.pairs[pair]) for pair in self.pairs},
        )

    def frequent(self, column: str, at_least: int) -> pl.DataFrame:
        """Return the values of a column that were counted often enough, sorted."""
        held = self.singles[column]
        return held.filter(pl.col(_COUNT) >= at_least).select(column).sort(column)

    def counts(self, one: str, other: str) -> pl.DataFrame:
        """Return the pairs of two columns, in either order, with a last column of counts."""
        pair = (one, other) if one < other else (other, one)
        return self.pairs[pair].select(one, other, _COUNT)


def _counted(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    present = frame.select(names).drop_nulls()
    return present.group_by(names).agg(pl.len().cast(pl.Int64).alias(_COUNT))


def _summed(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in one.columns if name != _COUNT]
    both = pl.concat([one, other], how="vertical_relaxed")
    return both.group_by(names).agg(pl.col(_COUNT).sum())
