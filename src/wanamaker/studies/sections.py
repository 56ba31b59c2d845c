"""Parts that studies of several kinds have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from wanamaker.studies.config import Section, starting_at


class Data(Section):
    """Where the log is: one path that is split, or a path for each part; for a simulated one, its truth."""

    path: str | None = None
    train: str | None = None
    valid: str | None = None
    test: str | None = None
    truth: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        parts = [name for name in ("train", "valid", "test") if getattr(self, name) is not None]
        if self.path is not None and parts:
            message = f"give either 'path' or parts, not 'path' and {parts[0]!r}"
            raise ValueError(message)
        if self.path is None and not (self.train is not None and self.test is not None):
            message = "give 'path', or 'train' and 'test' ('valid' may be left out)"
            raise ValueError(message)
        return self

    def starting_at(self, folder: Path) -> Self:
        """Return the same places with relative paths starting at a folder."""
        places = self.model_dump(exclude_none=True)
        return type(self)(**{name: starting_at(folder, path) for name, path in places.items()})

    def resolved(self) -> Self:
        """Return the same places with paths that do not depend on where they are read from."""
        return self.starting_at(Path.cwd())

    @property
    def logs(self) -> dict[str, str]:
        """The paths of the log, by role."""
        places = {role: getattr(self, role) for role in ("path", "train", "valid", "test")}
        return {role: place for role, place in places.items() if place is not None}


class Costs(Section):
    """What a false alarm and a miss cost, in one unit."""

    cost_fp: float = Field(gt=0.0)
    cost_fn: float = Field(gt=0.0)


class DecisionOptions(Section):
    """From which probability on a row counts as one that converts: a number, ``"f1"``, or costs."""

    threshold: Costs | float | Literal["f1"] = "f1"

    @field_validator("threshold")
    @classmethod
    def _probability(cls, value: Any) -> Any:
        if isinstance(value, float) and not 0.0 <= value <= 1.0:
            message = "a threshold is a probability from 0 to 1"
            raise ValueError(message)
        return value
