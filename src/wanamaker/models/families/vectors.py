"""Vectors of values, and topics of one column over another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from wanamaker.features.categories.cat2vec import Cat2Vec
from wanamaker.features.categories.pair_vectors import PairVectors

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class Vectors:
    """Vectors of values, learned from which values stand in one row.

    No label is read; but the vector of a training row's value also knows what it stood beside later in
    training.
    """

    name: ClassVar[str] = "category vectors"
    _folder: ClassVar[str] = "vectors"
    _kind: ClassVar[type[Cat2Vec | PairVectors]] = Cat2Vec

    def __init__(self, encoder: Cat2Vec | PairVectors) -> None:
        self.encoder = encoder

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return self.encoder.feature_names_

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Learn the vectors; no label is read."""
        made: pl.DataFrame = self.encoder.fit_transform(train)
        return made.select(self.features)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:  # noqa: ARG002
        """Return the vectors of later rows' values; zeros for values not seen in training."""
        return self.encoder.features(rows)

    def save(self, folder: Path) -> None:
        """Write the encoder."""
        self.encoder.save(folder / self._folder)

    def restore(self, folder: Path) -> Self:
        """Take the encoder back."""
        self.encoder = self._kind.load(folder / self._folder)
        return self


class PairTopics(Vectors):
    """Topics of one column over another, learned on earlier days."""

    name: ClassVar[str] = "pair vectors"
    _folder: ClassVar[str] = "pair_vectors"
    _kind: ClassVar[type[Cat2Vec | PairVectors]] = PairVectors
