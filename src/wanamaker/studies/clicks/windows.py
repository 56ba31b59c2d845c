"""The windows of a study that names none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_BANDS = ({"within": "5m"}, {"within": "1h", "after": "5m"}, {"within": "8h", "after": "1h"})


def usual_windows(categorical: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return counts in three bands, and the time since the last event, of each column and of all together.

    The bands are those of the click literature: up to 5 minutes, from there to 1 hour, from there to
    8 hours. Name your own where you know which columns make a user.

    Examples
    --------
    >>> [next(iter(window)) for window in usual_windows(["ip"])]
    ['count', 'count', 'count', 'since_last']
    """
    keys = [[column] for column in categorical]
    if len(categorical) > 1:
        keys.append(list(categorical))
    return tuple(window for key in keys for window in _of(key))


def _of(key: list[str]) -> list[dict[str, Any]]:
    counts = [{"count": key, **band} for band in _BANDS]
    return [*counts, {"since_last": key, "within": "1d"}]
