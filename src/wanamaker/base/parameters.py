"""Constraints on parameters, declared as data and checked in one place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Protocol

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Constraint(Protocol):
    """What a parameter may be; says so in words for the error message."""

    def type_fits(self, value: object) -> bool:
        """Tell whether the value has a type this constraint can judge."""
        ...

    def value_fits(self, value: object) -> bool:
        """Tell whether a value of a fitting type is allowed."""
        ...

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RealIn:
    """A real number within ``[low, high]``; open at an end that is listed in ``open_at``."""

    low: float = -math.inf
    high: float = math.inf
    open_at: tuple[str, ...] = ()

    def type_fits(self, value: object) -> bool:
        """Numbers fit; booleans do not."""
        return isinstance(value, Real) and not isinstance(value, bool)

    def value_fits(self, value: object) -> bool:
        """Tell whether the number lies in the interval."""
        number = float(value)  # type: ignore[arg-type]
        above = number > self.low if "low" in self.open_at else number >= self.low
        below = number < self.high if "high" in self.open_at else number <= self.high
        return above and below and math.isfinite(number)

    def __str__(self) -> str:
        left = "(" if "low" in self.open_at else "["
        right = ")" if "high" in self.open_at else "]"
        return f"a number in the range {left}{self.low:g}, {self.high:g}{right}"


@dataclass(frozen=True, slots=True)
class IntegerIn:
    """An integer within ``[low, high]``."""

    low: int
    high: int | None = None

    def type_fits(self, value: object) -> bool:
        """Integers fit; booleans and floats do not."""
        return isinstance(value, Integral) and not isinstance(value, bool)

    def value_fits(self, value: object) -> bool:
        """Tell whether the integer lies in the range."""
        number = int(value)  # type: ignore[call-overload]
        return number >= self.low and (self.high is None or number <= self.high)

    def __str__(self) -> str:
        if self.high is None:
            return f"an integer of {self.low} or more"
        return f"an integer from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the listed strings."""

    options: tuple[str, ...]

    def type_fits(self, value: object) -> bool:
        """Strings fit."""
        return isinstance(value, str)

    def value_fits(self, value: object) -> bool:
        """Tell whether the string is listed."""
        return value in self.options

    def __str__(self) -> str:
        return "one of " + ", ".join(repr(option) for option in self.options)


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    def type_fits(self, value: object) -> bool:
        """Only booleans fit."""
        return isinstance(value, bool)

    def value_fits(self, value: object) -> bool:
        """Every boolean is allowed."""
        return isinstance(value, bool)

    def __str__(self) -> str:
        return "true or false"


@dataclass(frozen=True, slots=True)
class Optional:
    """The inner constraint, or None."""

    inner: Constraint

    def type_fits(self, value: object) -> bool:
        """None fits, and what the inner constraint takes."""
        return value is None or self.inner.type_fits(value)

    def value_fits(self, value: object) -> bool:
        """None is allowed, and what the inner constraint allows."""
        return value is None or self.inner.value_fits(value)

    def __str__(self) -> str:
        return f"{self.inner}, or None"


def check(owner: str, values: Mapping[str, object], constraints: Mapping[str, Constraint]) -> None:
    """Check each value against the constraint of its name.

    Parameters
    ----------
    owner
        The function or class that takes the parameters, for the message.
    values
        Parameter name to value; only names found in ``constraints`` are checked.
    constraints
        Parameter name to constraint.

    Raises
    ------
    ParameterTypeError
        If a value has the wrong type.
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> check("attribute", {"bootstrap": 200}, {"bootstrap": IntegerIn(0)})
    """
    for name, constraint in constraints.items():
        if name not in values:
            continue
        value = values[name]
        message = f"The {name!r} parameter of {owner} must be {constraint}. Got {_shown(value)}."
        if not constraint.type_fits(value):
            raise ParameterTypeError(message)
        if not constraint.value_fits(value):
            hint = nearest(value, constraint.options) if isinstance(constraint, OneOf) else None  # type: ignore[arg-type]
            raise ParameterError(message, hint=hint)


def check_known(what: str, names: Collection[str], known: Collection[str]) -> None:
    """Refuse names that are not known, with the nearest known name as the hint.

    Raises
    ------
    ParameterError
        For the first unknown name.
    """
    for name in names:
        if name not in known:
            message = f"Unknown {what}: {name!r}."
            raise ParameterError(message, hint=nearest(name, known))


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str) or value is None else f"{value!r} ({type(value).__name__})"
