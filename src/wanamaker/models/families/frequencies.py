"""How often a value has stood before."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import polars as pl

from wanamaker.base.storage import read_json, write_json
from wanamaker.features.categories.frequency import FrequencyEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FILE = "frequencies.json"


class Frequencies:
    """How often a value stood in rows strictly before, as ln(1 + count).

    Training rows count the training rows before them; later rows all of those, and what history has since.
    """

    name: ClassVar[str] = "frequencies"

    def __init__(self, encoder: FrequencyEncoder, time: str) -> None:
        self.encoder = encoder
        self.time = time
        self.end = 0

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return self.encoder.feature_names_

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Count, and return how many rows of the same value came before each."""
        self.encoder.fit(train)
        self.end = int(train[self.time].cast(pl.Int64).max())  # type: ignore[arg-type]
        counts = zip(self.encoder.columns, self.features, strict=True)
        return train.select(_before(self.time, key).alias(name) for key, name in counts)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
        """Return the counts before later rows."""
        counts = self.encoder.features(rows)
        newer = history.filter(pl.col(self.time).cast(pl.Int64) > self.end)
        if len(newer):
            more = FrequencyEncoder(columns=self.encoder.columns, scale="count").fit(newer).features(rows)
            counts = pl.DataFrame([counts[name] + more[name] for name in self.features])
        return counts.select(pl.all().log1p())

    def save(self, folder: Path) -> None:
        """Write the counts."""
        self.encoder.save(folder / "frequencies")
        write_json(folder / _FILE, {"end": self.end})

    def restore(self, folder: Path) -> Self:
        """Take the counts back."""
        self.encoder = FrequencyEncoder.load(folder / "frequencies")
        self.end = int(read_json(folder / _FILE)["end"])
        return self


def _before(time: str, key: str | Sequence[str]) -> pl.Expr:
    """Return ln(1 + rows of the same key with a time strictly before); 0 where the key has a null."""
    names = [key] if isinstance(key, str) else list(key)
    missing = pl.any_horizontal(pl.col(name).is_null() for name in names)
    earlier = (pl.col(time).rank("min").over(names) - 1).cast(pl.Float64)
    return pl.when(missing).then(0.0).otherwise(earlier).log1p()
