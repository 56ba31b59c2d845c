"""Target means of which a row sees only what was known strictly before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns, to_kind
from wanamaker.base.parameters import Boolean, OneOf, Optional, RealIn
from wanamaker.events.columns import as_flags
from wanamaker.events.reading import read_table
from wanamaker.events.times import TIME_UNITS, exact_iso, resolve_unit
from wanamaker.features.categories.columns import as_keys, canonical, key_name
from wanamaker.features.categories.encoder import Encoder, columns_of
from wanamaker.features.categories.ledger import Ledger, entries_of
from wanamaker.features.windows.events import known_ticks, ticks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_MICRO = 1


class TimeOrderedTargetEncoder(Encoder):
    """The smoothed share of positive labels of a value, from what was known strictly before a row's time.

    For a row at time t: ``(sum + prior · m) / (n + prior)``, n the value's rows with a time before t, sum
    those of its positive labels that were known before t: by ``label_time`` if there is one, else by the
    row's own time. Rows of the same time do not see each other. It is `rate` without a window.

    **Training rows get their values from `fit_transform`**, each from the rows before it. `transform` goes on
    from the end of training: a row sees all training labels known before its time, and, with ``history=``,
    labelled rows that came after training. `fit` keeps totals alone, of which the past of a training row
    cannot be read back: `transform` refuses rows from before the end of training, unless ``remember=True``.

    Parameters
    ----------
    columns
        Columns, or lists of columns for combinations. Unseen values and nulls get m.
    label
        The column of labels, 0 or 1; null is 0.
    time
        The column of the rows' times.
    label_time
        The column that says when a positive label became known.
    prior
        How many rows m counts for.
    mean
        m; None takes the share of positive labels in the training rows, and freezes it.
    remember
        Keep every moment at which something became known, and not the totals at the end alone. Rows of any
        time can then be transformed; memory and file grow with the training rows.
    time_unit
        The unit of times that are numbers; see `wanamaker.journeys_from_events`.

    Attributes
    ----------
    mean_ : float
        m.
    end_ : int
        The time of the last training row, in microseconds since the epoch.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"app": [7, 7, 7], "at": [0, 10, 20], "bought": [1, 0, 0]})
    >>> made = TimeOrderedTargetEncoder(columns=["app"], label="bought", time="at", prior=1, mean=0.5)
    >>> made.fit_transform(log)["target_app"].to_list()
    [0.5, 0.75, 0.5]
    >>> made.transform(pl.DataFrame({"app": [7, 9], "at": [30, 30]}))["target_app"].to_list()
    [0.375, 0.5]
    """

    kind = "time_ordered_target"
    _constraints: ClassVar[Mapping[str, Constraint]] = {
        "prior": RealIn(low=0.0, open_at=("low",)),
        "mean": Optional(RealIn(0.0, 1.0)),
        "remember": Boolean(),
        "time_unit": OneOf(TIME_UNITS),
    }

    def __init__(
        self,
        *,
        columns: Sequence[str | Sequence[str]],
        label: str,
        time: str,
        label_time: str | None = None,
        prior: float = 20.0,
        mean: float | None = None,
        remember: bool = False,
        time_unit: str = "auto",
    ) -> None:
        self.columns = columns
        self.label = label
        self.time = time
        self.label_time = label_time
        self.prior = prior
        self.mean = mean
        self.remember = remember
        self.time_unit = time_unit

    def features(self, table: Any, history: Any = None) -> pl.DataFrame:
        """Return the new columns alone, as Polars; see `transform`."""
        return self._after(self._fitted_frame(table), history)

    def transform(self, table: Any, history: Any = None) -> Any:
        """Return the table with the new columns; rows, their order and other columns stay.

        Parameters
        ----------
        table
            Rows from the end of training on; their labels are not read.
        history
            Labelled rows from the end of training on, such as a validation part, or ``table`` itself
            where its labels are known: each row still sees only what was known before it.

        Returns
        -------
        table
            Of the caller's kind; polars for a path.

        Raises
        ------
        DataError
            If a row lies before the end of training (and ``remember`` is false), or one of history does.
        """
        self._require_fitted()
        native = read_table(table, ids=self._ids())
        return to_kind(self._joined(native.frame, self._after(native.frame, history)), native.kind)

    def _keys(self) -> list[tuple[str, ...]]:
        return as_keys(self.columns, type(self).__name__)

    def _ids(self) -> list[str]:
        return columns_of(self._keys())

    def _reads(self) -> list[str]:
        labels = [self.label] if self.label_time is None else [self.label, self.label_time]
        return [*self._ids(), self.time, *labels]

    def _names(self) -> list[str]:
        return [f"target_{key_name(key)}" for key in self._keys()]

    def _learn(self, frame: pl.DataFrame) -> None:
        self._kept(self._ledgers(frame))

    def _learn_and_apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        ledgers = self._ledgers(frame)
        made = self._values(ledgers, frame)
        self._kept(ledgers)
        return made

    def _ledgers(self, frame: pl.DataFrame) -> list[Ledger]:
        require_columns(self._reads(), frame.columns)
        self.unit_ = resolve_unit(frame[self.time], self.time_unit)
        self.end_ = int(self._times(frame).max())
        given = self.mean is not None
        self.mean_ = float(self.mean) if given else float(as_flags(frame[self.label], "label").mean())  # type: ignore[arg-type]
        keyed = zip(self._keys(), self._entries(frame), strict=True)
        return [Ledger.of(entries, key) for key, entries in keyed]

    def _kept(self, ledgers: list[Ledger]) -> None:
        self.ledgers_ = ledgers if self.remember else [ledger.as_at(self.end_) for ledger in ledgers]

    def _after(self, frame: pl.DataFrame, history: Any) -> pl.DataFrame:
        require_columns([self.time], frame.columns)
        if not self.remember:
            hint = "Use fit_transform(train) for training rows, or remember=True for rows of any time."
            self._refuse_before_end(frame, "the table", hint)
        if history is None:
            return self._values(self.ledgers_, frame)
        later = read_table(history, self._reads(), ids=self._ids()).frame
        self._refuse_before_end(later, "history", "Training rows are counted already; leave them out.")
        more = zip(self.ledgers_, self._entries(later), strict=True)
        return self._values([ledger.continued(entries) for ledger, entries in more], frame)

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        return self._after(frame, None)

    def _values(self, ledgers: list[Ledger], frame: pl.DataFrame) -> pl.DataFrame:
        held, at = canonical(frame, self._ids()), self._times(frame)
        made = {}
        for name, ledger in zip(self._names(), ledgers, strict=True):
            seen, converted = ledger.before(held, at)
            made[name] = (converted + self.prior * self.mean_) / (seen + self.prior)
        return pl.DataFrame(made)

    def _entries(self, frame: pl.DataFrame) -> list[pl.DataFrame]:
        held, times = canonical(frame, self._ids()), self._times(frame)
        known = None
        if self.label_time is not None:
            known = known_ticks(
                frame, self.time, self.label, self.label_time, resolution=_MICRO, time_unit=self.unit_
            )
        positive = as_flags(frame[self.label], "label")
        return [entries_of(held, key, times, positive, known) for key in self._keys()]

    def _times(self, frame: pl.DataFrame) -> NDArray[np.int64]:
        return ticks_of(frame[self.time], _MICRO, self.unit_)

    def _refuse_before_end(self, frame: pl.DataFrame, where: str, hint: str) -> None:
        early = np.flatnonzero(self._times(frame) < self.end_)
        if len(early):
            row = int(early[0])
            message = (
                f"Column {self.time!r}, row {row} of {where}: {frame[self.time][row]} lies before "
                f"the end of the training rows, {exact_iso(self.end_)} ({len(early)} such rows)."
            )
            raise DataError(message, hint=hint)

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        tables = {f"ledger_{place}": ledger.entries for place, ledger in enumerate(self.ledgers_)}
        return {"mean": self.mean_, "end": self.end_, "unit": self.unit_}, tables

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        self.mean_, self.end_, self.unit_ = values["mean"], values["end"], values["unit"]
        pairs = zip(self._keys(), tables.values(), strict=True)
        self.ledgers_ = [Ledger.of(entries, key) for key, entries in pairs]

    def _is_fitted(self) -> bool:
        return hasattr(self, "ledgers_")
