"""Passes over entities (terms, words, campaigns) in the order of entity and day.

A *pair* is a row and one entity that it has: one per row for the term, several for its words. Rows come by
day, and pairs by row. A *cell* is an entity and a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Places = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Cells(NamedTuple):
    """Where the cells of each entity begin, of shape (entities + 1,), and the day of each cell."""

    begins: NDArray[np.int64]
    day: NDArray[np.int32]


class Columns(NamedTuple):
    """Where the sums of a measure stand, -1 if it is not there; ``exposure`` is what conversions are per."""

    impressions: int
    clicks: int
    cost: int
    conversions: int
    exposure: int


@njit(cache=True, nogil=True)
def group(codes: Codes, rows: Places, day: Codes, count: int) -> tuple[Places, Codes, Places]:
    """Return the cells of pairs, and the cell of each pair.

    Parameters
    ----------
    codes
        The entity of each pair, 0 to ``count - 1``, of shape (pairs,).
    rows
        The row of each pair, never falling, of shape (pairs,).
    day
        The day of each row, never falling, of shape (rows,).

    Returns
    -------
    tuple
        Where the cells of each entity begin (count + 1,), the day of each cell, and the cell of each pair.
    """
    places = np.zeros(count + 1, dtype=np.int64)
    for code in codes:
        places[code + 1] += 1
    for entity in range(count):
        places[entity + 1] += places[entity]
    order = np.empty(len(codes), dtype=np.int64)
    for pair in range(len(codes)):
        order[places[codes[pair]]] = pair
        places[codes[pair]] += 1
    begins = np.zeros(count + 1, dtype=np.int64)
    days = np.empty(len(codes), dtype=np.int32)
    cell_of = np.empty(len(codes), dtype=np.int64)
    cell, last = -1, -1
    for ordered in order:
        entity, now = int(codes[ordered]), day[rows[ordered]]
        if entity != last or now != days[cell]:
            cell += 1
            days[cell] = now
            begins[entity + 1] += 1
        last = entity
        cell_of[ordered] = cell
    return np.cumsum(begins), days[: cell + 1].copy(), cell_of


@njit(cache=True, nogil=True)
def add_up(cell_of: Places, rows: Places, amounts: Floats, out: Floats) -> None:
    """Add the amounts of each pair's row, of shape (rows, measures), to its cell in ``out``."""
    for pair in range(len(cell_of)):
        for measure in range(amounts.shape[1]):
            out[cell_of[pair], measure] += amounts[rows[pair], measure]


@njit(cache=True, nogil=True)
def window_sums(
    cells: Cells, amounts: Floats, asked: Cells, windows: Places, shares: Floats, aged: int, out: Floats
) -> None:
    """Write the sums over the past of each asked cell, window by window, and over all of the past.

    Goes back from the day before, so that each past cell of the longest window is read once for all
    windows. What is older than every window and wholly reported is kept in a running sum.

    Parameters
    ----------
    amounts
        The sums of each past cell, of shape (cells, measures).
    windows
        Lengths in days, rising.
    shares
        The share reported at an age of 1, 2, … days; 1 at the last and beyond.
    aged
        The measures from here on count by the share of their age.
    out
        Of shape (asked cells, windows + 1, measures).
    """
    measures, spans = amounts.shape[1], len(windows)
    reach = max(windows[-1], len(shares)) if spans else len(shares)
    settled, running = np.zeros(measures), np.zeros(measures)
    for entity in range(len(asked.begins) - 1):
        begin, stop = cells.begins[entity], cells.begins[entity + 1]
        old = end = begin
        settled[:] = 0.0
        for place in range(asked.begins[entity], asked.begins[entity + 1]):
            now = asked.day[place]
            while end < stop and cells.day[end] < now:
                end += 1
            while old < end and now - cells.day[old] > reach:
                settled += amounts[old]
                old += 1
            running[:] = 0.0
            window = 0
            for cell in range(end - 1, old - 1, -1):
                age = now - cells.day[cell]
                while window < spans and age > windows[window]:
                    out[place, window] = running
                    window += 1
                share = shares[min(age, len(shares)) - 1]
                for measure in range(measures):
                    amount = amounts[cell, measure]
                    running[measure] += amount if measure < aged else amount * share
            while window < spans:
                out[place, window] = running
                window += 1
            out[place, spans] = running + settled


@njit(cache=True, nogil=True)
def seen_days(cells: Cells, asked: Cells, out: Floats) -> None:
    """Write the recency of each asked cell, 1 / days since the last, and log1p of the days since the first.

    Both are 0 for what was never seen before. ``out`` has shape (asked cells, 2).
    """
    for entity in range(len(asked.begins) - 1):
        begin, stop = cells.begins[entity], cells.begins[entity + 1]
        end = begin
        for place in range(asked.begins[entity], asked.begins[entity + 1]):
            now = asked.day[place]
            while end < stop and cells.day[end] < now:
                end += 1
            if end > begin:
                out[place, 0] = 1.0 / (now - cells.day[end - 1])
                out[place, 1] = np.log1p(float(now - cells.day[begin]))


@njit(cache=True, nogil=True)
def features_of(
    sums: Floats, day: Codes, first: int, priors: Floats, strengths: Floats, columns: Columns, out: Floats
) -> None:
    """Write the features of each asked cell: per window log sums, then smoothed ratios.

    Parameters
    ----------
    sums
        Of shape (cells, windows, measures).
    day, first
        The day of each cell, and the day of the first row of ``priors``.
    priors
        What clicks per impression, conversions per exposure, and cost per click are drawn to on each day,
        of shape (days, 3).
    strengths
        By how many impressions, exposures and clicks, of shape (3,).
    out
        Of shape (cells, windows × features of a window).
    """
    for cell in range(len(sums)):
        prior = priors[day[cell] - first]
        place = 0
        for window in range(sums.shape[1]):
            told = sums[cell, window]
            for measure in (columns.impressions, columns.clicks, columns.cost, columns.conversions):
                if measure >= 0:
                    out[cell, place] = np.log1p(told[measure])
                    place += 1
            place = _ratio(
                out[cell], place, told, (columns.clicks, columns.impressions), prior[0], strengths[0]
            )
            place = _ratio(
                out[cell], place, told, (columns.conversions, columns.exposure), prior[1], strengths[1]
            )
            place = _ratio(out[cell], place, told, (columns.cost, columns.clicks), prior[2], strengths[2])


@njit(cache=True, nogil=True)
def mean_into(offsets: Places, cell_of: Places, features: Floats, out: Floats) -> None:
    """Write the mean over the cells of each row's pairs; every row has at least one.

    Parameters
    ----------
    offsets
        Where the pairs of each row begin, of shape (rows + 1,).
    out
        Of shape (rows, features).
    """
    for row in range(len(offsets) - 1):
        start, stop = offsets[row], offsets[row + 1]
        for feature in range(features.shape[1]):
            total = 0.0
            for pair in range(start, stop):
                total += features[cell_of[pair], feature]
            out[row, feature] = total / (stop - start)


@njit(cache=True, nogil=True, inline="always")
def _ratio(
    out: Floats, place: int, told: Floats, parts: tuple[int, int], prior: float, strength: float
) -> int:
    """Write one measure per another, drawn to the prior; return the next place. Nothing if one is absent."""
    above, below = parts
    if above < 0 or below < 0:
        return place
    weight = told[below] + strength
    out[place] = (told[above] + strength * prior) / weight if weight > 0 else 0.0
    return place + 1
