"""Who meets which channel, how often and when: the potential touches of a world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """The touches of all users, user by user and in time within each.

    Parameters
    ----------
    user
        User of each touch, 0 … users - 1, never falling; shape (touches,).
    channel
        Channel of each touch, as its index; shape (touches,).
    seconds
        Whole seconds from the user's start; shape (touches,).
    source
        Channel whose touch brought this one about; its own channel where nothing did. Shape (touches,).
    """

    user: Integers
    channel: Integers
    seconds: Integers
    source: Integers

    @property
    def ends(self) -> Integers:
        """Position of each user's last touch; shape (users,)."""
        return np.flatnonzero(np.diff(self.user, append=-1)).astype(np.int64)


def draw_counts(reach: Floats, frequency: Floats, users: int, rng: np.random.Generator) -> Integers:
    """Draw how many touches of each channel every user has, given that the user has one at least.

    Channels are met independently of one another and, when met, touch a geometric number of times. Users
    without a touch would not be in a log, so the draw is from the distribution given one touch or more:
    exactly, by drawing first which channel is the first one met, and without drawing anyone again.

    Parameters
    ----------
    reach
        Probability that a user meets a channel; shape (users, channels) or (1, channels).
    frequency
        Mean touches of those who meet it; shape (channels,).
    users
        Number of users.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Touches; shape (users, channels), each row with one or more.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> draw_counts(np.array([[1e-9, 1e-9]]), np.array([1.0, 1.0]), 4, rng).sum(axis=1)
    array([1, 1, 1, 1])
    """
    channels = reach.shape[1]
    met_by = 1.0 - np.cumprod(1.0 - reach, axis=1)  # probability that one of the first k + 1 is met
    first = (rng.random((users, 1)) * met_by[:, -1:] >= met_by).sum(axis=1)
    first = np.minimum(first, channels - 1)[:, None]
    position = np.arange(channels)[None, :]
    met = (rng.random((users, channels)) < reach) & (position > first) | (position == first)
    counts: Integers = met.astype(np.int64)
    for channel, mean in enumerate(frequency):
        who = np.flatnonzero(met[:, channel])
        counts[who, channel] = rng.geometric(1.0 / mean, len(who))
    return counts


def draw_touches(
    counts: Integers, spread: int, rng: np.random.Generator, late: Floats | None = None
) -> Touches:
    """Lay each user's touches out in time, uniformly over ``spread`` seconds or their last part.

    Parameters
    ----------
    counts
        Touches of each user and channel; shape (users, channels).
    spread
        Seconds from a user's start within which all touches lie.
    rng
        Source of randomness.
    late
        Part of ``spread`` in which a channel has no touch yet, in [0, 1); shape (channels,). None for 0.

    Examples
    --------
    >>> touches = draw_touches(np.array([[2, 1], [0, 1]]), 3600, np.random.default_rng(0))
    >>> touches.ends
    array([2, 3])
    """
    users, channels = counts.shape
    user = np.repeat(np.arange(users), counts.sum(axis=1))
    channel = np.repeat(np.tile(np.arange(channels), users), counts.ravel())
    moment = rng.random(len(user))
    if late is not None:
        moment = late[channel] + (1.0 - late[channel]) * moment
    # Sorting by the unrounded moment leaves the order of touches within one second to chance.
    order = np.argsort(user + moment, kind="stable")
    seconds = (moment[order] * spread).astype(np.int64)
    return Touches(user, channel[order], seconds, source=channel[order])
