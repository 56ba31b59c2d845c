"""Sessions as rows of a table: how often each event came so far, and what is known of the visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.models.trees import Matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.evaluation.session_questions import Questions
    from wanamaker.journeys.sessions.sessions import Sessions

    Floats = NDArray[np.float64]

_FEWEST = 10
_MOST_EVENTS, _MOST_VALUES = 50, 20
_RECENT = 3


class SessionCounts:
    """Turns sessions into rows; which values get a column is learned from training sessions alone.

    Columns: events and seconds so far; the count of each event and of each value of the events' categories;
    the mean of the events' numbers; numbers and values of the session's features. With ``recent`` also which
    events came last, how long after the one before, and their numbers.

    Parameters
    ----------
    train
        Sessions to learn the columns from: values that occur 10 times, the most frequent ones.
    recent
        Whether the last events are told in their order.
    """

    def __init__(self, train: Sessions, *, recent: bool = False) -> None:
        self.recent = recent
        self.events = _frequent(train.events, train.event_names, _MOST_EVENTS)
        self.categories = {
            name: _frequent(coded.codes, coded.names, _MOST_VALUES)
            for name, coded in train.categorical.items()
        }
        self.numbers = tuple(train.numeric)
        self.features = train.numeric_features
        self.values = {name: _values(train.table[name]) for name in train.categorical_features}

    def matrix(self, sessions: Sessions, asked: Questions) -> Matrix:
        """Return one row per question, of shape (rows, columns); NaN where a number is not known."""
        held = dict(self._columns(sessions, asked))
        values = np.column_stack(list(held.values())) if held else np.empty((len(asked), 0))
        return Matrix(values.astype(np.float32), list(held), asked.labels)

    def _columns(self, sessions: Sessions, asked: Questions) -> Iterator[tuple[str, Floats]]:
        if len(sessions.events):
            yield from self._so_far(sessions, asked)
        if self.recent and len(sessions.events):
            yield from self._last(sessions, asked)
        table = sessions.table[asked.sessions]
        for name in self.features:
            yield name, table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        for name, values in self.values.items():
            for value in values:
                yield f"{name}={value}", _flags(table[name] == value)

    def _so_far(self, sessions: Sessions, asked: Questions) -> Iterator[tuple[str, Floats]]:
        first, after = _reach(sessions, asked)
        yield "events so far", asked.events.astype(np.float64)
        if sessions.times is not None:
            times = np.append(sessions.times, 0)
            seconds = (times[np.maximum(after - 1, first)] - times[first]) / 1e6
            yield "seconds so far", np.where(after > first, seconds, 0.0)
        for name, flags in _each(sessions.events, sessions.event_names, self.events):
            yield f"count {name}", _sums(flags, first, after)
        for column, known in self.categories.items():
            coded = sessions.categorical[column]
            for name, flags in _each(coded.codes, coded.names, known):
                yield f"count {column}={name}", _sums(flags, first, after)
        for column in self.numbers:
            values = sessions.numeric[column]
            known_values = _sums(~np.isnan(values), first, after)
            total = _sums(np.nan_to_num(values), first, after)
            mean = np.full(len(total), np.nan)
            yield f"mean {column}", np.divide(total, known_values, out=mean, where=known_values > 0)

    def _last(self, sessions: Sessions, asked: Questions) -> Iterator[tuple[str, Floats]]:
        first, after = _reach(sessions, asked)
        for back in range(1, _RECENT + 1):
            there = after - back >= first
            places = np.where(there, after - back, 0)
            for name, flags in _each(sessions.events, sessions.event_names, self.events):
                yield f"{back} back is {name}", (flags[places] & there).astype(np.float64)
        there, places = after > first, np.maximum(after - 1, 0)
        if sessions.gaps is not None:
            yield "seconds since the one before", np.where(there, sessions.gaps[places], np.nan)
        for column in self.numbers:
            yield f"last {column}", np.where(there, sessions.numeric[column][places], np.nan)


def _reach(sessions: Sessions, asked: Questions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first event of each question's session, and the place after the last that had come."""
    first = sessions.offsets[:-1][asked.sessions]
    return first, first + asked.events


def _sums(amounts: NDArray[np.generic], first: NDArray[np.int64], after: NDArray[np.int64]) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(amounts, dtype=np.float64)])
    return np.asarray(total[after] - total[first])


def _each(
    codes: NDArray[np.int32], names: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield for each known name which events have it; names are looked up, since codes differ by table."""
    places = {name: code for code, name in enumerate(names)}
    for name in known:
        yield name, codes == places.get(name, -2)


def _frequent(codes: NDArray[np.int32], names: tuple[str, ...], most: int) -> tuple[str, ...]:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = np.argsort(-counts, kind="stable")[:most]
    return tuple(names[code] for code in sorted(order) if counts[code] >= _FEWEST)


def _values(column: pl.Series) -> tuple[str, ...]:
    counts = column.drop_nulls().value_counts().filter(pl.col("count") >= _FEWEST)
    taken = counts.sort(["count", column.name], descending=[True, False])[column.name][:_MOST_VALUES]
    return tuple(taken.sort().to_list())


def _flags(found: pl.Series) -> Floats:
    return found.fill_null(value=False).cast(pl.Float64).to_numpy()
