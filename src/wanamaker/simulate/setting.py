"""What a world of journeys is made from: every option, checked once."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check, check_known
from wanamaker.simulate.carry_over import trigger_pairs
from wanamaker.simulate.channels import Channel, column
from wanamaker.simulate.starts import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_OWNER = "simulate.journeys"

_CONSTRAINTS: Mapping[str, Constraint] = {
    "n": IntegerIn(1, 100_000_000),
    "seed": IntegerIn(0),
    "confounded": Boolean(),
    "observed": OneOf(("full", "until_conversion")),
    "carry_over": Boolean(),
    "late": Boolean(),
    "intent_error": RealIn(0.0, 1.0),
    "base_rate": RealIn(0.0, 1.0, open_at=("high",)),
    "intent_effect": RealIn(-20.0, 20.0),
    "mean_value": RealIn(0.0, open_at=("low",)),
    "days": IntegerIn(1),
    "within_days": IntegerIn(1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The options of `wanamaker.simulate.journeys`, which describes them; bad ones are refused here.

    Examples
    --------
    >>> from wanamaker.simulate import journeys
    >>> Setting.of(journeys(50, seed=3).parameters).seed
    3
    """

    n: int
    seed: int
    confounded: bool
    observed: str
    channels: tuple[Channel, ...]
    base_rate: float
    intent_effect: float
    mean_value: float
    start: str | date
    days: int
    within_days: int
    carry_over: bool = False
    late: bool = False
    intent_error: float = 0.0

    def __post_init__(self) -> None:
        check(_OWNER, {name: getattr(self, name) for name in _CONSTRAINTS}, _CONSTRAINTS)
        unix_seconds(self.start, _OWNER)
        _check_conversions_exist(self.channels, self.base_rate)
        if self.intent_error > 0 and not self.confounded:
            message = (
                f"The 'intent_error' parameter of {_OWNER} must be 0 in a world that is not confounded. "
                f"Got {self.intent_error!r} with confounded=False."
            )
            raise ParameterError(message, hint=f"confounded=True, intent_error={self.intent_error!r}")
        if self.carry_over:
            trigger_pairs(self.channels)

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Setting:
        """Return the setting that a world was made from.

        Raises
        ------
        ParameterError
            If a parameter is missing or unknown.
        """
        check_known("parameter of a world", parameters, [field.name for field in fields(cls)])
        required = [field.name for field in fields(cls) if field.default is MISSING]
        missing = [name for name in required if name not in parameters]
        if missing:
            message = f"The parameters of a world of journeys must hold {missing}. Got {sorted(parameters)}."
            raise ParameterError(message, hint="Use the world as wanamaker.simulate.journeys returned it.")
        channels = tuple(Channel(**channel) for channel in parameters["channels"])
        return cls(**{**parameters, "channels": channels})

    @property
    def parameters(self) -> dict[str, Any]:
        """All options as values that JSON knows; `of` reads them back."""
        return {**asdict(self), "start": str(self.start), "channels": [asdict(one) for one in self.channels]}

    @property
    def begin(self) -> int:
        """First moment of the world, in Unix seconds."""
        return unix_seconds(self.start, _OWNER)

    @property
    def pairs(self) -> NDArray[np.int64]:
        """Which channel triggers which, none without carry-over; shape (pairs, 2)."""
        return trigger_pairs(self.channels) if self.carry_over else np.zeros((0, 2), dtype=np.int64)


def _check_conversions_exist(channels: tuple[Channel, ...], base_rate: float) -> None:
    if base_rate == 0 and not column(channels, "effect").any():
        message = "A channel 'effect' or the 'base_rate' of a world must be above 0. Got 0 for all."
        raise ParameterError(message, hint="Leave 'base_rate' at its default, 0.008.")
