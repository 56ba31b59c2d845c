"""Vectors of terms that are given, joined by term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, FileReadError, ParameterTypeError, SchemaError
from wanamaker.base.frames import to_polars
from wanamaker.events.columns import as_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Singles = NDArray[np.float32]

_FILE = "vectors.parquet"
_SQUARE = 2


@dataclass(frozen=True, eq=False)
class TermVectors:
    """A vector per term, zeros where there is none, and a last number that says whether there is one.

    Parameters
    ----------
    table
        A column ``term`` and one column per number; None for a function.
    function
        From a list of terms to their vectors, of shape (terms, numbers); None for a table.
    width
        Numbers of a vector, without the flag.
    """

    table: pl.DataFrame | None
    function: Callable[[list[str]], Any] | None
    width: int

    @classmethod
    def of(cls, given: Any, term: str) -> TermVectors | None:
        """Return vectors that were given as a table or a function, or None.

        Raises
        ------
        ParameterTypeError
            If it is neither.
        SchemaError
            If the table has no column of terms, or none of numbers.
        DataError
            If a term stands twice, or a number is missing.
        """
        if given is None:
            return None
        if callable(given):
            return cls(None, given, _called(given, ["a"]).shape[1])
        try:
            table = to_polars(given)
        except ParameterTypeError as error:
            message = f"'vectors' must be a table or a function from terms to vectors. Got {given!r}."
            raise ParameterTypeError(message) from error
        table = _flat(table, term)
        return cls(table, None, len(table.columns) - 1)

    def read(self, terms: pl.Series) -> Singles:
        """Return the vector of each term and whether there is one, of shape (terms, numbers + 1)."""
        if self.table is None:
            assert self.function is not None  # noqa: S101 (for the type checker)
            found = _called(self.function, terms.to_list()) if len(terms) else np.empty((0, self.width))
            return np.column_stack([found, np.ones(len(found))]).astype(np.float32)
        asked = terms.rename("term").to_frame()
        there = self.table.with_columns(pl.lit(1.0).alias("(there)"))
        joined = asked.join(there, on="term", how="left", maintain_order="left").drop("term")
        return joined.fill_null(0.0).to_numpy().astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write a table; a function is not kept."""
        if self.table is not None:
            self.table.write_parquet(folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> TermVectors:
        """Return the table that `save` wrote.

        Raises
        ------
        FileReadError
            If the vectors came from a function, which is not kept, or the file is damaged.
        """
        try:
            table = pl.read_parquet(folder / _FILE)
        except (OSError, pl.exceptions.PolarsError) as error:
            message = f"The vectors of the model in {str(folder)!r} are not there: functions are not saved."
            raise FileReadError(message, hint="Give vectors as a table, fit and save again.") from error
        return cls(table, None, len(table.columns) - 1)


def _called(function: Callable[[list[str]], Any], terms: list[str]) -> NDArray[np.float64]:
    found = np.asarray(function(terms), dtype=np.float64)
    if found.ndim != _SQUARE or len(found) != len(terms) or not np.isfinite(found).all():
        message = f"'vectors' must return one finite vector per term: {len(terms)} rows. Got {found.shape}."
        raise DataError(message)
    return found


def _flat(table: pl.DataFrame, term: str) -> pl.DataFrame:
    """Return a table of terms and numbers, one column per number."""
    name = term if term in table.columns else "term"
    if name not in table.columns or len(table.columns) < _SQUARE:
        message = f"'vectors' must have a column {term!r} and columns of numbers. Got {table.columns}."
        raise SchemaError(message)
    parts = [as_names(table[name], "term").rename("term")]
    for column in table.drop(name).iter_columns():
        if column.dtype.is_nested():
            wide = np.asarray(column.to_list(), dtype=np.float64)
            parts += [pl.Series(f"{column.name}_{place}", values) for place, values in enumerate(wide.T)]
        else:
            parts.append(column.cast(pl.Float64))
    flat = pl.DataFrame(parts)
    if flat["term"].is_duplicated().any():
        twice = flat["term"].filter(flat["term"].is_duplicated())[0]
        message = f"'vectors' must have each term once. Got {twice!r} twice."
        raise DataError(message)
    if sum(flat.null_count().row(0)) or not np.isfinite(flat.drop("term").to_numpy()).all():
        message = "'vectors' must hold a finite number in every column of every term."
        raise DataError(message, hint="Leave out the terms that have no vector: they are read as such.")
    return flat
