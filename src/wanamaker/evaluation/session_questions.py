"""What is asked of sessions: one question each, or one after every event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.ragged import row_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Questions:
    """Questions about sessions with their answers, one row each.

    Parameters
    ----------
    labels
        Whether what is asked for followed, of shape (rows,).
    sessions
        The session of each row, of shape (rows,).
    places
        The event after which each row is asked, among all events; None where whole sessions are asked.
    events
        How many events had come by then, of shape (rows,).
    keys
        What is resampled together: the user or the session of each row, of shape (rows,).
    """

    labels: NDArray[np.bool_]
    sessions: Rows
    places: Rows | None
    events: Rows
    keys: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.labels)

    def answers(self, model: SessionModel, sessions: Sessions) -> Floats:
        """Return the model's probability for each row."""
        if self.places is None:
            return np.asarray(model.predict(sessions), dtype=np.float64)
        return np.asarray(model.predict_prefixes(sessions), dtype=np.float64)[self.places]

    @property
    def by_session(self) -> Floats | None:
        """Weights under which the questions of one session count 1 together; None where each has one."""
        if self.places is None:
            return None
        return 1.0 / np.bincount(self.sessions)[self.sessions]


def questions(sessions: Sessions) -> Questions:
    """Return what is asked of sessions.

    With an outcome: after every event at which it may still be asked, does the outcome follow (within the
    horizon)? With a label: what is it, once the session is over?

    Examples
    --------
    >>> import polars as pl
    >>> from wanamaker import sessions_from_events
    >>> log = pl.DataFrame({"s": [1, 1, 2], "t": [1, 2, 3], "e": ["view", "buy", "view"]})
    >>> asked = questions(sessions_from_events(log, session="s", time="t", event="e", outcome="buy"))
    >>> asked.labels.tolist(), asked.sessions.tolist(), asked.events.tolist()
    ([True, False], [0, 1], [1, 1])
    """
    if sessions.outcome is not None:
        return prefix_questions(sessions)
    rows = np.arange(len(sessions), dtype=np.int64)
    labels = np.asarray(sessions.labels, dtype=np.bool_)
    return Questions(labels, rows, None, sessions.lengths, sessions.users)


def prefix_questions(sessions: Sessions) -> Questions:
    """Return one question after every event at which it may be asked; a label is asked for at each."""
    owners = row_numbers(sessions.offsets)
    if sessions.step_labels is not None and sessions.at_risk is not None:
        places, labels = np.flatnonzero(sessions.at_risk), sessions.step_labels
    else:
        places, labels = np.arange(len(owners)), np.asarray(sessions.labels, dtype=np.bool_)[owners]
    held = owners[places]
    events = places - sessions.offsets[:-1][held] + 1
    return Questions(labels[places], held, places, events, sessions.users[held])
