"""From a log on disk to a file with its window features, in memory where it fits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wanamaker.events.memory import fits_memory
from wanamaker.events.reading import scan_path
from wanamaker.events.writing import refuse_unwritable, write_table

if TYPE_CHECKING:
    import os

    from wanamaker.features.window_features import WindowFeatures

_BYTES = 8.0
"""A feature of one row, at most."""


def write_windows(
    windows: WindowFeatures,
    log: str | os.PathLike[str],
    out: str | os.PathLike[str],
    history: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
) -> int:
    """Write a log with its features, and return its rows.

    Parameters
    ----------
    windows
        The features.
    log
        The path of a log.
    out
        Where it is written; parquet, csv, tsv, arrow or jsonl, but parquet alone if the log does not
        fit into memory.
    history
        The path of earlier events that the windows go on from.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    OutputError
        If ``out`` is there and may not be replaced, or cannot be written.
    """
    place = Path(out)
    refuse_unwritable(place, overwrite=overwrite)
    logs = [log] if history is None else [log, history]
    added = _BYTES * len(windows.names)
    if not fits_memory([scan_path(str(one)) for one in logs], extra=added):
        return windows.transform_file(log, place, history=history)
    table = windows.transform(log, history=history)
    write_table(table, place)
    return len(table)
