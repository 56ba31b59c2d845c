"""What happened lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import polars as pl

from wanamaker.features.window_features import WindowFeatures

if TYPE_CHECKING:
    from pathlib import Path


class Windows:
    """What happened lately: counts, distincts and times since, as ln(1 + x); the rest as it is.

    The logarithm changes no tree, and keeps figures and reports readable.
    """

    name: ClassVar[str] = "windows"
    _LOGGED = ("count", "distinct", "since_last", "since_first")

    def __init__(self, windows: WindowFeatures) -> None:
        self.windows = windows

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return self.windows.names

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Fit the means of rates, and return the windows of the training rows."""
        table: pl.DataFrame = self.windows.fit(train).transform(self._alone(train))
        return self._told(table)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
        """Return the windows of later rows; they count for each other, and history for them."""
        return self._told(self.windows.transform(self._alone(rows), history=history))

    def save(self, folder: Path) -> None:
        """Write the spec."""
        self.windows.save(folder / "windows.json")

    def restore(self, folder: Path) -> Self:
        """Take the spec back."""
        self.windows = WindowFeatures.from_spec(folder / "windows.json")
        return self

    def _alone(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select([name for name in self.windows.columns if name in rows.columns])

    def _told(self, table: pl.DataFrame) -> pl.DataFrame:
        kinds = {ask.name: ask.kind for group in self.windows.plan.groups for ask in group.asks}
        return table.select(
            pl.col(name).cast(pl.Float64).log1p() if kinds[name] in self._LOGGED else pl.col(name)
            for name in self.features
        )
