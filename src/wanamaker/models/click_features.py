"""From an event log to the numbers that a click model reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from wanamaker.base.durations import to_micros
from wanamaker.base.errors import ParameterError
from wanamaker.base.estimator import Estimator
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.events.times import TIME_UNITS
from wanamaker.features.windows.events import refuse_late_history, ticks_of
from wanamaker.models.columns import Columns
from wanamaker.models.families.build import families_of, reads, reads_labels
from wanamaker.models.seen import Seen

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.durations import Duration
    from wanamaker.base.parameters import Constraint
    from wanamaker.features.windows.definitions import Window
    from wanamaker.models.families.family import Family

    Keys = str | Sequence[str | Sequence[str]]

FAMILIES = ("windows", "target means", "frequencies", "category vectors", "pair vectors", "hour", "raw")
"""The families of features, in the order in which they stand in a matrix."""

_CONSTRAINTS: Mapping[str, Constraint] = {
    "target_prior": RealIn(low=0.0, open_at=("low",)),
    "vectors": IntegerIn(0, 512),
    "vector_method": OneOf(("ppmi", "word2vec")),
    "hour": Boolean(),
    "time_unit": OneOf(TIME_UNITS),
    "seed": IntegerIn(0, 2**32 - 1),
}


class ClickFeatures(Estimator):
    """The features of a click model, in families, each knowing only what was known before a row.

    `fit_transform` gives training rows their features, `transform` those of later rows, which go on from
    history. Labels of the rows that `transform` is given are never read.

    Parameters
    ----------
    time, label, label_time, categorical, numeric, windows, target_means, target_prior, frequencies, \
    vectors, vector_method, pair_vectors, codes, hour, time_zone, time_unit, resolution, seed
        As in `ClickModel`.

    Attributes
    ----------
    feature_names_ : list
        The features, in order.
    families_ : dict
        The family of each feature, one of `FAMILIES`.
    """

    def __init__(
        self,
        *,
        time: str,
        label: str,
        label_time: str | None = None,
        categorical: Sequence[str] = (),
        numeric: Sequence[str] = (),
        windows: Sequence[Window | Mapping[str, Any]] = (),
        target_means: Keys = "auto",
        target_prior: float = 100.0,
        frequencies: Keys = (),
        vectors: int = 0,
        vector_method: str = "ppmi",
        pair_vectors: Sequence[Sequence[str]] = (),
        codes: Keys = "auto",
        hour: bool = True,
        time_zone: str = "UTC",
        time_unit: str = "auto",
        resolution: Duration = "1s",
        seed: int = 0,
    ) -> None:
        self.time = time
        self.label = label
        self.label_time = label_time
        self.categorical = categorical
        self.numeric = numeric
        self.windows = windows
        self.target_means = target_means
        self.target_prior = target_prior
        self.frequencies = frequencies
        self.vectors = vectors
        self.vector_method = vector_method
        self.pair_vectors = pair_vectors
        self.codes = codes
        self.hour = hour
        self.time_zone = time_zone
        self.time_unit = time_unit
        self.resolution = resolution
        self.seed = seed

    # --- What is computed --------------------------------------------------------------------------

    def fit_transform(self, train: pl.DataFrame) -> pl.DataFrame:
        """Learn from training rows, and return their features, each from what was known before it.

        Raises
        ------
        SchemaError
            If a column is missing or of a type that its role does not allow.
        DataError
            If a value cannot be used.
        ParameterError
            If there is no feature.
        """
        families = self._families()
        self.columns_ = self._columns(families, train)
        self.seen_ = Seen.of(train, self.categorical)
        made = {family.name: family.fit(train) for family in families}
        self._take(families, made)
        return _joined(made)

    def fit(self, train: pl.DataFrame) -> Self:
        """Learn from training rows."""
        self.fit_transform(train)
        return self

    def transform(self, rows: pl.DataFrame, history: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return the features of later rows.

        Parameters
        ----------
        rows
            Of which labels are not read, and need not be there.
        history
            Labelled rows before them; windows and target means go on from there.

        Raises
        ------
        SchemaError
            If the columns are not those of training; shows the difference.
        DataError
            If a value cannot be used, or history reaches beyond the first of the rows.
        """
        self._require_fitted()
        self.columns_.require(rows, "the rows")
        if history is not None:
            self.columns_.require(history, "history", labelled=True)
            self._refuse_future(rows, history)
        past = self.columns_.empty() if history is None else history
        return _joined({family.name: family.after(rows, past) for family in self.families_in_use_})

    def matrix(self, table: pl.DataFrame) -> NDArray[np.float32]:
        """Return a table of features as trees read it: 32-bit floats, NaN for nulls."""
        return np.ascontiguousarray(
            table.select(pl.all().cast(pl.Float32).fill_null(float("nan"))).to_numpy()
        )

    def unseen(self, rows: pl.DataFrame) -> dict[str, int]:
        """Return how many rows have a value that training did not have, by categorical column."""
        self.columns_.require(rows, "the rows")
        return self.seen_.unseen(rows)

    @property
    def needs_history(self) -> bool:
        """Whether features go on from the rows before: windows, target means and frequencies do."""
        going_on = ("windows", "target means", "frequencies")
        return any(family.name in going_on for family in self.families_in_use_)

    # --- Keeping it --------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what was learned into a new directory: JSON and parquet."""
        with new_directory(Path(path)) as folder:
            write_json(folder / "features.json", self._state())
            self.columns_.save(folder)
            self.seen_.save(folder)
            for family in self.families_in_use_:
                family.save(folder)

    def restore(self, path: str | os.PathLike[str]) -> Self:
        """Take back what `save` wrote, with the parameters as they are here."""
        folder = Path(path)
        state = read_json(folder / "features.json")
        self.columns_ = Columns.load(folder)
        self.seen_ = Seen.load(folder, self.categorical)
        self.families_in_use_ = [family.restore(folder) for family in self._families()]
        self.families_: dict[str, str] = state["families"]
        self.feature_names_ = list(self.families_)
        return self

    # --- Inside ------------------------------------------------------------------------------------

    def _state(self) -> dict[str, Any]:
        return {"families": self.families_}

    def _take(self, families: list[Family], made: Mapping[str, pl.DataFrame]) -> None:
        self.families_in_use_ = families
        self.families_ = {name: family for family, table in made.items() for name in table.columns}
        self.feature_names_ = list(self.families_)

    def _families(self) -> list[Family]:
        check("ClickModel", self.get_params(deep=False), _CONSTRAINTS)
        return families_of(self)

    def _require_fitted(self) -> None:
        if not hasattr(self, "families_in_use_"):
            message = "ClickFeatures is not fitted."
            raise ParameterError(message, hint="Call fit_transform(train) first.")

    def _refuse_future(self, rows: pl.DataFrame, history: pl.DataFrame) -> None:
        if len(rows) and len(history):
            tick = to_micros(self.resolution, "resolution")
            past, new = (ticks_of(table[self.time], tick, self.time_unit) for table in (history, rows))
            refuse_late_history(int(past.max()), int(new.min()), tick)

    def _columns(self, families: list[Family], train: pl.DataFrame) -> Columns:
        labels = [name for name in (self.label, self.label_time) if name is not None]
        read = reads(families, self.time, *self.categorical, *self.numeric)
        told = [name for name in labels if name in read]
        if told:
            message = f"Features of ClickModel must not read the label or its time. Got {told[0]!r}."
            hint = "Target means and wm.rate take labels as they became known; leave it out of all else."
            raise ParameterError(message, hint=hint)
        return Columns.of(train, read, labels if reads_labels(families) else [])


def _joined(made: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([table for table in made.values() if table.width], how="horizontal")
