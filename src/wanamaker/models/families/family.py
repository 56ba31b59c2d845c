"""What every family of features does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, Self

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class Family(Protocol):
    """One family of features."""

    name: ClassVar[str]

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        ...

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Learn from training rows, and return their features: what was known before each."""
        ...

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
        """Return the features of later rows, whose labels are not read; history may be empty."""
        ...

    def save(self, folder: Path) -> None:
        """Write what was learned into the folder."""
        ...

    def restore(self, folder: Path) -> Self:
        """Take back what `save` wrote."""
        ...
