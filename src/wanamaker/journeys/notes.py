"""What a reader of the result must know about the data it came from."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from wanamaker.base.errors import DataWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["info", "warning"]


@dataclass(frozen=True, slots=True)
class Note:
    """One finding about the data.

    Parameters
    ----------
    code
        A short, stable name, such as ``"repeated_flags"``.
    severity
        ``"warning"`` if it can change what the result means, else ``"info"``.
    message
        What was found and what to do about it, in one or two sentences.
    count
        How many rows, touches, journeys or users it concerns.
    """

    code: str
    severity: Severity
    message: str
    count: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the note as plain values."""
        return asdict(self)


def warn(notes: Iterable[Note]) -> None:
    """Give each note of severity ``"warning"`` as a Python warning too."""
    for note in notes:
        if note.severity == "warning":
            warnings.warn(note.message, DataWarning, stacklevel=3)
