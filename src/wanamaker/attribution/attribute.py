"""Credit for every touch, by every method asked for."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.credit import Credit, credit_rows
from wanamaker.attribution.positions import positions
from wanamaker.attribution.registry import chosen_methods, labels
from wanamaker.attribution.segments import split_by, split_goals
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError
from wanamaker.base.parameters import Boolean, IntegerIn, check
from wanamaker.base.progress import track
from wanamaker.base.threads import one_blas_thread
from wanamaker.base.version import version
from wanamaker.journeys.journeys import Journeys
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.attribution.method import Method, MethodCredit
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
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
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
    methods, left_out = chosen_methods(models, journeys, parameters)
    named = list(zip(labels(methods), methods, strict=True))
    if per_touch:
        _refuse_no_touch_credit(named, journeys)
    work = _Work(journeys, Resampling(bootstrap, seed), by, left_out, lenient=models is None)
    with one_blas_thread() if bootstrap else nullcontext():
        tables = work.tables(named)
    named = [(label, method) for label, method in named if label not in left_out]
    return Credit(
        frame=pl.concat(tables).sort(pl.col("model").replace_strict(_ranks(named)), maintain_order=True),
        per_touch_frame=_per_touch(journeys, named) if per_touch else None,
        metadata=_metadata(journeys, named, left_out, work.resampling, by),
        details=work.details,
        notes=journeys.notes,
        kind=journeys.kind,
    )


def _refuse_no_conversion(journeys: Journeys) -> None:
    if not journeys.conversions.sum() > 0:
        message = f"Credit needs at least one journey that converts. None of {len(journeys):,} does."
        raise DataError(message, hint="Check the conversion column, the lookback and the period.")


def _refuse_no_touch_credit(named: list[tuple[str, Method]], journeys: Journeys) -> None:
    if all(method.conserves == "total" for _, method in named):
        names = ", ".join(label for label, _ in named)
        message = f"'per_touch' needs a method that credits each journey. {names}: only totals are credited."
        known = [
            method.label for method in chosen_methods(None, journeys)[0] if method.conserves == "journey"
        ]
        raise ParameterError(message, hint=f"Leave out per_touch, or add one of {known}.")


@dataclass(frozen=True, eq=False)
class _Part:
    """Journeys that are credited together, with what they have in common."""

    tags: dict[str, Any]
    journeys: Journeys
    cost: NDArray[np.float64] | None
    support: NDArray[np.float64]

    @staticmethod
    def of(tags: dict[str, Any], journeys: Journeys, resampling: Resampling) -> _Part:
        return _Part(tags, journeys, spend(journeys, resampling), _support(journeys.converting))

    @property
    def counts(self) -> bool:
        """Whether there are conversions, or costs to be told."""
        return bool(self.journeys.conversions.sum() > 0) or self.journeys.ledger is not None


class _Work:
    """The methods at work on every goal and part; methods of the default set that fail are left out."""

    def __init__(
        self,
        journeys: Journeys,
        resampling: Resampling,
        by: str | None,
        left_out: dict[str, str],
        *,
        lenient: bool,
    ) -> None:
        self.resampling, self.lenient, self.left_out = resampling, lenient, left_out
        self.details: dict[str, dict[str, Any]] = {}
        self._known: list[tuple[Method, Journeys, list[MethodCredit | None]]] = []
        self.goals = [
            (tags, whole, [_Part.of(tags | more, part, resampling) for more, part in split_by(whole, by)])
            for tags, whole in split_goals(journeys, by)
        ]

    def tables(self, named: list[tuple[str, Method]]) -> list[pl.DataFrame]:
        """Return the tables of all methods, and fill ``details`` and ``left_out``."""
        tables: list[pl.DataFrame] = []
        for label, method in track(named, "crediting", name=lambda step: step[0]):
            try:
                tables += [table for goal in self.goals for table in self._goal(label, method, *goal)]
            except DataError as error:
                if not self.lenient:
                    raise
                self.left_out[label] = error.message
                self.details.pop(label, None)
        return tables

    def _goal(
        self, label: str, method: Method, tags: dict[str, Any], whole: Journeys, parts: list[_Part]
    ) -> list[pl.DataFrame]:
        tables = []
        for part, plain in zip(parts, self._credits(method.basis, whole, parts), strict=True):
            if plain is not None:
                credit = method.presented(plain, part.journeys, self.resampling)
                tables.append(_tagged(credit_rows(label, credit, part.cost, part.support), part.tags))
                if credit.details and part.journeys is whole:
                    self.details.setdefault(label, {})[str(tags.get("goal", ""))] = credit.details
        return tables

    def _credits(self, basis: Method, whole: Journeys, parts: list[_Part]) -> list[MethodCredit | None]:
        """Return the credit of each part by a basis, worked out once for all methods that share it."""
        known = (held for one, goal, held in self._known if goal is whole and one == basis)
        found = next(known, None)
        if found is None:
            creditor = basis.learned(whole, self.resampling)
            found = [
                creditor.credit(part.journeys, self.resampling)
                if part.counts or basis.conserves == "total"
                else None
                for part in parts
            ]
            self._known.append((basis, whole, found))
        return found


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
    several = journeys.table["journey"].n_unique() < len(journeys)
    tables = []
    for _, whole in split_goals(journeys, None):
        chosen = whole.converting
        keys = [*(["goal"] if "goal" in chosen.table.columns else []), *(["user"] if several else [])]
        touches = chosen.table[chosen.rows].select(
            *keys,
            "journey",
            position=positions(chosen),
            touch=pl.Series(list(chosen.names), dtype=pl.String).gather(chosen.touches),
        )
        for label, method in named:
            credit = method.touch_credit(whole)
            if credit is not None:
                tables.append(touches.select(pl.lit(label).alias("model"), pl.all(), credit=credit))
    order = {label: rank for rank, (label, _) in enumerate(named)}
    return pl.concat(tables).sort(pl.col("model").replace_strict(order), maintain_order=True)


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
        "covariates": list(journeys.covariates),
        "methods": {
            label: {
                "method": method.name,
                "conserves": method.conserves,
                "parameters": _plain(method.parameters),
                **method.words,
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
