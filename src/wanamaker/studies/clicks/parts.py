"""The log of a clicks study, checked and split; nothing is fitted here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.durations import to_micros
from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.events.columns import as_flags
from wanamaker.events.reading import read_table
from wanamaker.events.splits import Split, split_by_group, split_by_time, split_random
from wanamaker.events.times import epoch_micros
from wanamaker.features.windows.events import known_ticks
from wanamaker.studies.clicks.given import given_split, sizes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.studies.clicks.study import ClicksStudy

PARTS = ("train", "valid", "test")
_MICROS = 1


@dataclass(frozen=True, eq=False)
class Parts:
    """A log and its parts.

    Parameters
    ----------
    log
        The whole log in its own order, with only the columns that are read.
    labels
        Whether each row converted in the end.
    times
        The events' times, in microseconds.
    known
        When each label became known, in microseconds; None where the log does not say.
    split
        Rows of the parts.
    columns
        The study's columns.
    """

    log: pl.DataFrame
    labels: NDArray[np.bool_]
    times: NDArray[np.int64]
    known: NDArray[np.int64] | None
    split: Split
    label: str
    label_time: str | None

    def rows(self, part: str) -> NDArray[np.int64]:
        """Return the rows of a part, rising."""
        rows: NDArray[np.int64] = getattr(self.split, part)
        return rows

    def labels_of(self, part: str) -> NDArray[np.bool_]:
        """Return the labels of a part as they turned out."""
        return self.labels[self.rows(part)]

    def learnable(self, part: str) -> pl.DataFrame:
        """Return a part as it may be learned from: labels known only after the part ended are 0."""
        return self.learned[self.rows(part)]

    def seen(self, part: str) -> pl.DataFrame:
        """Return a part with its labels as they turned out, which no prediction reads."""
        return self.log[self.rows(part)]

    @cached_property
    def learned(self) -> pl.DataFrame:
        """The log with labels as they may be learned from: those that came after their part are 0."""
        if not len(self.split.late):
            return self.log
        known = np.asarray(self.split.known(self.labels)).astype(np.int8)
        frame = self.log.with_columns(pl.Series(self.label, known))
        if self.label_time is None:
            return frame
        told = pl.when(pl.col(self.label) == 1).then(pl.col(self.label_time))
        return frame.with_columns(told.alias(self.label_time))

    @property
    def in_order(self) -> bool:
        """Whether every part comes after the one before it."""
        train, valid, test = (self.times[self.rows(part)] for part in PARTS)
        return bool(train.max() < valid.min() and valid.max() < test.min())

    def history(self, part: str) -> pl.DataFrame | None:
        """Return every event before a part, to go on from; None where parts are not in the order of time."""
        first = int(self.times[self.rows(part)].min())
        return self.before(first) if self.in_order else None

    def tunable(self) -> pl.DataFrame:
        """Return train and valid together, as they may be learned from, in the order of the log."""
        return self.learned[np.sort(np.concatenate([self.rows("train"), self.rows("valid")]))]

    def matured(self, maturity: str | None) -> pl.DataFrame:
        """Return every row whose label may be taken for final at the end of the log."""
        if maturity is None:
            return self.log
        return self.before(int(self.times.max()) - to_micros(maturity, "maturity") + 1)

    def before(self, micros: int) -> pl.DataFrame:
        """Return every event before a time, those in gaps and immature ones included."""
        return self.log.filter(pl.Series(self.times < micros))


def read_parts(study: ClicksStudy, columns: list[str]) -> Parts:
    """Read the log of a study, and split it.

    Parameters
    ----------
    study
        The study.
    columns
        What is read of the log.

    Raises
    ------
    SchemaError
        If a column is missing, or the parts have different columns.
    DataError
        If a label or a time cannot be used, or a part has rows of one class alone.
    """
    told = study.columns
    frames = {
        role: read_table(path, columns, ids=told.categorical).frame for role, path in study.data.logs.items()
    }
    log = _put_together(frames)
    labels = as_flags(log[told.label], "label")
    times = _times(log[told.time], told.time_unit)
    known = _known(log, study)
    split = _split(study, log, frames, labels, times, known)
    parts = Parts(log, labels, times, known, split, told.label, told.label_time)
    for part in PARTS:
        _refuse_one_class(parts, part, study)
    return parts


def _put_together(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    first, *others = frames
    for other in others:
        require_columns(frames[first].columns, frames[other].columns, f"the {other} part")
        wrong = [
            f"{name}: {kind} in {first}, {frames[other].schema[name]} in {other}"
            for name, kind in frames[first].schema.items()
            if frames[other].schema[name] != kind
        ]
        if wrong:
            message = f"The parts must have the same types. They differ in {'; '.join(wrong)}."
            raise SchemaError(message, hint="Cast the columns to one type before writing the parts.")
    return pl.concat([frame.select(frames[first].columns) for frame in frames.values()])


def _times(values: pl.Series, time_unit: str) -> NDArray[np.int64]:
    micros = epoch_micros(values, time_unit)
    if micros.null_count():
        row = int(micros.is_null().arg_true()[0])
        message = f"Column {values.name!r}, row {row}: the time is missing ({micros.null_count()} such rows)."
        raise DataError(message, hint="Leave out these rows, or fill in their times; rows count from 0.")
    return micros.to_numpy()


def _known(log: pl.DataFrame, study: ClicksStudy) -> NDArray[np.int64] | None:
    """Return when labels became known, after checking that none was known before its event."""
    told = study.columns
    if told.label_time is None:
        return None
    known_ticks(log, told.time, told.label, told.label_time, resolution=_MICROS, time_unit=told.time_unit)
    return epoch_micros(log[told.label_time], told.time_unit).fill_null(-1).to_numpy()


def _split(
    study: ClicksStudy,
    log: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    labels: NDArray[np.bool_],
    times: NDArray[np.int64],
    known: NDArray[np.int64] | None,
) -> Split:
    options, told = study.split, study.columns
    if "path" not in frames:
        return given_split(sizes_of(frames), times, labels, known, options.valid)
    shares: dict[str, Any] = {"valid": options.valid, "test": options.test}
    if options.by == "random":
        return split_random(len(log), **shares, seed=options.seed, labels=labels)
    if options.by == "group":
        require_columns([str(options.column)], log.columns, "the log")
        return split_by_group(log[str(options.column)], **shares, seed=options.seed, labels=labels)
    label_times = None if told.label_time is None else epoch_micros(log[told.label_time], told.time_unit)
    return split_by_time(
        pl.Series(times),
        **shares,
        gap=options.gap,
        labels=labels,
        label_times=label_times,
        maturity=options.maturity,
    )


def _refuse_one_class(parts: Parts, part: str, study: ClicksStudy) -> None:
    labels = parts.labels_of(part)
    converted = int(labels.sum())
    if 0 < converted < len(labels):
        return
    if not len(labels):
        what = "It has no rows"
    else:
        what = f"All of its {len(labels):,} labels are {int(converted > 0)}"
    message = f"The {part} part must hold rows with and without a conversion. {what}."
    mend = f"Give a larger share under [split] {part}" if part != "train" else "Leave more for training"
    hint = (
        f"{mend}, or check {study.columns.label!r}."
        if "path" in study.data.logs
        else f"Give another {part} table."
    )
    raise DataError(message, hint=hint)
