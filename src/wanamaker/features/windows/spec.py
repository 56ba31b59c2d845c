"""Windows as they stand in a file: one dict per window, as in a study, and the spec around them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import check_known
from wanamaker.features.windows import definitions
from wanamaker.features.windows.window import KINDS, OF_A_COLUMN, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION = 1
ROLES = ("time", "id", "label", "label_time")
"""What a column may be to windows."""

_MAKERS: Mapping[str, Callable[..., Window]] = {kind: getattr(definitions, kind) for kind in KINDS}
_COMMON = ("within", "after", "peers", "name")
_OF_RATES = ("prior", "mean", "matured")


def window_from_dict(told: Mapping[str, Any], where: str = "a window") -> Window:
    """Return the window that a dict defines, such as ``{"count": ["ip", "app"], "within": "5m"}``.

    Parameters
    ----------
    told
        The kind with its key, or, for kinds that aggregate a column, the kind with its column and ``by``;
        then ``within`` and what else the kind takes.
    where
        Where it stands, for the message.

    Raises
    ------
    ParameterError
        If no kind is named, a key is unknown or missing, or a value is not allowed.

    Examples
    --------
    >>> window_from_dict({"distinct": "channel", "by": ["ip"], "within": "8h"}).name
    'distinct_channel_ip_8h'
    """
    if not hasattr(told, "keys"):
        message = f"{where} must be a table of keys. Got {told!r}."
        raise ParameterTypeError(message, hint='Write { count = ["ip", "app"], within = "5m" }.')
    kinds = [key for key in told if key in KINDS and not ("rate" in told and key in _OF_RATES)]
    if len(kinds) != 1:
        found = "none" if not kinds else " and ".join(repr(kind) for kind in kinds)
        message = f"{where} must name one kind of window. Got {found} in {dict(told)!r}."
        others = [key for key in told if key not in (*_COMMON, *_OF_RATES, "by")]
        raise ParameterError(message, hint=nearest(others[0] if others and not kinds else "", KINDS))
    return _made(kinds[0], told, where)


def check_spec(told: Mapping[str, Any]) -> None:
    """Refuse a spec of another version, with an unknown key, or without a needed one.

    Raises
    ------
    ParameterError
        If it is no spec.
    """
    version = told.get("version", VERSION)
    if version != VERSION:
        message = f"The spec's 'version' must be {VERSION}. Got {version!r}."
        raise ParameterError(message, hint="It was written by another release of wanamaker.")
    check_known("key of a window spec", told, ["version", *ROLES, "resolution", "time_unit", "windows"])
    for needed in ("time", "windows"):
        if needed not in told:
            message = f"The key {needed!r} is missing from the window spec."
            raise ParameterError(message, hint='Write time = "click_time" and windows = [{ … }].')


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a spec, written in one canonical way, in hexadecimal.

    Examples
    --------
    >>> fingerprint_of({"a": 1, "b": 2}) == fingerprint_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _made(kind: str, told: Mapping[str, Any], where: str) -> Window:
    known = [kind, *_COMMON, *(["by"] if kind in OF_A_COLUMN else []), *(_OF_RATES if kind == "rate" else [])]
    for key in told:
        if key not in known:
            message = f"{where}: {key!r} is no known key of a window of kind {kind!r}."
            raise ParameterError(message, hint=nearest(key, known))
    for key in ("within", "by"):
        if key in known and key not in told:
            message = f"{where}: the key {key!r} is missing."
            raise ParameterError(message, hint=_example(kind))
    rest = {key: value for key, value in told.items() if key != kind}
    try:
        return _MAKERS[kind](told[kind], **rest)
    except (ParameterError, ParameterTypeError) as error:
        message = f"{where}: {error.message}"
        raise type(error)(message, hint=error.hint) from error


def _example(kind: str) -> str:
    if kind in OF_A_COLUMN:
        return f'Write {{ {kind} = "cost", by = ["user"], within = "7d" }}.'
    return f'Write {{ {kind} = ["ip", "app"], within = "5m" }}.'
