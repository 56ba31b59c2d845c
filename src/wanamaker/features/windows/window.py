"""One window feature: an aggregate over the past of a key, with exactly one meaning.

For an event at tick t (its time, floored to the resolution) and key k, a window aggregates the events
of key k with ``t - within <= tick < t - after``. The event itself and its peers of the same tick never
count, so that a value does not depend on the order in which a tick's events arrive.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from wanamaker.base.durations import positive_micros, to_micros
from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import OneOf, Optional, RealIn, check

if TYPE_CHECKING:
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
        self._check_peers()
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

    def _check_peers(self) -> None:
        for name, ends in (("after", self.after), ("matured", self.matured)):
            if self.peers == "arrived" and ends is not None:
                message = f"{self.kind}: peers='arrived' counts events of the same tick, "
                message += f"which a window that ends {ends!r} ago never holds."
                raise ParameterError(message, hint=f"Leave out {name!r}, or peers='arrived'.")

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
