"""The law of a purchase, and what is known of it after each event.

A session is browsing (``search``, ``page``, ``filter``) and pairs: a ``view`` and a ``cart`` of one product,
in either order. The last pair decides. With the log-odds ``b`` of the world, ``u`` of the visitor, and
``x = order * s + time * g - price * z`` of the pair (``s`` is +1 for view before cart, else -1; ``g`` is +1
if the second event took 30 seconds or more, else -1; ``z`` is how dear the product is), the probability
is ``sigmoid(b + u + x)``; without a pair it is the mean of that over all pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from wanamaker.simulate.sessions.lengths import ending_chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.sessions.catalogue import Catalogue
    from wanamaker.simulate.sessions.setting import SessionSetting

    Floats = NDArray[np.float64]

CONSIDERED = 0.3
"""Share of pairs in which the view comes first, over all sessions; also the share of careful sessions."""

PAIR_STARTS = 0.5
"""Chance that the event after browsing is the first of a pair."""

_HIGHEST_LOGIT = 60.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Odds:
    """The law of a purchase in one world.

    Parameters
    ----------
    base
        Log-odds for each kind of visitor, of shape (kinds,).
    of_pairs
        Mean probability over a pair to come, for careless and careful sessions and each kind of
        visitor, of shape (2, kinds).
    considered
        Chance that the view comes first in a pair, for careless and careful sessions, of shape (2,).
    ending
        Chance to leave after each event.
    none_left, last_left
        By the number of events so far and the state (`RESTING`, `BROWSING`, `HALFWAY`): the chance that no
        pair is completed any more; the chance that the one under way is completed and no other. Both
        of shape (longest + 1, 3).
    """

    base: Floats
    of_pairs: Floats
    considered: Floats
    ending: float
    none_left: Floats
    last_left: Floats

    @property
    def undecided(self) -> Floats:
        """Probability of a purchase without any pair, of shape (kinds,)."""
        return np.asarray((1.0 - CONSIDERED) * self.of_pairs[0] + CONSIDERED * self.of_pairs[1])


RESTING, BROWSING, HALFWAY = range(3)
"""After a pair (the next event is of browsing), after browsing, and within a pair (the next completes it)."""


def draw_odds(setting: SessionSetting, catalogue: Catalogue, offsets: Floats, shares: Floats) -> Odds:
    """Return the law of a world: its base is chosen so that the expected share of purchases is ``base_rate``.

    Parameters
    ----------
    offsets, shares
        What each kind of visitor adds to the log-odds, and the share of sessions it makes.
    """
    worth, weight = _pairs_to_come(setting, catalogue)

    def over_pairs(intercept: float) -> Floats:
        """Return the mean over pairs of order -1 and +1, for each kind of visitor; shape (2, kinds)."""
        values = [
            weight
            @ expit(intercept + offsets[np.newaxis] + worth[:, np.newaxis] + sign * setting.order_effect)
            for sign in (-1.0, 1.0)
        ]
        return np.stack(values)

    def surplus(intercept: float) -> float:
        less, more = over_pairs(intercept) @ shares
        return float((1.0 - CONSIDERED) * less + CONSIDERED * more - setting.base_rate)

    intercept = float(brentq(surplus, -_HIGHEST_LOGIT, _HIGHEST_LOGIT, xtol=1e-12))
    considered = np.array(
        [CONSIDERED * (1.0 - setting.habit), CONSIDERED + (1.0 - CONSIDERED) * setting.habit]
    )
    by_order = over_pairs(intercept)
    ending = ending_chance(setting.mean_length, setting.longest)
    none_left, last_left = _pairs_left(ending, setting.longest)
    return Odds(
        base=intercept + offsets,
        of_pairs=np.stack([(1.0 - chance) * by_order[0] + chance * by_order[1] for chance in considered]),
        considered=considered,
        ending=ending,
        none_left=none_left,
        last_left=last_left,
    )


def _pairs_to_come(setting: SessionSetting, catalogue: Catalogue) -> tuple[Floats, Floats]:
    """Return what product and haste add to the log-odds in every combination, and how likely it is."""
    price = -setting.price_effect * catalogue.dearness
    worth = np.concatenate([price - setting.time_effect, price + setting.time_effect])
    return worth, np.tile(catalogue.share / 2.0, 2)


def _pairs_left(ending: float, longest: int) -> tuple[Floats, Floats]:
    """Return, by events so far and state, the chance of no further pair, and of one that is under way."""
    none_left, last_left = np.ones((longest + 1, 3)), np.zeros((longest + 1, 3))
    for events in range(longest - 1, -1, -1):
        leaves = ending if events else 0.0  # every session has an event
        stays, later = 1.0 - leaves, none_left[events + 1]
        none_left[events, RESTING] = leaves + stays * later[BROWSING]
        none_left[events, BROWSING] = leaves + stays * (
            PAIR_STARTS * later[HALFWAY] + (1.0 - PAIR_STARTS) * later[BROWSING]
        )
        none_left[events, HALFWAY] = leaves
        last_left[events, HALFWAY] = stays * later[RESTING]
    return none_left, last_left
