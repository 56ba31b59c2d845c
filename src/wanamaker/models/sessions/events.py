"""The events of sessions as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions


def numbered(sessions: Sessions) -> NDArray[np.int64]:
    """Return the place of each event in its session, from 1, of shape (events,)."""
    return np.arange(len(sessions.events)) - sessions.offsets[:-1][sessions.rows] + 1


def event_table(sessions: Sessions) -> pl.DataFrame:
    """Return one row per event: session, position (from 1), event."""
    names = pl.Series(list(sessions.event_names), dtype=pl.String)
    return pl.DataFrame(
        {
            "session": sessions.table["session"].gather(sessions.rows),
            "position": pl.Series(numbered(sessions), dtype=pl.Int64),
            "event": names.gather(sessions.events),
        }
    )
