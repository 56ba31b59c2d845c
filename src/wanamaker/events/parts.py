"""The parts of a split: what is in each, what is in none, and which labels were not known in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.durations import MICROS_PER_SECOND, Duration, duration_text, to_micros
from wanamaker.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.events.known import Arrivals

    Rows = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_NO_ROWS: Any = np.empty(0, dtype=np.int64)
_PARTS = ("train", "valid", "test")
_USUAL = 0.95


@dataclass(frozen=True, eq=False)
class Split:
    """Which rows are learned from, which tune and calibrate, and which judge.

    Parameters
    ----------
    by
        ``"time"``, ``"group"`` or ``"random"``.
    train, valid, test
        Rows of each part, rising. A fold of `time_folds` has no test rows.
    boundaries
        Where validation and, but for a fold, where test begins, in microseconds since the epoch; empty if
        not by time.
    in_gap
        Rows in none of the parts because they lie in the gap before a boundary.
    immature
        Rows in none of the parts because they were too young for their label when it was needed.
    late
        Positive rows of ``train`` and ``valid`` whose label came only after the next part had begun.
    notes
        What the report should say.
    """

    by: str
    train: Rows
    valid: Rows
    test: Rows
    boundaries: tuple[int, ...] = ()
    in_gap: Rows = field(default_factory=lambda: _NO_ROWS)
    immature: Rows = field(default_factory=lambda: _NO_ROWS)
    late: Rows = field(default_factory=lambda: _NO_ROWS)
    notes: tuple[str, ...] = ()

    @property
    def fold(self) -> bool:
        """Whether this is a fold for tuning, which is judged by its validation part and has no test."""
        return self.by == "time" and len(self.boundaries) == 1

    def parts(self) -> dict[str, Rows]:
        """Return the rows of each part by its name."""
        return {"train": self.train, "valid": self.valid, "test": self.test}

    def names(self, rows: int) -> pl.Series:
        """Return the part of each row of a table of that length, null for rows in none."""
        codes = np.full(rows, len(_PARTS), dtype=np.int64)
        for code, part in enumerate(self.parts().values()):
            codes[part] = code
        return pl.Series([*_PARTS, None]).gather(codes).alias("split")

    def known(self, labels: ArrayLike) -> Flags:
        """Return the labels as they stood when the next part began: False for the ``late`` rows.

        To learn, tune and calibrate on. The test part is judged by the labels themselves.
        """
        known = np.array(labels, dtype=np.bool_)
        known[self.late] = False
        return known


@dataclass(frozen=True, eq=False)
class _Stretch:
    """The rows between two boundaries, of shape (rows,) each."""

    kept: Flags
    in_gap: Flags
    immature: Flags
    late: Flags


def cut(
    log: Arrivals,
    starts: tuple[int, ...],
    gap: Duration,
    maturity: Duration | None,
    *,
    stop: int | None = None,
    known_before: int | None = None,
) -> Split:
    """Return the parts between boundaries, without what is in a gap or too young for its label.

    Parameters
    ----------
    log
        Times and labels.
    starts
        Where the second and later parts begin.
    gap, maturity
        As in `wanamaker.events.splits.split_by_time`.
    stop
        Where the last part ends; None for never.
    known_before
        From when on labels are not known to the last part; None where all that came are.
    """
    space, age = _micros(gap, "gap"), 0 if maturity is None else _micros(maturity, "maturity")
    ends = (*starts, stop)
    stretches = []
    for place, (begin, end) in enumerate(zip((None, *starts), ends, strict=True)):
        follows = place < len(starts)
        moments = [moment for moment in (end if follows else None, known_before) if moment is not None]
        rows = _between(log, begin, end)
        reach = end - space if follows and end is not None else None
        stretches.append(_stretch(log, rows, reach, min(moments, default=None), age))
    parts = [np.flatnonzero(stretch.kept) for stretch in stretches]
    train, valid, test = (*parts, _NO_ROWS)[: len(_PARTS)]
    in_gap, immature, late = (
        np.flatnonzero(np.any([getattr(stretch, name) for stretch in stretches], axis=0))
        for name in ("in_gap", "immature", "late")
    )
    notes = _notes(log, (in_gap, immature, late), gap, maturity)
    return Split("time", train, valid, test, starts, in_gap, immature, late, notes)


def checked(split: Split, labels: Flags | None) -> Split:
    """Return the split, refusing parts that are empty or, with labels, cannot be learned from or judged.

    Raises
    ------
    ParameterError
        If a part is empty.
    DataError
        If a training or test part has one class only (a fold is judged by its validation part).
    """
    judging = ("valid",) if split.fold else ("valid", "test")
    for name in ("train", *judging):
        if not len(split.parts()[name]):
            aside = (
                f"{len(split.in_gap)} rows are in gaps and {len(split.immature)} too young for their label"
            )
            message = f"The {name!r} part of the split is empty; {aside}."
            raise ParameterError(message, hint="Give a shorter gap or maturity, or other shares.")
    if labels is not None:
        _refuse_one_class("train", split.known(labels)[split.train], int(labels[split.train].sum()))
        _refuse_one_class(judging[-1], labels[split.parts()[judging[-1]]])
    return split


def _between(log: Arrivals, begin: int | None, end: int | None) -> Flags:
    rows = np.ones(len(log.times), dtype=np.bool_)
    if begin is not None:
        rows &= log.times >= begin
    if end is not None:
        rows &= log.times < end
    return rows


def _stretch(log: Arrivals, rows: Flags, reach: int | None, moment: int | None, age: int) -> _Stretch:
    """Sort the rows of a part.

    Parameters
    ----------
    rows
        Those between the boundaries.
    reach
        From where on they lie in the gap; None where no part follows.
    moment
        When the part is used: labels that came from then on are not known. None for after the log's end.
    age
        How old rows must be at that moment, in microseconds.
    """
    in_gap = rows & (log.times >= reach) if reach is not None else np.zeros_like(rows)
    young = rows & ~in_gap & (log.times > (log.end if moment is None else moment) - age)
    kept = rows & ~in_gap & ~young
    return _Stretch(kept, in_gap, young, np.zeros_like(kept) if moment is None else log.late(kept, moment))


def _refuse_one_class(name: str, known: Flags, positives: int | None = None) -> None:
    if known.any() and not known.all():
        return
    which = "positive" if known.any() else "negative"
    message = f"The {name!r} part must have rows of both classes. All {len(known)} are {which}"
    message += f" ({positives} positives were not known in time)." if positives and not known.any() else "."
    raise DataError(message, hint="Give other shares, a log with more positives, or fewer folds.")


def _micros(duration: Duration, name: str) -> int:
    micros = to_micros(duration, name)
    if micros < 0:
        message = f"{name!r} must not be below zero. Got {duration!r}."
        raise ParameterError(message, hint="Write a duration such as '1d'.")
    return micros


def _notes(
    log: Arrivals, aside: tuple[Rows, Rows, Rows], gap: Duration, maturity: Duration | None
) -> tuple[str, ...]:
    """Return what the report should say of rows left out and of labels that came late."""
    in_gap, immature, late = aside
    notes = []
    if len(in_gap):
        notes.append(f"{len(in_gap)} rows in the gap of {duration_text(gap)} before a boundary are left out.")
    if len(immature) and maturity is not None:
        text = duration_text(maturity)
        notes.append(f"{len(immature)} rows younger than {text} when their label was needed are left out.")
    if len(late):
        usual = log.within(_USUAL) or 0
        delay = _rounded_up(usual)
        notes.append(
            f"{len(late)} positives became known only after the next part had begun, and are learned from as "
            f"negatives, as they would have been then. 95 % of positives are known within {delay}: a "
            "'maturity' of that length leaves such young rows out instead."
        )
    return tuple(notes)


def _rounded_up(micros: int) -> str:
    """Return a duration as text, rounded up to a unit of which it has two or more."""
    seconds = -(-micros // MICROS_PER_SECOND)
    unit = next((unit for unit in (86_400, 3_600, 60) if seconds >= 2 * unit), 1)
    return duration_text(timedelta(seconds=-(-seconds // unit) * unit))
