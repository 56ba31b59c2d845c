"""A fitted journey network: from journeys to probabilities, with touches taken away or added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from wanamaker.base.ragged import row_numbers
from wanamaker.events.codes import mixed
from wanamaker.stats.calibration.logits import logit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.journeys.counts import NoTouch
    from wanamaker.models.journeys.reader import Reader
    from wanamaker.models.journeys.reading import Reading
    from wanamaker.nn.journey_network import JourneyNetwork
    from wanamaker.nn.training.options import Training
    from wanamaker.stats.calibration import CalibrationMap

    Floats = NDArray[np.float64]

_TOUCHES_AT_ONCE = 4_000_000
_ROWS_AT_ONCE = 4096
_SEED = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a journey model has learned.

    Parameters
    ----------
    reader
        Vocabularies and scales.
    network
        In the state in which it is asked.
    shift
        What sampling and weights did to the log-odds, undone.
    calibration
        From the network's probability to the one that is predicted.
    nothing
        The probability without a touch.
    idle
        Which codes of touches lose nothing on the mean over training journeys, of shape (codes,).
    training
        Where and on how many threads the network is asked.
    """

    reader: Reader
    network: JourneyNetwork
    shift: float
    calibration: CalibrationMap
    nothing: NoTouch
    idle: NDArray[np.bool_]
    training: Training

    def margins(self, reading: Reading) -> Floats:
        """Return log-odds before calibration, of shape (sequences,)."""
        empty = reading.lengths == 0
        if not empty.any():
            return self._asked(reading)
        found = np.empty(len(reading))
        found[empty] = logit(self.nothing.chances(reading.take(np.flatnonzero(empty))))
        held = np.flatnonzero(~empty)
        found[held] = self._asked(reading.take(held))
        return found

    def chances(self, reading: Reading) -> Floats:
        """Return probabilities before calibration, of shape (sequences,).

        Credit is worked out from these: calibration may have steps, on which a touch would be worth nothing.
        """
        return np.asarray(expit(self.margins(reading)))

    def predict(self, reading: Reading) -> Floats:
        """Return calibrated probabilities, of shape (sequences,)."""
        return np.asarray(self.calibration(self.chances(reading)))

    def attention(self, reading: Reading) -> Floats:
        """Return the attention to each touch, of sum 1 over a sequence, of shape (touches,)."""
        from wanamaker.nn.journey_network import Weights

        return np.concatenate(
            [self._scores(Weights(self.network), part) for part in _parts(reading)] or [np.zeros(0)]
        )

    def _asked(self, reading: Reading) -> Floats:
        """Return log-odds of sequences that have touches; without times, of each distinct one once."""
        if reading.times is None and len(reading):
            firsts, places = _distinct(reading)
            if len(firsts) < len(reading):
                return self._asked_all(reading.take(firsts))[places]
        return self._asked_all(reading)

    def _asked_all(self, reading: Reading) -> Floats:
        found = [self._scores(self.network, part) for part in _parts(reading)]
        return (np.concatenate(found) if found else np.zeros(0)) + self.shift

    def _scores(self, network: object, reading: Reading) -> Floats:
        from wanamaker.nn.training.scores import scores

        told = self.training
        return scores(
            network,  # type: ignore[arg-type]
            reading.sequences(),
            batch_size=_ROWS_AT_ONCE,
            device=told.device,
            threads=told.threads,
        )


def _parts(reading: Reading) -> list[Reading]:
    """Return the sequences in parts of bounded size."""
    if len(reading.codes) <= _TOUCHES_AT_ONCE:
        return [reading] if len(reading) else []
    wanted = np.arange(_TOUCHES_AT_ONCE, len(reading.codes), _TOUCHES_AT_ONCE)
    cuts = np.unique(np.searchsorted(reading.offsets, wanted))
    return [reading.take(rows) for rows in np.split(np.arange(len(reading)), cuts) if len(rows)]


def _distinct(reading: Reading) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one sequence of each kind, and of which kind each is, by a hash of touches and covariates."""
    rows = row_numbers(reading.offsets)
    places = np.arange(len(reading.codes), dtype=np.int64) - reading.offsets[:-1][rows]
    touched = mixed(mixed(places.astype(np.uint64)) ^ reading.codes.astype(np.uint64))
    hashes = np.zeros(len(reading), dtype=np.uint64)
    np.add.at(hashes, rows, touched)
    for codes in reading.static_codes.values():
        hashes = mixed(hashes ^ mixed(codes[reading.owners].astype(np.uint64) ^ _SEED))
    for numbers in reading.static_numbers.values():
        bits = np.ascontiguousarray(numbers, dtype=np.float64).view(np.uint64)
        hashes = mixed(hashes ^ mixed(bits[reading.owners]))
    _, firsts, kinds = np.unique(hashes, return_index=True, return_inverse=True)
    return firsts.astype(np.int64), kinds.astype(np.int64)
