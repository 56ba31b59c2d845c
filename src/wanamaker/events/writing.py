"""Writing a table to a file of the format that its suffix names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.errors import OutputError
from wanamaker.base.storage import new_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".parquet": lambda frame, path: frame.write_parquet(path),
    ".csv": lambda frame, path: frame.write_csv(path),
    ".tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    ".arrow": lambda frame, path: frame.write_ipc(path),
    ".jsonl": lambda frame, path: frame.write_ndjson(path),
}
"""File name ending to what writes it."""


def refuse_unwritable(path: Path, *, overwrite: bool) -> None:
    """Refuse a path that cannot be written as a table, before any work is done.

    Parameters
    ----------
    path
        Its suffix names the format.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    OutputError
        If the suffix names no known format, the path is a directory, or there is a file already.
    """
    if path.suffix not in WRITERS:
        message = f"The suffix of {str(path)!r} must name a format. Known: {', '.join(WRITERS)}."
        raise OutputError(message, hint=f"Write {str(path.with_suffix('.parquet'))!r}.")
    if path.is_dir():
        message = f"The output must be a file. {str(path)!r} is a directory."
        raise OutputError(message, hint=f"Write {str(path / 'predictions.parquet')!r}.")
    if path.exists() and not overwrite:
        message = f"The file {str(path)!r} exists."
        raise OutputError(message, hint="Give another path, or --overwrite to replace it.")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table; the file appears whole or not at all, and replaces an earlier one.

    Raises
    ------
    OutputError
        If the suffix is not known, or the file cannot be written.
    """
    refuse_unwritable(path, overwrite=True)
    with new_file(path) as file:
        WRITERS[path.suffix](frame, file)
