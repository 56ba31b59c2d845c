"""Rows of exposure to touches, and credit along the path from no touch to all touches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Sparse = tuple[Ints, NDArray[np.int32], Floats]


@njit(cache=True)
def prefix_hashes(
    offsets: Ints, touches: NDArray[np.int32], current: NDArray[np.uint64], earlier: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Return a hash of each touch with the touches before it in its journey, whatever their order.

    Parameters
    ----------
    current, earlier
        The hash of each touch name as the present one, and as an earlier one.
    """
    hashes = np.empty(len(touches), dtype=np.uint64)
    for journey in range(len(offsets) - 1):
        before = np.uint64(0)
        for place in range(offsets[journey], offsets[journey + 1]):
            hashes[place] = before + current[touches[place]]
            before += earlier[touches[place]]
    return hashes


@njit(cache=True)
def prefix_rows(
    starts: Ints,
    places: Ints,
    touches: NDArray[np.int32],
    ages: Floats,
    names: int,
    shape: int,
) -> Sparse:
    """Return one row per chosen touch: the touch itself, and the exposure to the touches before it.

    Parameters
    ----------
    starts, places
        Where the journey of each chosen touch begins, and the touch, among ``touches``.
    ages
        Time of each touch in half-lives, for exposures that fade; of shape (0,) for others.
    names
        How many touch names there are; earlier exposure stands in the columns from there on.
    shape
        0: counts; 1: log(1 + count); 2: Σ 2^(-age in half-lives).

    Returns
    -------
    tuple
        Offsets, columns and values.
    """
    offsets = np.zeros(len(places) + 1, dtype=np.int64)
    room = len(places) + int((places - starts).sum())
    columns, values = np.empty(room, dtype=np.int32), np.empty(room)
    held_at = np.full(names, -1, dtype=np.int64)
    held = 0
    for row in range(len(places)):
        first = held
        columns[held], values[held] = touches[places[row]], 1.0
        held += 1
        for place in range(starts[row], places[row]):
            touch = touches[place]
            amount = 1.0 if shape < 2 else math.pow(2.0, ages[place] - ages[places[row]])
            if first < held_at[touch] < held and columns[held_at[touch]] == names + touch:
                values[held_at[touch]] += amount
                continue
            columns[held], values[held] = names + touch, amount
            held_at[touch] = held
            held += 1
        if shape == 1:
            for place in range(first + 1, held):
                values[place] = math.log1p(values[place])
        offsets[row + 1] = held
    return offsets, columns[:held].copy(), values[:held].copy()


@njit(cache=True)
def faded_counts(
    offsets: Ints, touches: NDArray[np.int32], ages: Floats, sets: Ints, members: NDArray[np.int32]
) -> Floats:
    """Return Σ 2^(-half-lives before the journey's last touch) of each distinct touch of each journey.

    Parameters
    ----------
    ages
        Time of each touch in half-lives, of shape (touches,).
    sets, members
        Offsets and codes of the distinct touches of each journey, ascending.
    """
    sums = np.zeros(len(members))
    for journey in range(len(offsets) - 1):
        for place in range(offsets[journey], offsets[journey + 1]):
            amount = math.pow(2.0, ages[place] - ages[offsets[journey + 1] - 1])
            found = np.searchsorted(members[sets[journey] : sets[journey + 1]], touches[place])
            sums[sets[journey] + found] += amount
    return sums


@njit(cache=True)
def path_credit(
    sparse: Sparse, weights: Floats, beta: Floats, names: int, exposures: int, *, logistic: bool
) -> tuple[Floats, Floats]:
    """Return the credit of each touch summed over rows, and the loss if it alone were removed.

    Credit is that of Aumann and Shapley along the straight path from no touch to all touches of a row:
    (p - p₀) β_c x_c / Σ βx.

    Parameters
    ----------
    weights
        How often each row counts, of shape (rows,).
    beta
        Intercept, then the coefficients of the columns.
    names
        How many touch names there are; column k belongs to touch k mod names.
    exposures
        Columns below are exposures to touches, the others covariates.
    """
    offsets, columns, values = sparse
    credit, removal = np.zeros(names), np.zeros(names)
    parts, met = np.zeros(names), np.empty(names, dtype=np.int64)
    seen = np.full(names, -1, dtype=np.int64)
    for row in range(len(weights)):
        if weights[row] == 0.0:
            continue
        base, total, held = beta[0], 0.0, 0
        for place in range(offsets[row], offsets[row + 1]):
            part = beta[1 + columns[place]] * values[place]
            if columns[place] >= exposures:
                base += part
                continue
            touch = columns[place] % names
            if seen[touch] != row:
                met[held], seen[touch] = touch, row
                held += 1
            parts[touch] += part
            total += part
        _share(base, total, weights[row], parts, met[:held], credit, removal, logistic)
    return credit, removal


@njit(cache=True)
def _share(
    base: float,
    total: float,
    weight: float,
    parts: Floats,
    met: Ints,
    credit: Floats,
    removal: Floats,
    logistic: bool,
) -> None:
    """Add one row's credit and removal effects, and clear its parts."""
    with_all, without = _chance(base + total, logistic), _chance(base, logistic)
    ratio = _slope(base, total, with_all - without, logistic)
    for touch in met:
        credit[touch] += weight * ratio * parts[touch]
        removal[touch] += weight * (with_all - _chance(base + total - parts[touch], logistic))
    for touch in met:
        parts[touch] = 0.0


@njit(cache=True)
def credit_by_day(
    sparse: Sparse,
    events: tuple[Ints, Ints, Floats],
    beta: Floats,
    names: int,
    exposures: int,
    days: int,
    *,
    logistic: bool,
) -> Floats:
    """Return the credit of `path_credit` by day, of shape (days, touch names).

    Parameters
    ----------
    events
        Of each event: its row; its day, 0 … days - 1, or -1 where not known; how often it counts.
    """
    offsets, columns, _ = sparse
    groups, day_of, weights = events
    shares = _entry_credit(sparse, beta, exposures, logistic)
    sums = np.zeros((days, names))
    for event in range(len(groups)):
        day, row = day_of[event], groups[event]
        if day < 0 or weights[event] == 0.0:
            continue
        for place in range(offsets[row], offsets[row + 1]):
            if columns[place] < exposures:
                sums[day, columns[place] % names] += weights[event] * shares[place]
    return sums


@njit(cache=True)
def _entry_credit(sparse: Sparse, beta: Floats, exposures: int, logistic: bool) -> Floats:
    """Return the credit of each entry of the rows, if its row counts once; of covariates 0."""
    offsets, columns, values = sparse
    shares = np.zeros(len(columns))
    for row in range(len(offsets) - 1):
        base, total = beta[0], 0.0
        for place in range(offsets[row], offsets[row + 1]):
            part = beta[1 + columns[place]] * values[place]
            if columns[place] >= exposures:
                base += part
            else:
                shares[place] = part
                total += part
        rise = _chance(base + total, logistic) - _chance(base, logistic)
        ratio = _slope(base, total, rise, logistic)
        for place in range(offsets[row], offsets[row + 1]):
            shares[place] *= ratio
    return shares


@njit(cache=True, inline="always")
def _slope(base: float, total: float, rise: float, logistic: bool) -> float:
    """Return (p - p₀) / Σ βx, where p - p₀ is the rise and Σ βx the total."""
    if not logistic:
        return 1.0
    if abs(total) < 1e-5:
        middle = _chance(base + total / 2.0, logistic)
        return middle * (1.0 - middle)
    return rise / total


@njit(cache=True, inline="always")
def _chance(eta: float, logistic: bool) -> float:
    if not logistic:
        return eta
    tail = math.exp(-abs(eta))
    return 1.0 / (1.0 + tail) if eta >= 0.0 else tail / (1.0 + tail)
