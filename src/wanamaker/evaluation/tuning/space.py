"""What a search may try: ranges and choices, as they stand in a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

SPACE: Mapping[str, Mapping[str, Any]] = {
    "max_depth": {"low": 3, "high": 10},
    "learning_rate": {"low": 0.01, "high": 0.2, "log": True},
    "min_child_weight": {"low": 1, "high": 6},
    "reg_alpha": {"low": 0.0, "high": 1.0},
    "reg_lambda": {"low": 0.0, "high": 1.0},
    "subsample": {"low": 0.5, "high": 1.0},
    "colsample_bytree": {"low": 0.5, "high": 1.0},
}
"""The ranges of a click model's trees that are searched by default; rounds follow by early stopping."""

_KEYS = ("low", "high", "log", "choices")
_NOT_OF_CATBOOST = ("min_child_weight", "reg_alpha")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One parameter of a search.

    Parameters
    ----------
    name
        The parameter.
    low, high
        The ends of its range; whole numbers give whole numbers.
    log
        Whether it is drawn evenly in its logarithm.
    choices
        What it may be, in place of a range.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[Any, ...] = ()

    @classmethod
    def of(cls, name: str, told: Any) -> Dimension:
        """Read a range or a list of choices.

        Raises
        ------
        ParameterError, ParameterTypeError
            If it is neither.
        """
        hint = f"Write {name} = {{ low = 1, high = 6 }} or {name} = {{ choices = [1, 2] }}."
        if isinstance(told, list | tuple):
            told = {"choices": told}
        if not isinstance(told, Mapping):
            message = f"space[{name!r}] must be a range or choices. Got {told!r}."
            raise ParameterTypeError(message, hint=hint)
        for key in told:
            if key not in _KEYS:
                message = f"space[{name!r}] has an unknown key: {key!r}."
                raise ParameterError(message, hint=nearest(key, _KEYS))
        if told.get("choices"):
            return cls(name, choices=tuple(told["choices"]))
        low, high, log = told.get("low"), told.get("high"), bool(told.get("log", False))
        numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high))
        if not numbers or not low < high or (log and low <= 0):  # type: ignore[operator]
            message = f"space[{name!r}] must have 'low' below 'high', above 0 with log. Got {dict(told)!r}."
            raise ParameterError(message, hint=hint)
        return cls(name, low, high, log)  # type: ignore[arg-type]

    def drawn(self, trial: Any) -> Any:
        """Return a value that the trial suggests."""
        if self.choices:
            return trial.suggest_categorical(self.name, list(self.choices))
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(self.name, self.low, self.high, log=self.log)
        return trial.suggest_float(self.name, float(self.low), float(self.high), log=self.log)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        if self.choices:
            return {"choices": list(self.choices)}
        return {"low": self.low, "high": self.high, "log": self.log}


def default_space(trees: str) -> dict[str, Mapping[str, Any]]:
    """Return the ranges that are searched for a library of trees.

    Examples
    --------
    >>> sorted(set(default_space("xgboost")) - set(default_space("catboost")))
    ['min_child_weight', 'reg_alpha']
    """
    left_out = _NOT_OF_CATBOOST if trees == "catboost" else ()
    return {name: told for name, told in SPACE.items() if name not in left_out}


def dimensions(space: Mapping[str, Any], known: Sequence[str]) -> list[Dimension]:
    """Return the parameters of a search, each of which the model has to know.

    Raises
    ------
    ParameterError, ParameterTypeError
        If one is not known, or its range is none.
    """
    if not isinstance(space, Mapping) or not space:
        message = f"'space' must map parameters to ranges. Got {space!r}."
        raise ParameterTypeError(message, hint="Write space={'max_depth': {'low': 3, 'high': 10}}.")
    for name in space:
        if name not in known:
            message = f"'space' names {name!r}, which is no parameter of ClickModel that can be searched."
            raise ParameterError(message, hint=nearest(name, known))
    return [Dimension.of(name, told) for name, told in space.items()]
