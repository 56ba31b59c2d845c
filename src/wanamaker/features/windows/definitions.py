"""Window features as they are defined in Python: one function per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import Duration, duration_text, positive_micros, to_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.features.windows.window import KINDS, OF_A_COLUMN, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "KINDS",
    "OF_A_COLUMN",
    "Window",
    "count",
    "distinct",
    "mean",
    "rate",
    "since_first",
    "since_last",
    "total",
]


def count(
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define how many events a key had in a window; 0 where there were none.

    Parameters
    ----------
    by
        The column or columns of the key.
    within, after
        The window reaches from ``within`` ago to ``after`` ago (``after`` is now, if left out).
    peers
        ``"strict"`` or ``"arrived"``; see `Window`.
    name
        The name of the feature's column; made from the definition if left out.

    Examples
    --------
    >>> count(by=["ip", "app"], within="1h", after="5m").name
    'count_ip_app_5m_1h'
    """
    return _window("count", by, within, after, peers=peers, name=name)


def distinct(
    column: str,
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define how many different values of a column a key had in a window; nulls are no value.

    Examples
    --------
    >>> distinct("channel", by="ip", within="8h").name
    'distinct_channel_ip_8h'
    """
    return _window("distinct", by, within, after, column=column, peers=peers, name=name)


def total(
    column: str,
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define the sum of a column over a window; 0 where there were no events, nulls add nothing.

    Sums of integers are exact: keep money in integer micros where every unit counts.

    Examples
    --------
    >>> total("cost", by="user", within="7d").name
    'total_cost_user_7d'
    """
    return _window("total", by, within, after, column=column, peers=peers, name=name)


def mean(
    column: str,
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define the mean of a column's values over a window; null where there were none.

    Examples
    --------
    >>> mean("cost", by="user", within="7d").name
    'mean_cost_user_7d'
    """
    return _window("mean", by, within, after, column=column, peers=peers, name=name)


def since_last(
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define the seconds since the latest event of a key in the window; null where there was none.

    Examples
    --------
    >>> since_last(by=["ip", "device", "os"], within="1d").name
    'since_last_ip_device_os'
    """
    return _window("since_last", by, within, after, peers=peers, name=name)


def since_first(
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define the seconds since the earliest event of a key in the window; null where there was none.

    Examples
    --------
    >>> since_first(by="user", within="30d").name
    'since_first_user'
    """
    return _window("since_first", by, within, after, peers=peers, name=name)


def rate(
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None = None,
    *,
    prior: float = 100.0,
    mean: float | None = None,
    matured: Duration | None = None,
    peers: str = "strict",
    name: str | None = None,
) -> Window:
    """Define the smoothed share of a key's events in the window whose label was known to be positive.

    ``(prior * m + conversions) / (prior + events)``: the posterior mean under a Beta prior of mean m.
    Only conversions whose label time is strictly before the tick count. An empty window gives m.

    Parameters
    ----------
    by
        The column or columns of the key.
    within, after
        The window reaches from ``within`` ago to ``after`` ago.
    prior
        How many events the mean m weighs.
    mean
        m. If left out it is learned by `WindowFeatures.fit`, and frozen.
    matured
        Events younger than this are left out, for their label may still change.
    peers
        ``"strict"`` or ``"arrived"``; see `Window`.
    name
        The name of the feature's column.

    Examples
    --------
    >>> rate(by="app", within="7d", prior=100).name
    'rate_app_7d'
    """
    if isinstance(prior, int) and not isinstance(prior, bool):
        prior = float(prior)
    return _window(
        "rate", by, within, after, prior=prior, mean=mean, matured=_text(matured), peers=peers, name=name
    )


def _window(
    kind: str,
    by: str | Sequence[str],
    within: Duration,
    after: Duration | None,
    *,
    name: str | None,
    **told: Any,
) -> Window:
    column = told.get("column", "")
    if not isinstance(column, str):
        message = f"{kind}: the first argument must be the name of a column. Got {column!r}."
        raise ParameterTypeError(message, hint=f"Write wm.{kind}('cost', by='user', within='7d').")
    if name is not None and (not isinstance(name, str) or not name):
        message = f"{kind}: 'name' must be the name of the feature's column. Got {name!r}."
        raise ParameterTypeError(message)
    positive_micros(within, "within")
    # An 'after' of zero is the usual window: up to now.
    after = None if after is None or to_micros(after, "after") == 0 else after
    text = duration_text(within)
    return Window(kind=kind, by=_key(kind, by), within=text, after=_text(after), name=name or "", **told)


def _text(duration: Duration | None) -> str | None:
    return None if duration is None else duration_text(duration)


def _key(kind: str, by: str | Sequence[str]) -> tuple[str, ...]:
    key = (by,) if isinstance(by, str) else by
    if not isinstance(key, list | tuple) or not all(isinstance(one, str) and one for one in key):
        message = f"{kind}: 'by' must be a column or a list of columns. Got {by!r}."
        raise ParameterTypeError(message, hint="Write by='ip' or by=['ip', 'app'].")
    if not key:
        message = f"{kind}: 'by' must name at least one column. Got none."
        raise ParameterError(message, hint="Write by='ip' or by=['ip', 'app'].")
    twice = sorted({one for one in key if key.count(one) > 1})
    if twice:
        message = f"{kind}: 'by' must name each column once. Got {twice[0]!r} twice."
        raise ParameterError(message, hint=f"Write by={list(dict.fromkeys(key))!r}.")
    return tuple(key)
