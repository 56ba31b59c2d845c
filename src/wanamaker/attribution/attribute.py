"""Credit for every touch, by every method asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.credit import Credit, credit_rows
from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import positions
from wanamaker.attribution.registry import chosen_methods, labels
from wanamaker.attribution.segments import split_by
from wanamaker.base.errors import DataError, ParameterTypeError
from wanamaker.base.parameters import Boolean, IntegerIn, check
from wanamaker.base.progress import track
from wanamaker.base.version import version
from wanamaker.journeys.journeys import Journeys
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.attribution.method import Method
    from wanamaker.base.parameters import Constraint

_CONSTRAINTS: Mapping[str, Constraint] = {
    "bootstrap": IntegerIn(0),
    "seed": IntegerIn(0, 2**63 - 1),
    "per_touch": Boolean(),
}


def attribute(
    journeys: Journeys,
    models: Sequence[str | Method | Callable[[Journeys], Any]] | None = None,
    bootstrap: int = 200,
    seed: int = 0,
    per_touch: bool = False,  # noqa: FBT001, FBT002
    *,
    by: str | None = None,
) -> Credit:
    """Give every touch its credit for the conversions, by one or several methods.

    Per model the credit sums to the conversions: those without a touch form a row
    ``(unattributed)``. Where the journeys have several goals, the table has a column ``goal`` and
    the goals are kept apart.

    Parameters
    ----------
    journeys
        From `journeys_from_events` or `journeys_from_paths`.
    models
        Names (``"last"``), methods (``wm.attribution.TimeDecay(half_life="3d")``) or functions of
        the journeys; None for every built-in method that applies.
    bootstrap
        Replicates for the 95 % intervals, drawn by user; 0 for no intervals.
    seed
        Seed of the replicates.
    per_touch
        Also return the credit of each single touch, for methods that credit each journey.
    by
        Split the table by ``"day"``, ``"week"`` or ``"month"`` (of the journey's end, in UTC), or by
        a covariate of the journeys. Costs are those of the journeys in the part.

    Raises
    ------
    DataError
        If no journey converts.
    ParameterError
        If a method or option is unknown or does not apply.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b", "b"], "total_conversions": [3, 1]})
    >>> attribute(journeys, ["last"], bootstrap=0).table["conversions"].to_list()
    [0.0, 4.0]
    """
    if not isinstance(journeys, Journeys):
        message = f"'journeys' must be Journeys. Got {type(journeys).__name__}."
        raise ParameterTypeError(
            message, hint="Build them: wm.journeys_from_events(log, user=…, time=…, touch=…)."
        )
    check("attribute", {"bootstrap": bootstrap, "seed": seed, "per_touch": per_touch}, _CONSTRAINTS)
    _refuse_no_conversion(journeys)
    methods, left_out = chosen_methods(models, journeys)
    named = list(zip(labels(methods), methods, strict=True))
    resampling = Resampling(bootstrap, seed)
    parts = split_by(journeys, by)
    tables = [_tagged(_table(part, named, resampling), tags) for tags, part in parts if _counts(part)]
    return Credit(
        frame=pl.concat(tables).sort(pl.col("model").replace_strict(_ranks(named)), maintain_order=True),
        per_touch_frame=_per_touch(journeys, named) if per_touch else None,
        metadata=_metadata(journeys, named, left_out, resampling, by),
        notes=journeys.notes,
        kind=journeys.kind,
    )


def _refuse_no_conversion(journeys: Journeys) -> None:
    if not journeys.conversions.sum() > 0:
        message = f"Credit needs at least one journey that converts. None of {len(journeys):,} does."
        raise DataError(message, hint="Check the conversion column, the lookback and the period.")


def _counts(part: Journeys) -> bool:
    """Tell whether a part of the journeys has conversions, or costs to be told."""
    return bool(part.conversions.sum() > 0) or part.ledger is not None


def _table(part: Journeys, named: list[tuple[str, Method]], resampling: Resampling) -> pl.DataFrame:
    support = _support(part.converting)
    cost = spend(part, resampling)
    steps = track(named, "crediting", name=lambda step: step[0])
    return pl.concat(
        [credit_rows(label, method.credit(part, resampling), cost, support) for label, method in steps]
    )


def _support(journeys: Journeys) -> NDArray[np.float64]:
    """Return how many conversions have each touch in their journey, of shape (touch names,)."""
    count = len(journeys.names)
    pairs = np.sort(journeys.rows * count + journeys.touches)
    distinct = pairs[np.diff(pairs, prepend=-1) > 0]
    return np.bincount(distinct % count, journeys.conversions[distinct // count], count).astype(np.float64)


def spend(journeys: Journeys, resampling: Resampling) -> NDArray[np.float64] | None:
    """Return the cost of each touch, of shape (touch names + 1, 1 + replicates), or None."""
    ledger = journeys.ledger
    if ledger is None:
        return None
    from wanamaker.attribution.kernels import sum_entries

    return sum_entries(
        ledger.offsets,
        ledger.touches,
        ledger.amounts,
        journeys.users,
        len(journeys.names),
        replicates=resampling.replicates,
        seed=resampling.seed,
    )


def _tagged(table: pl.DataFrame, tags: dict[str, Any]) -> pl.DataFrame:
    columns = [pl.lit(value).alias(name) for name, value in tags.items()]
    return table.select("model", *columns, pl.exclude("model"))


def _ranks(named: list[tuple[str, Method]]) -> dict[str, int]:
    return {label: rank for rank, (label, _) in enumerate(named)}


def _per_touch(journeys: Journeys, named: list[tuple[str, Method]]) -> pl.DataFrame:
    chosen = journeys.converting
    rows = chosen.rows
    keys = ["goal"] if "goal" in chosen.table.columns else []
    keys += ["user"] if journeys.table["journey"].n_unique() < len(journeys) else []
    touches = chosen.table[rows].select(
        *keys,
        "journey",
        position=positions(chosen),
        touch=pl.Series(list(chosen.names), dtype=pl.String).gather(chosen.touches),
    )
    parts = [
        touches.select(pl.lit(label).alias("model"), pl.all(), credit=method.touch_weights(chosen))
        for label, method in named
        if isinstance(method, JourneyMethod)
    ]
    return pl.concat(parts)


def _metadata(
    journeys: Journeys,
    named: list[tuple[str, Method]],
    left_out: dict[str, str],
    resampling: Resampling,
    by: str | None,
) -> dict[str, Any]:
    observation = journeys.observation
    return {
        "version": version(),
        "bootstrap": resampling.replicates,
        "seed": resampling.seed,
        "by": by,
        "period": observation.period,
        "observation": replace(observation, start=None, end=None).as_dict(),
        "methods": {
            label: {
                "method": method.name,
                "conserves": method.conserves,
                "parameters": _plain(method.parameters),
                "summary": method.summary,
                "misleads": method.misleads,
            }
            for label, method in named
        },
        "left_out": left_out,
    }


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as values that JSON can hold."""
    return {
        name: list(value)
        if isinstance(value, tuple)
        else value
        if isinstance(value, int | float | str | None)
        else str(value)
        for name, value in parameters.items()
    }
