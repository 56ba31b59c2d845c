"""Columns as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_EXACT_BELOW = 2**24  # trees hold features as 32-bit floats


class Raw:
    """Columns as they are: numbers, and categories as one number each.

    Integer categories that a 32-bit float holds exactly keep their value: ids often carry meaning in their
    order (old and new apps). Others get their rank by how often they stood in training; unseen ones have
    none.
    """

    name: ClassVar[str] = "raw"

    def __init__(self, numeric: Sequence[str], categorical: Sequence[str]) -> None:
        self.numeric = tuple(numeric)
        self.categorical = tuple(categorical)
        self.ranks: dict[str, pl.DataFrame] = {}

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return [*self.numeric, *(f"raw_{name}" for name in self.categorical)]

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Rank the values that are not kept as they are, and return the columns."""
        ranked = [name for name in self.categorical if not _exact(train[name])]
        self.ranks = {name: _ranks(train[name]) for name in ranked}
        return self._told(train)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:  # noqa: ARG002
        """Return the columns of later rows."""
        return self._told(rows)

    def save(self, folder: Path) -> None:
        """Write the ranks."""
        for place, name in enumerate(self.categorical):
            if name in self.ranks:
                self.ranks[name].write_parquet(folder / f"ranks_{place}.parquet")

    def restore(self, folder: Path) -> Self:
        """Take the ranks back."""
        files = {name: folder / f"ranks_{place}.parquet" for place, name in enumerate(self.categorical)}
        self.ranks = {name: pl.read_parquet(file) for name, file in files.items() if file.exists()}
        return self

    def _told(self, rows: pl.DataFrame) -> pl.DataFrame:
        numbers = [rows[name].cast(pl.Float64) for name in self.numeric]
        return pl.DataFrame([*numbers, *(self._number(rows[name]) for name in self.categorical)])

    def _number(self, values: pl.Series) -> pl.Series:
        new = f"raw_{values.name}"
        if values.name not in self.ranks:
            return values.cast(pl.Float64).alias(new)
        ranks = self.ranks[values.name]
        asked = pl.DataFrame({"value": _text(values)})
        return asked.join(ranks, on="value", how="left", maintain_order="left")["rank"].alias(new)


def _exact(values: pl.Series) -> bool:
    if values.dtype == pl.Boolean:
        return True
    if not values.dtype.is_integer():
        return False
    ends = [abs(int(end)) for end in (values.min(), values.max()) if end is not None]  # type: ignore[arg-type]
    return max(ends, default=0) < _EXACT_BELOW


def _text(values: pl.Series) -> pl.Series:
    return values.cast(pl.String)


def _ranks(values: pl.Series) -> pl.DataFrame:
    counts = pl.DataFrame({"value": _text(values)}).drop_nulls().group_by("value").len()
    ordered = counts.sort(["len", "value"], descending=[True, False]).select("value")
    return ordered.with_columns(rank=pl.Series(range(len(ordered)), dtype=pl.Float64))
