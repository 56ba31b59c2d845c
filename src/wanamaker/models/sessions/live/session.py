"""A session as it happens: one event in, one probability out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.errors import DataError, SchemaError, nearest
from wanamaker.models.sessions.live.times import Clock
from wanamaker.models.sessions.live.values import as_name, as_number
from wanamaker.models.sessions.reader import EVENT, TIME, missing_name
from wanamaker.models.sessions.steps import PACE
from wanamaker.nn.sequences import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.models.sessions.fitted import Fitted
    from wanamaker.models.sessions.live.layers import Running
    from wanamaker.models.sessions.scales import Scale
    from wanamaker.models.sessions.words import Words


class LiveSession:
    """A session that has begun; made by `SessionModel.start`.

    What it says after each event is what the model says of a session that ended there.

    Parameters
    ----------
    fitted
        The model.
    features
        What is known of the session.

    Attributes
    ----------
    events : int
        How many events have come.
    probability : float
        After the last of them.
    """

    def __init__(self, fitted: Fitted, features: Mapping[str, Any]) -> None:
        self._fitted = fitted
        self._reader = fitted.reader
        self._clock = Clock()
        self._time: int | None = None
        self.events = 0
        self._network = fitted.frozen
        self._known = self._network.known(*self._statics(features))
        self._states = self._network.running(fitted.max_length)
        self.probability = self._probability(self._empty())

    def observe(self, event: Mapping[str, Any]) -> float:
        """Take the next event, and return the probability after it.

        Parameters
        ----------
        event
            ``event``, its name; ``time``, where training had times: a datetime, ISO 8601 text, or a number
            as in the log; and every further column of events that training had. None or NaN where a value
            is missing; further keys are not read.

        Raises
        ------
        SchemaError
            If a column is missing.
        DataError
            If a value cannot be read, or the event is earlier than the one before.
        """
        reader = self._reader
        if not reader.reads_events:
            message = "Training had no events, so that this model reads features alone."
            raise SchemaError(message, hint="Read 'probability' after start(features).")
        wanted = [EVENT, *([TIME] if reader.timed else []), *reader.categorical, *reader.numeric]
        _require(wanted, event, "the event")
        codes = _codes({EVENT: reader.events, **reader.categorical}, event)
        if as_name(EVENT, event[EVENT]) is None:
            message = f"{EVENT!r} must name what happened. Got {event[EVENT]!r}."
            raise DataError(message, hint="Leave out rows without an event, as logs of sessions are read.")
        numbers = _numbers(reader.numeric, event)
        at = self._clock.micros(event[TIME]) if reader.timed else 0
        gap = self._gap(at)
        self._time, self.events = at, self.events + 1
        self.probability = self._probability(self._margin(self._states, codes, numbers, gap))
        return self.probability

    def _gap(self, at: int) -> float:
        """Return the seconds since the event before."""
        if self._time is None:
            return 0.0
        if at < self._time:
            message = (
                f"Events of a session must come in order of time. One is {(self._time - at) / 1e6:g} s early."
            )
            raise DataError(message, hint="Sort them, or score the session as a whole.")
        return (at - self._time) / MICROS_PER_SECOND

    def _probability(self, margin: float) -> float:
        return float(self._fitted.probabilities(np.array([margin]), np.array([self.events]))[0])

    def _margin(
        self, states: Running | None, codes: dict[str, int], numbers: dict[str, float], gap: float
    ) -> float:
        """Return the log-odds after one more step."""
        network, state = self._network, np.empty(0, dtype=np.float32)
        if states is not None:
            first, later = (network.encoded(codes, self._paced(numbers, one), one) for one in (0.0, gap))
            state = states.step(first, later)
        return network.answered(state, self._known) + self._fitted.shift

    def _paced(self, numbers: dict[str, float], gap: float) -> dict[str, float]:
        pace = self._reader.pace
        return numbers if pace is None else {**numbers, PACE: pace.score(gap)}

    def _empty(self) -> float:
        """Return the log-odds of a session without events."""
        reader, fitted = self._reader, self._fitted
        if fitted.empty is not None:
            return fitted.empty
        codes = {EVENT: reader.nothing, **dict.fromkeys(reader.categorical, UNKNOWN)}
        numbers = dict.fromkeys(reader.step_numbers, 0.0)
        return self._margin(self._network.running(1), codes, numbers, 0.0)

    def _statics(self, features: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, float]]:
        reader = self._reader
        _require([*reader.categorical_features, *reader.numeric_features], features, "the features")
        return _codes(reader.categorical_features, features), _numbers(reader.numeric_features, features)


def _require(names: list[str], given: Mapping[str, Any], where: str) -> None:
    for name in names:
        if name not in given:
            message = f"{where[0].upper()}{where[1:]} must have {name!r}. Got {sorted(map(str, given))}."
            raise SchemaError(
                message, hint=nearest(name, map(str, given)) if given else f"Write {name!r} too."
            )


def _codes(words: Mapping[str, Words], given: Mapping[str, Any]) -> dict[str, int]:
    return {name: one.code(as_name(name, given[name])) for name, one in words.items()}


def _numbers(scales: Mapping[str, Scale], given: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, scale in scales.items():
        number = as_number(name, given[name])
        found[name] = scale.score(number)
        if scale.missing:
            found[missing_name(name)] = float(number != number)  # noqa: PLR0124 (NaN alone differs from itself)
    return found
