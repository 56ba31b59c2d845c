"""The first things a reader wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.attribution.advice import advice
from wanamaker.reports.attribution.disagreement import spreads
from wanamaker.reports.attribution.setting import Setting, listed
from wanamaker.reports.attribution.spend import spent
from wanamaker.reports.attribution.view import FEW
from wanamaker.reports.numbers import compact, count, figure, number, percent, period, shorten
from wanamaker.reports.page import Block, Card, Cards, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View


_AGREE = 0.01
"""Methods whose shares differ by less agree."""


def headline_section(view: View) -> Section:
    """Return cards with the headline figures, and the findings in a few sentences."""
    head = view.results.summary["headline"]
    blocks: list[Block] = [
        Cards(tuple(_cards(head))),
        Prose(tuple(_findings(view)), bullets=True, style="takeaways"),
    ]
    return Section("in-short", "In short", blocks)


def _cards(head: dict[str, Any]) -> list[Card]:
    cards = []
    goals = head.get("goals") or {}
    if head.get("users") is not None:
        cards.append(Card("Users", compact(head["users"])))
    each = _per(head["touches"], head["journeys"], "touches each")
    cards.append(Card("Journeys", compact(head["journeys"]), "counted for each goal" if goals else each))
    told = ", ".join(f"{goal} {compact(conversions)}" for goal, conversions in goals.items())
    cards.append(Card("Conversions", compact(head["conversions"]), told or _unattributed(head)))
    if not goals:
        cards.append(
            Card("Conversion rate", percent(head.get("conversion_rate")), "of journeys with a touch")
        )
    for key, title in (("value", "Value"), ("cost", "Cost")):
        if head.get(key) is not None:
            cards.append(
                Card(
                    title,
                    compact(head[key]),
                    "" if goals else _per(head[key], head["conversions"], "per conversion"),
                )
            )
    if head.get("start") is not None:
        dates, length = period(head["start"], head["end"])
        cards.append(Card("Period", dates, length))
    return cards


def _per(amount: float, whole: float, unit: str) -> str:
    return f"{figure(amount / whole)} {unit}" if whole else ""


def _unattributed(head: dict[str, Any]) -> str:
    lonely = head.get("unattributed") or 0
    return f"{count(lonely)} without a touch" if lonely else "each with a touch before it"


def _findings(view: View) -> list[str]:
    makers = (_network, _believed, _leaders, _anyway, _disputed, _money, _baseline, _warnings)
    findings = [finding for make in makers for finding in make(view)]
    return findings or ["There is too little data to say more than the figures above."]


def _network(view: View) -> list[str]:
    """Say first that the network cannot be believed, where it cannot."""
    doubt = Setting.of(view).doubt
    return [f"The network is under-trained; do not read its credit. {doubt}"] if doubt else []


def _leaders(view: View) -> list[str]:
    """Say which touch every method puts first, or that methods differ; only for one kind of conversion."""
    if view.goals:
        return [f"{len(view.goals)} goals are kept apart; choose one below."]
    parts = [part.filter(~pl.col("special") & ~pl.col("few")).head(1) for _, _, part in view.parts()]
    tops = {top["model"][0]: (top["touch"][0], top["share"][0]) for top in parts if len(top)}
    if not tops:
        return [f"No touch is in {FEW} converting journeys or more: too little data to rank touches."]
    first = view.chosen[0] if view.chosen[0] in tops else next(iter(tops))
    name, share = tops[first]
    others = [touch for touch, _ in tops.values() if touch != name]
    if others:
        either = listed([_quoted(touch) for touch in dict.fromkeys(others)], "or")
        return [
            f"By {first}, {_quoted(name)} has most credit: {percent(share)} of conversions. By {len(others)} "
            f"of the {len(tops)} methods it is {either}."
        ]
    shares = [share for _, share in tops.values()]
    span = _span(min(shares), max(shares))
    by = " by every method" if len(tops) > 1 else ""
    return [f"{_quoted(name)} has most credit{by}: {span} of conversions."]


def _anyway(view: View) -> list[str]:
    """Say how many conversions would have come without any touch, by the method that is shown first."""
    if view.goals:
        return []
    model, total = view.chosen[0], view.results.summary["headline"]["conversions"]
    row = view.rows(model).filter(pl.col("touch") == BASELINE)
    if not len(row) or not row["conversions"][0] > 0:
        return []
    return [
        f"By {model}, {number(row['conversions'][0])} of {count(total)} conversions "
        f"({percent(row['share'][0])}) would have come anyway."
    ]


def _believed(view: View) -> list[str]:
    return [told.first for told in advice(Setting.of(view))[:1]]


def _disputed(view: View) -> list[str]:
    rows = [row for row in spreads(view) if row["spread"]] if not view.goals else []
    if not rows:
        return []
    widest = rows[0]
    if widest["spread"] < _AGREE:
        points = number(widest["spread"] * 100, 1)
        return [f"Methods agree: no share differs by more than {points} percentage points."]
    least, most = (widest[f"model {view.models.index(widest[end])}"] for end in ("lowest", "highest"))
    return [
        f"Methods disagree most on {_quoted(widest['touch'])}: {percent(least)} of conversions "
        f"by {widest['lowest']}, {percent(most)} by {widest['highest']}."
    ]


def _money(view: View) -> list[str]:
    """Say which touches take more of the spend than of the credit by every method, and which less."""
    if view.goals:
        return []
    gaps: dict[str, list[float]] = {}
    for _, _, part in view.parts():
        for row in spent(part).iter_rows(named=True):
            gaps.setdefault(row["touch"], []).append(row["credit_share"] - row["spend_share"])
    if not gaps:
        return []
    worst = min(gaps, key=lambda touch: max(gaps[touch]))
    if max(gaps[worst]) > -0.01:  # noqa: PLR2004
        return ["No touch takes clearly more of the spend than of the credit by every method."]
    share = view.credit.filter(touch=worst)["spend_share"].drop_nulls().item(0)
    credit = _span(share + min(gaps[worst]), share + max(gaps[worst]))
    return [
        f"{_quoted(worst)} takes {percent(share)} of the spend and gets {credit} of the credit, "
        "whichever method is asked."
    ]


def _baseline(view: View) -> list[str]:
    auc = (view.results.baseline or {}).get("roc_auc") or {}
    if auc.get("value") is None or auc["value"] < 0.7:  # noqa: PLR2004
        return []
    return [
        "Read conversion rates with care: lengths and gaps of journeys alone, without any channel, "
        f"predict conversion (AUC {number(auc['value'], 2)})."
    ]


def _warnings(view: View) -> list[str]:
    warnings = sum(note.get("severity") == "warning" for note in view.results.notes)
    if not warnings:
        return []
    return [
        f"{warnings} {'warning' if warnings == 1 else 'warnings'} about the data: see the notes at the end."
    ]


def _quoted(name: str) -> str:
    return f"“{shorten(name, 48)}”"


def _span(low: float, high: float) -> str:
    first, last = percent(low), percent(high)
    return first if first == last else f"{first} to {last}"
