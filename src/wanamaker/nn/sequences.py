"""Ragged sequences as every network reads them: flat columns and offsets, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.base.ragged import take_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Floats = NDArray[np.float32]

PADDING, UNKNOWN, FIRST_KNOWN = 0, 1, 2
"""Codes of categories: 0 stands only in padding, 1 for what was not seen in training, 2 and up are known."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sequences:
    """What a network reads: columns of values, one per step or one per sequence.

    Parameters
    ----------
    offsets
        Where each sequence starts among the steps, of shape (sequences + 1,).
    codes
        Categories of the steps by column, each of shape (steps,): 1 for unknown, 2 and up for known ones.
    numbers
        Numbers of the steps by column, each of shape (steps,), finite and already scaled.
    gaps
        Seconds since the step before, of shape (steps,), 0 at the first step of a sequence.
    ages
        Seconds from the step to the moment of scoring, of shape (steps,).
    static_codes, static_numbers
        The same for what holds for a whole sequence, each of shape (sequences,).
    labels
        0 or 1 (or a target in between), of shape (sequences,), or (steps,) with ``per_step``.
    weights
        What each label counts for, of the same shape; 1 if left out, and 0 leaves a label out.
    per_step
        Whether there is one label per step.

    Raises
    ------
    DataError
        If a column has another length, a number is not finite, or a category is 0 or less.

    Examples
    --------
    >>> sequences = Sequences(offsets=np.array([0, 2, 2, 5]), codes={"touch": np.array([2, 3, 2, 2, 1])})
    >>> len(sequences), sequences.lengths.tolist(), sequences.last(1).codes["touch"].tolist()
    (3, [2, 0, 3], [3, 1])
    """

    offsets: NDArray[np.int64]
    codes: dict[str, Codes] = field(default_factory=dict)
    numbers: dict[str, Floats] = field(default_factory=dict)
    gaps: Floats | None = None
    ages: Floats | None = None
    static_codes: dict[str, Codes] = field(default_factory=dict)
    static_numbers: dict[str, Floats] = field(default_factory=dict)
    labels: Floats | None = None
    weights: Floats | None = None
    per_step: bool = False

    def __post_init__(self) -> None:
        offsets = np.ascontiguousarray(self.offsets, dtype=np.int64)
        if len(offsets) == 0 or offsets[0] != 0 or bool(np.any(np.diff(offsets) < 0)):
            message = f"Offsets must start with 0 and never fall. Got {_shown(offsets)}."
            raise DataError(message)
        object.__setattr__(self, "offsets", offsets)
        for name, value in self._converted():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        return int(self.offsets[-1])

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Steps of each sequence, of shape (sequences,)."""
        return np.diff(self.offsets)

    def take(self, rows: NDArray[np.int64]) -> Sequences:
        """Return the given sequences in the given order; repeats are allowed."""
        offsets, places = take_rows(self.offsets, np.asarray(rows, dtype=np.int64))
        return self._chosen(offsets, places, np.asarray(rows, dtype=np.int64))

    def last(self, max_length: int) -> Sequences:
        """Return the sequences cut to their last ``max_length`` steps."""
        if not len(self) or int(self.lengths.max()) <= max_length:
            return self
        kept = np.minimum(self.lengths, max_length)
        offsets = np.concatenate(([0], np.cumsum(kept)))
        shift = np.repeat(self.offsets[1:] - offsets[1:], kept)
        return self._chosen(offsets, np.arange(offsets[-1]) + shift, None)

    def _chosen(self, offsets: NDArray[np.int64], places: NDArray[np.int64], rows: Any) -> Sequences:
        def steps(values: Any) -> Any:
            return _each(values, lambda one: one[places])

        def whole(values: Any) -> Any:
            return values if rows is None else _each(values, lambda one: one[rows])

        labelled = steps if self.per_step else whole
        return replace(
            self,
            offsets=offsets,
            codes=steps(self.codes),
            numbers=steps(self.numbers),
            gaps=steps(self.gaps),
            ages=steps(self.ages),
            static_codes=whole(self.static_codes),
            static_numbers=whole(self.static_numbers),
            labels=labelled(self.labels),
            weights=labelled(self.weights),
        )

    def _converted(self) -> Iterator[tuple[str, Any]]:
        """Yield every column as an array of its type, checked."""
        steps, whole = (self.steps, "step"), (len(self), "sequence")
        labelled = steps if self.per_step else whole
        for name, kind, (count, unit) in (
            ("codes", np.int32, steps),
            ("static_codes", np.int32, whole),
            ("numbers", np.float32, steps),
            ("static_numbers", np.float32, whole),
            ("gaps", np.float32, steps),
            ("ages", np.float32, steps),
            ("labels", np.float32, labelled),
            ("weights", np.float32, labelled),
        ):
            given = getattr(self, name)
            columns = given if isinstance(given, dict) else {name: given}
            made = {key: self._column(key, value, kind, count, unit) for key, value in columns.items()}
            yield name, made if isinstance(given, dict) else made[name]

    def _column(self, name: str, given: Any, kind: Any, count: int, unit: str) -> Any:
        if given is None:
            return None
        values = np.ascontiguousarray(given, dtype=kind)
        if values.shape != (count,):
            message = f"{name!r} must have {count} values, one per {unit}. Got shape {values.shape}."
            hint = "per_step=True for one label per step." if name in ("labels", "weights") else None
            raise DataError(message, hint=hint)
        wrong = values < UNKNOWN if kind is np.int32 else ~np.isfinite(values)
        if name in ("gaps", "ages", "weights"):
            wrong |= values < 0
        if wrong.any():
            raise self._bad_value(name, values, int(np.argmax(wrong)), unit)
        return values

    def _bad_value(self, name: str, values: Any, place: int, unit: str) -> DataError:
        code = values.dtype == np.int32
        wanted = "a category of 1 or more" if code else "a finite number"
        wanted += " of 0 or more" if name in ("gaps", "ages", "weights") else ""
        where = f"sequence {place}" if unit == "sequence" else self.place(place)
        message = f"{name!r} must hold {wanted} everywhere. Got {values[place]} at {where}."
        hint = "Write 1 for a category that is not known." if code else "Fill in what is missing, and scale."
        return DataError(message, hint=hint)

    def place(self, step: int) -> str:
        """Return in words where a step stands."""
        sequence = int(np.searchsorted(self.offsets, step, side="right")) - 1
        return f"step {step - int(self.offsets[sequence])} of sequence {sequence}"


def _each(values: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(values, dict):
        return {name: change(value) for name, value in values.items()}
    return None if values is None else change(values)


def _shown(values: NDArray[np.int64]) -> str:
    return f"{values[:5].tolist()}{'…' if len(values) > 5 else ''}"  # noqa: PLR2004
