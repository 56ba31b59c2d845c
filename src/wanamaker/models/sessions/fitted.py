"""A fitted session network: from sessions to log-odds and probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.along import Along
    from wanamaker.models.sessions.live.frozen import Frozen
    from wanamaker.models.sessions.reader import Reader
    from wanamaker.models.sessions.steps import Cut, Steps
    from wanamaker.nn.session_network import SessionNetwork
    from wanamaker.nn.training.options import Training
    from wanamaker.stats.calibration import CalibrationMap

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_STEPS_AT_ONCE = 2**21
"""Steps of windows that are laid out at once."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a session model has learned.

    Parameters
    ----------
    reader
        Vocabularies and scales.
    network
        In the state in which it is asked.
    max_length
        How many events are read.
    shift
        What sampling and weights did to the log-odds, undone.
    along
        From the network's log-odds to those that hold after so many events.
    calibration
        From their probability to the one that is returned.
    empty
        Log-odds of a session without events, where training had none; else None: the network tells.
    training
        Where and on how many threads the network is asked.
    """

    reader: Reader
    network: SessionNetwork
    max_length: int
    shift: float
    along: Along
    calibration: CalibrationMap
    empty: float | None
    training: Training

    @cached_property
    def frozen(self) -> Frozen:
        """The network as plain arrays, for one event at a time; kept once made."""
        from wanamaker.models.sessions.live.frozen import Frozen

        return Frozen.of(self.network)

    def probabilities(self, margins: Floats, events: Rows) -> Floats:
        """Return the probability of log-odds before calibration, after so many events."""
        told = self.calibration(expit(self.along(margins, events)))
        return told if self.empty is None else np.where(events == 0, expit(margins), told)

    def margins(self, sessions: Sessions) -> Floats:
        """Return the log-odds after the last event of each session, of shape (sessions,)."""
        steps = self.reader.read(sessions)
        return self.of_rows(steps, steps.wholes(self.max_length))

    def prefix_margins(self, sessions: Sessions) -> Floats:
        """Return the log-odds after each event, each read from the last events up to there.

        One pass gives those of the first events of all sessions; later ones are read anew.
        """
        steps = self.reader.read(sessions)
        found = np.empty(len(sessions.events))
        owners = np.flatnonzero(steps.lengths > 0)
        heads = steps.windows(owners, np.minimum(steps.lengths[owners], self.max_length), self.max_length)
        found[heads.places] = self.of_steps(steps, heads)
        of_event = sessions.rows
        stops = np.arange(len(found)) - steps.offsets[:-1][of_event] + 1
        later = np.flatnonzero(stops > self.max_length)
        for some in np.array_split(later, -(-len(later) * self.max_length // _STEPS_AT_ONCE) or 1):
            found[some] = self.of_rows(steps, steps.windows(of_event[some], stops[some], self.max_length))
        return found

    def of_rows(self, steps: Steps, cut: Cut) -> Floats:
        """Return the log-odds after the last step of each row, of shape (rows,)."""
        found = self.of_steps(steps, cut)
        if self.network.causal:
            found = found[cut.lasts]
        if self.empty is None:
            return found
        without = cut.places[cut.offsets[:-1]] == steps.offsets[-1]
        return np.where(without, self.empty, found)

    def of_steps(self, steps: Steps, cut: Cut) -> Floats:
        """Return what the network says of rows: log-odds per step, or per row where it is not causal."""
        from wanamaker.nn.training.scores import scores

        told = self.training
        sequences = steps.sequences(cut)
        found = scores(self.network, sequences, device=told.device, threads=told.threads)
        return found + self.shift
