"""Sessions by the definition: plain Python, one event at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Session:
    """One session as rows of the log, in its order."""

    id: Any
    events: list[dict[str, Any]] = field(default_factory=list)
    label: bool | None = None
    started: int | None = None
    step_labels: list[bool] | None = None


def read(rows: list[dict[str, Any]], outcome: str | None = None, horizon: int | None = None) -> list[Session]:
    """Read rows with ``session``, ``t`` and ``event`` into sessions, in first-seen order."""
    sessions: dict[Any, Session] = {}
    for number, row in enumerate(rows):
        if row["session"] is None:
            continue
        session = sessions.setdefault(row["session"], Session(row["session"]))
        name = None if row["event"] is None else row["event"].strip()
        if name:
            session.events.append({**row, "event": name, "row": number})
    for session in sessions.values():
        session.events.sort(key=lambda event: event["t"])
        session.started = session.events[0]["t"] if session.events else None
        if outcome is not None and horizon is None:
            _until(session, outcome)
        if outcome is not None and horizon is not None:
            names = [event["event"] for event in session.events]
            session.step_labels = [
                outcome in names[place + 1 : place + 1 + horizon] for place in range(len(names))
            ]
    return list(sessions.values())


def _until(session: Session, outcome: str) -> None:
    kept = []
    session.label = False
    for event in session.events:
        if event["event"] == outcome:
            session.label = True
            break
        kept.append(event)
    session.events = kept
    session.step_labels = [session.label] * len(kept)
