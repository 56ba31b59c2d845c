"""Window features of events that come one at a time: read first, then counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import Duration, to_micros
from wanamaker.base.errors import ParameterError
from wanamaker.base.frames import from_native, require_columns, to_kind
from wanamaker.events.reading import read_table
from wanamaker.features.online.answers import Answers
from wanamaker.features.online.asking import Asking
from wanamaker.features.online.labels import Labels
from wanamaker.features.online.reader import EventReader
from wanamaker.features.online.refusals import refusal
from wanamaker.features.online.snapshot import read_snapshot, write_snapshot
from wanamaker.features.online.stats import LiveStats
from wanamaker.features.stores.layout import Values, layout_of
from wanamaker.features.stores.registry import store_of
from wanamaker.features.stores.store import RefusedRowError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from wanamaker.features.stores.layout import Coded
    from wanamaker.features.window_features import WindowFeatures


class LiveWindows:
    """Window features over events as they come; made by `WindowFeatures.online`.

    The clock is the newest event's own time, never the wall clock: old logs can be replayed. An event may
    come out of order as long as it is no older than ``lateness`` before the newest; it is counted at its
    place, so that every later value is that of a batch over the log in order of time. Its own features are
    those at its own time, of what has been seen.

    Values are those of the batch, but for a total of integers that 64 bits do not hold. A batch refuses it;
    here it is a float, since the events that it is of have been counted already.

    Numbers are times in ``time_unit``. With ``"auto"`` the first event (or the largest number of the first
    table) decides the unit, for good.

    Not safe for calls from several threads at once.

    Parameters
    ----------
    windows
        The definitions; rates must be fitted.
    store
        The address of the store: ``"memory://"``.
    lateness
        How far behind the newest event one may come.

    Examples
    --------
    >>> import wanamaker as wm
    >>> windows = wm.WindowFeatures([wm.count(by="ip", within="1m")], time="at")
    >>> live = windows.online()
    >>> [live.observe({"ip": 1, "at": second})["count_ip_1m"] for second in (0, 10, 10, 20, 75)]
    [0, 1, 1, 3, 1]
    """

    def __init__(
        self, windows: WindowFeatures, store: str = "memory://", *, lateness: Duration = "0s"
    ) -> None:
        self._windows = windows
        self._plan = windows._fitted_plan()
        self._lateness = to_micros(lateness, "lateness")
        if self._lateness < 0:
            message = f"'lateness' must not be negative. Got {lateness!r}."
            raise ParameterError(message, hint="Write lateness='1m'.")
        self._address = store
        ticks = -(-self._lateness // self._plan.resolution)
        self._layout = layout_of(self._plan, ticks, windows.id)
        self._store = store_of(store, self._layout)
        self._reader = EventReader(self._layout, windows.time, windows.time_unit, self._store)
        self._answers = Answers(self._layout, self._reader.real)
        self._asking = Asking(self._layout, self._reader, self._answers)
        self._labels = Labels(windows, self._layout, self._reader, self._store)
        self._refused = 0

    # --- Events --------------------------------------------------------------------------------------

    def observe(self, event: Mapping[str, Any]) -> dict[str, int | float | None]:
        """Return the features of an event, then count it; its own label is not read.

        Parameters
        ----------
        event
            The event's columns. Others than those that are needed are allowed. Times are datetimes, ISO
            8601 texts, or numbers in the unit of the log.

        Returns
        -------
        dict
            The features by name; None where there is no value. Times are in seconds.

        Raises
        ------
        SchemaError
            If a column is missing.
        DataError
            If a value cannot be used, the event is too late, or an event with its id is held already.
            Nothing is counted then.
        """
        coded = self._reader.one(event)
        try:
            values = self._store.observe(coded)
        except RefusedRowError as refused:
            self._refused += 1
            raise self._refusal(refused, coded, event, None) from refused
        self._reader.taken()
        return self._answers.one(values)

    def observe_many(self, events: Any) -> Any:
        """Return the features of a table's events, each counted before the next is read.

        Gives what `observe` gives for one row after the other, in the table's order, and is many times as
        fast. If one of the events cannot be counted, none is.

        Parameters
        ----------
        events
            A table of any kind, or its path.

        Returns
        -------
        table
            The events with one column per feature, of the caller's kind.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        DataError
            If a value cannot be used, an event is too late, or its id is held already; names the row.
        """
        native = read_table(events)
        frame = native.frame
        self._windows._refuse_taken(frame.columns)
        coded = self._reader.many(frame)
        try:
            values = self._store.observe(coded)
        except RefusedRowError as refused:
            self._refused += 1
            row = frame.row(refused.row, named=True)
            raise self._refusal(refused, coded, row, refused.row) from refused
        self._reader.taken()
        if len(frame) == 1:  # the store's arrays, which its next call writes anew
            values = Values(values.ints.copy(), values.floats.copy())
        return to_kind(frame.with_columns(self._answers.many(values, frame.schema)), native.kind)

    def lookup(self, keys_and_times: Any) -> Any:
        """Return the features that keys have at given times, counting nothing.

        Only events strictly before a time count for it, as in `WindowFeatures.lookup`.

        Parameters
        ----------
        keys_and_times
            A table with the columns of all keys, and the time. A key column may hold lists: the features of
            its keys are lists of the same lengths then.

        Returns
        -------
        table
            ``keys_and_times`` with one column per feature, of the caller's kind.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        DataError
            If a time lies further behind the newest event than the lateness: what it asks for may have been
            let go.
        """
        native = from_native(keys_and_times)
        frame = native.frame
        require_columns([self._windows.time, *self._plan.keys], frame.columns, "the keys and times")
        self._windows._refuse_taken(frame.columns)
        ticks = self._reader.times.ticks(frame[self._windows.time])
        try:
            made = self._asking.columns(self._store, frame, ticks)
        except RefusedRowError as refused:
            row = frame.row(refused.row, named=True)
            coded = self._asking.timed(ticks)
            raise self._refusal(refused, coded, row, refused.row) from refused
        return to_kind(frame.with_columns(made), native.kind)

    # --- Labels --------------------------------------------------------------------------------------

    def label(self, id: Any, at: Any) -> bool:  # noqa: A002 (the contract's name)
        """Make known that an event converted; rates count it at times after ``at``.

        Parameters
        ----------
        id
            The event's id, in the column ``id`` of the windows.
        at
            When it became known. It may be before the newest event: later values are those of a batch.

        Returns
        -------
        bool
            Whether it counts. It does not if it was known with this time already, or if the event is not
            held: older than every rate's window (it can change no value then), or never seen. `stats` counts
            both.

        Raises
        ------
        ParameterError
            If the windows have no ``id``, or no rates.
        DataError
            If ``at`` cannot be read, lies before the event, or differs from what was known.
        """
        return self._labels.one(id, at)

    def label_many(self, labels: Any) -> dict[str, int]:
        """Make known that events converted, all of them or, if one is refused, none.

        Parameters
        ----------
        labels
            A table, one row per conversion, with the columns ``id`` and ``label_time`` of the windows.

        Returns
        -------
        dict
            How many ``"counted"``, were ``"repeated"``, and were of events that are ``"unheld"``.

        Raises
        ------
        ParameterError
            If the windows have no ``id``, or no rates.
        SchemaError
            If a column is missing.
        DataError
            If a time is missing, lies before its event, or differs from what was known; names the row.
        """
        return self._labels.many(read_table(labels).frame)

    # --- State ---------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many keys are held, over all key groups."""
        return self._store.counters()["keys"]

    @property
    def nbytes(self) -> int:
        """How much memory the state takes in this process, in bytes; 0 if it is elsewhere."""
        return self._store.nbytes

    @property
    def stats(self) -> LiveStats:
        """What is held, and what came of the rest."""
        clock, made = self._store.clock, self._labels.outcomes
        return LiveStats(
            clock=None if clock is None else clock * self._plan.resolution,
            **self._store.counters(),
            refused_events=self._refused,
            labels=made["counted"],
            repeated_labels=made["repeated"],
            unheld_labels=made["unheld"],
        )

    def evict(self) -> None:
        """Let go at once of all that no window can reach; events do so by and by themselves."""
        self._store.evict()

    def save(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the state as a directory of values, with the spec; it appears when it is whole.

        Raises
        ------
        OutputError
            If the directory holds something and may not be replaced, or cannot be written.
        """
        write_snapshot(self, folder, overwrite=overwrite)

    @classmethod
    def load(
        cls,
        folder: str | os.PathLike[str],
        windows: WindowFeatures | None = None,
        *,
        store: str | None = None,
    ) -> LiveWindows:
        """Return live windows that go on from a saved state.

        Parameters
        ----------
        folder
            What `save` wrote.
        windows
            The definitions; those that were saved if left out.
        store
            Where the state is kept; as it was if left out.

        Raises
        ------
        FileReadError
            If it is absent or damaged.
        ParameterError
            If the definitions are not those of the state, or the store is of another kind.
        """
        return read_snapshot(cls, folder, windows, store)

    # --- Inside --------------------------------------------------------------------------------------

    def _refusal(
        self, refused: RefusedRowError, coded: Coded, event: Mapping[str, Any], row: int | None
    ) -> Exception:
        tick = int(coded.ticks[refused.row])
        shown = (
            event[self._windows.id]
            if refused.reason == "held" and self._windows.id
            else event[self._windows.time]
        )
        return refusal(refused, self._plan.resolution, tick, shown, row, lateness=self._lateness)
