"""The past of entities in windows, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wanamaker.base.errors import SchemaError
from wanamaker.features.terms.entities import Entity, grouped, whole_account
from wanamaker.features.terms.kernels import Columns, add_up, features_of, mean_into, seen_days, window_sums
from wanamaker.features.terms.known import final_conversions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.features.terms.delay import DelayCurve
    from wanamaker.features.terms.entities import Grouped

    Floats = NDArray[np.float64]

_RATIOS = (
    ("ctr", ("clicks", "impressions")),
    ("rate", ("conversions", "exposure")),
    ("cpc", ("cost", "clicks")),
)


class Past(NamedTuple):
    """A log as its windows are summed.

    ``amounts`` has one row per row of the log; its columns from ``aged`` on count by the share that is
    reported at their age.
    """

    days: TermDays
    amounts: Floats
    columns: Columns
    aged: int
    shares: Floats


class Smoothing(NamedTuple):
    """The windows, what ratios are drawn to on each day from the first asked one, and how strongly."""

    windows: NDArray[np.int64]
    priors: Floats
    strengths: Floats


def ratios_of(measures: Sequence[str]) -> list[str]:
    """Return the ratios that can be formed of measures.

    Examples
    --------
    >>> ratios_of(("clicks", "conversions"))
    ['rate']
    """
    there = {*measures, *(["exposure"] if exposure_of(measures) else [])}
    return [name for name, parts in _RATIOS if there.issuperset(parts)]


def exposure_of(measures: Sequence[str]) -> str | None:
    """Return what conversions are counted per: clicks, impressions without them, None without either."""
    if "conversions" not in measures:
        return None
    return next((name for name in ("clicks", "impressions") if name in measures), None)


def require_measures(days: TermDays, names: Sequence[str], where: str) -> None:
    """Refuse measures that are not there.

    Raises
    ------
    SchemaError
        For the first that is missing.
    """
    for name in names:
        if name not in days.measures:
            message = f"The features read {name}, and {where} have no such column."
            raise SchemaError(message, hint=f"There are: {', '.join(days.measures) or 'none'}.")


def past_of(days: TermDays, measures: Sequence[str], delay: DelayCurve | None, as_of: int) -> Past:
    """Return a log with its conversions as they will be known in the end, and what they are per."""
    plain = [name for name in measures if name != "conversions"]
    columns = [np.nan_to_num(days.measures[name]) for name in plain]
    aged = len(plain)
    exposure = exposure_of(measures)
    if "conversions" in measures:
        final, known = final_conversions(days, delay, as_of)
        columns.append(final)
        if exposure is not None:
            columns.append(np.where(known, columns[plain.index(exposure)], 0.0))
    places = {name: plain.index(name) for name in plain} | {"conversions": aged}
    found = {name: places[name] if name in measures else -1 for name in Columns._fields[:-1]}
    amounts = np.column_stack(columns) if columns else np.zeros((len(days), 0))
    shares = np.array((1.0,) if delay is None else delay.shares)
    return Past(days, amounts, Columns(**found, exposure=aged + 1 if exposure else -1), aged, shares)


def priors_of(asked: TermDays, past: Past, windows: NDArray[np.int64]) -> Floats:
    """Return the account's ratios over all of the past, one row per day from the first that is asked.

    Returns
    -------
    numpy.ndarray
        Clicks per impression, conversions per exposure and cost per click, of shape (days, 3); 0 where
        there is nothing to divide by.
    """
    sums, there, _ = _sums(whole_account(asked, past.days), asked, past, windows[:0])
    first = int(asked.day[0])
    priors = np.zeros((int(asked.day[-1]) - first + 1, len(_RATIOS)))
    for place, (_, parts) in enumerate(_RATIOS):
        above, below = (getattr(past.columns, part) for part in parts)
        if above >= 0 and below >= 0:
            told = sums[:, -1]
            ratios = np.divide(
                told[:, above], told[:, below], out=np.zeros(len(told)), where=told[:, below] > 0
            )
            priors[there.cells.day - first, place] = ratios
    return priors


def write_entity(entity: Entity, asked: TermDays, past: Past, smoothing: Smoothing, out: Floats) -> None:
    """Write the features of one entity to ``out``, of shape (asked rows, features of an entity)."""
    sums, there, before = _sums(entity, asked, past, smoothing.windows)
    made = np.zeros((len(there.cells.day), out.shape[1]))
    first = int(asked.day[0])
    features_of(sums, there.cells.day, first, smoothing.priors, smoothing.strengths, past.columns, made)
    seen_days(before.cells, there.cells, made[:, -2:])
    mean_into(entity.asked.offsets, there.cell_of, made, out)


def _sums(
    entity: Entity, asked: TermDays, past: Past, windows: NDArray[np.int64]
) -> tuple[Floats, Grouped, Grouped]:
    """Return the sums of each asked cell, of shape (cells, windows + 1, measures), and the cells of both."""
    before = grouped(entity.past, past.days.day, entity.size)
    amounts = np.zeros((len(before.cells.day), past.amounts.shape[1]))
    add_up(before.cell_of, before.rows, past.amounts, amounts)
    there = grouped(entity.asked, asked.day, entity.size)
    sums = np.zeros((len(there.cells.day), len(windows) + 1, amounts.shape[1]))
    window_sums(before.cells, amounts, there.cells, windows, past.shares, past.aged, sums)
    return sums, there, before
