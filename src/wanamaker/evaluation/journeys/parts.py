"""Parts of journeys in time: to learn from, to tune on, to judge by; no user on two sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.splits import Split, split_by_group, split_by_time
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

    Rows = NDArray[np.int64]

_PARTS = ("train", "valid", "test")


def split_journeys(journeys: Journeys, *, valid: float = 0.1, test: float = 0.2) -> Split:
    """Split journeys by the time of their end, and keep every user on one side.

    A journey belongs to the part in which it *ended*: with its conversion, or with its last touch. By then,
    and not before, its touches and its outcome are known, so that an earlier part holds nothing that its
    model could not have seen on the day on which the next part begins. (Split by its first touch, a journey
    of the training part might convert among the test journeys; and journeys that begin late are cut short
    by the end of the log.) A user with journeys in several parts is left in the last of them alone: the
    earlier journeys of such users are in no part.

    Journeys without touches, which no model can say anything of, are in no part.

    Parameters
    ----------
    journeys
        With times; of one goal.
    valid, test
        Shares of the journeys, in (0, 1), together below 1.

    Returns
    -------
    Split
        ``train``, ``valid`` and ``test`` are rows of ``journeys``.

    Raises
    ------
    DataError
        If the journeys have no times, a journey has no known end, or a part has one outcome only.
    ParameterError
        If the shares make no sense, or a part would be empty.

    Examples
    --------
    >>> import polars as pl
    >>> from wanamaker.journeys.from_events import journeys_from_events
    >>> users = [1, 2, 3, 4, 5, 6, 7, 8, 2, 9]
    >>> log = pl.DataFrame({"uid": users, "timestamp": range(10), "campaign": ["a", "b"] * 5,
    ...                     "conversion": [1, 0, 0, 1, 0, 0, 0, 1, 0, 1]})
    >>> split = split_journeys(journeys_from_events(log), valid=0.2, test=0.2)
    >>> [len(part) for part in split.parts().values()]
    [5, 2, 2]
    """
    rows = np.flatnonzero(journeys.lengths > 0)
    ends = _ends(journeys)[rows]
    labels = journeys.converted[rows]
    split = split_by_time(ends, valid=valid, test=test, labels=labels)
    users, left = journeys.users[rows], 0
    kept: dict[str, Rows] = {}
    for at, name in enumerate(_PARTS):
        part = split.parts()[name]
        later = np.concatenate([split.parts()[other] for other in _PARTS[at + 1 :]] or [part[:0]])
        stays = ~np.isin(users[part], users[later])
        kept[name] = rows[part[stays]]
        left += int(np.sum(~stays))
    notes = list(split.notes)
    if left:
        notes.append(f"{left:,} earlier journeys of users with later ones in another part are left out.")
    if len(rows) < len(journeys):
        notes.append(f"{len(journeys) - len(rows):,} journeys without touches are in no part.")
    whole = replace(split, train=kept["train"], valid=kept["valid"], test=kept["test"], notes=tuple(notes))
    _refuse_one_outcome(journeys, whole)
    return whole


def split_users(journeys: Journeys, *, valid: float = 0.1, test: float = 0.2, seed: int = 0) -> Split:
    """Split journeys by a hash of their user: for designs in which time cannot part them.

    With a landmark every user is seen at one date, and when a journey ended tells its outcome. Journeys
    without touches are in no part.

    Parameters
    ----------
    journeys
        Of one goal.
    valid, test
        Shares of the users, in (0, 1), together below 1.
    seed
        Another seed makes another split.

    Raises
    ------
    DataError
        If a part has one outcome only.
    ParameterError
        If the shares make no sense, or a part would be empty.
    """
    rows = np.flatnonzero(journeys.lengths > 0)
    users = pl.Series("user", journeys.users[rows])
    split = split_by_group(users, valid=valid, test=test, seed=seed, labels=journeys.converted[rows])
    whole = replace(split, train=rows[split.train], valid=rows[split.valid], test=rows[split.test])
    _refuse_one_outcome(journeys, whole)
    return whole


def _ends(journeys: Journeys) -> Rows:
    if journeys.times is None or journeys.ended is None or journeys.grouped:
        message = "Journeys are split by the time of their end. These have no times."
        raise DataError(message, hint="Build them from a log of events, not from paths.")
    unknown = (journeys.ended == NO_TIME) & (journeys.lengths > 0)
    if unknown.any():
        message = f"Journey {int(np.argmax(unknown))} has no known end, so it is in no part of time."
        raise DataError(message, hint="Give the time of each conversion, or leave such journeys out.")
    return journeys.ended


def _refuse_one_outcome(journeys: Journeys, split: Split) -> None:
    for name, part in split.parts().items():
        labels = journeys.converted[part]
        if not len(labels) or labels.all() or not labels.any():
            which = "none at all" if not len(labels) else "all" if labels.all() else "none"
            message = f"The {name!r} part must have journeys that convert and journeys that do not. "
            message += f"Of {len(labels)}, {which} convert{'s' if which == 'none' else ''}."
            raise DataError(message, hint="Give other shares, or a log with more conversions.")
