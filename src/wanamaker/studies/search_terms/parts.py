"""The days and terms of a study: what is learned from, chosen by, tested on, and left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import DataError, ParameterError
from wanamaker.evaluation.search_terms.held_out import term_folds
from wanamaker.evaluation.search_terms.origins import Origin, rolling_origins
from wanamaker.features.terms.days import EPOCH, day_number, day_text
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.studies.search_terms.build import read_vectors

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.studies.search_terms.log import TermLog
    from wanamaker.studies.search_terms.study import SearchTermsStudy

    Floats = NDArray[np.float64]

Rows = list[dict[str, Any]]

_KNOWN = 0.99
_WIDEST_GAP = 0.15
_TESTED = 0.125
_SHORTEST = 7


@dataclass(frozen=True, eq=False)
class Parts:
    """The log of a study, and how it is split.

    Parameters
    ----------
    log
        What was read.
    as_of
        The day of the report, in days since 1970-01-01.
    until
        The day after the last whose conversions are known well enough.
    origins
        The latest last.
    folds
        The fold of each row of the log, by its term; None without unseen terms.
    vectors
        Given vectors of terms, or None.
    notes
        How the split came about, where that is no matter of course.
    """

    log: TermLog
    as_of: int
    until: int
    origins: list[Origin]
    folds: NDArray[np.int64] | None
    vectors: pl.DataFrame | None
    notes: tuple[str, ...]

    @property
    def curve(self) -> DelayCurve:
        """How conversions come in; all at once where nothing is known of it."""
        return self.log.curve or DelayCurve.none()

    @property
    def report_date(self) -> date:
        """The day of the report."""
        return EPOCH + timedelta(days=self.as_of)

    @property
    def day(self) -> NDArray[np.int64]:
        """The day of each row."""
        return self.log.days["date"].to_physical().to_numpy().astype(np.int64)

    def within(self, begin: int, end: int, keep: NDArray[np.bool_] | None = None) -> pl.DataFrame:
        """Return the rows of some days, from the first to before the last, or those of them to be kept."""
        rows = (self.day >= begin) & (self.day < end)
        return self.log.days.filter(rows if keep is None else rows & keep)

    def part(self, origin: Origin, name: str, keep: NDArray[np.bool_] | None = None) -> pl.DataFrame:
        """Return the rows of a part at an origin."""
        return self.within(*origin.days(name), keep)

    def known(self) -> pl.DataFrame:
        """Return all rows whose conversions are known well enough to be learned from."""
        return self.within(int(self.day.min()), self.until)

    def shares(self, days: pl.Series) -> Floats:
        """Return the share of the conversions of days that is in the report."""
        ages = self.as_of - days.to_physical().to_numpy().astype(np.int64)
        return self.curve.share(np.maximum(ages, 1))


def split_log(study: SearchTermsStudy, log: TermLog) -> Parts:
    """Return the parts of a log.

    Raises
    ------
    DataError
        If the log is too short, or a part has no conversions.
    ParameterError
        If the day of the report lies before the log's last day.
    """
    day = log.days["date"].to_physical()
    first, last = int(day.min()), int(day.max())  # type: ignore[arg-type]  # there are rows
    as_of = _as_of(study, last)
    until = _until(study, log.curve, as_of, last)
    horizon = study.split.horizon or max(_SHORTEST, round((until - first) * _TESTED))
    gap, notes = _gap(study, log.curve, until - first)
    origins = rolling_origins(
        first,
        until - 1,
        origins=study.split.origins,
        horizon=horizon,
        valid=study.split.valid or horizon,
        gap=gap,
    )
    folds = None
    if study.split.unseen:
        folds = term_folds(log.days["term"], round(1.0 / study.split.unseen), study.model.seed)
    parts = Parts(log, as_of, until, origins, folds, read_vectors(study), tuple(notes))
    _require_conversions(parts)
    return parts


def part_rows(parts: Parts) -> Rows:
    """Return rows, terms, sums and time span of the parts of the last origin."""
    origin, told = parts.origins[-1], []
    held = {name: parts.part(origin, name) for name in ("train", "valid", "gap", "test")}
    held["left_out"] = parts.within(parts.until, parts.as_of)
    seen = held["train"]["term"].unique().implode()
    for name, rows in held.items():
        if name in ("gap", "left_out") and not len(rows):
            continue
        terms = rows["term"].unique()
        told.append(
            {
                "part": name,
                "rows": len(rows),
                "terms": len(terms),
                "new_terms": 0 if name == "train" else int((~terms.is_in(seen)).sum()),
                "conversions": float(rows["conversions"].sum()),
                "clicks": _sum(rows, "clicks"),
                "cost": _sum(rows, "cost"),
                "start": None if not len(rows) else str(rows["date"].min()),
                "end": None if not len(rows) else str(rows["date"].max()),
            }
        )
    return told


def _sum(rows: pl.DataFrame, name: str) -> float | None:
    return float(rows[name].sum()) if name in rows.columns else None


def _as_of(study: SearchTermsStudy, last: int) -> int:
    if study.delay.as_of is None:
        return last + 1
    as_of = day_number(study.delay.as_of)
    if as_of <= last:
        message = f"delay.as_of, the day of the report, must lie after the log's last day, {day_text(last)}. "
        message += f"Got {study.delay.as_of}."
        raise ParameterError(
            message, hint="Leave it out, or give the day on which the report was downloaded."
        )
    return as_of


def _until(study: SearchTermsStudy, curve: DelayCurve | None, as_of: int, last: int) -> int:
    """Return the day after the last that is used: older than the maturity, and known well enough."""
    youngest = max(study.delay.maturity, 1)
    if curve is not None and study.delay.least > 0:
        youngest = max(youngest, curve.mature_age(study.delay.least))
    return min(last + 1, as_of - youngest + 1)


def _gap(study: SearchTermsStudy, curve: DelayCurve | None, days: int) -> tuple[int, list[str]]:
    """Return how many days before an origin are left out, and what has to be said of it."""
    if isinstance(study.split.gap, int):
        return study.split.gap, []
    if curve is None:
        return max(study.delay.maturity - 1, 0), []
    wanted, most = curve.mature_age(_KNOWN) - 1, int(days * _WIDEST_GAP)
    if wanted <= most:
        return wanted, []
    known = float(curve.share(most + 1))
    told = (
        f"The gap before an origin is {most} days, since the log is short: on the origin, {known:.0%} of "
        "the conversions of the last day to learn from were known, not 99 %."
    )
    return most, [told]


def _require_conversions(parts: Parts) -> None:
    for origin in parts.origins:
        for name in ("train", "valid", "test"):
            rows = parts.part(origin, name)
            if len(rows) and rows["conversions"].sum() > 0:
                continue
            begin, end = origin.days(name)
            found = "no rows" if not len(rows) else f"{len(rows):,} rows without any"
            message = (
                f"Each part must have conversions. {name.capitalize()} of the origin "
                f"{day_text(origin.start)} ({day_text(begin)} to {day_text(end - 1)}) has {found}."
            )
            raise DataError(message, hint="Take fewer origins, or a longer horizon, under [split].")
