"""How the sessions of a study are split."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from wanamaker.studies.config import Section


class SplitOptions(Section):
    """How the sessions are split: by when they began, by a column, by group, or at random.

    Parts are shares of the sessions; with ``by = "column"``, whose values ``train`` and ``test`` list in
    their order, ``valid`` may list values too, or be the share of ``train`` that its last values make up.
    """

    by: Literal["time", "column", "group", "random"] = "time"
    column: str | None = None
    train: tuple[Any, ...] | None = None
    valid: float | tuple[Any, ...] = 0.1
    test: float | tuple[Any, ...] = 0.2
    gap: str = "0s"
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.by in ("group", "column")) != (self.column is not None):
            message = '\'column\' goes with by = "column" or by = "group" alone, and they need it'
            raise ValueError(message)
        for fault in (self._listed() if self.by == "column" else self._shares(), self._idle()):
            if fault:
                raise ValueError(fault)
        return self

    def _listed(self) -> str | None:
        if not self.train or not isinstance(self.test, tuple) or not self.test:
            return 'by = "column" needs the column\'s values: train = ["Feb", …] and test = ["Nov", …]'
        parts = {"train": self.train, "valid": self.valid, "test": self.test}
        listed = [value for held in parts.values() if isinstance(held, tuple) for value in held]
        twice = next((value for place, value in enumerate(listed) if value in listed[:place]), None)
        if twice is not None:
            return f"{twice!r} is listed twice: a value belongs to one part"
        return self._share("valid")

    def _shares(self) -> str | None:
        if self.train is not None or isinstance(self.valid, tuple) or isinstance(self.test, tuple):
            return f'lists of values go with by = "column"; with by = {self.by!r} write shares, as test = 0.2'
        if fault := self._share("valid") or self._share("test"):
            return fault
        if self.valid + self.test >= 1.0:
            return "'valid' and 'test' must leave something to learn from: their sum must be below 1"
        return None

    def _share(self, name: str) -> str | None:
        held = getattr(self, name)
        if isinstance(held, tuple):
            return None if held else f"{name!r} lists no value"
        return None if 0.0 < held < 1.0 else f"{name!r} must be a share above 0 and below 1"

    def _idle(self) -> str | None:
        idle = self.changed("seed") if self.by in ("time", "column") else self.changed("gap")
        if self.by == "column":
            idle += self.changed("gap")
        return f"{idle[0]!r} does nothing with by = {self.by!r}: leave it out" if idle else None

    def changed(self, *names: str) -> list[str]:
        """Return those of the keys that are not at their default."""
        return [name for name in names if getattr(self, name) != type(self).model_fields[name].default]
