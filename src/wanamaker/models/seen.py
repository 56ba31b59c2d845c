"""The values of categorical columns that training had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import polars as pl

from wanamaker.features.categories.columns import Vocabulary, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The distinct values of each categorical column.

    Parameters
    ----------
    values
        Column to its values.
    """

    values: dict[str, Vocabulary]

    @classmethod
    def of(cls, train: pl.DataFrame, columns: Sequence[str]) -> Self:
        """Take the values of the training rows."""
        held = canonical(train, columns) if len(columns) else train
        return cls({name: Vocabulary.of(held, [name]) for name in columns})

    def unseen(self, rows: pl.DataFrame) -> dict[str, int]:
        """Return how many rows have a value that training did not have; a missing value is none."""
        held = canonical(rows, list(self.values)) if self.values else rows
        return {
            name: int(((values.codes(held) < 0) & held[name].is_not_null().to_numpy()).sum())
            for name, values in self.values.items()
        }

    def save(self, folder: Path) -> None:
        """Write the values into the folder."""
        for place, values in enumerate(self.values.values()):
            values.values.write_parquet(folder / f"seen_{place}.parquet")

    @classmethod
    def load(cls, folder: Path, columns: Sequence[str]) -> Self:
        """Return what `save` wrote."""
        files = (folder / f"seen_{place}.parquet" for place in range(len(columns)))
        return cls(
            {name: Vocabulary(pl.read_parquet(file)) for name, file in zip(columns, files, strict=True)}
        )
