"""Writing a world of clicks that need not fit into memory."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wanamaker.base.parameters import check_known
from wanamaker.base.progress import track
from wanamaker.base.storage import new_file, write_json
from wanamaker.simulate.clicks.cycle import slots_of
from wanamaker.simulate.clicks.setting import ClickSetting
from wanamaker.simulate.clicks.stream import chunks

if TYPE_CHECKING:
    import os
    from datetime import date
    from typing import Unpack

    import polars as pl
    from pyarrow.parquet import ParquetWriter

_RISING = ("click_time", "event")  # columns of which the steps are stored


class ClickOptions(TypedDict, total=False):
    """The options of `wanamaker.simulate.clicks` beside the number of clicks; it describes them."""

    seed: int
    start: str | date
    days: int
    base_rate: float
    bots: float
    bot_rate: float
    injected: float
    drift: float
    label_delay: float
    utc_offset: int
    users: int | None
    ips: int | None
    apps: int
    channels: int


def write_clicks(n: int, folder: str | os.PathLike[str], **options: Unpack[ClickOptions]) -> Path:
    """Write the world that `wanamaker.simulate.clicks` returns, half a million rows at a time.

    Memory does not grow with the log but by its users, bots and networks: a few dozen bytes for each.

    Parameters
    ----------
    n
        Number of clicks.
    folder
        Where ``log.parquet``, ``truth.parquet`` and ``world.json`` are written. Files of these names are
        replaced, once all three are whole; others are left alone.
    options
        Those of `wanamaker.simulate.clicks`.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is unknown, out of its range or of the wrong type.
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    known = [field.name for field in fields(ClickSetting) if field.name != "n"]
    check_known("option of a world of clicks", options, known)
    setting, target = ClickSetting(n=n, **options), Path(folder)
    with ExitStack() as files:
        log = files.enter_context(new_file(target / "log.parquet"))
        truth = files.enter_context(new_file(target / "truth.parquet"))
        told = files.enter_context(new_file(target / "world.json"))
        _write_tables(setting, log, truth)
        write_json(told, {"kind": "clicks", "parameters": setting.parameters})
    return target


def _write_tables(setting: ClickSetting, log: Path, truth: Path) -> None:
    """Write log and truth, a row group for each stretch."""
    stretches, places = chunks(setting), range(slots_of(setting.n))
    with ExitStack() as writers:
        logged, true = None, None
        for _, chunk in zip(track(places, "simulating clicks"), stretches, strict=True):
            logged = logged or writers.enter_context(_writer(log, chunk.log))
            true = true or writers.enter_context(_writer(truth, chunk.truth))
            logged.write_table(chunk.log.to_arrow())
            true.write_table(chunk.truth.to_arrow())


def _writer(path: Path, frame: pl.DataFrame) -> ParquetWriter:
    from pyarrow.parquet import ParquetWriter

    rising = [name for name in _RISING if name in frame.columns]
    return ParquetWriter(
        path,
        frame.head(0).to_arrow().schema,
        compression="zstd",
        use_dictionary=[name for name in frame.columns if name not in rising],
        column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
    )
