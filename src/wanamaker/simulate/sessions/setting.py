"""What a world of sessions is made from: every option, checked once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import Boolean, IntegerIn, Optional, RealIn, check
from wanamaker.simulate.starts import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from wanamaker.base.parameters import Constraint

OWNER = "simulate.sessions"

DAY = 86_400
"""Seconds of a day."""

_SESSIONS_OF_A_USER = 3
_STRONGEST = RealIn(-10.0, 10.0)

_CONSTRAINTS: Mapping[str, Constraint] = {
    "n": IntegerIn(1, 2_000_000_000),
    "seed": IntegerIn(0),
    "days": IntegerIn(1, 366),
    "base_rate": RealIn(0.0, 1.0, open_at=("low", "high")),
    "order_effect": _STRONGEST,
    "time_effect": _STRONGEST,
    "price_effect": _STRONGEST,
    "feature_effect": _STRONGEST,
    "user_effect": RealIn(0.0, 10.0),
    "habit": RealIn(0.0, 1.0),
    "mean_length": RealIn(1.0, 200.0),
    "longest": IntegerIn(1, 300),
    "users": Optional(IntegerIn(1, 2_000_000_000)),
    "products": IntegerIn(1, 2_000),
    "purchase_event": Boolean(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSetting:
    """The options of `wanamaker.simulate.sessions`, which describes them; bad ones are refused here.

    Examples
    --------
    >>> SessionSetting(n=9_000).people
    3000
    """

    n: int
    seed: int = 0
    start: str | date = "2025-01-06"
    days: int = 28
    base_rate: float = 0.1
    order_effect: float = 3.0
    time_effect: float = 0.5
    price_effect: float = 0.3
    feature_effect: float = 1.0
    user_effect: float = 0.0
    habit: float = 0.5
    mean_length: float = 12.0
    longest: int = 300
    users: int | None = None
    products: int = 300
    purchase_event: bool = False

    def __post_init__(self) -> None:
        check(OWNER, {name: getattr(self, name) for name in _CONSTRAINTS}, _CONSTRAINTS)
        unix_seconds(self.start, OWNER)
        if self.mean_length > max(1.0, self.longest / 2):
            message = (
                f"The 'mean_length' parameter of {OWNER} must be at most half of 'longest'. Got "
                f"mean_length={self.mean_length!r} and longest={self.longest!r}."
            )
            raise ParameterError(message, hint=f"Write mean_length={max(1.0, self.longest / 2):g} or less.")

    @property
    def parameters(self) -> dict[str, Any]:
        """All options as values that JSON knows."""
        return {**asdict(self), "start": str(self.start)}

    @property
    def begin(self) -> int:
        """First moment of the world, in Unix seconds."""
        return unix_seconds(self.start, OWNER)

    @property
    def seconds(self) -> int:
        """Time within which sessions begin."""
        return self.days * DAY

    @property
    def people(self) -> int:
        """How many users there are; one for three sessions if not told."""
        return self.users or max(1, self.n // _SESSIONS_OF_A_USER)
