"""Window features of a log: defined once, the same numbers in a batch and live."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from wanamaker.base.durations import Duration, duration_text, positive_micros
from wanamaker.base.errors import (
    DataError,
    OutOfMemoryError,
    ParameterError,
    ParameterTypeError,
    SchemaError,
)
from wanamaker.base.estimator import Estimator
from wanamaker.base.frames import from_native, require_columns, to_kind
from wanamaker.base.parameters import OneOf, check
from wanamaker.base.storage import new_file, read_json, write_json
from wanamaker.events.columns import as_flags
from wanamaker.events.memory import MEMORY_LIMIT
from wanamaker.events.reading import read_table
from wanamaker.events.times import TIME_UNITS
from wanamaker.features.windows.events import ticks_of
from wanamaker.features.windows.plan import Plan, plan_of
from wanamaker.features.windows.reading import LogReader, continued
from wanamaker.features.windows.spec import ROLES, VERSION, check_spec, fingerprint_of, window_from_dict
from wanamaker.features.windows.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wanamaker.base.frames import Native
    from wanamaker.features.online.live import LiveWindows


class WindowFeatures(Estimator):
    """Aggregates over the strict past of keys, with the same values in a batch, after history, and live.

    Use it for what happened lately: how many clicks of this ip and app in the last five minutes, how long
    since this user's last visit. Not for what holds over all time (encode categories for that), nor for
    aggregates that include the event itself.

    Parameters
    ----------
    windows
        Definitions, from `count`, `distinct`, `total`, `mean`, `since_last`, `since_first` and `rate`, or
        dicts as in a study.
    time
        The column of the events' times. They are floored to ticks.
    id
        The column that tells events apart, to say later of a live one that it converted.
    label, label_time
        Whether an event converted (0 or 1), and when that became known; for rates.
    resolution
        The length of a tick. Events of one tick do not see each other.
    time_unit
        The unit of times that are numbers; see `wanamaker.journeys_from_events`.

    Attributes
    ----------
    means_ : dict
        The mean that each rate is drawn to, by the rate's name, after `fit`.

    Examples
    --------
    >>> import polars as pl
    >>> import wanamaker as wm
    >>> log = pl.DataFrame({"ip": [1, 1, 1, 2], "at": [0, 10, 10, 20]})
    >>> windows = wm.WindowFeatures([wm.count(by="ip", within="1m")], time="at")
    >>> windows.transform(log)["count_ip_1m"].to_list()
    [0, 1, 1, 0]
    """

    def __init__(
        self,
        windows: Sequence[Window | Mapping[str, Any]],
        *,
        time: str,
        id: str | None = None,  # noqa: A002 (the contract's name)
        label: str | None = None,
        label_time: str | None = None,
        resolution: Duration = "1s",
        time_unit: str = "auto",
    ) -> None:
        self.windows = windows
        self.time = time
        self.id = id
        self.label = label
        self.label_time = label_time
        self.resolution = resolution
        self.time_unit = time_unit
        self._refuse_unusable()

    # --- What is defined ---------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The names of the features, in order."""
        return [window.name for window in self._definitions()]

    @property
    def plan(self) -> Plan:
        """The windows in ticks, gathered by key, with the means of fitted rates."""
        return plan_of(self._definitions(), positive_micros(self.resolution, "resolution"))

    @property
    def columns(self) -> list[str]:
        """The columns that are read of a log, labels and their times included where there are rates."""
        return self._reader().columns

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the spec, in hexadecimal: equal where every value is."""
        return fingerprint_of(self.to_spec())

    def to_spec(self) -> dict[str, Any]:
        """Return the definitions as plain values, the means of fitted rates included."""
        roles = {role: getattr(self, role) for role in ROLES if getattr(self, role) is not None}
        return {
            "version": VERSION,
            **roles,
            "resolution": duration_text(self.resolution),
            "time_unit": self.time_unit,
            "windows": [window.as_dict() for window in self._definitions()],
        }

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any] | str | os.PathLike[str]) -> Self:
        """Return window features from a spec: what `to_spec` returns, or the path of its JSON file.

        Raises
        ------
        ParameterError
            If a key is unknown, or a value is not allowed.
        FileReadError
            If the file is absent or holds no JSON.
        """
        told = dict(read_json(_path(spec)) if isinstance(spec, str | os.PathLike) else spec)
        check_spec(told)
        return cls(**{key: value for key, value in told.items() if key != "version"})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the spec as JSON."""
        with new_file(_path(path)) as file:
            write_json(file, self.to_spec())

    # --- What is computed --------------------------------------------------------------------------

    def fit(self, train: Any) -> Self:
        """Learn what rates are drawn to: the share of positive labels in the training log.

        Windows without rates learn nothing.

        Parameters
        ----------
        train
            A log of any kind, or its path. Rows that are not for training must not be in it.

        Raises
        ------
        DataError
            If the log is empty, or a label is not 0 or 1.
        """
        self.means_: dict[str, float] = {}
        open_rates = [
            window.name for window in self._windows() if window.kind == "rate" and window.mean is None
        ]
        if not open_rates:
            return self
        label, _ = self._label_columns()
        labels = as_flags(read_table(train, [label]).frame[label], "label")
        if not len(labels):
            message = "A training log with at least one row was expected. Got none."
            raise DataError(message, hint="Give rate(…, mean=0.002) where there is nothing to learn it from.")
        self.means_ = dict.fromkeys(open_rates, float(np.mean(labels)))
        return self

    def transform(self, log: Any, history: Any = None) -> Any:
        """Return the log with one column per feature; rows, their order and other columns stay.

        Parameters
        ----------
        log
            A log of any kind, or its path.
        history
            Earlier events that the windows go on from. The log's own labels are not used then: its rows
            count for each other as a stream of which nothing is known yet.

        Returns
        -------
        table
            Of the caller's kind; polars for a path. Counts are Int32, totals of integers Int64, all else
            Float64; times are in seconds. A row with a null in a key has null features of that key.

        Raises
        ------
        SchemaError
            If a column is missing or of a type that its role does not allow, or a feature's name is taken.
        DataError
            If a value cannot be used, or history reaches beyond the log's first event.
        ParameterError
            If a rate is not fitted.
        """
        from wanamaker.features.batch.transform import window_columns

        native = _whole(log)
        self._refuse_taken(native.frame.columns)
        plan = self._fitted_plan()
        events = self._reader(labelled=history is None).events(native.frame)
        if history is None:
            made = window_columns(plan, events)
        else:
            past = self._reader().events(read_table(history, self.columns).frame)
            events = continued(plan, past, events)
            made = [series.slice(len(past.ticks)) for series in window_columns(plan, events)]
        return to_kind(native.frame.with_columns(made), native.kind)

    def transform_file(
        self, log: str | os.PathLike[str], out: str | os.PathLike[str], history: Any = None
    ) -> int:
        """Write the log at a path with its features to a parquet file, also where it exceeds the memory.

        The log is read twice, in pieces. Its rows are spilled in between to parts beside ``out`` (as much
        disk as the columns of all keys and all features take), a part with all rows of its keys. Memory
        stays below what is free, or below the environment variable ``WANAMAKER_MEMORY_GB``, unless
        the rows of a single key exceed it.

        Parameters
        ----------
        log
            The path of a file, or of a directory of parquet.
        out
            The path of the parquet file. It appears whole or not at all.
        history
            The path of earlier events that the windows go on from, as in `transform`.

        Returns
        -------
        int
            How many rows were written.

        Raises
        ------
        SchemaError, DataError, ParameterError
            As `transform` does; and if ``out`` is no parquet file.
        """
        from wanamaker.features.batch.out_of_core import write_features
        from wanamaker.features.batch.pieces import Pieces

        plan = self._fitted_plan()
        rows = Pieces(log, self._reader(labelled=history is None))
        self._refuse_taken(rows.schema.names())
        past = None if history is None else Pieces(history, self._reader())
        return write_features(plan, rows, _path(out), past)

    def fit_transform(self, train: Any) -> Any:
        """Fit on a training log, and return it with its features; no row sees its own label."""
        return self.fit(train).transform(train)

    def lookup(self, log: Any, keys_and_times: Any) -> Any:
        """Return the features that keys had at given times, from the log before them.

        Parameters
        ----------
        log
            The events. Only those strictly before a time count for it.
        keys_and_times
            A table with the columns of all keys, and the time. A key column may hold lists (the items of a
            history, the words of a term): features of its keys are lists of the same lengths then.

        Returns
        -------
        table
            ``keys_and_times`` with one column per feature, of the caller's kind.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        """
        from wanamaker.features.batch.lookup import lookup_columns

        asked = from_native(keys_and_times)
        plan = self._fitted_plan()
        require_columns([self.time, *plan.keys], asked.frame.columns, "the keys and times")
        self._refuse_taken(asked.frame.columns)
        events = self._reader().events(read_table(log, self.columns).frame)
        ticks = ticks_of(asked.frame[self.time], plan.resolution, self.time_unit)
        made = lookup_columns(plan, events, asked.frame, ticks)
        return to_kind(asked.frame.with_columns(made), asked.kind)

    def online(self, store: str = "memory://", *, lateness: Duration = "0s") -> LiveWindows:
        """Return the same features for events that come one at a time.

        Parameters
        ----------
        store
            Where the state is kept: ``memory://``.
        lateness
            How far behind the newest event one may come and still be counted.

        Raises
        ------
        ParameterError
            If a rate is not fitted, or there is no such store.
        """
        from wanamaker.features.online.live import LiveWindows

        return LiveWindows(self, store, lateness=lateness)

    # --- Inside ------------------------------------------------------------------------------------

    def _windows(self) -> list[Window]:
        return [
            one if isinstance(one, Window) else window_from_dict(one, f"windows[{place}]")
            for place, one in enumerate(self.windows)
        ]

    def _definitions(self) -> list[Window]:
        """Return the definitions, with what was fitted filled in."""
        means = getattr(self, "means_", {})
        return [
            replace(window, mean=means[window.name]) if window.name in means else window
            for window in self._windows()
        ]

    def _fitted_plan(self) -> Plan:
        plan = self.plan
        for ask in (ask for group in plan.groups for ask in group.asks):
            if ask.kind == "rate" and ask.mean is None:
                message = f"The rate {ask.name!r} is not fitted: the mean that it is drawn to is not known."
                raise ParameterError(message, hint="Call windows.fit(train), or give rate(…, mean=0.002).")
        return plan

    def _label_columns(self) -> tuple[str, str]:
        if self.label is None or self.label_time is None:
            missing = "label" if self.label is None else "label_time"
            message = f"Rates need the {missing!r} parameter of WindowFeatures. Got None."
            raise ParameterError(message, hint="Write label='is_attributed', label_time='attributed_time'.")
        return self.label, self.label_time

    def _reader(self, *, labelled: bool = True) -> LogReader:
        """Return how a log is read; labels only where there are rates."""
        plan = self.plan
        labels = self._label_columns() if labelled and plan.has_rates else None
        return LogReader(plan, self.time, labels, self.time_unit)

    def _refuse_taken(self, columns: Sequence[str]) -> None:
        taken = [name for name in self.names if name in columns]
        if taken:
            message = f"The table already has a column {taken[0]!r}, which is the name of a feature."
            raise SchemaError(message, hint="Drop or rename it, or give the window a name= of its own.")

    def _refuse_unusable(self) -> None:
        check("WindowFeatures", {"time_unit": self.time_unit}, {"time_unit": OneOf(TIME_UNITS)})
        for role in ROLES:
            column = getattr(self, role)
            if not (isinstance(column, str) or (column is None and role != "time")):
                message = f"The {role!r} parameter of WindowFeatures must be a column. Got {column!r}."
                raise ParameterTypeError(message)
        if isinstance(self.windows, str | Window) or not len(self.windows):
            message = f"'windows' must be a list of window definitions. Got {self.windows!r}."
            raise ParameterError(message, hint="Write [wm.count(by='ip', within='5m')].")
        plan = self.plan
        twice = sorted({name for name in plan.names if plan.names.count(name) > 1})
        if twice:
            message = f"Two windows have the name {twice[0]!r}."
            raise ParameterError(message, hint="Give one of them a name= of its own.")
        if plan.has_rates:
            self._label_columns()


def _whole(log: Any) -> Native:
    """Return a log that fits into memory; say what else there is where it does not."""
    try:
        return read_table(log)
    except OutOfMemoryError as error:
        hint = f"windows.transform_file(log, out) computes it in parts. {MEMORY_LIMIT}=64 raises the limit."
        raise OutOfMemoryError(error.message, hint=hint) from error


def _path(path: Any) -> Path:
    from pathlib import Path

    return Path(path)
