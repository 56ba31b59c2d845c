"""Journeys in progress: one more touch at their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.durations import to_micros
from wanamaker.base.errors import ParameterError
from wanamaker.events.times import iso, moment_micros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.base.durations import Duration
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.reader import Reader
    from wanamaker.models.journeys.reading import Reading


def with_touch(reader: Reader, journeys: Journeys, touch: str, after: Duration | None, at: Any) -> Reading:
    """Return journeys with one more touch, as the network reads them.

    Parameters
    ----------
    touch, after, at
        As in `JourneyModel.predict_with`.

    Raises
    ------
    ParameterError
        If it is not said when the touch came, or it came before the last one.
    """
    if after is not None and at is not None:
        message = "'after' and 'at' both say when the touch comes. Got both."
        raise ParameterError(message, hint="Leave one of them out.")
    if reader.timed and after is None and at is None:
        message = "The model reads times: say when the touch comes. Got neither 'after' nor 'at'."
        raise ParameterError(message, hint="predict_with(journeys, touch, after='1d')")
    code = reader.code(touch)
    reading = reader.read(journeys)
    times = _times(reading, after, at) if reading.times is not None else None
    return reading.with_touch(code, times).last(reader.max_touches)


def _times(reading: Reading, after: Duration | None, at: Any) -> NDArray[np.int64]:
    """Return when the touch comes in each journey; in one without touches it does not matter."""
    assert reading.times is not None  # noqa: S101 (asked for only where there are times)
    held = reading.lengths > 0
    lasts = np.zeros(len(reading), dtype=np.int64)
    lasts[held] = reading.times[reading.offsets[1:][held] - 1]
    if after is not None:
        return lasts + to_micros(after, "after")
    moment = moment_micros(at, "at")
    late = held & (lasts > moment)
    if late.any():
        row = int(np.argmax(late))
        message = (
            f"'at' must not lie before the last touch of a journey. Got {iso(moment)}, and journey number "
            f"{row} has a touch at {iso(int(lasts[row]))}."
        )
        raise ParameterError(message, hint="Give a later moment, or after='1d'.")
    return np.where(held, moment, 0)
