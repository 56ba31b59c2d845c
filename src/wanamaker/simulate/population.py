"""The users of a world of journeys before anything is decided: their intent and potential touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.carry_over import add_triggered, triggered_counts
from wanamaker.simulate.channels import Channel, column, raise_odds, reach_of_users
from wanamaker.simulate.exposure import Touches, draw_counts, draw_touches
from wanamaker.stats.noisy_or import conversion_probability, failure_probability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.simulate.setting import Setting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

DAY = 86_400
"""Seconds of a day."""

# A stream's place fixes its numbers: new ones are added at the end, so that old worlds stay as they were.
_STREAMS = ("intent", "exposure", "start", "moment", "outcome", "value", "triggers", "intent_error")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Population:
    """All users and what may happen to them.

    Parameters
    ----------
    channels
        The channels of the world.
    pairs
        Which channel triggers which; shape (pairs, 2).
    intent
        Latent intent in standard deviations, shape (users,); None where it plays no part.
    base
        Conversion probability without touches; shape (users,).
    begins
        Unix seconds from which a user's touches count; shape (users,).
    touches
        The potential touches, triggered ones among them.
    counts
        Potential touches that nothing triggered; shape (users, channels).
    triggered
        Touches that each pair brought about; shape (users, pairs).
    """

    channels: tuple[Channel, ...]
    pairs: Integers
    intent: Floats | None
    base: Floats
    begins: Integers
    touches: Touches
    counts: Integers
    triggered: Integers

    @property
    def effects(self) -> Floats:
        """Conversion probability of a touch of each channel; shape (channels,)."""
        return column(self.channels, "effect")

    @property
    def last_moments(self) -> Integers:
        """Unix seconds of each user's last potential touch; shape (users,)."""
        return self.begins + self.touches.seconds[self.touches.ends]

    def conversion_probability(self, without: int | None = None) -> Floats:
        """Return the probability that each user converts, if one channel did not exist; shape (users,).

        Without a channel, what its touches would have triggered does not exist either.
        """
        kept = np.arange(len(self.channels)) != without
        kept_pairs = (self.pairs != (-1 if without is None else without)).all(axis=1)
        effects, triggered = self.effects, self.effects[self.pairs[:, 1]]
        alone = failure_probability(self.counts[:, kept], effects[kept])
        of_pairs = failure_probability(self.triggered[:, kept_pairs], triggered[kept_pairs])
        return conversion_probability(np.hstack([alone, of_pairs]), self.base)


def streams_of(seed: int) -> Mapping[str, np.random.Generator]:
    """Return the sources of randomness of a world, one for each thing that is drawn.

    Examples
    --------
    >>> sorted(streams_of(0))[:2]
    ['exposure', 'intent']
    """
    return dict(zip(_STREAMS, np.random.default_rng(seed).spawn(len(_STREAMS)), strict=True))


def draw_population(setting: Setting, streams: Mapping[str, np.random.Generator]) -> Population:
    """Draw the users of a world and their potential touches; the same for the same setting.

    Examples
    --------
    >>> from wanamaker.simulate import journeys
    >>> from wanamaker.simulate.setting import Setting
    >>> setting = Setting.of(journeys(100, seed=1).parameters)
    >>> draw_population(setting, streams_of(setting.seed)).counts.shape
    (100, 10)
    """
    channels, users, spread = setting.channels, setting.n, setting.within_days * DAY
    intent = streams["intent"].standard_normal(users) if setting.confounded else None
    rate = setting.base_rate
    base = np.full(users, rate) if intent is None else raise_odds(rate, setting.intent_effect * intent)
    reach, frequency = reach_of_users(channels, intent), column(channels, "frequency")
    counts = draw_counts(reach, frequency, users, streams["exposure"])
    begins = setting.begin + streams["start"].integers(0, setting.days * DAY, users)
    late = column(channels, "late") if setting.late else None
    touches = draw_touches(counts, spread, streams["moment"], late)
    pairs = setting.pairs
    if len(pairs):
        touches = add_triggered(touches, channels, pairs, spread, streams["triggers"])
    return Population(
        channels=channels,
        pairs=pairs,
        intent=intent,
        base=base,
        begins=begins,
        touches=touches,
        counts=counts,
        triggered=triggered_counts(touches, pairs, users),
    )
