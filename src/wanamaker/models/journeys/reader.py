"""What a journey model knows of touches and covariates: vocabularies and scales of the training journeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError, nearest
from wanamaker.models.journeys.reading import Reading
from wanamaker.models.sessions.scales import Scale
from wanamaker.nn.sequences import FIRST_KNOWN, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

MISSING = "missing"
"""Behind the name of a covariate of numbers: whether it is missing."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reader:
    """Vocabularies and scales, learned from the training journeys alone.

    Parameters
    ----------
    touches
        Names of touches; the code of one is its place, from 2 on.
    levels
        Names of each covariate that is a category; a missing one is a name.
    scales
        The scale of each covariate that is a number.
    timed
        Whether times are read.
    max_touches
        How many touches of a journey are read, the last ones.
    """

    touches: tuple[str, ...]
    levels: dict[str, tuple[str | None, ...]]
    scales: dict[str, Scale]
    timed: bool
    max_touches: int

    @classmethod
    def of(cls, journeys: Journeys, covariates: Sequence[str], max_touches: int) -> Reader:
        """Learn from the training journeys."""
        seen = np.unique(journeys.touches)
        levels: dict[str, tuple[str | None, ...]] = {}
        scales: dict[str, Scale] = {}
        for name in covariates:
            column = journeys.table[name]
            if column.dtype.is_numeric():
                scales[name] = Scale.of(_numbers(column))
            else:
                levels[name] = tuple(column.cast(pl.String).unique().sort().to_list())
        return cls(
            touches=tuple(journeys.names[code] for code in seen),
            levels=levels,
            scales=scales,
            timed=journeys.times is not None,
            max_touches=max_touches,
        )

    @property
    def covariates(self) -> tuple[str, ...]:
        """The covariates that are read."""
        return (*self.scales, *self.levels)

    @property
    def static_sizes(self) -> dict[str, int]:
        """Codes of each covariate that is a category."""
        return {name: FIRST_KNOWN + len(levels) for name, levels in self.levels.items()}

    @property
    def static_numbers(self) -> list[str]:
        """Columns of numbers."""
        return [
            column
            for name, scale in self.scales.items()
            for column in (name, *([f"{name} {MISSING}"] if scale.missing else []))
        ]

    def code(self, touch: str) -> int:
        """Return the code of a touch.

        Raises
        ------
        DataError
            If training had no such touch.
        """
        if touch not in self.touches:
            message = f"Training had no touch {touch!r}."
            raise DataError(message, hint=nearest(str(touch), self.touches))
        return FIRST_KNOWN + self.touches.index(touch)

    def codes(self, journeys: Journeys) -> NDArray[np.int32]:
        """Return the code of each touch, 1 where training did not have it."""
        known = {name: code for code, name in enumerate(self.touches, start=FIRST_KNOWN)}
        table = np.array([known.get(name, UNKNOWN) for name in journeys.names], dtype=np.int32)
        return table[journeys.touches] if len(table) else np.zeros(0, dtype=np.int32)

    def read(self, journeys: Journeys) -> Reading:
        """Return journeys as the network reads them, cut to their last touches.

        Raises
        ------
        SchemaError
            If a covariate is missing or of another type than in training.
        DataError
            If the journeys have no times and those of training had.
        """
        self._refuse_misfit(journeys)
        table = journeys.table
        numbers: dict[str, NDArray[np.float32]] = {}
        for name, scale in self.scales.items():
            values = _numbers(table[name])
            numbers[name] = scale.read(values)
            if scale.missing:
                numbers[f"{name} {MISSING}"] = np.isnan(values).astype(np.float32)
        reading = Reading(
            offsets=journeys.offsets,
            codes=self.codes(journeys),
            times=journeys.times if self.timed else None,
            owners=np.arange(len(journeys), dtype=np.int64),
            static_codes={name: self._level_codes(name, table[name]) for name in self.levels},
            static_numbers=numbers,
        )
        return reading.last(self.max_touches)

    def unseen(self, journeys: Journeys) -> dict[str, int]:
        """Return how many touches, and covariates that are categories, training did not have."""
        self._refuse_misfit(journeys)
        found = {"touch": int((self.codes(journeys) == UNKNOWN).sum())}
        for name in self.levels:
            column = journeys.table[name]
            codes = self._level_codes(name, column)
            found[name] = int(((codes == UNKNOWN) & column.is_not_null().to_numpy()).sum())
        return found

    def to_state(self) -> dict[str, Any]:
        """Return the reader as JSON has it."""
        return {
            "touches": list(self.touches),
            "levels": {name: list(levels) for name, levels in self.levels.items()},
            "scales": {name: scale.to_state() for name, scale in self.scales.items()},
            "timed": self.timed,
            "max_touches": self.max_touches,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Reader:
        """Return the reader that `to_state` described."""
        return cls(
            touches=tuple(state["touches"]),
            levels={name: tuple(levels) for name, levels in state["levels"].items()},
            scales={name: Scale.from_state(scale) for name, scale in state["scales"].items()},
            timed=state["timed"],
            max_touches=state["max_touches"],
        )

    def _level_codes(self, name: str, column: pl.Series) -> NDArray[np.int32]:
        known = {level: code for code, level in enumerate(self.levels[name], start=FIRST_KNOWN)}
        texts, places = np.unique(column.cast(pl.String).fill_null(_NULL).to_numpy(), return_inverse=True)
        table = [known.get(None if text == _NULL else text, UNKNOWN) for text in texts]
        return np.array(table, dtype=np.int32)[places] if table else np.zeros(0, dtype=np.int32)

    def _refuse_misfit(self, journeys: Journeys) -> None:
        if self.timed and journeys.times is None and len(journeys.touches):
            message = "The model reads the times of touches. These journeys have none."
            raise DataError(
                message, hint="Build them with journeys_from_events, or fit a model on paths without times."
            )
        for name in self.covariates:
            if name not in journeys.covariates:
                known = list(journeys.covariates)
                message = f"The model reads the covariate {name!r}. These journeys have {known}."
                hint = f"wm.journeys_from_events(log, …, covariates={list(self.covariates)!r})"
                raise SchemaError(message, hint=hint)
            if (name in self.scales) != journeys.table[name].dtype.is_numeric():
                wanted = "a number" if name in self.scales else "a category"
                message = (
                    f"The covariate {name!r} was {wanted} in training. Got {journeys.table[name].dtype}."
                )
                raise SchemaError(message, hint=f"Cast {name!r} before the journeys are built.")


_NULL = "\0"


def _numbers(column: pl.Series) -> NDArray[np.float64]:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()
