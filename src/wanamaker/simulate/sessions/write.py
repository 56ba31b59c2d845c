"""Writing a world of sessions that need not fit into memory."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wanamaker.base.parameters import check_known
from wanamaker.simulate.sessions.setting import SessionSetting
from wanamaker.simulate.sessions.stream import chunks, stretches_of
from wanamaker.simulate.streamed import write_streamed

if TYPE_CHECKING:
    import os
    from datetime import date
    from typing import Unpack


_RISING = ("session_id", "t")  # columns of which the steps are stored
_FLOATS = ("probability", "session_probability")


class SessionOptions(TypedDict, total=False):
    """The options of `wanamaker.simulate.sessions` beside the number of sessions; it describes them."""

    seed: int
    start: str | date
    days: int
    base_rate: float
    order_effect: float
    time_effect: float
    price_effect: float
    feature_effect: float
    user_effect: float
    habit: float
    mean_length: float
    longest: int
    users: int | None
    products: int
    purchase_event: bool


def write_sessions(n: int, folder: str | os.PathLike[str], **options: Unpack[SessionOptions]) -> Path:
    """Write the world that `wanamaker.simulate.sessions` returns, 50,000 sessions at a time.

    Memory does not grow with the log but by its users: nine bytes for each.

    Parameters
    ----------
    n
        Number of sessions.
    folder
        Where ``log.parquet``, ``truth.parquet`` and ``world.json`` are written. Files of these names are
        replaced, once all three are whole; others are left alone.
    options
        Those of `wanamaker.simulate.sessions`.

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
    known = [field.name for field in fields(SessionSetting) if field.name != "n"]
    check_known("option of a world of sessions", options, known)
    setting, target = SessionSetting(n=n, **options), Path(folder)
    write_streamed(
        "sessions",
        setting.parameters,
        target,
        chunks(setting),
        stretches_of(setting.n),
        rising=_RISING,
        plain=_FLOATS,
    )
    return target
