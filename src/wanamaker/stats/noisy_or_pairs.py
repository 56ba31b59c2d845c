"""The noisy-or model with causes that need two channels: exact Shapley values and removal effects.

To the model of `wanamaker.stats.noisy_or` come pairs of channels: a pair (a, b) converts on its own with
probability 1 - q_ab where both channels exist, and not at all where one is missing. A touch of b that a
touch of a brings about is of this kind. With the channels S a user then converts with probability
P(S) = 1 - (1 - b) Π_{c∈S} q_c Π_{(a,b)⊆S} q_ab.

Channels that pairs link, directly or through others, form a group; groups fail independently of one
another. Within a group all subsets are enumerated, so a group should have no more than about ten channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.stats.noisy_or import product_of_others, reachable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


def pair_shapley(failure: Floats, pairs: Integers, pair_failure: Floats, base: ArrayLike = 0.0) -> Floats:
    """Return the exact Shapley value of each channel in the noisy-or game with pairs, user by user.

    The game is v(S) = P(S) - b, so a row sums to P - b. As in `multilinear_shapley`, the value is an integral
    over the multilinear extension (Owen 1972, "Multilinear extensions of games"): every channel is in with
    probability t, independently, and for a channel c of the group G

    φ_c = (1 - b) ∫₀¹ E[Q_G(T) - Q_G(T + c)] Π_{H≠G} E[Q_H(T)] dt,

    where Q_G(T) is the probability that the channels T of the group, and the pairs among them, fail. The
    expectations are sums over the subsets of a group; the integrand is a polynomial in t of degree channels
    - 1, which Gauss-Legendre quadrature with half as many nodes integrates exactly. Without pairs use
    `multilinear_shapley`, which gives the same numbers faster.

    Parameters
    ----------
    failure
        Probability q_c that each channel fails on its own, in [0, 1]; shape (users, channels).
    pairs
        The two channels of each pair, as their indices; shape (pairs, 2).
    pair_failure
        Probability q_ab that each pair fails, in [0, 1]; shape (users, pairs).
    base
        Conversion probability b without any touch; a scalar or shape (users,).

    Returns
    -------
    numpy.ndarray
        Expected conversions credited to each channel; shape (users, channels).

    Examples
    --------
    A touch of the first channel that does nothing itself, but brings about one that converts for sure:

    >>> pair_shapley(np.array([[1.0, 1.0]]), np.array([[0, 1]]), np.array([[0.0]]))
    array([[0.5, 0.5]])
    """
    groups = linked_groups(failure.shape[1], pairs)
    tables = [_subset_failure(group, failure, pairs, pair_failure) for group in groups]
    nodes, weights = np.polynomial.legendre.leggauss(_degree(failure, pairs, pair_failure) // 2 + 1)
    credit = np.zeros_like(failure)
    for node, weight in zip((nodes + 1.0) / 2.0, weights / 2.0, strict=True):
        expected = [_chances(len(group), node) @ table for group, table in zip(groups, tables, strict=True)]
        others = weight * product_of_others(np.column_stack(expected))
        for place, (group, table) in enumerate(zip(groups, tables, strict=True)):
            chances = _chances(len(group) - 1, node)
            for bit, channel in enumerate(group):
                credit[:, channel] += others[:, place] * (chances @ _gains(table, bit))
    return reachable(base) * credit


def pair_removal_effect(
    failure: Floats, pairs: Integers, pair_failure: Floats, base: ArrayLike = 0.0
) -> Floats:
    """Return the conversions lost if one channel, and the pairs it is part of, did not exist.

    P(all) - P(all but c), for every channel c. These do not add up to the conversions; use `pair_shapley`
    for credit. Parameters and shapes are those of `pair_shapley`.

    Examples
    --------
    >>> pair_removal_effect(np.array([[1.0, 0.5]]), np.array([[0, 1]]), np.array([[0.5]]))
    array([[0.25, 0.75]])
    """
    groups = linked_groups(failure.shape[1], pairs)
    tables = [_subset_failure(group, failure, pairs, pair_failure) for group in groups]
    others = product_of_others(np.column_stack([table[-1] for table in tables]))
    removed = np.zeros_like(failure)
    for place, (group, table) in enumerate(zip(groups, tables, strict=True)):
        for bit, channel in enumerate(group):
            # The last row has all channels, the one 2^bit before it all but this one.
            removed[:, channel] = others[:, place] * (table[-1 - (1 << bit)] - table[-1])
    return reachable(base) * removed


def linked_groups(channels: int, pairs: Integers) -> list[Integers]:
    """Return the channels in groups: those that pairs link, directly or through others, are together.

    Parameters
    ----------
    channels
        Number of channels.
    pairs
        The two channels of each pair; shape (pairs, 2).

    Returns
    -------
    list of numpy.ndarray
        Channels of each group, rising; a channel in no pair is a group of its own.

    Examples
    --------
    >>> [group.tolist() for group in linked_groups(4, np.array([[0, 2], [3, 2]]))]
    [[0, 2, 3], [1]]
    """
    label = np.arange(channels)
    for one, other in pairs:
        low, high = sorted((label[one], label[other]))
        label[label == high] = low
    return [np.flatnonzero(label == group) for group in np.unique(label)]


def _subset_failure(group: Integers, failure: Floats, pairs: Integers, pair_failure: Floats) -> Floats:
    """Return Q_G(T) for all subsets T, coded as bits in the order of ``group``; shape (2^size, users)."""
    codes = np.arange(1 << len(group))
    within = {int(channel): (codes >> bit) & 1 == 1 for bit, channel in enumerate(group)}
    table = np.ones((len(codes), len(failure)))
    for channel, held in within.items():
        table[held] *= failure[:, channel]
    for place, (one, other) in enumerate(pairs.tolist()):
        if one in within:
            table[within[one] & within[other]] *= pair_failure[:, place]
    return table


def _gains(table: Floats, bit: int) -> Floats:
    """Return Q_G(T) - Q_G(T + c) for all T without the channel c at ``bit``; shape (2^(size-1), users)."""
    halves = table.reshape(len(table) >> (bit + 1), 2, 1 << bit, table.shape[1])
    return (halves[:, 0] - halves[:, 1]).reshape(len(table) >> 1, table.shape[1])


def _chances(size: int, t: float) -> Floats:
    """Return the probability of every subset of ``size`` channels, each in with probability t."""
    held = np.bitwise_count(np.arange(1 << size))
    return np.asarray(t**held * (1.0 - t) ** (size - held), dtype=np.float64)


def _degree(failure: Floats, pairs: Integers, pair_failure: Floats) -> int:
    """Return the most channels of one user that can change anything; 1 at least."""
    acting = failure < 1.0
    for place, pair in enumerate(pairs):
        acting[:, pair] |= pair_failure[:, [place]] < 1.0
    return max(1, int(acting.sum(axis=1).max(initial=0)))
