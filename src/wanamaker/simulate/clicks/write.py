"""Writing a world of clicks that need not fit into memory."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wanamaker.base.parameters import check_known
from wanamaker.simulate.clicks.cycle import slots_of
from wanamaker.simulate.clicks.setting import ClickSetting
from wanamaker.simulate.clicks.stream import chunks
from wanamaker.simulate.streamed import write_streamed

if TYPE_CHECKING:
    import os
    from datetime import date
    from typing import Unpack


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
    write_streamed("clicks", setting.parameters, target, chunks(setting), slots_of(setting.n), rising=_RISING)
    return target
