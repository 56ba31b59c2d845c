"""Sessions put aside for validation: the latest users, or users drawn at random where no time is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.events.codes import mixed
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions


def cut_off(sessions: Sessions, share: float = 0.1, seed: int = 0) -> tuple[Sessions, Sessions, str]:
    """Return the sessions to learn from, those to stop and calibrate by, and how they were chosen.

    A user's sessions stay together, and belong where the first of them does. The users who came last are
    put aside, about as many as have that share of the sessions; where no times are known, users drawn at
    random.

    Parameters
    ----------
    sessions
        With labels or not.
    share
        Of the sessions, above 0 and below 1.
    seed
        Of the draw.

    Raises
    ------
    DataError
        If there are not two users to part.
    """
    keys, users = np.unique(sessions.users, return_inverse=True)
    started = sessions.started
    timed = started is not None and bool((started != NO_TIME).all()) and len(sessions) > 0
    if timed and started is not None:
        order = np.full(len(keys), np.iinfo(np.int64).max)
        np.minimum.at(order, users, started)
        ranks = np.argsort(order, kind="stable")
        note = "The validation part is the users whose first session is among the latest."
    else:
        ranks = np.argsort(mixed(keys ^ np.uint64(seed)), kind="stable")
        note = "No times are known: the validation part is users drawn at random, not the latest."
    aside = _latest(np.bincount(users, minlength=len(keys))[ranks], share)
    later = np.zeros(len(keys), dtype=np.bool_)
    later[ranks[len(keys) - aside :]] = True
    return sessions.take(~later[users]), sessions.take(later[users]), note


def _latest(counts: NDArray[np.int64], share: float) -> int:
    """Return how many of the last users have about that share of all sessions, at least one and not all."""
    if len(counts) < 2:  # noqa: PLR2004
        message = f"Sessions of two users or more are needed to put some aside. Got {len(counts)}."
        raise DataError(message, hint="Give more sessions, or a validation part: fit(train, valid).")
    wanted = share * counts.sum()
    held = np.cumsum(counts[::-1])
    return int(np.clip(np.argmin(np.abs(held - wanted)) + 1, 1, len(counts) - 1))
