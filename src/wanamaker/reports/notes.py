"""What is odd about the data, as the last section of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.page import Notes, Section

if TYPE_CHECKING:
    from collections.abc import Iterable


def notes_section(notes: Iterable[dict[str, Any]]) -> Section:
    """Return the notes, each with ``severity`` and ``message``; warnings come first."""
    ordered = sorted(notes, key=lambda note: note.get("severity") != "warning")
    block = Notes(tuple(ordered), none="Nothing unusual was found in the log.")
    return Section("notes", "Notes on the data", [block], short="Data notes")
