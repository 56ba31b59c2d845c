"""The hour of day."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import polars as pl

from wanamaker.events.times import epoch_micros

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_DAY_MICROS = 86_400_000_000


class Hour:
    """The hour of day in a time zone, as sine and cosine; midnight is next to midnight."""

    name: ClassVar[str] = "hour"

    def __init__(self, time: str, time_unit: str, time_zone: str) -> None:
        self.time = time
        self.time_unit = time_unit
        self.time_zone = time_zone

    @property
    def features(self) -> list[str]:
        """The names of its features, in order."""
        return ["hour_sin", "hour_cos"]

    def fit(self, train: pl.DataFrame) -> pl.DataFrame:
        """Return the hours; there is nothing to learn."""
        return self._told(train)

    def after(self, rows: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:  # noqa: ARG002
        """Return the hours."""
        return self._told(rows)

    def save(self, folder: Path) -> None:
        """Nothing was learned."""

    def restore(self, folder: Path) -> Self:  # noqa: ARG002
        """Nothing was learned."""
        return self

    def _told(self, rows: pl.DataFrame) -> pl.DataFrame:
        micros = epoch_micros(rows[self.time], self.time_unit)
        angle = time_of_day(micros, self.time_zone) * (2 * np.pi / _DAY_MICROS)
        return pl.DataFrame({"hour_sin": np.sin(angle), "hour_cos": np.cos(angle)})


def time_of_day(micros: pl.Series, time_zone: str) -> NDArray[np.float64]:
    """Return the microseconds since midnight in a time zone.

    Examples
    --------
    >>> hours = time_of_day(pl.Series([0, 3_600_000_000]), "Asia/Shanghai") / 3.6e9
    >>> hours.tolist()
    [8.0, 9.0]
    """
    there = micros.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(time_zone)
    local = there.dt.replace_time_zone(None).cast(pl.Int64).to_numpy()
    return np.asarray(np.mod(local, _DAY_MICROS), dtype=np.float64)
