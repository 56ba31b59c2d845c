"""The channels of a simulated world: who meets them, how often, at what cost, and what they truly do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import RealIn, check

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_CONSTRAINTS = {
    "reach": RealIn(0.0, 1.0, open_at=("low",)),
    "frequency": RealIn(1.0, 1000.0),
    "effect": RealIn(0.0, 1.0),
    "cost": RealIn(0.0),
    "intent": RealIn(-20.0, 20.0),
    "trigger_rate": RealIn(0.0, 1.0),
    "late": RealIn(0.0, 1.0, open_at=("high",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel with its planted truth.

    Parameters
    ----------
    name
        The touch as the log names it; names in parentheses are kept for rows such as ``(baseline)``.
    reach
        Share of users who meet the channel at all, in (0, 1].
    frequency
        Mean touches of a user who meets it, 1 or more; the number is geometric.
    effect
        Probability that one touch converts, in [0, 1]; 0 is a channel that does nothing.
    cost
        Cost of one touch, in currency.
    intent
        By how much one unit (one standard deviation) of latent intent raises the log-odds of meeting the
        channel; only a confounded world uses it.
    triggers, trigger_rate
        Another channel of which each touch brings about one more touch, and how probable that is, in
        [0, 1]; only a world with carry-over uses it. A touch brought about like this triggers nothing.
    late
        The touches lie in the last 1 - ``late`` part of a user's time, in [0, 1); only a late world uses it.
        A touch that another channel triggers follows its trigger, however early that was.

    Examples
    --------
    >>> Channel(name="radio", reach=0.2, frequency=3.0, effect=0.01).cost
    0.0
    """

    name: str
    reach: float
    frequency: float = 1.0
    effect: float = 0.0
    cost: float = 0.0
    intent: float = 0.0
    triggers: str | None = None
    trigger_rate: float = 0.0
    late: float = 0.0

    def __post_init__(self) -> None:
        self._check_name()
        check(f"Channel {self.name!r}", {name: getattr(self, name) for name in _CONSTRAINTS}, _CONSTRAINTS)
        self._check_triggers()

    def _check_name(self) -> None:
        if not isinstance(self.name, str):
            message = f"The 'name' parameter of Channel must be a string. Got {self.name!r}."
            raise ParameterTypeError(message)
        if not self.name.strip() or self.name.strip().startswith("("):
            message = (
                f"The 'name' parameter of Channel must be a name outside parentheses. Got {self.name!r}."
            )
            hint = "Names such as '(baseline)' are kept for rows that are no channel; write a plain name."
            raise ParameterError(message, hint=hint)

    def _check_triggers(self) -> None:
        owner = f"parameter of Channel {self.name!r}"
        given: object = self.triggers  # what the annotation promises is checked, not trusted
        if given is not None and not isinstance(given, str):
            message = f"The 'triggers' {owner} must be the name of a channel, or None. Got {given!r}."
            raise ParameterTypeError(message, hint="triggers='search_brand', trigger_rate=0.2")
        if given == self.name:
            message = f"The 'triggers' {owner} must name another channel. Got {given!r}, its own name."
            raise ParameterError(
                message, hint="A higher 'frequency' is what repeats a channel's own touches."
            )
        if given is None and self.trigger_rate > 0:
            message = f"The 'trigger_rate' {owner} needs 'triggers'. Got {self.trigger_rate!r} without it."
            hint = f"triggers='search_brand', trigger_rate={self.trigger_rate!r}"
            raise ParameterError(message, hint=hint)


DEFAULT_CHANNELS = (
    Channel(
        name="display",
        reach=0.50,
        frequency=1.8,
        effect=0.004,
        cost=0.004,
        triggers="search_brand",
        trigger_rate=0.15,
    ),
    Channel(name="social", reach=0.37, frequency=1.6, effect=0.012, cost=0.02),
    Channel(name="search_generic", reach=0.32, frequency=1.4, effect=0.030, cost=0.85, intent=0.4),
    Channel(name="retargeting", reach=0.26, frequency=2.0, effect=0.0, cost=0.03, intent=1.2, late=0.7),
    Channel(name="email", reach=0.22, frequency=1.6, effect=0.020, cost=0.002, intent=0.2),
    Channel(name="direct", reach=0.20, frequency=1.4, effect=0.0, intent=1.2),
    Channel(name="search_brand", reach=0.17, frequency=1.3, effect=0.045, cost=0.40, intent=1.0),
    Channel(
        name="video",
        reach=0.15,
        frequency=1.5,
        effect=0.008,
        cost=0.015,
        triggers="search_generic",
        trigger_rate=0.25,
    ),
    Channel(name="shopping", reach=0.13, frequency=1.3, effect=0.060, cost=0.60, intent=0.6),
    Channel(name="affiliate", reach=0.11, frequency=1.2, effect=0.025, cost=0.50),
)
"""Ten channels, reach falling with rank, 4.1 touches in a mean journey; retargeting and direct do nothing.

With carry-over, display triggers search_brand and video triggers search_generic; in a late world,
retargeting comes in the last 30 % of a user's time.
"""


def checked_channels(channels: Sequence[Channel] | None) -> tuple[Channel, ...]:
    """Return the channels of a world, the default ones for None.

    Raises
    ------
    ParameterTypeError
        If it is not a sequence of `Channel`.
    ParameterError
        If it is empty or names a channel twice.

    Examples
    --------
    >>> len(checked_channels(None))
    10
    """
    if channels is None:
        return DEFAULT_CHANNELS
    given: object = channels  # what the annotation promises is checked, not trusted
    if not isinstance(given, Sequence) or not all(isinstance(channel, Channel) for channel in given):
        message = f"The 'channels' parameter must be a sequence of Channel. Got {channels!r}."
        hint = "channels=[wanamaker.simulate.Channel(name='email', reach=0.3, effect=0.02)]"
        raise ParameterTypeError(message, hint=hint)
    names = [channel.name for channel in channels]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not names:
        got = f"{repeated} more than once" if names else "none"
        message = f"The 'channels' parameter must hold one or more channels with different names. Got {got}."
        raise ParameterError(message, hint="Leave 'channels' out for the ten default channels.")
    return tuple(channels)


def column(channels: tuple[Channel, ...], name: str) -> NDArray[np.float64]:
    """Return one property of all channels; shape (channels,).

    Examples
    --------
    >>> float(column(DEFAULT_CHANNELS, "effect").max())
    0.06
    """
    return np.array([getattr(channel, name) for channel in channels], dtype=np.float64)


def reach_of_users(channels: tuple[Channel, ...], intent: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return the probability that each user meets each channel.

    Parameters
    ----------
    channels
        The channels of the world.
    intent
        Latent intent in standard deviations, shape (users,); None where it plays no part.

    Returns
    -------
    numpy.ndarray
        Probabilities; shape (users, channels), or (1, channels) if all users are alike.

    Examples
    --------
    >>> reach_of_users((Channel(name="a", reach=0.5, intent=1.0),), np.array([0.0, 1.0])).round(2)
    array([[0.5 ],
           [0.73]])
    """
    reach = column(channels, "reach")[None, :]
    if intent is None:
        return reach
    return raise_odds(reach, np.outer(intent, column(channels, "intent")))


def raise_odds(probability: ArrayLike, by: ArrayLike) -> NDArray[np.float64]:
    """Return the probability whose log-odds are higher by so much; 0 and 1 stay what they are.

    Examples
    --------
    >>> raise_odds([0.0, 0.5, 1.0], 1.0).round(2)
    array([0.  , 0.73, 1.  ])
    """
    start, factor = np.asarray(probability, dtype=np.float64), np.exp(np.asarray(by, dtype=np.float64))
    return np.asarray(start * factor / (1.0 - start + start * factor), dtype=np.float64)
