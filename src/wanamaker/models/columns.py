"""The columns a model was trained on, and how a table differs from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import polars as pl

from wanamaker.base.errors import FileReadError, SchemaError, nearest
from wanamaker.base.frames import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FILE = "columns.parquet"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What a model reads of a table.

    Parameters
    ----------
    schema
        The columns with their types as in training, without rows.
    labels
        Those of them that only history has to have.
    """

    schema: pl.DataFrame
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, train: pl.DataFrame, read: Sequence[str], labels: Sequence[str] = ()) -> Self:
        """Take the columns that are read from the training rows.

        Raises
        ------
        SchemaError
            If one is missing.
        """
        require_columns([*read, *labels], train.columns, "the training rows")
        return cls(train.select([*read, *labels]).clear(), tuple(labels))

    @property
    def read(self) -> list[str]:
        """The columns that every table has to have."""
        return [name for name in self.schema.columns if name not in self.labels]

    def types(self) -> dict[str, str]:
        """Return the type of each column that is read, as text."""
        return {name: str(self.schema.schema[name]) for name in self.read}

    def empty(self) -> pl.DataFrame:
        """Return a table with these columns and no rows."""
        return self.schema

    def require(self, table: pl.DataFrame, where: str, *, labelled: bool = False) -> None:
        """Refuse a table that lacks a column or holds another kind of values, and show the difference.

        Other columns and another order are no difference.

        Raises
        ------
        SchemaError
            If a column is missing, or one cannot hold what it held in training.
        """
        needed = self.schema.columns if labelled else self.read
        missing = [name for name in needed if name not in table.columns]
        others = [
            f"{name} ({self.schema.schema[name]} in training, now {table.schema[name]})"
            for name in needed
            if name in table.columns and not _alike(self.schema.schema[name], table.schema[name])
        ]
        if not (missing or others):
            return
        extra = [name for name in table.columns if name not in self.schema.columns]
        parts = [("missing", missing), ("of another type", others), ("not used", extra)]
        told = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in parts if names)
        message = f"The columns of {where} are not those of training. {told[0].upper()}{told[1:]}."
        hint = nearest(missing[0], table.columns) if missing else "Cast them to the type of training."
        raise SchemaError(message, hint=hint)

    def save(self, folder: Path) -> None:
        """Write the columns into the folder."""
        table = self.schema.select(*self.read, *self.labels)
        table.write_parquet(folder / _FILE, metadata={"labels": str(len(self.labels))})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the columns that `save` wrote.

        Raises
        ------
        FileReadError
            If the file is absent or damaged.
        """
        file = folder / _FILE
        try:
            table = pl.read_parquet(file)
            labels = int(pl.read_parquet_metadata(file)["labels"])
        except (OSError, KeyError, pl.exceptions.PolarsError) as error:
            message = f"{str(file)!r} cannot be read as the columns of a model."
            raise FileReadError(message, hint="The model was not saved whole; save it again.") from error
        return cls(table, tuple(table.columns[len(table.columns) - labels :]))


def _alike(fitted: pl.DataType, now: pl.DataType) -> bool:
    return pl.Null in (fitted, now) or _kind(fitted) == _kind(now)


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_numeric() or dtype == pl.Boolean:
        return "number"
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return "text"
    return type(dtype).__name__ if dtype.is_nested() else str(dtype.base_type())
