"""Which column of a log plays which role when sessions are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import IntegerIn, Optional, check

if TYPE_CHECKING:
    from collections.abc import Sequence

RESERVED = {"session", "user", "started", "label", "events", "seconds", "step_label"}
"""Names of columns in results, which other columns must not have."""


@dataclass(frozen=True)
class SessionRoles:
    """Column names by role; see `wanamaker.sessions_from_events` for what each is."""

    session: str
    time: str
    event: str
    label: str | None = None
    outcome: str | None = None
    horizon: int | None = None
    user: str | None = None
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role in ("session", "time", "event", "label", "user"):
            check_column(role, getattr(self, role), needed=role in ("session", "time", "event"))
        for role in ("numeric", "categorical", "features"):
            check_columns(role, getattr(self, role))
        self._check_repeated()
        self._check_question()

    @property
    def columns(self) -> list[str]:
        """Every column of the log that is read, each once."""
        named = (self.session, self.time, self.event, self.label, self.user)
        listed = (*self.numeric, *self.categorical, *self.features)
        return list(dict.fromkeys([*(name for name in named if name is not None), *listed]))

    @property
    def event_numeric(self) -> tuple[str, ...]:
        """The columns of numbers that change from event to event."""
        return tuple(name for name in self.numeric if name not in self.features)

    @property
    def event_categorical(self) -> tuple[str, ...]:
        """The columns of categories that change from event to event."""
        return tuple(name for name in self.categorical if name not in self.features)

    @property
    def feature_kinds(self) -> dict[str, bool]:
        """For features that are also named as numeric or categorical: whether they are categories."""
        numbers = {name: False for name in self.numeric if name in self.features}
        return numbers | {name: True for name in self.categorical if name in self.features}

    @property
    def ids(self) -> list[str]:
        """The columns that hold ids and names."""
        named = (self.session, self.event, self.user, *self.categorical)
        return list(dict.fromkeys(name for name in named if name is not None))

    def _check_repeated(self) -> None:
        taken: dict[str, str] = {}
        for role in ("session", "time", "event", "label", "user"):
            name = getattr(self, role)
            if name in taken:
                refuse_twice(name, taken[name], role)
            if name is not None:
                taken[name] = role
        for role in ("numeric", "categorical", "features"):
            for name in getattr(self, role):
                if name in taken:
                    refuse_twice(name, taken[name], role)
        for name in self.numeric:
            if name in self.categorical:
                refuse_twice(name, "numeric", "categorical")

    def _check_question(self) -> None:
        if self.label is not None and self.outcome is not None:
            message = "'label' and 'outcome' were both given; they tell in different ways what is asked."
            raise ParameterError(message, hint="Leave out one: 'label' or 'outcome'.")
        check("sessions_from_events", {"horizon": self.horizon}, {"horizon": Optional(IntegerIn(1))})
        if self.horizon is not None and self.outcome is None:
            message = (
                f"'horizon' says within how many steps the outcome follows. Got {self.horizon}, no outcome."
            )
            raise ParameterError(message, hint="Write outcome='purchase' too, or leave out 'horizon'.")


def check_column(role: str, name: Any, *, needed: bool = False) -> None:
    """Refuse what names no column."""
    if (name is None and needed) or not (name is None or isinstance(name, str)):
        message = f"{role!r} must name a column. Got {name!r} ({type(name).__name__})."
        raise ParameterTypeError(message, hint=f"Write {role}='column_name'.")


def check_columns(role: str, names: Sequence[Any]) -> None:
    """Refuse a list with something else than columns, a repeated one, or a name that results have."""
    for name in names:
        check_column(role, name, needed=True)
        if name in RESERVED:
            message = f"{role!r} must not be named like a column of the result. Got {name!r}."
            raise ParameterError(message, hint=f"Rename the column, for example to 'of_{name}'.")
    twice = [name for name in names if list(names).count(name) > 1]
    if twice:
        message = f"{role!r} names {twice[0]!r} more than once."
        raise ParameterError(message, hint="Leave out the repetition.")


def as_list(names: Any, role: str) -> tuple[str, ...]:
    """Return a list of names as a tuple.

    Raises
    ------
    ParameterError
        If it is one name and no list.
    """
    if isinstance(names, str):
        message = f"{role!r} must be a list of names. Got {names!r}."
        raise ParameterError(message, hint=f"Write {role}=[{names!r}].")
    if not isinstance(names, list | tuple):
        message = f"{role!r} must be a list of names. Got {names!r}."
        raise ParameterTypeError(message, hint=f"Write {role}=['name'], or leave it out.")
    return tuple(names)


def refuse_twice(name: str, first: str, second: str) -> None:
    """Refuse a column with two roles."""
    message = f"{name!r} was given as {first!r} and as {second!r}; a column has one role."
    hint = "Leave it out of one of them."
    if first in ("label", "outcome"):
        hint = f"The label must not be among what is known: leave it out of {second!r}."
    raise ParameterError(message, hint=hint)
