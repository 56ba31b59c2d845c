"""What to do: terms to stop paying for, and words to bid on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import NARROW, count, percent
from wanamaker.reports.page import Block, Prose, Section
from wanamaker.reports.search_terms.words import money, per_unit, unit_title
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

_SHOWN = 15


def lists_section(results: SearchTermsResults) -> Section | None:
    """Return the lists; None for a log without costs."""
    if "cost" not in results.read["sums"]:
        return None
    facts = results.facts
    sure = percent(facts["confidence"], 0)
    limit = (
        "a quarter of what the whole account brings for its money"
        if facts["limit"] is None
        else f"{facts['limit']:g} conversions per unit of cost"
    )
    lead = (
        f"Listed are terms of which it is {sure} sure that they bring less than {limit}, given what all "
        "terms bring. Candidates for negative keywords: look at each before you exclude it, for a term may "
        "help in ways that a conversion does not show."
    )
    blocks: list[Block] = [_stop(results), _bids(results)]
    return Section("lists", "What to stop paying for", blocks, lead=lead, short="Stop, and bid")


def _stop(results: SearchTermsResults) -> Block:
    if not results.stop:
        return Prose(("No term is listed: of none is it sure that its cost is in vain.",))
    facts = results.facts
    unit = money(results.read.get("currency"))
    columns = (
        Column("term", "Term", "name"),
        Column("cost", f"Cost{unit}", "number", 2, help="That went to it so far"),
        Column(facts["unit"], unit_title(facts), "number"),
        Column("conversions", "Conversions", "number", 1),
        Column(
            "expected",
            "Expected",
            "number",
            2,
            help=f"Conversions to be expected for the same {facts['unit']}",
        ),
        Column(
            "expected_high",
            f"At most ({percent(facts['confidence'], 0)})",
            "number",
            2,
            help="So sure it is that no more come; below what is expected where a rate of zero is likely",
        ),
        Column("chance_of_none", "Never converts", "percent", 0, help="Chance that its rate is zero"),
        Column("last_day", "Last seen"),
    )
    return Table(
        "stop-table",
        "Terms with cost and hardly a conversion to be expected",
        from_rows("stop_list", results.stop, [column.key for column in columns]),
        columns,
        shown=_SHOWN,
        note=f"{count(results.stop_told['terms'])} in all; the run has them in stop_list.csv.",
    )


def _bids(results: SearchTermsResults) -> Block:
    if not results.bids:
        return Prose(("No word is listed to bid on: of none is it sure that its terms convert better.",))
    columns = [
        Column("word", "Word", "name"),
        Column("terms", "Terms", "number"),
        Column("rate", f"Conversions per {per_unit(results.facts)}", "percent", 2, help="Smoothed"),
        Column("rate_low", f"95{NARROW}%", "percent", 2, upper="rate_high"),
        Column("account_rate", "All terms", "percent", 2),
        Column("effect", "Effect", "number", 2, help="Factor on what is expected of a term"),
        Column("more_conversions", "More conversions", "number", 1, help="Than at the rate of all terms"),
    ]
    keys = [*(column.key for column in columns), "rate_high"]
    return Table(
        "bids-table",
        "Words to bid on: their terms convert better than all, and the model agrees",
        from_rows("bid_list", results.bids, keys),
        tuple(columns),
        shown=_SHOWN,
    )
