"""The share of positive labels of each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from wanamaker.events.times import epoch_micros
from wanamaker.features.categories.time_ordered import TimeOrderedTargetEncoder

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class TargetMeans:
    """The share of positive labels of each value, as far as it was known before a row."""

    name: ClassVar[str] = "target means"

    def __init__(self, encoder: TimeOrderedTargetEncoder) -> None:
        self.encoder = encoder

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return self.encoder.feature_names_

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Count the labels of the training rows, and return what each row knew of them."""
        made: pl.DataFrame = self.encoder.fit_transform(train)
        return made.select(self.features)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
        """Return the means as known at later rows: from training, and from what history has since."""
        newer = history.filter(
            epoch_micros(history[self.encoder.time], self.encoder.unit_) > self.encoder.end_
        )
        return self.encoder.features(rows, newer if len(newer) else None)

    def save(self, folder: Path) -> None:
        """Write the encoder."""
        self.encoder.save(folder / "target_means")

    def restore(self, folder: Path) -> Self:
        """Take the encoder back."""
        self.encoder = TimeOrderedTargetEncoder.load(folder / "target_means")
        return self
