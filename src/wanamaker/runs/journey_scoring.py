"""What the network of an attribution run says of new touches: the chance of a conversion after each."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.durations import to_micros
from wanamaker.base.errors import DataWarning, ParameterError, RunError, SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.events.reading import read_table
from wanamaker.journeys.from_events import journeys_from_events
from wanamaker.runs.scorer import PREDICTION, Scorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.base.frames import IntoFrame, Native
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.runs.load import Run

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_ROW = "(row)"
_CONVERTED = "(converted)"
_AT_ONCE = 2_000_000


def journeys_of(rows: pl.DataFrame, study: Mapping[str, Any]) -> Journeys:
    """Return new touches as journeys, none of them cut; the number of each row stands in the ledger.

    A conversion among the rows ends a journey, as in the study; without the column that tells conversions all
    touches of a user (or of an identified journey) are one journey.

    Raises
    ------
    SchemaError
        If a column that the study reads is missing.
    """
    columns = {role: name for role, name in study["columns"].items() if name is not None}
    for idle in ("value", "cost", "path", "conversions", "nulls"):
        columns.pop(idle, None)
    flag = columns.get("converted")
    if columns.get("event") is None and flag not in rows.columns:
        rows = rows.with_columns(pl.lit(value=False).alias(_CONVERTED))
        columns["converted"] = _CONVERTED
        for told in ("conversion_id", "conversion_time"):
            columns.pop(told, None)
    names = [name for name in columns.values() if isinstance(name, str) and name != _CONVERTED]
    require_columns([*names, *columns.get("covariates", ())], rows.columns, "the rows")
    options = {key: study["journeys"][key] for key in ("time_unit", "conversions", "touch_events")}
    numbered = rows.with_columns(pl.Series(_ROW, np.arange(len(rows), dtype=np.float64)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # of a few new rows they say nothing
        return journeys_from_events(numbered, **columns, **options, cost=_ROW, lookback=None)


@dataclass(frozen=True, eq=False)
class _Prefixes:
    """Every journey after each of its touches, as the study would have built it then."""

    journeys: Journeys
    reach: int | None
    most: int
    collapse: bool

    @staticmethod
    def of(journeys: Journeys, study: Mapping[str, Any], most: int) -> _Prefixes:
        options = study["journeys"]
        lookback = options["lookback"]
        plain = isinstance(lookback, str) and lookback != "none"
        reach = to_micros(lookback, "lookback") if plain else None
        return _Prefixes(journeys, reach, min(most, options.get("max_touches") or most), options["collapse"])

    def parts(self) -> Iterator[tuple[Ints, Journeys]]:
        """Yield touches and the journeys up to each of them, in parts of bounded size."""
        whole = self.journeys
        firsts = np.repeat(whole.offsets[:-1], whole.lengths)
        lengths = np.minimum(np.arange(len(firsts)) - firsts + 1, self.most)
        total = np.cumsum(lengths)
        cuts = np.searchsorted(total, np.arange(_AT_ONCE, total[-1] if len(total) else 0, _AT_ONCE))
        for touches in np.split(np.arange(len(firsts)), np.unique(cuts)):
            if len(touches):
                yield touches, self._made(touches, lengths[touches])

    def _made(self, ends: Ints, lengths: Ints) -> Journeys:
        whole = self.journeys
        owners = np.repeat(np.arange(len(ends)), lengths)
        offsets = lengths_to_offsets(lengths)
        places = np.arange(len(owners)) - offsets[:-1][owners] + (ends - lengths + 1)[owners]
        kept = np.ones(len(places), dtype=np.bool_)
        times = np.asarray(whole.times)
        if self.reach is not None:
            kept &= times[ends][owners] - times[places] <= self.reach
        if self.collapse:
            after = np.minimum(places + 1, len(whole.touches) - 1)
            kept &= (places == ends[owners]) | (whole.touches[places] != whole.touches[after])
        places, owners = places[kept], owners[kept]
        counts = np.bincount(owners, minlength=len(ends))
        of = whole.rows[ends]
        return replace(
            whole,
            touches=whole.touches[places],
            times=times[places],
            offsets=lengths_to_offsets(counts),
            conversions=np.zeros(len(ends)),
            nulls=np.ones(len(ends)),
            users=whole.users[of],
            table=whole.table[of],
            uncut=counts,
            ended=None,
            values=None,
            ledger=None,
        )


def after_each_touch(model: JourneyModel, journeys: Journeys, study: Mapping[str, Any]) -> Floats:
    """Return the probability of a conversion after each touch, of shape (touches,)."""
    found = np.full(len(journeys.touches), np.nan)
    for touches, part in _Prefixes.of(journeys, study, model.max_touches).parts():
        found[touches] = model.predict(part)
    return found


def _by_row(journeys: Journeys, values: Floats, rows: int) -> pl.Series:
    """Return what belongs to each row, null for rows that are no touch."""
    ledger = journeys.ledger
    placed = np.full(rows, np.nan)
    if ledger is not None:
        placed[ledger.amounts.astype(np.int64)] = values
    return pl.Series(placed, nan_to_null=True)


def _load(folder: Path) -> JourneyModel:
    from wanamaker.models.journeys.journey_model import JourneyModel

    if not (folder / "network").is_dir():
        message = (
            f"The run {str(folder.parent)!r} (a study of kind 'attribution') keeps no model that predicts."
        )
        hint = "Give the run of a study of kind 'clicks' or 'sessions', or one with a section [network]."
        raise RunError(message, hint=hint)
    return JourneyModel.load(folder / "network")


def _read(run: Run, rows: IntoFrame) -> Native:
    told = run.study["columns"]
    ids = [told.get(role) for role in ("user", "journey", "touch")]
    return read_table(rows, ids=[name for name in ids if name is not None])


def _predict(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    return rows.with_columns(_told(run, rows, history)[PREDICTION])


def _explain(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    """Return the chance after each touch, that before it in its journey, and the difference: its effect."""
    return _told(run, rows, history)


def _told(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    if history is not None:
        message = (
            "An attribution run reads no history: what came earlier in a journey stands in its own rows."
        )
        raise ParameterError(message, hint="Leave it out, and give all touches of each journey as rows.")
    schema = dict.fromkeys((PREDICTION, "before", "effect"), pl.Float64)
    if not len(rows):
        return pl.DataFrame(schema=schema)
    journeys = journeys_of(rows, run.study)
    if "goal" in journeys.table.columns:
        message = "These rows have conversions of several goals; the network answers for one."
        raise SchemaError(message, hint="Give the rows of one goal.")
    model: JourneyModel = run.model
    after = after_each_touch(model, journeys, run.study)
    before = np.concatenate([[np.nan], after[:-1]])
    held = journeys.lengths > 0
    before[journeys.offsets[:-1][held]] = _without_touches(model, journeys)[held]
    told = {PREDICTION: after, "before": before, "effect": after - before}
    return pl.DataFrame({name: _by_row(journeys, values, len(rows)) for name, values in told.items()})


def _without_touches(model: JourneyModel, journeys: Journeys) -> Floats:
    """Return the chance of each journey before its first touch, of shape (journeys,)."""
    none = replace(
        journeys,
        touches=journeys.touches[:0],
        times=np.asarray(journeys.times)[:0],
        offsets=np.zeros(len(journeys) + 1, dtype=np.int64),
        uncut=np.zeros(len(journeys), dtype=np.int64),
    )
    return model.predict(none)


def _unseen(run: Run, rows: pl.DataFrame) -> dict[str, int]:
    if not len(rows):
        return {}
    found = run.model.unseen(journeys_of(rows, run.study))
    touch = str(run.study["columns"]["touch"])
    return {touch if name == "touch" else name: count for name, count in found.items() if count}


SCORER = Scorer(_load, _read, _predict, _explain, _unseen)
