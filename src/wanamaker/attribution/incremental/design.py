"""What the regression sees of journeys: rows of exposure, each standing for all that are alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from wanamaker.base.ragged import lengths_to_offsets, sums_by
from wanamaker.events.codes import hash_groups, mixed
from wanamaker.journeys.touch_sets import sums_of_rows, touch_hashes
from wanamaker.stats.regression import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.incremental.covariates import Covariates
    from wanamaker.attribution.outcomes import Drawn
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.journeys.touch_sets import TouchSets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Exposure = Literal["count", "saturating", "fading"]
SHAPES: tuple[Exposure, ...] = ("count", "saturating", "fading")

_SALT = np.uint64(0xA0761D6478BD642F)


@dataclass(frozen=True, eq=False)
class Design:
    """Rows of a regression, with the events that each stands for.

    Parameters
    ----------
    rows
        The distinct rows: exposures in the columns below ``exposures``, then covariates.
    groups
        The row of each event, of shape (events,).
    exposures
        Columns that are exposures to touches; column k belongs to touch k mod the number of touches.
    journeys
        The journey of each event, of shape (events,).
    ends
        Whether the event is its journey's last, so that the conversion may follow it.
    """

    rows: Rows
    groups: Ints
    exposures: int
    journeys: Ints
    ends: NDArray[np.bool_]
    _last: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_last", np.flatnonzero(self.ends))

    def weights(self, drawn: Drawn) -> tuple[Floats, Floats]:
        """Return how often each row's outcome is a conversion, and how often it is not."""
        times = drawn.conversions + drawn.nulls
        all_events = sums_by(self.groups, times[self.journeys], len(self.rows))
        won = sums_by(self.groups[self._last], drawn.conversions[self.journeys[self._last]], len(self.rows))
        return won, np.maximum(all_events - won, 0.0)


def journey_design(journeys: Journeys, covariates: Covariates, exposure: Exposure, half_life: int) -> Design:
    """Return one event per journey: its exposure to each touch, up to its end.

    Parameters
    ----------
    journeys
        The journeys; those without a touch are left out.
    half_life
        Microseconds in which an exposure that fades halves.
    """
    held = np.flatnonzero(journeys.lengths > 0)
    sets = journeys.sets
    keys = sums_of_rows(mixed(touch_hashes(sets.members) ^ sets.counts.astype(np.uint64)), sets.offsets)[held]
    coded = covariates.columns(journeys)[held]
    if exposure == "fading":
        groups, firsts = np.arange(len(held), dtype=np.int64), np.arange(len(held), dtype=np.int64)
    else:
        groups, firsts = hash_groups(_with_covariates(keys, coded))
    chosen = sets.take(held[firsts])
    values = _amounts(journeys.take(held) if exposure == "fading" else None, chosen, exposure, half_life)
    rows = _appended(
        Rows(chosen.offsets, chosen.members, values, len(journeys.names)), coded[firsts], covariates.width
    )
    ends = np.ones(len(held), dtype=np.bool_)
    return Design(rows, groups, len(journeys.names), held, ends)


def touch_design(journeys: Journeys, covariates: Covariates, exposure: Exposure, half_life: int) -> Design:
    """Return one event per touch: the touch itself, and the exposure to those before it.

    The outcome of an event is whether the conversion follows before the next touch.
    """
    from wanamaker.attribution.incremental.kernels import prefix_hashes, prefix_rows

    names, owners = len(journeys.names), journeys.rows
    coded = covariates.columns(journeys)
    ages = np.empty(0)
    if exposure == "fading":
        ages = np.asarray(journeys.times, dtype=np.float64) / half_life
        groups = firsts = np.arange(len(owners), dtype=np.int64)
    else:
        earlier = touch_hashes(np.arange(names))
        hashes = prefix_hashes(journeys.offsets, journeys.touches, mixed(earlier ^ _SALT), earlier)
        groups, firsts = hash_groups(_with_covariates(hashes, coded[owners]))
    starts = journeys.offsets[:-1][owners[firsts]]
    sparse = prefix_rows(starts, firsts, journeys.touches, ages, names, SHAPES.index(exposure))
    rows = _appended(Rows(*sparse, 2 * names), coded[owners[firsts]], covariates.width)
    ends = np.zeros(len(owners), dtype=np.bool_)
    ends[journeys.offsets[1:][journeys.lengths > 0] - 1] = True
    return Design(rows, groups, 2 * names, owners, ends)


def _amounts(faded: Journeys | None, chosen: TouchSets, exposure: Exposure, half_life: int) -> Floats:
    """Return the exposure to each distinct touch, of shape (entries,); ``faded`` if it depends on times."""
    if faded is not None:
        from wanamaker.attribution.incremental.kernels import faded_counts

        ages = np.asarray(faded.times, dtype=np.float64) / half_life
        return faded_counts(faded.offsets, faded.touches, ages, chosen.offsets, chosen.members)
    counts = chosen.counts.astype(np.float64)
    return np.log1p(counts) if exposure == "saturating" else counts


def _with_covariates(hashes: NDArray[np.uint64], coded: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return hashes of rows and their covariates together."""
    for place in range(coded.shape[1]):
        hashes = mixed(hashes ^ mixed(coded[:, place].astype(np.uint64) + np.uint64(1)))
    return hashes


def _appended(rows: Rows, coded: NDArray[np.int32], width: int) -> Rows:
    """Return rows with the indicators of their covariates behind their exposures."""
    count, more = coded.shape
    if more == 0:
        return rows
    lengths = np.diff(rows.offsets)
    offsets = lengths_to_offsets(lengths + more)
    columns, values = np.empty(offsets[-1], dtype=np.int32), np.ones(offsets[-1])
    places = np.arange(len(rows.columns)) + np.repeat(more * np.arange(count), lengths)
    columns[places], values[places] = rows.columns, rows.values
    behind = offsets[1:, None] - more + np.arange(more)
    columns[behind] = rows.width + coded
    return Rows(offsets, columns, values, rows.width + width)
