"""Carry-over: touches of one channel that bring about touches of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.simulate.channels import column
from wanamaker.simulate.exposure import Touches
from wanamaker.stats.noisy_or_pairs import linked_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.channels import Channel

    Integers = NDArray[np.int64]

_SHORTLY = 2 * 86_400  # seconds within which a triggered touch follows its trigger
_LARGEST_GROUP = 8  # the truth enumerates the subsets of a group


def trigger_pairs(channels: tuple[Channel, ...]) -> Integers:
    """Return which channel triggers which: index of the trigger, index of the triggered; shape (pairs, 2).

    Raises
    ------
    ParameterError
        If a channel triggers one that is not there, or more than 8 are linked by triggers.

    Examples
    --------
    >>> from wanamaker.simulate.channels import DEFAULT_CHANNELS
    >>> trigger_pairs(DEFAULT_CHANNELS).tolist()
    [[0, 6], [7, 2]]
    """
    place = {channel.name: index for index, channel in enumerate(channels)}
    for channel in channels:
        if channel.triggers is not None and channel.triggers not in place:
            message = (
                f"The 'triggers' parameter of Channel {channel.name!r} must name a channel of the world. "
                f"Got {channel.triggers!r}."
            )
            raise ParameterError(message, hint=nearest(channel.triggers, place))
    acting = [channel for channel in channels if channel.triggers is not None and channel.trigger_rate > 0]
    listed = [[place[channel.name], place[str(channel.triggers)]] for channel in acting]
    pairs = np.array(listed, dtype=np.int64).reshape(-1, 2)
    _refuse_large_groups(channels, pairs)
    return pairs


def _refuse_large_groups(channels: tuple[Channel, ...], pairs: Integers) -> None:
    largest = max(linked_groups(len(channels), pairs), key=len)
    if len(largest) > _LARGEST_GROUP:
        names = [channels[index].name for index in largest]
        message = (
            f"At most {_LARGEST_GROUP} channels of a world may be linked by 'triggers'. "
            f"Got {len(names)}: {names}."
        )
        raise ParameterError(message, hint="Leave 'triggers' out of a channel in the middle of the chain.")


def add_triggered(
    touches: Touches, channels: tuple[Channel, ...], pairs: Integers, spread: int, rng: np.random.Generator
) -> Touches:
    """Add the touches that the touches of some channels bring about.

    Each of the given touches triggers, with the rate of its channel, one touch of the channel that it
    triggers: within the next two days, in a later second, and inside the user's time (in the last second of
    it nothing is triggered). Triggered touches trigger nothing.

    Parameters
    ----------
    touches
        The touches that happen by themselves.
    channels
        The channels of the world.
    pairs
        Trigger and triggered channel; shape (pairs, 2).
    spread
        Seconds from a user's start within which all touches lie.
    rng
        Source of randomness.

    Examples
    --------
    >>> from wanamaker.simulate.channels import Channel
    >>> channels = Channel(name="a", reach=1.0, triggers="b", trigger_rate=1.0), Channel(name="b", reach=0.1)
    >>> alone = Touches(np.array([0]), np.array([0]), np.array([60]), source=np.array([0]))
    >>> add_triggered(alone, channels, np.array([[0, 1]]), 3600, np.random.default_rng(0)).channel
    array([0, 1])
    """
    rate, follower = np.zeros(len(channels)), np.zeros(len(channels), dtype=np.int64)
    rate[pairs[:, 0]] = column(channels, "trigger_rate")[pairs[:, 0]]
    follower[pairs[:, 0]] = pairs[:, 1]
    room = np.minimum(_SHORTLY, spread - 1 - touches.seconds)
    fires = (rng.random(len(touches.user)) < rate[touches.channel]) & (room > 0)
    by = np.flatnonzero(fires)
    later = touches.seconds[by] + 1 + (rng.random(len(by)) * room[by]).astype(np.int64)
    user, seconds = np.append(touches.user, touches.user[by]), np.append(touches.seconds, later)
    channel = np.append(touches.channel, follower[touches.channel[by]])
    source = np.append(touches.source, touches.channel[by])
    order = np.lexsort((seconds, user))  # stable: what stood in order stays so
    return Touches(user[order], channel[order], seconds[order], source=source[order])


def triggered_counts(touches: Touches, pairs: Integers, users: int) -> Integers:
    """Return how many touches of each user each pair brought about; shape (users, pairs).

    Examples
    --------
    >>> touches = Touches(np.array([0, 0]), np.array([0, 1]), np.array([5, 9]), source=np.array([0, 0]))
    >>> triggered_counts(touches, np.array([[0, 1]]), 2).tolist()
    [[1], [0]]
    """
    counts = np.zeros((users, len(pairs)), dtype=np.int64)
    for place, (trigger, triggered) in enumerate(pairs):
        of_pair = (touches.source == trigger) & (touches.channel == triggered)
        counts[:, place] = np.bincount(touches.user[of_pair], minlength=users)
    return counts
