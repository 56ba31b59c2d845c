"""Incremental credit: the baseline beside the touches, what is below zero, and what it all rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.attribution.effects_table import effects_table
from wanamaker.reports.attribution.regression import regression_facts
from wanamaker.reports.attribution.setting import listed, quoted
from wanamaker.reports.attribution.waterfall import waterfall
from wanamaker.reports.numbers import NARROW, count, number, percent, shorten
from wanamaker.reports.page import Block, Facts, Notes, Section, Spoken

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_NAMED = 6
_ONE = ("this touch", "be it that it reaches people who are hard to win, that it puts them off, or chance")
_SEVERAL = (
    "these touches",
    "be it that they reach people who are hard to win, that they put them off, or chance",
)


def effects_sections(view: View) -> list[Section]:
    """Return one section for each regression; none where there is none."""
    models = [
        model for model in view.models if any(found.get("effects") for found in view.details(model).values())
    ]
    return [_section(view, model, place) for place, model in enumerate(models, 1)]


def _section(view: View, model: str, place: int) -> Section:
    found = view.details(model)
    name = "incremental" if place == 1 else f"incremental-{place}"
    said = {view.goal_key(goal): _said(view.rows(model, goal), details) for goal, details in found.items()}
    chosen = view.goal_key(view.chosen_goal[0]) if view.goals else ""
    blocks: list[Block] = [
        *view.goal_chooser(f"{name}-choice"),
        Spoken(f"{name}-said", view.by_goal, {"": "", **said}, chosen if chosen in said else ""),
        Notes(tuple(_below_zero(view, model, found))),
        waterfall(view, model, name, list(found)),
        effects_table(view, model, name, found),
        Facts(tuple(regression_facts(found)), style="last"),
    ]
    title = "What would have come anyway, and what the touches added"
    lead = (
        "Credit by cause: the conversions that would be missing without a touch, by comparing journeys with "
        "and without it. What no touch is needed for is the baseline."
    )
    titled = title if place == 1 else f"{title}: {model}"
    return Section(name, titled, blocks, lead=lead, short="Incremental" if place == 1 else shorten(model, 24))


def _said(rows: pl.DataFrame, details: dict[str, Any]) -> str:
    """Say how many conversions would have come anyway."""
    total = float(rows["conversions"].sum())
    baseline = rows.filter(pl.col("touch") == BASELINE)
    if not len(baseline) or not total > 0:
        return ""
    came, share = baseline["conversions"][0], baseline["share"][0]
    if came < 0:
        return (
            f"The baseline is below zero ({number(came)} conversions), which cannot be: the regression does "
            "not fit this log. Do not use these numbers."
        )
    reference = details.get("reference")
    without = (
        f"if every touch had done no more than {quoted(shorten(reference, 48))}, which is taken to have no "
        "effect of its own"
        if reference
        else "without any touch"
    )
    return (
        f"Of {count(round(total, 6))} conversions, {number(came)} ({percent(share)}{_interval(baseline)}) "
        f"would have come anyway, {without}: the baseline. The touches added {number(total - came)}."
    )


def _interval(row: pl.DataFrame) -> str:
    if "share_low" not in row.columns or row["share_low"][0] is None:
        return ""
    low, high = (row[f"share_{end}"][0] for end in ("low", "high"))
    none = ", so there may be none" if low <= 0 else ""
    return f"; 95{NARROW}% interval {percent(low)} to {percent(high)}{none}"


def _below_zero(view: View, model: str, found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Flag effects below zero, of every goal."""
    notes = []
    for goal in found:
        below = view.rows(model, goal).filter(~pl.col("special") & (pl.col("conversions") < 0))
        if len(below):
            notes.append(_flag(f"{goal}: " if goal else "", below.sort("conversions")))
    return notes


def _flag(goal: str, below: pl.DataFrame) -> dict[str, Any]:
    rows = below.iter_rows(named=True)
    named = [f"{quoted(shorten(row['touch'], 48))} ({number(row['conversions'], 1)})" for row in rows]
    more = [f"{len(named) - _NAMED} more"] if len(named) > _NAMED else []
    which, why = _ONE if len(named) == 1 else _SEVERAL
    chance = "conversions_high" in below.columns and bool((below["conversions_high"] >= 0).all())
    if chance:
        why = "which may be chance: the interval reaches above zero"
    message = (
        f"{goal}Credit below zero: {listed([*named[:_NAMED], *more])}. Journeys with {which} convert less "
        f"often than like journeys without, {why}. It is not set to zero, so that the sum stays right."
    )
    return {"code": "below_zero", "severity": "info" if chance else "warning", "message": message}
