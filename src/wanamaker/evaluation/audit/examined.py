"""The table under audit: its columns in forms that the detectors need, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.audit.finding import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_ROWS = 300_000
"""Statistics are taken on a random sample of so many rows (the same one each time); what is claimed of
single rows (sums, nulls, overlaps) is verified on all."""

SINGLE_ERROR, DOUBLE_ERROR = 1e-6, 1e-9
"""Relative rounding error granted to a float in a sum; whole numbers get none."""

CATEGORIES = 60
"""Texts of no more distinct values are categories, each looked at by itself: lengths tell nothing new."""

_SEPARATORS = (">", "|", ";", ",")
_EXAMPLES = 3


@dataclass(frozen=True)
class Feature:
    """One column as the audit sees it.

    Parameters
    ----------
    name
        The column.
    values
        Its values in the rows examined.
    """

    name: str
    values: pl.Series

    @cached_property
    def is_time(self) -> bool:
        """Whether it holds points in time."""
        return self.values.dtype == pl.Date or isinstance(self.values.dtype, pl.Datetime)

    @cached_property
    def is_text(self) -> bool:
        """Whether it holds names: text, categories, bytes, objects."""
        return self.values.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Binary, pl.Object)

    @cached_property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self.values.dtype.is_integer()

    @cached_property
    def numbers(self) -> NDArray[np.float64] | None:
        """Its values as floats, of shape (rows,); NaN for nulls and what is not finite. None for names."""
        return as_numbers(self.values)

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Whether a value is null, not a number, or an empty text, of shape (rows,)."""
        absent = self.values.is_null()
        if self.values.dtype.is_float():
            absent = absent | self.values.is_nan().fill_null(value=True)
        if self.values.dtype == pl.String:
            absent = absent | (self.values.str.strip_chars() == "").fill_null(value=True)
        return absent.to_numpy()

    @cached_property
    def codes(self) -> NDArray[np.int64] | None:
        """The number of each distinct value, of shape (rows,); nulls are one of them. None where nested."""
        values = self.texts if self.is_text else self.values
        if values is None or values.dtype.is_nested():
            return None
        return values.rank("dense").fill_null(0).to_numpy().astype(np.int64)

    @cached_property
    def distinct(self) -> int:
        """How many distinct values there are; 0 where nested."""
        return 0 if self.codes is None else len(np.unique(self.codes))

    @cached_property
    def texts(self) -> pl.Series | None:
        """Its values as text; None where it holds no names."""
        if not self.is_text:
            return None
        if self.values.dtype == pl.Binary:
            return self.values.bin.encode("hex")
        if self.values.dtype == pl.Object:
            held = [None if value is None else str(value) for value in self.values]
            return pl.Series(self.name, held, dtype=pl.String)
        return self.values.cast(pl.String)

    @cached_property
    def rounding(self) -> float:
        """The relative error granted to its values."""
        dtype = self.values.dtype
        if dtype == pl.Float32:
            return SINGLE_ERROR
        return DOUBLE_ERROR if dtype.is_float() or dtype.is_decimal() else 0.0

    @cached_property
    def lengths(self) -> list[tuple[str, NDArray[np.float64]]]:
        """Lengths that the values have: of lists, of texts, and of paths such as ``a > b > c``."""
        if isinstance(self.values.dtype, pl.List | pl.Array):
            lists = self.values.arr.to_list() if isinstance(self.values.dtype, pl.Array) else self.values
            return [("length", _floats(lists.list.len()))]
        texts = self.texts
        if texts is None or self.distinct <= CATEGORIES:
            return []
        found = [("number of characters", _floats(texts.str.len_chars()))]
        counts = [(mark, texts.str.count_matches(mark, literal=True)) for mark in _SEPARATORS]
        mark, count = max(counts, key=lambda counted: int(counted[1].sum() or 0))
        if count.sum():
            found.append((f"number of parts between {mark!r}", _floats(count) + 1))
        return found


@dataclass(frozen=True)
class Examined:
    """The table, the roles of its columns, and the rows that are examined.

    Parameters
    ----------
    frame
        All rows whose label is known.
    whole
        All rows.
    label
        The label's column.
    labels
        The labels of ``frame``.
    rows
        Positions in ``frame`` of the rows that statistics are taken on, ascending.
    positions
        Positions in ``whole`` of the rows of ``frame``.
    time, groups, split, prediction, label_time
        The columns in these roles.
    """

    frame: pl.DataFrame
    whole: pl.DataFrame
    label: str
    labels: NDArray[np.bool_]
    rows: NDArray[np.int64]
    positions: NDArray[np.int64]
    time: str | None = None
    groups: tuple[str, ...] = ()
    split: str | None = None
    prediction: str | None = None
    label_time: str | None = None

    @cached_property
    def y(self) -> NDArray[np.bool_]:
        """The labels of the rows examined."""
        return self.labels[self.rows]

    @cached_property
    def base_rate(self) -> float:
        """The share of positives."""
        return float(self.labels.mean())

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The columns that a model might learn from, ids and times included."""
        roles = {self.label, self.split, self.prediction, self.label_time}
        sample = self.frame if len(self.rows) == len(self.frame) else self.frame[self.rows]
        return tuple(Feature(name, sample[name]) for name in self.frame.columns if name not in roles)

    @cached_property
    def shared(self) -> dict[str, float]:
        """Ids whose rows share one label, and how well an id's other rows tell a row's, as an AUC."""
        from wanamaker.evaluation.audit.shared_labels import sharing

        found = {feature.name: sharing(self, feature) for feature in self.features}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def clusters(self) -> NDArray[np.int64] | None:
        """Which rows share one label because they speak of one thing; None if all stand for themselves.

        Rows of one journey that repeat its label are one observation, however many they are.
        """
        codes = [feature.codes for feature in self.features if feature.name in self.shared]
        known = [code for code in codes if code is not None]
        return min(known, key=lambda code: int(code.max()), default=None)

    @cached_property
    def counts(self) -> tuple[int, int]:
        """Independent positives and negatives."""
        if self.clusters is None:
            return int(self.y.sum()), int((~self.y).sum())
        return tuple(len(np.unique(self.clusters[self.y == side])) for side in (True, False))  # type: ignore[return-value]

    def examples(self, columns: Sequence[str], chosen: NDArray[np.bool_]) -> list[dict[str, Any]]:
        """Return a few of the chosen rows (a mask over ``frame``), with their place in the table."""
        places = np.flatnonzero(chosen)[:_EXAMPLES]
        named = list(dict.fromkeys([*columns, self.label]))
        rows = self.frame.select(named)[places].rows(named=True)
        return [
            {"row": int(self.positions[place]), **plain(row)} for place, row in zip(places, rows, strict=True)
        ]


def as_numbers(values: pl.Series) -> NDArray[np.float64] | None:
    """Return values as floats, NaN for nulls and what is not finite; None where they are no numbers.

    Times are microseconds since the epoch, durations microseconds, booleans 0 and 1.

    Examples
    --------
    >>> as_numbers(pl.Series([1.5, None, float("inf")])).tolist()
    [1.5, nan, nan]
    """
    dtype = values.dtype
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        values = values.cast(pl.Datetime("us")).cast(pl.Int64)
    elif isinstance(dtype, pl.Duration):
        values = values.cast(pl.Duration("us")).cast(pl.Int64)
    elif not (dtype.is_numeric() or dtype == pl.Boolean):
        return None
    numbers = _floats(values)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _floats(values: pl.Series) -> NDArray[np.float64]:
    return values.cast(pl.Float64).to_numpy().astype(np.float64, copy=True)
