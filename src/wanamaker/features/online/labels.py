"""Labels that become known after their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.base.frames import require_columns
from wanamaker.features.online.refusals import refusal
from wanamaker.features.online.words import value_words
from wanamaker.features.stores.store import COUNTED, REPEATED, UNHELD, RefusedRowError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.features.online.reader import EventReader
    from wanamaker.features.stores.layout import Layout
    from wanamaker.features.stores.store import Store
    from wanamaker.features.window_features import WindowFeatures


class Labels:
    """Makes labels known to a store, and counts what becomes of them.

    Parameters
    ----------
    windows
        The definitions.
    layout
        What the events are.
    reader
        Reads ids and times.
    store
        Where the events are.

    Attributes
    ----------
    outcomes : dict
        How many labels ``"counted"``, were ``"repeated"``, and were of events that are ``"unheld"``.
    """

    def __init__(self, windows: WindowFeatures, layout: Layout, reader: EventReader, store: Store) -> None:
        self._layout = layout
        self._windows = windows
        self._reader = reader
        self._store = store
        self.outcomes = {"counted": 0, "repeated": 0, "unheld": 0}

    def one(self, id: Any, at: Any) -> bool:  # noqa: A002 (as in `LiveWindows.label`)
        """Make one label known; return whether it counts."""
        column, _ = self._columns()
        words = np.array([value_words(id, column)], dtype=np.int64)
        if words[0, 0] == 0:
            message = "'id' must be the id of an event. Got None."
            raise ParameterError(message)
        known = np.array([self._reader.times.micros(at) // self._layout.plan.resolution])
        return self._told(words, known, [id], alone=True)["counted"] == 1

    def many(self, frame: pl.DataFrame) -> dict[str, int]:
        """Make the labels of a table known; return the outcomes."""
        id_column, time_column = self._columns()
        require_columns([id_column, time_column], frame.columns, "the labels")
        words, known = self._reader.labels(frame[id_column], frame[time_column])
        return self._told(words, known, frame[id_column], alone=False)

    def _told(
        self, words: NDArray[np.int64], known: NDArray[np.int64], ids: Any, *, alone: bool
    ) -> dict[str, int]:
        try:
            found = self._store.label(words, known)
        except RefusedRowError as refused:
            row = None if alone else refused.row
            tick, resolution = int(known[refused.row]), self._layout.plan.resolution
            raise refusal(refused, resolution, tick, ids[refused.row], row) from refused
        named = {"counted": COUNTED, "repeated": REPEATED, "unheld": UNHELD}
        made = {name: int((found == outcome).sum()) for name, outcome in named.items()}
        for name, number in made.items():
            self.outcomes[name] += number
        return made

    def _columns(self) -> tuple[str, str]:
        if not self._layout.plan.has_rates:
            message = "There is nothing to label: none of the windows is a rate."
            raise ParameterError(message, hint="Add wm.rate(by='app', within='7d') to the windows.")
        if self._windows.id is None or self._windows.label_time is None:
            message = "Labels need the 'id' parameter of WindowFeatures. Got None."
            raise ParameterError(message, hint="Write WindowFeatures(…, id='click_id').")
        return self._windows.id, self._windows.label_time
