"""What a probability loses without each touch, and which kinds of touches lose nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.ragged import row_numbers, sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.parts import Part
    from wanamaker.models.journeys.reading import Reading

    Floats = NDArray[np.float64]

_MOST_JOURNEYS = 50_000

_TELLING = 0.5
"""Standard errors of a conversion rate that a kind must lose on the mean, so as not to be taken for idle."""


def losses(fitted: Fitted, reading: Reading) -> NDArray[np.float64]:
    """Return what each sequence's probability loses without each of its touches, of shape (touches,).

    A sequence of one touch is not asked about: its touch has the whole conversion.
    """
    lengths = reading.lengths
    several = np.flatnonzero(lengths > 1)
    found = np.ones(len(reading.codes))
    if not len(several):
        return found
    chosen = reading.take(several)
    whole = fitted.chances(chosen)
    rows = row_numbers(chosen.offsets)
    found[lengths[row_numbers(reading.offsets)] > 1] = whole[rows] - fitted.chances(without_each(chosen))
    return found


def without_each(reading: Reading) -> Reading:
    """Return one sequence per touch: the touch's own, without it.

    Examples
    --------
    >>> from wanamaker.models.journeys.reading import Reading
    >>> codes, offsets = np.array([2, 3, 4], dtype=np.int32), np.array([0, 3])
    >>> reading = Reading(offsets=offsets, codes=codes, times=None, owners=np.arange(1))
    >>> without_each(reading).codes.tolist()
    [3, 4, 2, 4, 2, 3]
    """
    rows = row_numbers(reading.offsets)
    lengths = reading.lengths[rows]
    repeated = np.repeat(np.arange(len(rows)), lengths)  # which touch is taken out, by place
    ends = np.cumsum(lengths)
    within = np.arange(len(repeated)) - np.repeat(ends - lengths, lengths)
    places = reading.offsets[:-1][rows][repeated] + within
    return reading.made_of(lengths - 1, places[places != repeated], rows)


def idle_codes(fitted: Fitted, train: Part, codes: int, seed: int) -> NDArray[np.bool_]:
    """Return which codes of touches lose nothing that the log could tell, of shape (codes,).

    The mean loss of a kind, over journeys of two touches or more (50,000 of them at most), is held against
    half the standard error of the conversion rate of all journeys that have the kind: what is smaller is
    chance as often as not. Where no kind loses anything, none is idle: the network says nothing of kinds.

    Parameters
    ----------
    codes
        How many codes there are.
    seed
        Of the draw, where there are more journeys.
    """
    rows = np.flatnonzero(train.reading.lengths > 1)
    if len(rows) > _MOST_JOURNEYS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST_JOURNEYS, replace=False))
    some = train.take(rows)
    weights = some.weights[row_numbers(some.reading.offsets)]
    sums = sums_by(some.reading.codes, losses(fitted, some.reading) * weights, codes)
    counted = sums_by(some.reading.codes, weights, codes)
    if not (sums > 0).any():
        return np.zeros(codes, dtype=np.bool_)
    return (counted > 0) & (sums <= _TELLING * _standard_errors(train, codes) * counted)


def _standard_errors(train: Part, codes: int) -> Floats:
    """Return that of the conversion rate of the journeys with each kind, of shape (codes,); 0 for none."""
    reading = train.reading
    held = np.unique(row_numbers(reading.offsets) * codes + reading.codes)  # each kind once in a journey
    journeys = sums_by(held % codes, train.weights[held // codes], codes)
    rate = train.positives / train.total
    return np.sqrt(rate * (1.0 - rate) / np.where(journeys > 0, journeys, np.inf))


def without_idle(fitted: Fitted, effects: Floats, reading: Reading) -> Floats:
    """Return the effects of touches with those of idle kinds at 0."""
    return np.where(fitted.idle[reading.codes], 0.0, effects)
