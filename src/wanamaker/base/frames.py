"""The frame boundary: any table in, Polars inside, the caller's kind back out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from wanamaker.base.errors import ParameterTypeError, SchemaError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["polars", "pandas", "pyarrow"]

IntoFrame = Any
"""A polars, pandas or pyarrow table, or any object with the Arrow PyCapsule interface."""


@dataclass(frozen=True, slots=True)
class Native:
    """A table as Polars, with the kind that the caller uses."""

    frame: pl.DataFrame
    kind: Kind


def to_polars(table: IntoFrame) -> pl.DataFrame:
    """Return any table as a Polars DataFrame.

    Raises
    ------
    ParameterTypeError
        If the object is no table.
    """
    return from_native(table).frame


def from_native(table: IntoFrame) -> Native:
    """Take a table of any kind and remember the kind.

    Polars, pandas and pyarrow tables keep their kind; other objects with the Arrow PyCapsule
    interface come back as pyarrow tables, lazy frames as what narwhals collects them to.

    Raises
    ------
    ParameterTypeError
        If the object is no table.
    """
    if isinstance(table, pl.DataFrame):
        return Native(table, "polars")
    if isinstance(table, pl.LazyFrame):
        return Native(table.collect(), "polars")
    import narwhals as nw  # slow to load, and Polars tables do not need it

    try:
        wrapped = nw.from_native(table)
    except TypeError:
        return _from_capsule(table)
    except nw.exceptions.DuplicateError as error:
        message = "Every column of a table must have a name of its own. " + " ".join(str(error).split())
        raise SchemaError(message, hint="Rename or drop the repeated columns.") from error
    if isinstance(wrapped, nw.LazyFrame):
        return Native(wrapped.collect(backend="polars").to_native(), "polars")
    return Native(wrapped.to_polars(), "pandas" if wrapped.implementation.is_pandas_like() else "pyarrow")


def to_kind(frame: pl.DataFrame, kind: Kind) -> Any:
    """Return the frame as a table of the caller's kind."""
    if kind == "pandas":
        import narwhals as nw

        return nw.from_native(frame).to_pandas()
    if kind == "pyarrow":
        return frame.to_arrow()
    return frame


def require_columns(columns: Iterable[str], present: Iterable[str], where: str = "the table") -> None:
    """Refuse columns that are not there, naming the nearest ones.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known = list(present)
    missing = [column for column in columns if column not in known]
    if missing:
        message = f"The following columns were not found in {where}: {missing}."
        raise SchemaError(message, hint=nearest(missing[0], known) if known else None)


def _from_capsule(table: Any) -> Native:
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        frame = pl.DataFrame(table)
        return Native(frame, "pyarrow")
    message = f"A table was expected. Got {type(table).__name__}."
    hint = "Give a polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, or a path."
    raise ParameterTypeError(message, hint=hint)
