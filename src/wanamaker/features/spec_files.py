"""Window features from a file: a spec in TOML or JSON, or a study that names windows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import FileReadError, ParameterError
from wanamaker.features.window_features import WindowFeatures

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_ROLES = ("time", "label", "label_time", "id", "time_unit")


def window_features_from_file(path: str | os.PathLike[str]) -> WindowFeatures:
    """Return the window features that a file defines.

    Parameters
    ----------
    path
        A JSON file that `WindowFeatures.save` wrote, a TOML file with the keys of
        `WindowFeatures.from_spec`, or a study: then ``[columns]`` names the roles and ``[features]``
        the windows.

    Raises
    ------
    FileReadError
        If the file is absent, or is not what its suffix says.
    ParameterError
        If a key is unknown or missing, or a value is not allowed.
    """
    place = Path(path)
    if place.suffix == ".json":
        return WindowFeatures.from_spec(place)
    content = _read(place)
    return WindowFeatures.from_spec(_of_study(content, place) if "features" in content else content)


def _read(place: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"A spec of windows was expected at {str(place)!r}: {error.strerror}."
        raise FileReadError(message, hint="Give the path of a TOML file with time and windows.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{str(place)!r} cannot be read as TOML: {error}."
        hint = 'Write time = "click_time" and windows = [{ count = ["ip"], within = "5m" }].'
        raise FileReadError(message, hint=hint) from error


def _of_study(content: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """Return the spec within a study; its other sections are of no matter here."""
    columns, features = content.get("columns", {}), content["features"]
    if not features.get("windows"):
        message = f"The study {str(place)!r} names no windows in its section [features]."
        raise ParameterError(message, hint='Write windows = [{ count = ["ip"], within = "5m" }].')
    # A study may tell its rows apart by several columns; windows know one id.
    roles = {role: columns[role] for role in _ROLES if isinstance(columns.get(role), str)}
    told = {"windows": features["windows"], **roles}
    return told | ({"resolution": features["resolution"]} if "resolution" in features else {})
