"""What a world of clicks is made from: every option, checked once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import IntegerIn, Optional, RealIn, check, check_known
from wanamaker.simulate.starts import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from wanamaker.base.parameters import Constraint

OWNER = "simulate.clicks"

DAY = 86_400
"""Seconds of a day."""

INJECTED_RATE = 0.75
"""Probability that an injected click is credited with the install that it was fired for."""

_HIGHEST_MEAN = 0.2  # above, the most willing users would have to install for certain
_CLICKS_OF_A_USER, _CLICKS_OF_AN_IP = 25, 100
_MOST = {"users": 2_000_000_000, "ips": 2_000_000_000, "apps": 20_000, "channels": 20_000}

_CONSTRAINTS: Mapping[str, Constraint] = {
    "n": IntegerIn(1, 2_000_000_000),
    "seed": IntegerIn(0),
    "days": IntegerIn(1, 366),
    "base_rate": RealIn(0.0, 1.0, open_at=("low", "high")),
    "bots": RealIn(0.0, 1.0, open_at=("high",)),
    "bot_rate": RealIn(0.0, 1.0),
    "injected": RealIn(0.0, 1.0, open_at=("high",)),
    "drift": RealIn(0.0, 3.0),
    "label_delay": RealIn(1.0, DAY / 4),
    "utc_offset": IntegerIn(-12, 14),
    "users": Optional(IntegerIn(1, _MOST["users"])),
    "ips": Optional(IntegerIn(1, _MOST["ips"])),
    "apps": IntegerIn(1, _MOST["apps"]),
    "channels": IntegerIn(2, _MOST["channels"]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickSetting:
    """The options of `wanamaker.simulate.clicks`, which describes them; bad ones are refused here.

    Examples
    --------
    >>> ClickSetting(n=1_000_000).of_humans
    0.5995
    """

    n: int
    seed: int = 0
    start: str | date = "2025-01-06"
    days: int = 4
    base_rate: float = 0.0025
    bots: float = 0.4
    bot_rate: float = 0.0001
    injected: float = 0.15
    drift: float = 0.25
    label_delay: float = 300.0
    utc_offset: int = 8
    users: int | None = None
    ips: int | None = None
    apps: int = 300
    channels: int = 150

    def __post_init__(self) -> None:
        check(OWNER, {name: getattr(self, name) for name in _CONSTRAINTS}, _CONSTRAINTS)
        unix_seconds(self.start, OWNER)
        if self.of_humans <= 0 or not 0 < self.human_rate <= _HIGHEST_MEAN:
            message = (
                f"The clicks of {OWNER} must leave people an install rate above 0 and at most "
                f"{_HIGHEST_MEAN:g}. Got base_rate={self.base_rate!r}, bots={self.bots!r}, "
                f"bot_rate={self.bot_rate!r} and injected={self.injected!r}."
            )
            hint = "base_rate is the installs of all clicks; lower it, or 'bots', 'bot_rate' or 'injected'."
            raise ParameterError(message, hint=hint)

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> ClickSetting:
        """Return the setting that a world was made from.

        Raises
        ------
        ParameterError
            If a parameter is unknown, or ``n`` is missing.
        """
        check_known("parameter of a world of clicks", parameters, [field.name for field in fields(cls)])
        if "n" not in parameters:
            message = f"The parameters of a world of clicks must hold 'n'. Got {sorted(parameters)}."
            raise ParameterError(message, hint="Use the world as wanamaker.simulate.clicks returned it.")
        return cls(**parameters)

    @property
    def parameters(self) -> dict[str, Any]:
        """All options as values that JSON knows; `of` reads them back."""
        return {**asdict(self), "start": str(self.start)}

    @property
    def begin(self) -> int:
        """First moment of the world, in Unix seconds."""
        return unix_seconds(self.start, OWNER)

    @property
    def seconds(self) -> int:
        """Length of the world."""
        return self.days * DAY

    @property
    def people(self) -> int:
        """How many users there are; one for 25 clicks if not told."""
        return self.users or max(1, self.n // _CLICKS_OF_A_USER)

    @property
    def networks(self) -> int:
        """How many ips there are; one for 100 clicks if not told."""
        return self.ips or max(1, self.n // _CLICKS_OF_AN_IP)

    @property
    def of_injections(self) -> float:
        """Expected share of injected clicks among all."""
        return self.base_rate * self.injected / INJECTED_RATE

    @property
    def of_humans(self) -> float:
        """Expected share of the clicks that people make."""
        return 1.0 - self.bots - self.of_injections

    @property
    def human_rate(self) -> float:
        """Expected share of people's clicks that an install follows."""
        return (self.base_rate * (1.0 - self.injected) - self.bots * self.bot_rate) / self.of_humans
