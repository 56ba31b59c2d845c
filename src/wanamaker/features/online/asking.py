"""Features of other keys: each by itself, or the keys of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.features.batch.unnested import unnested
from wanamaker.features.stores.layout import NUMBER, WORDS, Coded

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.features.online.answers import Answers
    from wanamaker.features.online.reader import EventReader
    from wanamaker.features.stores.layout import Layout
    from wanamaker.features.stores.store import Store


class Asking:
    """Asks a store for keys at given times.

    Parameters
    ----------
    layout
        What the events are.
    reader
        Reads keys.
    answers
        Turns values into columns.
    """

    def __init__(self, layout: Layout, reader: EventReader, answers: Answers) -> None:
        self._layout = layout
        self._reader = reader
        self._answers = answers

    def timed(self, ticks: NDArray[np.int64]) -> Coded:
        """Return times without keys."""
        shape = (len(self._layout.coded), len(ticks), WORDS)
        numbers = np.zeros((len(self._layout.summed), len(ticks), NUMBER), dtype=np.int64)
        return Coded(ticks, np.zeros(shape, dtype=np.int64), numbers)

    def columns(self, store: Store, frame: pl.DataFrame, ticks: NDArray[np.int64]) -> list[pl.Series]:
        """Return each feature as a column, of lists where its key has lists.

        Raises
        ------
        DataError
            If the lists of one key have different lengths.
        RefusedRowError
            If a time lies too far back.
        """
        store.lookup(self.timed(ticks), ())
        made: dict[int, pl.Series] = {}
        for place, group in enumerate(self._layout.plan.groups):
            keys = unnested(frame.select(group.by), ticks)
            values = store.lookup(self._reader.asked(keys.keys, keys.ticks, group.by), [place])
            made |= {ask.place: keys.nested(self._answers.column(ask, values, {})) for ask in group.asks}
        return [made[place] for place in sorted(made)]
