"""The replay itself: purchases in order of time, each channel with a purse of its own."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def walk(
    order: np.ndarray,
    journeys: np.ndarray,
    channels: np.ndarray,
    costs: np.ndarray,
    purses: np.ndarray,
    copies: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Walk through all touches once, in every replicate, and buy what the purses allow.

    A replicate has a number of copies of each journey. Copies of a journey come one after the other: a touch
    is bought for as many as the purse still pays for.

    Parameters
    ----------
    order
        The touches in order of time, of shape (touches,).
    journeys, channels, costs
        Journey, channel and cost (in millionths) of each touch, of shape (touches,).
    purses
        What each channel may spend, in millionths, of shape (channels, replicates); not changed.
    copies
        How often each journey is there, of shape (journeys, replicates); not changed.

    Returns
    -------
    tuple
        What each channel spent, of shape (channels, replicates); how many copies of each journey lost no
        touch, of shape (journeys, replicates); and how many touches were bought in the first replicate.
    """
    left, whole = purses.copy(), copies.copy()
    gone = np.zeros(len(copies), dtype=np.bool_)
    bought = 0
    for touch in order:
        if gone[journeys[touch]]:
            continue
        purse, held = left[channels[touch]], whole[journeys[touch]]
        gone[journeys[touch]] = not _bought(costs[touch], purse, held)
        bought += held[0]
    return purses - left, whole, bought


@njit(cache=True)
def _bought(cost: int, purse: np.ndarray, held: np.ndarray) -> bool:
    """Buy a touch for all copies that the purse of each replicate pays for; tell whether any are left."""
    short, some = False, False
    for replicate in range(len(held)):
        short |= np.int64(held[replicate]) * cost > purse[replicate]
    if short:
        for replicate in range(len(held)):
            if np.int64(held[replicate]) * cost > purse[replicate]:
                held[replicate] = purse[replicate] // cost
    for replicate in range(len(held)):
        purse[replicate] -= np.int64(held[replicate]) * cost
        some |= held[replicate] > 0
    return some


@njit(cache=True)
def spending(
    journeys: np.ndarray, channels: np.ndarray, costs: np.ndarray, copies: np.ndarray, count: int
) -> np.ndarray:
    """Return what all touches of each channel cost in each replicate, of shape (channels, replicates).

    Parameters
    ----------
    journeys, channels, costs
        Journey, channel and cost (in millionths) of each touch, of shape (touches,).
    copies
        How often each journey is there, of shape (journeys, replicates).
    count
        How many channels there are.
    """
    spent = np.zeros((count, copies.shape[1]), dtype=np.int64)
    for touch in range(len(costs)):
        for replicate in range(copies.shape[1]):
            spent[channels[touch], replicate] += costs[touch] * np.int64(copies[journeys[touch], replicate])
    return spent
