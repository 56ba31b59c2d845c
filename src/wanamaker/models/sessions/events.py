"""The events of sessions as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from wanamaker.journeys.sessions.sessions import Sessions


def event_table(sessions: Sessions) -> pl.DataFrame:
    """Return one row per event: session, position (from 1), event."""
    places = np.arange(len(sessions.events)) - np.repeat(sessions.offsets[:-1], sessions.lengths) + 1
    names = pl.Series(list(sessions.event_names), dtype=pl.String)
    return pl.DataFrame(
        {
            "session": sessions.table["session"].gather(sessions.rows),
            "position": pl.Series(places, dtype=pl.Int64),
            "event": names.gather(sessions.events),
        }
    )
