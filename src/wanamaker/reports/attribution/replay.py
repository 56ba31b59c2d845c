"""The budget replay: what is left of the conversions when money follows the credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.replay_charts import (
    WITHOUT_CREDIT,
    budgets_of,
    difference_chart,
    estimate,
    kept_chart,
    replay_tables,
    share,
)
from wanamaker.reports.drawing import spoken
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Block, Facts, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

Rows = list[dict[str, Any]]

_NAMED = 3
_ALLOCATIONS = {
    "roi": "credited return over cost",
    "credit": "credit",
}


def replay_section(view: View) -> Section | None:
    """Return the section, or None where nothing was replayed."""
    told = view.results.replay
    if told is None or not told["rows"]:
        return None
    rows, reference = told["rows"], told.get("reference")
    blocks: list[Block] = [Prose(tuple(_findings(told)), bullets=True, style="takeaways"), kept_chart(rows)]
    beyond = None if reference is None else difference_chart(rows, reference)
    blocks += [] if beyond is None else [beyond]
    blocks += [*replay_tables(rows, reference), Facts(tuple(_facts(told)), style="last")]
    lead = (
        f"{count(told['journeys'])} later journeys, with {count(told['conversions'])} conversions at a cost "
        f"of {number(told['cost'], 0)}, are walked through once more with a part of the money, split by the "
        "credit of the earlier journeys. A touch that cannot be paid for breaks its journey: what comes "
        "after it, the conversion included, does not happen."
    )
    title = "What would less money have kept?"
    return Section("replay", title, blocks, lead=lead, short="Budget replay")


def _findings(told: dict[str, Any]) -> list[str]:
    said, rows = [], told["rows"]
    for budget in budgets_of(rows):
        held = [row for row in rows if row["budget"] == budget]
        methods = [row for row in held if row["model"] not in WITHOUT_CREDIT]
        most = max(methods, key=lambda row: row["conversions"])
        named = _named([row["model"] for row in methods if row["conversions"] == most["conversions"]])
        beside = ", ".join(
            f"{count(row['conversions'])} {row['model'].strip('()')}"
            for row in held
            if row["model"] in WITHOUT_CREDIT
        )
        kept = spoken(estimate(most, "conversions"), 0)
        said.append(
            f"With {share(budget)} of the money, {named} kept most: {kept} conversions"
            f"{_beyond(most, told.get('reference'))} (money split without credit: {beside})."
        )
    drawn = any(row.get("conversions_low") is not None for row in rows)
    return [*said, _CHANCE if drawn else _NO_CHANCE, _LIMITS]


def _beyond(most: dict[str, Any], reference: str | None) -> str:
    """Return whether the method that kept most is told from the reference by more than chance."""
    difference = estimate(most, "conversions_difference")
    if reference is None or difference["low"] is None:
        return ""
    more = f"{spoken(difference, 0)} more than {reference}"
    return f", {more}" if difference["low"] > 0 else f", {more}, which chance alone may bring"


def _named(models: list[str]) -> str:
    """Return the first methods of several that are as good."""
    more = len(models) - _NAMED
    told = ", ".join(models[:_NAMED])
    return told if more <= 0 else f"{told} and {more} other{'s' if more > 1 else ''}"


_CHANCE = (
    "Intervals hold the credit fixed and draw users again: they tell how much is chance in who came while "
    "these journeys ran, not how sure the credit is, nor how another period would go. What kept most of many "
    "methods did so partly by luck."
)
_NO_CHANCE = (
    "No intervals were drawn. Which touches are reached before the money ends is partly chance, so a few "
    "conversions more or less say nothing of a method."
)
_LIMITS = (
    "A replay takes a conversion for lost with the first touch that is missing, as if every touch were "
    "necessary, and knows of no conversion that money put elsewhere would have won. A method that gives "
    "nothing to a common channel loses every journey with it, whether the channel has an effect or not. It "
    "compares budgets; it is no proof of credit."
)


def _facts(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    capped = " No channel gets more than it cost; the rest goes to the others." if told["capped"] else ""
    facts = [
        (
            "Money is split by",
            _ALLOCATIONS[told["allocation"]],
            f"After the idea of Ren et al. (2018), arXiv 1808.03737.{capped}",
        ),
    ]
    if told.get("replicates"):
        facts.append(("Intervals", f"{count(told['replicates'])} draws of users", "95 %, credit held fixed."))
    return facts + [(name, "left out", reason) for name, reason in told["left_out"].items()]
