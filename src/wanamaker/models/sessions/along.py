"""From a network's log-odds to log-odds that hold after each event, whatever becomes of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit

from wanamaker.stats.calibration.logits import fit_columns, smoothed
from wanamaker.stats.calibration.platt import FEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.int64]

_KNOTS = (1, 4, 16, 64, 256)


@dataclass(frozen=True)
class Along:
    """a(k) m + b(k): log-odds m of a network after k events, put right where each event counts the same.

    A network learns with the prefixes of one session weighing 1 together. That weight is known only when the
    session is over, so its log-odds lean towards what short sessions do. Platt's two numbers, fitted without
    that weight at several numbers of events, undo it; between them they change in proportion to log k, and
    beyond the last they stay. After equally many events the order of sessions is kept: a(k) is above 0.

    Parameters
    ----------
    knots
        Numbers of events, rising from 1.
    slopes, intercepts
        a and b there.

    Examples
    --------
    >>> along = Along((1, 16), (1.0, 1.0), (0.0, -2.0))
    >>> along(np.array([0.5, 0.5, 0.5, 0.5]), np.array([0, 1, 4, 100])).tolist()
    [0.5, 0.5, -0.5, -1.5]
    """

    knots: tuple[int, ...] = (1,)
    slopes: tuple[float, ...] = (1.0,)
    intercepts: tuple[float, ...] = (0.0,)

    def __call__(self, margins: Floats, events: Rows) -> Floats:
        """Return the log-odds, of shape (rows,); a session without events is taken as one with one."""
        at, knots = np.log(np.maximum(events, 1)), np.log(self.knots)
        told = np.interp(at, knots, self.slopes) * margins + np.interp(at, knots, self.intercepts)
        return np.asarray(told)

    @classmethod
    def fit(cls, margins: Floats, events: Rows, labels: Flags, sessions: Rows) -> Self:
        """Return the numbers fitted to questions that the network has not learned from.

        A knot needs 20 sessions with a positive, and 20 with a negative, after more events than the knot
        before. Where the log-odds order the rows no better than chance at one of them, all share a slope, and
        where they never do, it is 1.

        Parameters
        ----------
        margins, events, labels, sessions
            Of each question: log-odds, events so far, answer and session, of shape (rows,).
        """
        knots = _knots(events, labels, sessions)
        if not knots:
            return cls()
        weights = np.ones(len(labels))
        targets = smoothed(labels, weights)
        near = _near(events, knots)
        for slopes in ([margins * one for one in near], [margins]):
            found = fit_columns([*slopes, *near[1:]], targets, weights).tolist()
            level, told, steps = found[0], found[1 : 1 + len(slopes)], found[1 + len(slopes) :]
            if min(told) > 0.0:
                every = told if len(told) == len(knots) else told * len(knots)
                return cls(knots, tuple(every), (level, *(level + step for step in steps)))
        return cls(knots, (1.0,) * len(knots), tuple(_levels(margins, near, targets)))

    @property
    def reason(self) -> str:
        """One sentence for the report; empty where nothing is changed."""
        if self == type(self)():
            return ""
        named = ", ".join(map(str, self.knots))
        return f"Platt's two numbers are fitted at {named} events so far, each question counting the same. "

    def to_state(self) -> dict[str, Any]:
        """Return the numbers, as JSON has them."""
        return {
            "knots": list(self.knots),
            "slopes": list(self.slopes),
            "intercepts": list(self.intercepts),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Return what `to_state` described."""
        return cls(*(tuple(state[name]) for name in ("knots", "slopes", "intercepts")))


def _levels(margins: Floats, near: list[Floats], targets: Floats) -> list[float]:
    """Return what added to the log-odds near each knot makes the probabilities sum to the targets there."""
    from scipy.optimize import minimize

    columns = np.stack(near, axis=1)

    def loss(levels: Floats) -> tuple[float, Floats]:
        odds = margins + columns @ levels
        slopes = columns.T @ (expit(odds) - targets) / len(targets)
        return float(np.mean(np.logaddexp(0.0, odds) - targets * odds)), slopes

    return minimize(loss, np.zeros(len(near)), jac=True, method="BFGS").x.tolist()  # type: ignore[no-any-return]


def _near(events: Rows, knots: tuple[int, ...]) -> list[Floats]:
    """Return how near each row is to each knot: shares that sum to 1."""
    at, places = np.log(np.maximum(events, 1)), np.log(knots)
    return [np.interp(at, places, row) for row in np.eye(len(knots))]


def _knots(events: Rows, labels: Flags, sessions: Rows) -> tuple[int, ...]:
    """Return the numbers of events at which two numbers can be fitted; none where positives are few."""
    found: list[int] = []
    beyond = -1
    for knot in _KNOTS:
        later = events > beyond
        if min(len(np.unique(sessions[later & (labels == answer)])) for answer in (False, True)) < FEWEST:
            break
        found.append(knot)
        beyond = knot
    return tuple(found)
