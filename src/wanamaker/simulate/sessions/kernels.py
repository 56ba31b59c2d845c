"""What happens in each session, event by event, and the probability of a purchase after each."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.simulate.sessions.odds import BROWSING, HALFWAY, PAIR_STARTS, RESTING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Integers = NDArray[np.int64]

FIRST, SECOND = 1, 2


@njit(cache=True)
def walk(offsets: Integers, starts: Floats, orders: Floats, considered: Floats) -> tuple[Integers, Integers]:
    """Return the place of each event in its pair, and the order of the pair.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    starts, orders
        Uniform numbers: whether a pair begins, and in which order; of shape (events,).
    considered
        Chance of a session that the view comes first, of shape (sessions,).

    Returns
    -------
    tuple
        0 for browsing, `FIRST` or `SECOND`; and +1 for view before cart, -1 for the other order, 0 for
        browsing. Both of shape (events,), of type int8.
    """
    places = np.zeros(offsets[-1], dtype=np.int8)
    signs = np.zeros(offsets[-1], dtype=np.int8)
    for session in range(len(offsets) - 1):
        state = BROWSING
        for event in range(offsets[session], offsets[session + 1]):
            if state == HALFWAY:
                places[event], signs[event] = SECOND, signs[event - 1]
                state = RESTING
            elif state == BROWSING and starts[event] < PAIR_STARTS:
                places[event] = FIRST
                signs[event] = 1 if orders[event] < considered[session] else -1
                state = HALFWAY
            else:
                state = BROWSING
    return places, signs


@njit(cache=True)
def judge(
    offsets: Integers,
    steps: tuple[Integers, Integers, Floats],
    kinds: Integers,
    base: Floats,
    of_pairs: Floats,
    habits: tuple[float, Floats, float],
    left: tuple[Floats, Floats],
) -> tuple[Floats, Floats, Integers]:
    """Return the probability of a purchase after each event and at the end, and the order that decides.

    After an event nothing is known of what comes, also not whether anything does. The chance that
    the session is a careful one follows from the orders seen, by Bayes.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    steps
        Place in the pair, order, and what the pair adds to the log-odds (at its first event: without the
        haste, which is not known yet), each of shape (events,).
    kinds
        Kind of visitor of each session, of shape (sessions,).
    base, of_pairs
        From `Odds`.
    habits
        Share of careful sessions, chances of view before cart in careless and careful ones, and the
        effect of haste.
    left
        ``none_left`` and ``last_left`` from `Odds`.

    Returns
    -------
    tuple
        Probabilities, of shape (events,) and (sessions,); order of the last pair so far, of shape (events,).
    """
    places, signs, worth = steps
    share, considered, haste = habits
    after = np.empty(offsets[-1])
    whole = np.empty(len(offsets) - 1)
    decides = np.zeros(offsets[-1], dtype=np.int8)
    for session in range(len(offsets) - 1):
        kind, careful, order = kinds[session], share, 0
        now = (1.0 - share) * of_pairs[0, kind] + share * of_pairs[1, kind]
        first = offsets[session]
        for event in range(first, offsets[session + 1]):
            state, pending = BROWSING, 0.0
            if places[event] == FIRST:
                state = HALFWAY
                careful = _updated(careful, considered, signs[event] > 0)
                logit = base[kind] + worth[event]
                pending = 0.5 * (_sigmoid(logit + haste) + _sigmoid(logit - haste))
            elif places[event] == SECOND:
                state, order = RESTING, signs[event]
                now = _sigmoid(base[kind] + worth[event])
            fresh = (1.0 - careful) * of_pairs[0, kind] + careful * of_pairs[1, kind]
            none, last = left[0][event - first + 1, state], left[1][event - first + 1, state]
            after[event] = none * now + last * pending + (1.0 - none - last) * fresh
            decides[event] = order
        whole[session] = now
    return after, whole, decides


@njit(cache=True)
def _updated(careful: float, considered: Floats, viewed: bool) -> float:
    """Return the chance of a careful session after one more order."""
    of_careful = considered[1] if viewed else 1.0 - considered[1]
    of_careless = considered[0] if viewed else 1.0 - considered[0]
    return float(careful * of_careful / (careful * of_careful + (1.0 - careful) * of_careless))


@njit(cache=True)
def _sigmoid(logit: float) -> float:
    return float(1.0 / (1.0 + exp(-logit)))
