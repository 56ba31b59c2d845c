"""Writing a world that need not fit into memory: stretch after stretch, all of it or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from wanamaker.base.progress import track
from wanamaker.base.storage import new_file, write_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    import polars as pl
    from pyarrow.parquet import ParquetWriter


class Stretch(Protocol):
    """A part of a world: rows of its log, and what is true of them."""

    @property
    def log(self) -> pl.DataFrame:
        """Rows of the log."""
        ...

    @property
    def truth(self) -> pl.DataFrame:
        """What is true of them."""
        ...


def write_streamed(
    kind: str,
    parameters: Mapping[str, Any],
    folder: Path,
    stretches: Iterable[Stretch],
    count: int,
    *,
    rising: Collection[str],
    plain: Collection[str] = (),
) -> None:
    """Write ``log.parquet``, ``truth.parquet`` and ``world.json``, a row group for each stretch.

    Parameters
    ----------
    kind, parameters
        What ``world.json`` says.
    folder
        Where; files of these names are replaced, once all three are whole.
    stretches
        The world, part by part.
    count
        How many there are.
    rising
        Columns of which the steps are stored, and not the values.
    plain
        Columns whose values hardly repeat, stored as they are.

    Raises
    ------
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    with ExitStack() as files:
        log = files.enter_context(new_file(folder / "log.parquet"))
        truth = files.enter_context(new_file(folder / "truth.parquet"))
        told = files.enter_context(new_file(folder / "world.json"))
        with ExitStack() as writers:
            logged, true = None, None
            for _, part in zip(track(range(count), f"simulating {kind}"), stretches, strict=True):
                logged = logged or writers.enter_context(_writer(log, part.log, rising, plain))
                true = true or writers.enter_context(_writer(truth, part.truth, rising, plain))
                logged.write_table(part.log.to_arrow())
                true.write_table(part.truth.to_arrow())
        write_json(told, {"kind": kind, "parameters": dict(parameters)})


def _writer(
    path: Path, frame: pl.DataFrame, rising: Collection[str], plain: Collection[str]
) -> ParquetWriter:
    from pyarrow.parquet import ParquetWriter

    steps = [name for name in frame.columns if name in rising]
    return ParquetWriter(
        path,
        frame.head(0).to_arrow().schema,
        compression="zstd",
        use_dictionary=[name for name in frame.columns if name not in steps and name not in plain],
        column_encoding=dict.fromkeys(steps, "DELTA_BINARY_PACKED"),
    )
