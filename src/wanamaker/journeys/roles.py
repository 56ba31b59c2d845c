"""Which column of a log plays which role when journeys are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.errors import ParameterError, ParameterTypeError

if TYPE_CHECKING:
    from collections.abc import Iterator


RESERVED = {
    *("journey", "user", "goal", "touches", "conversions", "nulls", "converted", "seconds_before_end"),
    *("ended", "value", "model", "touch", "share", "cost", "cpa", "roas", "support", "position", "credit"),
    *("day", "week", "month"),
}
"""Names of columns in results, which covariates must not have."""


@dataclass(frozen=True)
class Roles:
    """Column names by role; see `wanamaker.journeys_from_events` for what each is."""

    user: str | None
    time: str
    touch: str
    converted: str | None
    conversion_id: str | None = None
    conversion_time: str | None = None
    journey: str | None = None
    event: str | None = None
    conversions: tuple[str, ...] = ()
    touch_events: tuple[str, ...] = ()
    kind: str | None = None
    value: str | None = None
    cost: str | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role, names in vars(self).items():
            for name in names if isinstance(names, tuple) else (names,):
                if name is not None and not isinstance(name, str):
                    message = f"{role!r} must name a column. Got {name!r} ({type(name).__name__})."
                    raise ParameterTypeError(message, hint=f"Write {role}='column_name'.")
        self._check_repeated()
        self._check_form()
        self._check_covariates()

    @property
    def form(self) -> str:
        """``"events"``, ``"journeys"`` or ``"flags"``: how the log tells conversions."""
        if self.event is not None:
            return "events"
        return "flags" if self.journey is None else "journeys"

    @property
    def columns(self) -> list[str]:
        """Every column that is read, each once."""
        return list(dict.fromkeys(self._named()))

    @property
    def ids(self) -> list[str]:
        """The columns that hold ids and names."""
        named = (self.user, self.journey, self.conversion_id, self.touch, self.event, self.kind)
        return list(dict.fromkeys(name for name in named if name is not None))

    def _named(self) -> Iterator[str]:
        for role, name in vars(self).items():
            if role in ("conversions", "touch_events"):
                continue
            yield from name if isinstance(name, tuple) else () if name is None else (name,)

    def _check_form(self) -> None:
        if self.event is not None:
            _refuse_together("event", journey=self.journey, converted=self.converted)
            return
        if self.conversions or self.touch_events:
            message = (
                "'conversions' and 'touch_events' name values of an event column, but 'event' is not given."
            )
            raise ParameterError(message, hint="Write event='column_name' too.")
        if self.journey is not None:
            _refuse_together("journey", conversion_id=self.conversion_id)

    def _check_repeated(self) -> None:
        for role in ("conversions", "touch_events", "covariates"):
            names = getattr(self, role)
            twice = [name for name in names if names.count(name) > 1]
            if twice:
                message = f"{role!r} names {twice[0]!r} more than once."
                raise ParameterError(message, hint="Leave out the repetition.")

    def _check_covariates(self) -> None:
        for name in self.covariates:
            if name in RESERVED or name.endswith(("_low", "_high")):
                message = f"'covariates' must not be named like a column of the result. Got {name!r}."
                raise ParameterError(message, hint=f"Rename the column, for example to 'user_{name}'.")


def _refuse_together(given: str, **others: str | None) -> None:
    for name, column in others.items():
        if column is not None:
            message = f"{given!r} and {name!r} were both given; they tell conversions in different ways."
            raise ParameterError(message, hint=f"Leave out one: {given!r} or {name!r}.")
