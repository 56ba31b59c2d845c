"""Credit as a table: every touch, by every method, with intervals and money."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.calibration import calibrated, read_lift_tests
from wanamaker.base.frames import IntoFrame, Kind, to_kind
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED
from wanamaker.stats.bootstrap import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.method import MethodCredit
    from wanamaker.journeys.notes import Note

MEASURES = ("conversions", "share", "value", "cost", "cpa", "roas")
"""Columns of numbers in a credit table, each with ``_low`` and ``_high`` where there are intervals."""

_ROUNDING = 1e-9


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
    calibration
        The lift tests that `calibrate` was given, one row each: ``touch``, ``start``, ``end``,
        ``conversions``, ``standard_error``; ``credited``, what the model credits in that period; ``weight``
        of the test in the credit of its touch, 0 to 1; ``error_factor``, by which the model's errors were
        multiplied; and the credit of the touch over the whole log, ``before`` and ``after``, each with
        ``_low`` and ``_high``. None without lift tests.
    """

    frame: pl.DataFrame
    per_touch_frame: pl.DataFrame | None
    metadata: dict[str, Any]
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    kind: Kind = field(default="polars", repr=False)
    calibration: pl.DataFrame | None = None

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

    def calibrate(self, lift_tests: IntoFrame) -> Credit:
        """Return this credit with rows ``incremental_calibrated``: its ``incremental``, anchored to tests.

        Credit θ is chosen by weighted least squares between the model's credit m, with the standard error s
        of its bootstrap interval, and the tests t, with theirs σ: it minimises
        Σ (θ - m)² / s² + Σ (a θ - t)² / σ², where a is the part of the touch's credit that the model puts
        into the period of the test. A bootstrap knows nothing of what the model leaves out: where tests and
        model disagree beyond chance, all s are multiplied by the smallest factor with which they no longer
        do, and the intervals of all touches widen. The total is kept: ``(baseline)`` takes the rest, so that
        the credit of touches without a test stays as it is unless the baseline would fall below zero; then it
        is zero, and every touch gives way in proportion to its remaining variance. Value goes with the
        conversions.

        Use it where touches were withheld from users at random. A test measures what is lost without the
        touch, which is more than its share where it triggers other touches, and less where others
        take its place. Credit belongs to the day, in UTC, on which its journey *ended*, and a test over part
        of the log is compared with the journeys of its days. A second calibration replaces the first.

        Parameters
        ----------
        lift_tests
            Any table, a dictionary of lists, a list of dictionaries, or a path, with the columns ``touch``;
            ``conversions``, the incremental conversions among all users; ``standard_error``; and perhaps
            ``start`` and ``end``, days in UTC, both inclusive (left out or null: the whole log).

        Raises
        ------
        ParameterError
            If the credit has no ``incremental``, no intervals, several goals, or is split by something.
        SchemaError
            If a column is missing, unknown or of the wrong type.
        DataError
            If a test is of an unknown touch, reaches outside the log, or has no standard error above zero.

        Examples
        --------
        >>> from wanamaker.attribution import Incremental
        >>> from wanamaker.attribution.attribute import attribute
        >>> from wanamaker.journeys.from_paths import journeys_from_paths
        >>> paths = {"path": ["a", "b", "a > b"], "won": [100, 40, 130], "lost": [900, 960, 870]}
        >>> journeys = journeys_from_paths(paths, conversions="won", nulls="lost", observed="full")
        >>> credit = attribute(journeys, [Incremental(link="logistic")])
        >>> tests = {"touch": ["a"], "conversions": [120], "standard_error": [10]}
        >>> credit.calibrate(tests).calibration.select("before", "after", "weight").row(0)
        (147.8, 127.1, 0.7)
        """
        return calibrated(self, read_lift_tests(lift_tests))


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
    total = credit.conversions.sum(axis=0)
    total = np.where(np.abs(total) > _ROUNDING, total, np.nan)  # a replicate in which nothing converts
    value = nothing if credit.value is None else credit.value
    spent = nothing if cost is None else _spread(cost, credit)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "conversions": credit.conversions,
            "share": credit.conversions / total,
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
