"""Calibration of a session network on the validation part, where every question counts the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from wanamaker.models.sessions.along import Along
from wanamaker.models.sessions.events import numbered
from wanamaker.models.sessions.examples import asked
from wanamaker.stats.calibration import Choice, choose_calibration
from wanamaker.stats.calibration.choose import ENOUGH
from wanamaker.stats.calibration.platt import FEWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.fitted import Fitted

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

_LEVEL_AT_MOST = ("none", "shift")


@dataclass(frozen=True, eq=False)
class Rated:
    """Questions and what a network says of them, each of shape (rows,).

    Parameters
    ----------
    margins, labels
        Log-odds, and answers.
    sessions, events
        Whose they are, and how many events had come.
    """

    margins: Floats
    labels: NDArray[np.bool_]
    sessions: Rows
    events: Rows

    @property
    def several(self) -> bool:
        """Whether a session is asked more than once."""
        return len(self.sessions) > len(np.unique(self.sessions))

    @property
    def scarcer(self) -> int:
        """Sessions with an answer of the rarer kind."""
        return min(len(np.unique(self.sessions[self.labels == answer])) for answer in (False, True))


def rated(fitted: Fitted, sessions: Sessions, *, prefixes: bool) -> Rated:
    """Return what a network says of every question of sessions that it has not learned from.

    Parameters
    ----------
    fitted
        Not calibrated yet.
    sessions
        With answers.
    prefixes
        Whether a session is asked after each event, instead of after its last one.
    """
    labels, risk = asked(sessions, "validation")
    if not prefixes:
        risk = risk & np.isin(np.arange(len(risk)), sessions.offsets[1:] - 1)
    places = np.flatnonzero(risk)
    owners, events = sessions.rows[places], numbered(sessions)[places]
    read = fitted.prefix_margins(sessions)[places] if prefixes and len(places) else None
    if read is not None and not _asked_empty(fitted, sessions):
        return Rated(read, labels[places], owners, events)
    whole = fitted.margins(sessions)
    read = whole[owners] if read is None else read
    empty = np.flatnonzero(sessions.lengths == 0) if _asked_empty(fitted, sessions) else owners[:0]
    told = np.asarray(sessions.labels)[empty] if len(empty) else labels[:0]
    return Rated(
        np.concatenate([read, whole[empty]]),
        np.concatenate([labels[places], told]),
        np.concatenate([owners, empty]),
        np.concatenate([events, np.zeros_like(empty)]),
    )


def _asked_empty(fitted: Fitted, sessions: Sessions) -> bool:
    """Return whether the network answers for sessions without events, of which there are some."""
    return sessions.labels is not None and fitted.empty is None and bool((sessions.lengths == 0).any())


def calibrated(found: Rated, kind: str) -> tuple[Along, Choice]:
    """Return what corrects log-odds after so many events, and the calibration that follows.

    What either can be is a matter of how many sessions there are, since the questions of one tell much the
    same. For that reason ``"auto"`` stops at Platt's numbers where a session is asked several times:
    cross-validation over questions would be too sure that a curve is worth it.

    Parameters
    ----------
    found
        Of the validation part.
    kind
        As in `SessionModel`.
    """
    along, few = Along(), found.scarcer
    if kind not in _LEVEL_AT_MOST and found.several:
        along = Along.fit(found.margins, found.events, found.labels, found.sessions)
    chances = expit(along(found.margins, found.events))
    if kind != "auto" or (few >= ENOUGH and not found.several):
        choice = choose_calibration(chances, found.labels, kind)
        return along, Choice(choice.map, along.reason + choice.reason, choice.losses)
    chosen = "shift" if few < FEWEST else "platt"
    choice = choose_calibration(chances, found.labels, chosen)
    told = f"{few} sessions of the rarer kind are too few for more than {chosen!r}."
    return along, Choice(choice.map, along.reason or told)
