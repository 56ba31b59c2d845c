"""The state of live windows as a directory: the spec, and what the store holds."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import FileReadError, ParameterError
from wanamaker.base.storage import new_directory, read_json, write_json

if TYPE_CHECKING:
    from wanamaker.features.online.live import LiveWindows
    from wanamaker.features.window_features import WindowFeatures

_VERSION = 1
_FILE = "live.json"
_STATE = "state"


def write_snapshot(live: LiveWindows, folder: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write the state; it appears when it is whole."""
    with new_directory(Path(folder), overwrite=overwrite) as place:
        (place / _STATE).mkdir()
        live._store.save(place / _STATE)
        told = {
            "version": _VERSION,
            "spec": live._windows.to_spec(),
            "fingerprint": live._windows.fingerprint,
            "store": live._address,
            "lateness": live._lateness,
            "real": live._reader.real,
            "refused": live._refused,
            "labels": live._labels.outcomes,
        }
        write_json(place / _FILE, told)


def read_snapshot(
    kind: type[LiveWindows], folder: str | os.PathLike[str], windows: WindowFeatures | None, store: str | None
) -> LiveWindows:
    """Return live windows with a saved state.

    Raises
    ------
    FileReadError
        If it is absent or damaged.
    ParameterError
        If the definitions are not those of the state, or the store is of another kind.
    """
    from wanamaker.features.window_features import WindowFeatures

    told: dict[str, Any] = read_json(Path(folder) / _FILE)
    if told.get("version") != _VERSION:
        message = (
            f"The state in {os.fspath(folder)!r} must be of version {_VERSION}. Got {told.get('version')!r}."
        )
        raise FileReadError(message, hint="It was written by another release of wanamaker.")
    windows = WindowFeatures.from_spec(told["spec"]) if windows is None else windows
    if windows.fingerprint != told["fingerprint"]:
        message = f"The windows are not those of the state in {os.fspath(folder)!r}: "
        message += f"{windows.fingerprint[:12]}… against {told['fingerprint'][:12]}…."
        raise ParameterError(message, hint="Load it without windows, or compare windows.to_spec().")
    address = told["store"] if store is None else store
    live = kind(windows, address, lateness=timedelta(microseconds=told["lateness"]))
    if address.partition("://")[0] != told["store"].partition("://")[0]:
        message = f"The state in {os.fspath(folder)!r} is one of {told['store']!r}. Got store={store!r}."
        raise ParameterError(message, hint="A state is read by the kind of store that wrote it.")
    live._store.restore(Path(folder) / _STATE)
    live._reader.real.update(told["real"])
    live._refused = told["refused"]
    live._labels.outcomes.update(told["labels"])
    return live
