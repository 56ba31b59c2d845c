"""The credit table as the report reads it: sorted, ranked, split by method and goal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.credit import MEASURES
from wanamaker.reports.attribution.kinds import preferred
from wanamaker.reports.page import Choice, Chooser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanamaker.reports.attribution.results import AttributionResults

FEW = 30
"""Touches in fewer converting journeys than this are not ranked."""

TOO_FEW = "too few to rank"

MOST_ROWS = 25
"""Rows of a chart; tables and CSV have all."""

_NUMBERS = (*MEASURES, "support")
_NO_GOAL = "(no goal)"


@dataclass(frozen=True, eq=False)
class View:
    """The results, with what several parts of the page need of them."""

    results: AttributionResults

    @cached_property
    def credit(self) -> pl.DataFrame:
        """The credit table, each method's largest first, rows in parentheses last, with ranks."""
        return pl.concat([_ranked(part) for _, part in _parts(_typed(self.results.credit), self.keys)])

    @cached_property
    def models(self) -> list[str]:
        """The methods, in the order of the table."""
        return list(self.results.credit["model"].unique(maintain_order=True))

    @cached_property
    def goals(self) -> list[str]:
        """The goals, in the order of the table; empty if there is only one kind of conversion."""
        if "goal" not in self.results.credit.columns:
            return []
        return list(self.credit["goal"].unique(maintain_order=True))

    @cached_property
    def special(self) -> list[str]:
        """Names of the rows that are no touches, such as ``(unattributed)``."""
        return self.credit.filter("special")["touch"].unique().to_list()

    @property
    def keys(self) -> tuple[str, ...]:
        """What the reader chooses: the method, and the goal where there are several."""
        return ("model", "goal") if "goal" in self.results.credit.columns else ("model",)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The choices that the page offers."""
        first = self.models.index(preferred(self.models, self.observation))
        method = Choice("model", "Method", tuple(self.models), first)
        if not self.goals:
            return (method,)
        return (method, Choice("goal", "Goal", tuple(self.goals)))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The options chosen at first."""
        return tuple(choice.options[choice.first] for choice in self.choices)

    @property
    def first_key(self) -> str:
        """The key of what is drawn at first."""
        return self.key(self.chosen)

    def key(self, chosen: tuple[Any, ...]) -> str:
        """Return the positions of chosen options, as the page's script writes them."""
        pairs = zip(self.choices, chosen, strict=True)
        return ",".join(str(choice.options.index(option)) for choice, option in pairs)

    def parts(self, table: pl.DataFrame | None = None) -> Iterator[tuple[str, tuple[str, ...], pl.DataFrame]]:
        """Yield the credit of each method and goal: its key, the options, the rows."""
        for chosen, part in _parts(self.credit if table is None else table, self.keys):
            if all(option in choice.options for option, choice in zip(chosen, self.choices, strict=True)):
                yield self.key(chosen), chosen, part

    @property
    def observation(self) -> dict[str, Any]:
        """How the journeys were observed."""
        found: dict[str, Any] = self.results.metadata.get("observation", {})
        return found

    @property
    def by_goal(self) -> tuple[str, ...]:
        """What the reader chooses where all methods stand side by side: the goal, where there are several."""
        return self.keys[1:]

    @property
    def chosen_goal(self) -> tuple[str, ...]:
        """The goal chosen at first, where there are several."""
        return self.chosen[1:]

    def goal_chooser(self, name: str) -> list[Chooser]:
        """Return where the reader chooses the goal; nothing where there is only one."""
        return [Chooser(name, self.choices[1:])] if self.goals else []

    def details(self, model: str) -> dict[str, dict[str, Any]]:
        """Return what a method found beside its credit, by goal; ``""`` where there is only one."""
        held = self.results.details.get(model, {})
        if not self.goals:
            return {"": next(iter(held.values()))} if held else {}
        named = {_NO_GOAL if goal == "None" else goal: found for goal, found in held.items()}
        return {goal: named[goal] for goal in self.goals if goal in named}

    def goal_key(self, goal: str) -> str:
        """Return the position of a goal, as the page's script writes it."""
        return str(self.goals.index(goal)) if self.goals else ""

    def rows(self, model: str, goal: str = "") -> pl.DataFrame:
        """Return a method's credit for one goal."""
        part = self.credit.filter(pl.col("model") == model)
        return part.filter(pl.col("goal") == goal) if self.goals else part

    @property
    def resampled(self) -> str:
        """What the intervals resample."""
        if self.observation.get("form") == "paths":
            return "the counts of paths"
        return "users" if self.observation.get("users_given", True) else "journeys"

    @property
    def has_intervals(self) -> bool:
        """Whether the credit has intervals."""
        return {"share_low", "share_high"} <= set(self.credit.columns)

    def has(self, column: str) -> bool:
        """Whether the credit has numbers in this column."""
        return self.credit[column].drop_nulls().len() > 0

    def method(self, model: str) -> dict[str, Any]:
        """Return what is known of a method."""
        found: dict[str, Any] = self.results.metadata.get("methods", {}).get(model, {})
        return found


def is_special() -> pl.Expr:
    """Tell rows such as ``(unattributed)`` from touches: they have no support."""
    touch = pl.col("touch")
    return touch.str.starts_with("(") & touch.str.ends_with(")") & pl.col("support").is_null()


def _typed(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with numbers as floats, also where all are null, and goals as text."""
    numbers = [name for name in table.columns if name.removesuffix("_low").removesuffix("_high") in _NUMBERS]
    missing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in _NUMBERS if name not in table.columns]
    goal = [pl.col("goal").cast(pl.String).fill_null(_NO_GOAL)] if "goal" in table.columns else []
    return _priced(table.with_columns(pl.col(numbers).cast(pl.Float64), *goal, *missing))


def _priced(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table without costs per conversion where nothing above zero is credited."""
    ends = ("", *(end for end in ("_low", "_high") if f"cpa{end}" in table.columns))
    lowest = "conversions_low" if "conversions_low" in table.columns else "conversions"
    return table.with_columns(
        pl.when(pl.col(lowest if end else "conversions") > 0).then(f"cpa{end}").alias(f"cpa{end}")
        for end in ends
    )


def _parts(table: pl.DataFrame, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    for chosen, part in table.group_by(keys, maintain_order=True):
        yield tuple(str(option) for option in chosen), part


def _ranked(part: pl.DataFrame) -> pl.DataFrame:
    ordered = _with_spend(part.with_columns(is_special().alias("special"))).sort(
        ["special", "conversions", "touch"], descending=[False, True, False], nulls_last=True
    )
    few = (pl.col("support") < FEW).fill_null(value=False)
    rankable = ordered.select(~pl.col("special") & ~few).to_series().to_numpy()
    ranks = np.full(len(ordered), TOO_FEW, dtype=object)
    ranks[ordered["special"].to_numpy()] = "–"
    ranks[rankable] = _ranks(ordered.filter(rankable))
    return ordered.with_columns(
        pl.Series("rank", ranks.tolist(), dtype=pl.String), (few & ~pl.col("special")).alias("few")
    )


def _with_spend(part: pl.DataFrame) -> pl.DataFrame:
    """Add each touch's share of the spend, and of the credit that touches have, where there are costs."""
    touches = part.filter(~pl.col("special"))
    costs, credited = touches["cost"].sum(), touches["conversions"].sum()
    if not costs > 0 or not credited > 0:
        nothing = pl.lit(None, dtype=pl.Float64)
        return part.with_columns(nothing.alias("spend_share"), nothing.alias("credit_share"))
    is_touch = pl.when(~pl.col("special"))
    return part.with_columns(
        spend_share=is_touch.then(pl.col("cost").fill_null(0.0) / costs),
        credit_share=is_touch.then(pl.col("conversions") / credited),
    )


def _ranks(rows: pl.DataFrame) -> list[str]:
    """Return the ranks a touch may have: below every touch surely above it, above every one surely below.

    A touch is surely above another if its interval lies wholly above the other's.
    """
    known = {"share_low", "share_high"} <= set(rows.columns)
    low = rows["share_low" if known else "share"].fill_null(rows["share"]).to_numpy()
    high = rows["share_high" if known else "share"].fill_null(rows["share"]).to_numpy()
    best = 1 + len(rows) - np.searchsorted(np.sort(low), high, side="right")
    worst = len(rows) - np.searchsorted(np.sort(high), low, side="left")
    return [
        str(first) if first == last else f"{first}–{last}" for first, last in zip(best, worst, strict=True)
    ]
