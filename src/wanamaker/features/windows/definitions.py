"""One window feature: an aggregate over the past of a key, with exactly one meaning.

For an event at tick t (its time, floored to the resolution) and key k, a window aggregates the events
of key k with ``t - within <= tick < t - after``. The event itself and its peers of the same tick never
count, so that a value does not depend on the order in which a tick's events arrive.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from wanamaker.base.durations import Duration, duration_text, positive_micros, to_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import OneOf, Optional, RealIn, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.base.parameters import Constraint

KINDS: Final = ("count", "distinct", "total", "mean", "since_last", "since_first", "rate")
"""What a window can aggregate."""

OF_A_COLUMN: Final = ("distinct", "total", "mean")
"""Kinds that aggregate the values of a column."""

PEERS: Final = ("strict", "arrived")

_UNNAMED_LENGTH = ("since_last", "since_first")
_CONSTRAINTS: dict[str, Constraint] = {
    "kind": OneOf(KINDS),
    "peers": OneOf(PEERS),
    "prior": RealIn(0.0),
    "mean": Optional(RealIn(0.0, 1.0)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The definition of one window feature; made by `count`, `distinct` and so on.

    Parameters
    ----------
    kind
        One of `KINDS`.
    by
        The columns of the key. Their order does not matter for the value.
    within, after
        The window reaches from ``within`` ago to ``after`` ago; durations such as ``"5m"``.
    column
        The column that is aggregated, for the kinds `OF_A_COLUMN`.
    peers
        ``"strict"``: events of the same tick never count. ``"arrived"``: those that came earlier in the
        log do, and the value depends on the order of arrival.
    prior
        For a rate: how many events the mean weighs.
    mean
        For a rate: the mean of the label that few events are drawn to; None until it is fitted.
    matured
        For a rate: events younger than this are left out, because their labels are not complete yet.
    name
        The name of the feature's column.
    """

    kind: str
    by: tuple[str, ...]
    within: str
    after: str | None = None
    column: str | None = None
    peers: str = "strict"
    prior: float = 0.0
    mean: float | None = None
    matured: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        told = {name: getattr(self, name) for name in _CONSTRAINTS}
        check(self.kind if self.kind in KINDS else "a window", told, _CONSTRAINTS)
        self._check_durations()
        if self.peers == "arrived" and self.after is not None:
            message = (
                f"{self.kind}: peers='arrived' counts events of the same tick, which a window that ends "
            )
            message += f"{self.after!r} ago never holds."
            raise ParameterError(message, hint="Leave out 'after', or peers='arrived'.")
        if not self.name:
            object.__setattr__(self, "name", self._usual_name())

    @property
    def within_micros(self) -> int:
        """How far back the window reaches, in microseconds."""
        return to_micros(self.within)

    @property
    def after_micros(self) -> int:
        """How long ago the window ends, in microseconds."""
        return 0 if self.after is None else to_micros(self.after)

    @property
    def matured_micros(self) -> int:
        """How old an event must be to count, in microseconds."""
        return 0 if self.matured is None else to_micros(self.matured)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, without time and label."""
        return self.by if self.column is None else (*self.by, self.column)

    def as_dict(self) -> dict[str, Any]:
        """Return the definition as it stands in a spec: ``{"count": ["ip", "app"], "within": "5m"}``."""
        defaults = {one.name: one.default for one in fields(self)}
        told = {key: value for key, value in asdict(self).items() if value != defaults[key]}
        told.pop("kind"), told.pop("by"), told.pop("column", None)
        if self.kind == "rate":
            told["prior"] = self.prior
        if self.name == self._usual_name():
            told.pop("name")
        if self.column is None:
            return {self.kind: list(self.by), **told}
        return {self.kind: self.column, "by": list(self.by), **told}

    def _usual_name(self) -> str:
        parts = [self.kind, *([] if self.column is None else [self.column]), *self.by]
        if self.after is not None:
            parts += [self.after, self.within]
        elif self.kind not in _UNNAMED_LENGTH:
            parts.append(self.within)
        return "_".join(parts)

    def _check_durations(self) -> None:
        within = positive_micros(self.within, "within")
        if self.after is not None and not 0 < positive_micros(self.after, "after") < within:
            message = f"{self.kind}: 'after' must be shorter than 'within'. "
            message += f"Got after={self.after!r}, within={self.within!r}."
            raise ParameterError(
                message, hint="within='1h', after='5m' is the band from 1 h ago to 5 min ago."
            )
        if self.matured is not None and not 0 < positive_micros(self.matured, "matured") < within:
            message = f"{self.kind}: 'matured' must be shorter than 'within'. "
            message += f"Got matured={self.matured!r}, within={self.within!r}."
            raise ParameterError(message, hint="Events younger than 'matured' are left out of the window.")


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
