"""Credit as a table: every touch, by every method, with intervals and money."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.frames import Kind, to_kind
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED
from wanamaker.stats.bootstrap import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.method import MethodCredit
    from wanamaker.journeys.notes import Note

MEASURES = ("conversions", "share", "value", "cost", "cpa", "roas")
"""Columns of numbers in a credit table, each with ``_low`` and ``_high`` where there are intervals."""


@dataclass(frozen=True, eq=False)
class Credit:
    """What `wanamaker.attribute` returns.

    Parameters
    ----------
    frame
        The credit table as Polars; `table` gives it in the kind that the log was given in.
    per_touch_frame
        The credit of every touch of every converting journey, if it was asked for.
    metadata
        How the numbers came about: version, seed, replicates, observation, period of the log, and
        each method's parameters.
    details
        What methods found beside their credit, by model and goal (``""`` where there is only one):
        removal effects, transitions, coefficients; plain values that JSON knows.
    notes
        What a reader must know about the data.
    """

    frame: pl.DataFrame
    per_touch_frame: pl.DataFrame | None
    metadata: dict[str, Any]
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    kind: Kind = field(default="polars", repr=False)

    @property
    def table(self) -> Any:
        """One row per model and touch (and goal, period or segment, where there are several).

        Columns: ``model``, ``touch``, ``conversions``, ``share`` (of the conversions of
        the goal and part), ``value``,
        ``cost`` (what the touch cost in all journeys, converting or not), ``cpa`` (cost over
        conversions), ``roas`` (value over cost), each with its 95 % interval in ``…_low`` and
        ``…_high`` unless ``bootstrap=0``, and ``support`` (converting journeys that contain the
        touch). Null where a number is not defined, for example ``cpa`` without costs. Per model the
        rows sum to the conversions, with ``(unattributed)`` for those without a touch.
        """
        return to_kind(self.frame, self.kind)

    @property
    def per_touch(self) -> Any:
        """One row per method, converting journey and touch: model, journey, position, touch, credit.

        ``position`` counts from 0; ``credit`` is the share of the journey's conversion. Where there
        are several goals, or the log numbers journeys within users, ``goal`` and ``user`` stand
        before ``journey``. None unless ``attribute(…, per_touch=True)``.
        """
        return None if self.per_touch_frame is None else to_kind(self.per_touch_frame, self.kind)

    @property
    def models(self) -> list[str]:
        """Names of the methods, in the order of the table."""
        return self.frame["model"].unique(maintain_order=True).to_list()


def credit_rows(
    model: str, credit: MethodCredit, cost: NDArray[np.float64] | None, support: NDArray[np.float64]
) -> pl.DataFrame:
    """Return the table rows of one method.

    Parameters
    ----------
    model
        The method's name.
    credit
        What it credits; arrays of shape (rows, 1 + replicates).
    cost
        Cost of each touch and of ``(unattributed)``, in the same shape, or None without costs.
    support
        Converting journeys that contain each touch, of shape (touch names,).
    """
    draws = _measures(credit, cost)
    touch_count = len(support)
    columns: dict[str, Any] = {"model": [model] * len(credit.rows), "touch": list(credit.rows)}
    for name in MEASURES:
        columns[name] = _defined(draws[name][:, 0])
    for name in MEASURES if credit.conversions.shape[1] > 1 else ():
        low, high = interval(draws[name][:, 1:])
        columns[f"{name}_low"], columns[f"{name}_high"] = _defined(low), _defined(high)
    columns["support"] = [*support.tolist(), *[None] * (len(credit.rows) - touch_count)]
    frame = pl.DataFrame(columns, schema_overrides={"support": pl.Float64})
    empty = (pl.col("touch") == UNATTRIBUTED) & (pl.col("conversions") == 0)
    return frame.filter(~empty)


def _measures(credit: MethodCredit, cost: NDArray[np.float64] | None) -> dict[str, NDArray[np.float64]]:
    nothing = np.full_like(credit.conversions, np.nan)
    value = nothing if credit.value is None else credit.value
    spent = nothing if cost is None else _spread(cost, credit)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "conversions": credit.conversions,
            "share": credit.conversions / credit.conversions.sum(axis=0),
            "value": value,
            "cost": spent,
            "cpa": np.where(spent > 0, spent / credit.conversions, np.nan),
            "roas": value / np.where(spent > 0, spent, np.nan),
        }


def _spread(cost: NDArray[np.float64], credit: MethodCredit) -> NDArray[np.float64]:
    """Return the cost of each credited row; rows in parentheses cost nothing."""
    spent = np.zeros_like(credit.conversions)
    touches = sum(row not in (UNATTRIBUTED, BASELINE) for row in credit.rows)
    spent[:touches] = cost[:touches]
    return spent


def _defined(numbers: NDArray[np.float64]) -> pl.Series:
    return pl.Series(np.where(np.isfinite(numbers), numbers, np.nan)).fill_nan(None)
