"""Shapley values of sets of touches, in a game whose worth is known for some sets and fitted for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.stats.shapley.kernels import exact_shapley, permute

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Hashes = NDArray[np.uint64]


@njit(cache=True)
def hash_slots(hashes: Hashes) -> Ints:
    """Return a table in which `_find` looks sets up by their hash."""
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, -1, dtype=np.int64)
    for row in range(len(hashes)):
        slot = np.int64(hashes[row] & np.uint64(size - 1))
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = row
    return slots


@njit(cache=True, inline="always")
def _find(hashed: np.uint64, hashes: Hashes, slots: Ints) -> np.int64:
    mask = len(slots) - 1
    slot = np.int64(hashed & np.uint64(mask))
    while slots[slot] >= 0:
        found = np.int64(slots[slot])
        if hashes[found] == hashed:
            return found
        slot = (slot + 1) & mask
    return np.int64(-1)


@njit(cache=True)
def game_values(
    sets: tuple[Ints, NDArray[np.int32]],
    known: tuple[Hashes, Ints, Floats],
    additive: Floats,
    touch_hashes: Hashes,
    exact_up_to: int,
    samples: int,
    seed: int,
) -> tuple[Floats, Floats]:
    """Return the Shapley value of each touch of each set, in every replicate.

    Parameters
    ----------
    sets
        Offsets and touches of the sets.
    known
        Hashes of the sets of known worth, their slots, and their worth of shape (known sets, replicates).
    additive
        Worth that each touch adds to a set that is not known, of shape (touch names, replicates).
    touch_hashes
        Hash of each touch; a set's hash is their sum.
    exact_up_to, samples
        Sets of up to so many touches exactly; larger ones by so many random orders.

    Returns
    -------
    tuple
        Values of shape (entries, replicates), and standard errors of the first replicate's values.
    """
    offsets, members = sets
    replicates = additive.shape[1]
    values, errors = np.zeros((len(members), replicates)), np.zeros(len(members))
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        touches = members[begin:end]
        if end - begin <= exact_up_to:
            worth = _subset_worth(touches, known, additive, touch_hashes)
            exact_shapley(worth, values[begin:end])
        else:
            state = sampling_state(touch_hashes[touches], seed)
            _sampled(
                touches, known, additive, touch_hashes, samples, state, values[begin:end], errors[begin:end]
            )
    return values, errors


@njit(cache=True)
def sampling_state(hashes: Hashes, seed: int) -> np.uint64:
    """Return where the random orders of a set begin; it depends on the set and the seed alone."""
    state = np.uint64(seed)
    for hashed in hashes:
        state += hashed
    return state


@njit(cache=True)
def _subset_worth(
    touches: NDArray[np.int32], known: tuple[Hashes, Ints, Floats], additive: Floats, touch_hashes: Hashes
) -> Floats:
    """Return the worth of every subset of the touches, of shape (2**touches, replicates)."""
    hashes, slots, known_worth = known
    count = 1 << len(touches)
    worth, fitted = np.zeros((count, additive.shape[1])), np.zeros((count, additive.shape[1]))
    hashed = np.zeros(count, dtype=np.uint64)
    for subset in range(1, count):
        lowest = 0
        while (subset >> lowest) & 1 == 0:
            lowest += 1
        rest = subset & (subset - 1)
        touch = touches[lowest]
        hashed[subset] = hashed[rest] + touch_hashes[touch]
        place = _find(hashed[subset], hashes, slots)
        for game in range(worth.shape[1]):
            fitted[subset, game] = fitted[rest, game] + additive[touch, game]
            worth[subset, game] = known_worth[place, game] if place >= 0 else fitted[subset, game]
    return worth


@njit(cache=True)
def _sampled(
    touches: NDArray[np.int32],
    known: tuple[Hashes, Ints, Floats],
    additive: Floats,
    touch_hashes: Hashes,
    samples: int,
    state: np.uint64,
    values: Floats,
    errors: Floats,
) -> None:
    """Fill in the mean marginal worth over random orders, each with its reverse, and its standard error."""
    hashes, slots, known_worth = known
    players, games = len(touches), additive.shape[1]
    order = np.arange(players)
    squares, before_pair = np.zeros(players), np.zeros(players)
    before, fitted = np.zeros(games), np.zeros(games)
    for sample in range(samples):
        if sample % 2 == 0:
            state = permute(order, state)
            for player in range(players):
                before_pair[player] = values[player, 0]
        for game in range(games):
            before[game], fitted[game] = 0.0, 0.0
        hashed = np.uint64(0)
        for step in range(players):
            player = order[step] if sample % 2 == 0 else order[players - 1 - step]
            touch = touches[player]
            hashed = hashed + touch_hashes[touch]
            place = _find(hashed, hashes, slots)
            for game in range(games):
                fitted[game] += additive[touch, game]
                after = known_worth[place, game] if place >= 0 else fitted[game]
                values[player, game] += (after - before[game]) / samples
                before[game] = after
        if sample % 2 == 1:
            for player in range(players):
                mean = (values[player, 0] - before_pair[player]) * samples / 2.0
                squares[player] += mean * mean
    pairs = samples // 2
    for player in range(players):
        spread = max(squares[player] / pairs - values[player, 0] ** 2, 0.0)
        errors[player] = np.sqrt(spread / max(pairs - 1, 1))


@njit(cache=True)
def clipped_shares(offsets: Ints, values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return values with negative ones put to 0, divided by their sum over each set.

    Returns
    -------
    tuple
        Shares of shape (entries, replicates), 0 where nothing of a set is positive, and whether a set
        has shares, of shape (sets, replicates).
    """
    shares = np.zeros(values.shape)
    shared = np.zeros((len(offsets) - 1, values.shape[1]), dtype=np.bool_)
    for row in range(len(offsets) - 1):
        for replicate in range(values.shape[1]):
            total = 0.0
            for entry in range(offsets[row], offsets[row + 1]):
                total += max(values[entry, replicate], 0.0)
            if total <= 0.0:
                continue
            shared[row, replicate] = True
            for entry in range(offsets[row], offsets[row + 1]):
                shares[entry, replicate] = max(values[entry, replicate], 0.0) / total
    return shares, shared
