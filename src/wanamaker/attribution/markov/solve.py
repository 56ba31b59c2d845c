"""Removal effects of an absorbing chain: three solvers that agree, and which to take.

With Q the probabilities of transition between states, N = (I - Q)^-1, s the start, r the rewards,
b = N r, and A the states whose last touch is c, the reward that is lost without c is

    N[s, A] N[A, A]^-1 b[A]  =  h b[A]

where h are the probabilities of meeting A for the first time in each of its states. N[s, ·] needs no
solving: it is how often the journeys were in each state, over how many journeys there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.markov.states import Links, States

_DENSE_FIRST = 4_000
_DENSE_ALONE = 1_200
_DENSE_REPEATED = 150
_TOLERANCE = 1e-12
_MOST_SWEEPS = 1_000


@dataclass(frozen=True, eq=False)
class System:
    """The numbers of a chain that its removal effects follow from.

    Parameters
    ----------
    states
        The states and the transitions between them.
    probabilities
        Of each transition, given the state it leaves, of shape (transitions,).
    start
        Probability of each state to be a journey's first, of shape (states,).
    visits
        Expected visits to each state, N[s, ·], of shape (states,).
    rewards
        Expected reward on leaving each state for good, over the expected reward of a journey, of
        shape (states, rewards): at the start, b is 1.
    """

    states: States
    probabilities: NDArray[np.float64]
    start: NDArray[np.float64]
    visits: NDArray[np.float64]
    rewards: NDArray[np.float64]

    @property
    def loops(self) -> NDArray[np.float64]:
        """Probability of each state to be followed by itself, of shape (states,)."""
        own = self.states.sources == self.states.targets
        return np.bincount(self.states.sources[own], self.probabilities[own], len(self.states))


def removal_effects(system: System, *, thorough: bool) -> NDArray[np.float64]:
    """Return the share of each reward that is lost without each touch, of shape (touch names, rewards).

    Parameters
    ----------
    thorough
        Whether the system stands alone; of many, larger ones are solved by compiled sweeps, which
        take longer to load and less to run.
    """
    count = len(system.states)
    most = _DENSE_ALONE if thorough else _DENSE_REPEATED
    if count <= (_DENSE_FIRST if system.states.order == 1 else most):
        return dense_effects(system)
    effects = swept_effects(system)
    return factored_effects(system) if effects is None else effects


def dense_effects(system: System) -> NDArray[np.float64]:
    """Solve by one inverse of all states: for few states."""
    states = system.states
    left = np.eye(len(states))
    inner = states.sources >= 0
    left[states.sources[inner], states.targets[inner]] -= system.probabilities[inner]
    inverse = np.linalg.inv(left)
    worth = inverse @ system.rewards
    if states.order == 1:
        return np.asarray((system.visits / inverse.diagonal())[:, None] * worth)
    effects = np.zeros((len(states.names), worth.shape[1]))
    for touch, removed in enumerate(_states_by_touch(states)):
        first = np.linalg.solve(inverse[np.ix_(removed, removed)], worth[removed])
        effects[touch] = system.visits[removed] @ first
    return effects


def swept_effects(system: System, most: int = _MOST_SWEEPS) -> NDArray[np.float64] | None:
    """Solve by sweeps over the transitions, several touches at a time: for many states.

    The error is bounded as it goes: a change of the visits to a state matters by no more than b of
    that state, and a change of b by no more than the visits. None if sweeps do not get there, as in a
    chain that falls into parts that journeys seldom leave.
    """
    from wanamaker.attribution.markov.kernels import LANES

    states, keep = system.states, 1.0 - system.loops
    worth = np.zeros((len(states), LANES))
    worth[:, : system.rewards.shape[1]] = 1.0
    base = np.zeros_like(worth)
    base[:, : system.rewards.shape[1]] = system.rewards / keep[:, None]
    free = np.full(len(states), -1, dtype=np.int64)
    hits = np.zeros(len(states))
    if not _relaxed(system, states.outward, base, worth, most, lanes=free, norm=system.visits, hits=hits):
        return None
    worth = worth[:, : system.rewards.shape[1]]
    norm = worth.sum(axis=1)
    base = np.repeat((system.start / keep)[:, None], LANES, axis=1)
    visits = np.empty_like(base)
    for first in range(0, len(states.names), LANES):
        lanes = states.lasts - first
        lanes[(lanes < 0) | (lanes >= LANES)] = -1
        held = np.flatnonzero(lanes >= 0)
        visits[:] = system.visits[:, None]
        visits[held, lanes[held]] = 0.0
        if not _relaxed(system, states.inward, base, visits, most, lanes=lanes, norm=norm, hits=hits):
            return None
    return _summed(hits * keep, worth, states)


def factored_effects(system: System) -> NDArray[np.float64]:
    """Solve by a sparse factorisation of the chain without each touch: for what sweeps do not solve."""
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    states = system.states
    inner = states.sources >= 0
    ends = (states.sources[inner], states.targets[inner])
    count = len(states)
    moves = csc_array((system.probabilities[inner], ends), shape=(count, count))
    left = (csc_array((np.ones(count), (np.arange(count),) * 2), shape=moves.shape) - moves).tocsc()
    worth = splu(left).solve(system.rewards)
    hits = np.zeros(count)
    for removed in _states_by_touch(states):
        kept = np.setdiff1d(np.arange(count), removed)
        hits[removed] = system.start[removed]
        if len(kept) and len(removed):
            visits = splu(left[kept][:, kept].tocsc()).solve(system.start[kept], "T")
            hits[removed] += moves[kept][:, removed].T @ visits
    return _summed(hits, worth, states)


def _relaxed(
    system: System,
    links: Links,
    base: NDArray[np.float64],
    found: NDArray[np.float64],
    most: int,
    *,
    lanes: NDArray[np.int64],
    norm: NDArray[np.float64],
    hits: NDArray[np.float64],
) -> bool:
    """Solve in place; tell whether it came to the tolerance."""
    from wanamaker.attribution.markov.kernels import relax

    owners = np.repeat(np.arange(len(system.states)), np.diff(links.offsets))
    weights = system.probabilities[links.places] / (1.0 - system.loops)[owners]
    sweeps = relax(
        links.offsets,
        links.neighbours,
        weights,
        base,
        found,
        lanes=lanes,
        norm=norm,
        hits=hits,
        tolerance=_TOLERANCE,
        most=most,
    )
    return bool(sweeps > 0)


def _states_by_touch(states: States) -> list[NDArray[np.int64]]:
    """Return the states that end with each touch."""
    order = np.argsort(states.lasts, kind="stable")
    limits = np.searchsorted(states.lasts[order], np.arange(len(states.names) + 1))
    return [order[limits[code] : limits[code + 1]] for code in range(len(states.names))]


def _summed(hits: NDArray[np.float64], worth: NDArray[np.float64], states: States) -> NDArray[np.float64]:
    """Return the sum of h b over the states that end with each touch, of shape (touch names, rewards)."""
    count = len(states.names)
    return np.stack([np.bincount(states.lasts, hits * one, count) for one in worth.T], axis=1)
