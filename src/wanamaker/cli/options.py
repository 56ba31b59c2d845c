"""Options that several commands share, and how their text is read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wanamaker.base.errors import ParameterError

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an output directory that is not empty.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Set a key of the study, such as attribution.bootstrap=50."
    ),
]


def names(given: list[str] | None) -> list[str]:
    """Return names given several times or with commas between them.

    Examples
    --------
    >>> names(["first,last", "linear"])
    ['first', 'last', 'linear']
    """
    return [name.strip() for text in given or [] for name in text.split(",") if name.strip()]


def lookback(text: str) -> str | dict[str, str]:
    """Return a lookback: one duration, ``none``, or durations by kind.

    Examples
    --------
    >>> lookback("click=30d,view=1d")
    {'click': '30d', 'view': '1d'}
    """
    if "=" not in text:
        return text.strip().lower()
    parts = [part.partition("=") for part in text.split(",")]
    return {kind.strip(): duration.strip() for kind, _, duration in parts}


def landmark(text: str) -> list[Any]:
    """Return ``T0,HORIZON`` as a pair.

    Raises
    ------
    ParameterError
        If there are not two parts.
    """
    start, comma, horizon = text.rpartition(",")
    if not comma:
        message = f"--landmark must be T0,HORIZON. Got {text!r}."
        raise ParameterError(message, hint="Write --landmark 2026-01-31,14d.")
    return [moment(start.strip()), horizon.strip()]


def moment(text: str) -> str | int | float:
    """Return a point in time as a number where it is one, else as it is written."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
