"""Durations such as ``"30d"``, as integer microseconds."""

from __future__ import annotations

import re
from datetime import timedelta

from wanamaker.base.errors import ParameterError, ParameterTypeError

MICROS_PER_SECOND = 1_000_000

_MICROS = {
    "us": 1,
    "ms": 1_000,
    "s": MICROS_PER_SECOND,
    "m": 60 * MICROS_PER_SECOND,
    "h": 3_600 * MICROS_PER_SECOND,
    "d": 86_400 * MICROS_PER_SECOND,
    "w": 7 * 86_400 * MICROS_PER_SECOND,
}
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)")
_HINT = "a number and a unit (s seconds, m minutes, h hours, d days, w weeks), for example '30d'"

Duration = str | timedelta


def to_micros(duration: Duration, name: str = "duration") -> int:
    """Return a duration in microseconds.

    Parameters
    ----------
    duration
        A number and a unit (``us``, ``ms``, ``s``, ``m`` minutes, ``h``, ``d``, ``w``), several of
        them one after the other, or a `datetime.timedelta`.
    name
        The parameter's name, for the message.

    Raises
    ------
    ParameterTypeError
        If it is neither a string nor a timedelta.
    ParameterError
        If the string cannot be read.

    Examples
    --------
    >>> to_micros("1h30m")
    5400000000
    """
    if isinstance(duration, timedelta):
        return duration // timedelta(microseconds=1)
    if not isinstance(duration, str):
        message = f"{name!r} must be a duration. Got {duration!r} ({type(duration).__name__})."
        raise ParameterTypeError(message, hint=f"Write {_HINT}.")
    text = duration.strip()
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        message = f"{name!r} must be a duration. Got {duration!r}."
        raise ParameterError(message, hint=f"Write {_HINT}.")
    return round(sum(float(number) * _MICROS[unit] for number, unit in parts))


def positive_micros(duration: Duration, name: str) -> int:
    """Return a duration in microseconds, refusing zero and less.

    Raises
    ------
    ParameterError
        If the duration is not longer than zero.
    """
    micros = to_micros(duration, name)
    if micros <= 0:
        message = f"{name!r} must be longer than zero. Got {duration!r}."
        raise ParameterError(message, hint=f"Write {_HINT}.")
    return micros


def duration_text(duration: Duration) -> str:
    """Return a duration as text: as it was written, or in the largest unit that divides it, up to days.

    Examples
    --------
    >>> duration_text("90s"), duration_text(timedelta(minutes=90)), duration_text(timedelta(days=7))
    ('90s', '90m', '7d')
    """
    if isinstance(duration, str):
        to_micros(duration)
        return duration.strip()
    micros = to_micros(duration)
    unit = next(unit for unit in ("d", "h", "m", "s", "ms", "us") if micros % _MICROS[unit] == 0)
    return f"{micros // _MICROS[unit]}{unit}"
