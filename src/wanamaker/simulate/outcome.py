"""Who converts, at which touch, and what of the journey is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.exposure import Touches


def draw_first_success(
    touches: Touches, effects: NDArray[np.float64], base: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the first touch of each user at which a conversion happens.

    Each touch succeeds with the effect of its channel. With probability ``base`` a user converts without
    any touch's help; this success falls at one of the user's touches, drawn uniformly. A user thus has a
    success with probability 1 - (1 - b) Π (1 - e), the noisy-or model.

    Parameters
    ----------
    touches
        The potential touches.
    effects
        Conversion probability of a touch of each channel; shape (channels,).
    base
        Conversion probability of each user without touches; shape (users,).
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Position of the touch within ``touches``, -1 for users who do not convert; shape (users,).

    Examples
    --------
    >>> from wanamaker.simulate.exposure import Touches
    >>> channel = np.array([0, 1, 0])
    >>> touches = Touches(np.array([0, 0, 1]), channel, np.array([5, 9, 5]), source=channel)
    >>> draw_first_success(touches, np.array([0.0, 1.0]), np.zeros(2), np.random.default_rng(0))
    array([ 1, -1])
    """
    users, ends = len(base), touches.ends
    success = rng.random(len(touches.user)) < effects[touches.channel]
    lengths = np.diff(ends, prepend=-1)
    at = ends - (rng.random(users) * lengths).astype(np.int64)
    success[at[rng.random(users) < base]] = True
    found = np.flatnonzero(success)
    who, earliest = np.unique(touches.user[found], return_index=True)
    first = np.full(users, -1, dtype=np.int64)
    first[who] = found[earliest]
    return first


def observed_ends(
    touches: Touches, first_success: NDArray[np.int64], *, until_conversion: bool
) -> NDArray[np.int64]:
    """Return where each journey ends as the log shows it.

    Parameters
    ----------
    touches
        The potential touches.
    first_success
        Position of the first success of each user, -1 for none; shape (users,).
    until_conversion
        Whether a journey stops at its first success; else all touches are seen.

    Returns
    -------
    numpy.ndarray
        Position of the last touch seen of each user; shape (users,).
    """
    if not until_conversion:
        return touches.ends
    return np.where(first_success >= 0, first_success, touches.ends)
