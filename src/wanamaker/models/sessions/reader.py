"""From sessions to the columns that a network reads: vocabularies and scales of the training sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from wanamaker.base.errors import SchemaError
from wanamaker.journeys.sessions.columns import as_coded, as_numbers
from wanamaker.journeys.sessions.sessions import Coded
from wanamaker.models.sessions.scales import Scale
from wanamaker.models.sessions.steps import PACE, Steps
from wanamaker.models.sessions.words import Words
from wanamaker.nn.sequences import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions

EVENT, TIME = "event", "time"
"""What every event has itself: its name, a column among the codes of a step, and its time."""

Part = TypeVar("Part", Words, Scale)

_ROLES = ("categorical", "numeric", "categorical_features", "numeric_features")


def missing_name(column: str) -> str:
    """Return the name of the number that says where a column's number is missing."""
    return f"{column} is missing"


@dataclass(frozen=True, eq=False)
class Reader:
    """What was learned of the columns of training sessions.

    Parameters
    ----------
    events
        Event names.
    categorical, numeric
        Columns of events.
    categorical_features, numeric_features
        Columns of sessions.
    pace
        The seconds between events; None where their times are not read.
    """

    events: Words
    categorical: dict[str, Words]
    numeric: dict[str, Scale]
    categorical_features: dict[str, Words]
    numeric_features: dict[str, Scale]
    pace: Scale | None

    @classmethod
    def of(cls, sessions: Sessions, min_count: int, hashed: Mapping[str, int]) -> Reader:
        """Learn from the training sessions alone.

        Parameters
        ----------
        sessions
            Of the training part.
        min_count
            Names that occur less often are unknown.
        hashed
            Columns of categories to their number of buckets.

        Raises
        ------
        SchemaError
            If a column of events has a name that live events use otherwise.
        """
        _refuse_taken(sessions)
        return cls(
            Words.of(Coded(sessions.events, sessions.event_names), min_count),
            {
                name: Words.of(column, min_count, hashed.get(name, 0))
                for name, column in sessions.categorical.items()
            },
            {name: Scale.of(values) for name, values in sessions.numeric.items()},
            {
                name: Words.of(as_coded(sessions.table[name], "feature"), min_count, hashed.get(name, 0))
                for name in sessions.categorical_features
            },
            {
                name: Scale.of(as_numbers(sessions.table[name], "feature"))
                for name in sessions.numeric_features
            },
            _pace(sessions),
        )

    @property
    def timed(self) -> bool:
        """Whether the times of events are read."""
        return self.pace is not None

    @property
    def reads_events(self) -> bool:
        """Whether training sessions had events at all."""
        return bool(self.events.names)

    @property
    def nothing(self) -> int:
        """The code of the one step that stands for a session without events."""
        return len(self.events)

    @property
    def step_sizes(self) -> dict[str, int]:
        """Codes that each column of categories of a step has, padding and unknown among them."""
        if not self.reads_events:
            return {}
        return {EVENT: len(self.events) + 1, **{name: len(words) for name, words in self.categorical.items()}}

    @property
    def step_numbers(self) -> list[str]:
        """The numbers of a step."""
        return [*_number_names(self.numeric), *([PACE] if self.timed else [])] if self.reads_events else []

    @property
    def static_sizes(self) -> dict[str, int]:
        """Codes that each column of categories of a session has."""
        return {name: len(words) for name, words in self.categorical_features.items()}

    @property
    def static_numbers(self) -> list[str]:
        """The numbers of a session."""
        return _number_names(self.numeric_features)

    def read(self, sessions: Sessions) -> Steps:
        """Return sessions as the network reads them.

        Raises
        ------
        SchemaError
            If the columns are not those of training; shows the difference.
        """
        self.require(sessions)
        codes: dict[str, NDArray[np.int32]] = {}
        numbers: dict[str, NDArray[np.float32]] = {}
        if self.reads_events:
            events = self.events.read(Coded(sessions.events, sessions.event_names))
            codes[EVENT] = np.append(events, np.int32(self.nothing))
            for name, words in self.categorical.items():
                codes[name] = np.append(words.read(sessions.categorical[name]), np.int32(UNKNOWN))
            for name, scale in self.numeric.items():
                for key, values in _numbers(name, scale, sessions.numeric[name]).items():
                    numbers[key] = np.append(values, np.float32(0.0))
        static_codes, static_numbers = self._statics(sessions)
        times = None
        if self.timed and sessions.times is not None:
            times = np.append(sessions.times, np.int64(0))
        return Steps(sessions.offsets, codes, numbers, times, static_codes, static_numbers, self.pace)

    def _statics(
        self, sessions: Sessions
    ) -> tuple[dict[str, NDArray[np.int32]], dict[str, NDArray[np.float32]]]:
        codes = {
            name: words.read(as_coded(sessions.table[name], "feature"))
            for name, words in self.categorical_features.items()
        }
        numbers: dict[str, NDArray[np.float32]] = {}
        for name, scale in self.numeric_features.items():
            numbers |= _numbers(name, scale, as_numbers(sessions.table[name], "feature"))
        return codes, numbers

    def unseen(self, sessions: Sessions) -> dict[str, int]:
        """Return how many values are read as unknown, by column."""
        self.require(sessions)
        found = {EVENT: self.events.unseen(Coded(sessions.events, sessions.event_names))}
        found |= {name: words.unseen(sessions.categorical[name]) for name, words in self.categorical.items()}
        for name, words in self.categorical_features.items():
            found[name] = words.unseen(as_coded(sessions.table[name], "feature"))
        return found

    @property
    def schema(self) -> dict[str, list[str]]:
        """The columns that are read, by role."""
        return {role: sorted(getattr(self, role)) for role in _ROLES}

    def require(self, sessions: Sessions) -> None:
        """Refuse sessions with other columns than training had, and show the difference.

        Further columns are no difference.

        Raises
        ------
        SchemaError
            If a column is missing, or plays another role.
        """
        missing = [
            f"{name!r} ({role})"
            for role, names in self.schema.items()
            for name in names
            if name not in getattr(sessions, role)
        ]
        if self.timed and len(sessions.events) and sessions.times is None:
            missing.append("the times of events")
        if not missing:
            return
        known = {(role, name) for role, names in self.schema.items() for name in names}
        extra = [
            f"{name!r} ({role})"
            for role in _ROLES
            for name in getattr(sessions, role)
            if (role, name) not in known
        ]
        told = f"Missing: {', '.join(missing)}." + (f" Not used: {', '.join(extra)}." if extra else "")
        message = f"The columns of these sessions are not those of training. {told}"
        raise SchemaError(message, hint="Build the sessions with the columns and roles of the training log.")

    def to_state(self) -> dict[str, Any]:
        """Return the reader as JSON has it."""
        columns = {
            role: {name: one.to_state() for name, one in getattr(self, role).items()} for role in _ROLES
        }
        pace = None if self.pace is None else self.pace.to_state()
        return {"events": self.events.to_state(), "pace": pace, **columns}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Reader:
        """Return the reader that `to_state` described."""
        words = [_restored(Words, state[role]) for role in _ROLES[::2]]
        scales = [_restored(Scale, state[role]) for role in _ROLES[1::2]]
        events = Words.from_state(state["events"])
        pace = None if state["pace"] is None else Scale.from_state(state["pace"])
        return cls(events, words[0], scales[0], words[1], scales[1], pace)


def _refuse_taken(sessions: Sessions) -> None:
    for name in (*sessions.categorical, *sessions.numeric):
        if name in (EVENT, TIME):
            message = f"A column of events must not be called {name!r}: that is what every event has itself."
            raise SchemaError(message, hint=f"Rename it, for example to 'of_{name}'.")


def _pace(sessions: Sessions) -> Scale | None:
    """Return the scale of the gaps between events; the first of a session has none."""
    if sessions.gaps is None or not len(sessions.events):
        return None
    later = np.ones(len(sessions.events), dtype=np.bool_)
    later[sessions.offsets[:-1][sessions.lengths > 0]] = False
    return Scale.of(np.append(sessions.gaps[later], 0.0))


def _restored(kind: type[Part], states: Mapping[str, Any]) -> dict[str, Part]:
    return {name: kind.from_state(state) for name, state in states.items()}


def _number_names(scales: Mapping[str, Scale]) -> list[str]:
    return [
        key
        for name, scale in scales.items()
        for key in ((name, missing_name(name)) if scale.missing else (name,))
    ]


def _numbers(name: str, scale: Scale, values: NDArray[np.float64]) -> dict[str, NDArray[np.float32]]:
    """Return the scaled numbers of a column, and where they are missing if training had such rows."""
    found = {name: scale.read(values)}
    if scale.missing:
        found[missing_name(name)] = np.isnan(values).astype(np.float32)
    return found
