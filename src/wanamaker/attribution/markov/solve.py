"""Removal effects of an absorbing chain: three solvers that agree, and which to take.

With Q the probabilities of transition between states, N = (I - Q)^-1, s the start, r the rewards,
b = N r, and A the states whose last touch is c, the reward that is lost without c is

    N[s, A] N[A, A]^-1 b[A]  =  h b[A]

where h are the probabilities of meeting A for the first time in each of its states. N[s, ·] needs no
solving: it is how often the journeys were in each state, over how many journeys there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.markov.states import Links, States

_DENSE_FIRST = 4_000
_DENSE = 1_200
_DENSE_ONE_OF_MANY = 150
_TOLERANCE = 1e-12
_TOLERANCE_ONE_OF_MANY = 1e-7
_MOST_SWEEPS = 2_000


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

    @cached_property
    def loops(self) -> NDArray[np.float64]:
        """Probability of each state to be followed by itself, of shape (states,)."""
        own = self.states.sources == self.states.targets
        return np.asarray(
            np.bincount(self.states.sources[own], self.probabilities[own], len(self.states)), np.float64
        )

    def matrix(self, links: Links) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Return the probabilities of links over that of leaving the state they are ordered by."""
        leaving = np.repeat(1.0 - self.loops, np.diff(links.offsets))
        return links.offsets, links.neighbours, self.probabilities[links.places] / leaving


def removal_effects(system: System, *, one_of_many: bool) -> NDArray[np.float64]:
    """Return the share of each reward that is lost without each touch, of shape (touch names, rewards).

    Few states are solved by one inverse, more by sweeps; where sweeps do not get there, by sparse
    factorisations.

    Parameters
    ----------
    one_of_many
        Whether more such systems follow, as for intervals. Those are solved to 7 digits and not to 12;
        a system that stands alone is solved by an inverse if it has up to 1,200 states and not 150,
        for the sweeps are compiled and take longer to load than to run.
    """
    most = _DENSE_FIRST if system.states.order == 1 else _DENSE_ONE_OF_MANY if one_of_many else _DENSE
    if len(system.states) <= most:
        return np.maximum(dense_effects(system), 0.0)
    tolerance = _TOLERANCE_ONE_OF_MANY if one_of_many else _TOLERANCE
    effects = swept_effects(system, tolerance=tolerance, most=_MOST_SWEEPS)
    return np.maximum(factored_effects(system) if effects is None else effects, 0.0)


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


def swept_effects(
    system: System, *, tolerance: float = _TOLERANCE, most: int = _MOST_SWEEPS
) -> NDArray[np.float64] | None:
    """Solve by sweeps over the transitions, several touches at a time: for many states.

    None if sweeps do not get there, as in a chain that falls into parts that journeys seldom leave.
    """
    from wanamaker.attribution.markov.kernels import LANES
    from wanamaker.attribution.markov.sweeps import Sweeps

    states, keep = system.states, 1.0 - system.loops
    rewards = system.rewards.shape[1]
    worth, base = np.zeros((len(states), LANES)), np.zeros((len(states), LANES))
    worth[:, :rewards], base[:, :rewards] = 1.0, system.rewards / keep[:, None]
    hits = np.zeros(len(states))
    backward = Sweeps(system.matrix(states.outward), system.visits, hits, tolerance, most)
    if not backward.settle(base, worth, np.full(len(states), -1, dtype=np.int64)):
        return None
    worth = worth[:, :rewards].copy()
    forward = Sweeps(system.matrix(states.inward), worth.sum(axis=1), hits, tolerance, most)
    base, visits = np.repeat((system.start / keep)[:, None], LANES, axis=1), np.empty_like(base)
    for first in range(0, len(states.names), LANES):
        lanes = states.lasts - first
        lanes[(lanes < 0) | (lanes >= LANES)] = -1
        held = np.flatnonzero(lanes >= 0)
        visits[:] = system.visits[:, None]
        visits[held, lanes[held]] = 0.0
        if not forward.settle(base, visits, lanes):
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


def _states_by_touch(states: States) -> list[NDArray[np.int64]]:
    """Return the states that end with each touch."""
    order = np.argsort(states.lasts, kind="stable")
    limits = np.searchsorted(states.lasts[order], np.arange(len(states.names) + 1))
    return [order[limits[code] : limits[code + 1]] for code in range(len(states.names))]


def _summed(hits: NDArray[np.float64], worth: NDArray[np.float64], states: States) -> NDArray[np.float64]:
    """Return the sum of h b over the states that end with each touch, of shape (touch names, rewards)."""
    count = len(states.names)
    return np.stack([np.bincount(states.lasts, hits * one, count) for one in worth.T], axis=1)
