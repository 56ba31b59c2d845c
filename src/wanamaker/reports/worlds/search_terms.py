"""The pictures of a world of search terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure, percent_axis, percentages
from wanamaker.reports.numbers import count, percent
from wanamaker.reports.page import Block, Card, Cards, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = list[dict[str, Any]]

_COUNTED = (
    Column("clicks", "Clicks", "number"),
    Column("cost", "Cost", "figure"),
    Column("conversions", "Expected conversions", "number", 1, help="Given the clicks"),
    Column("final", "Conversions", "number", 1, help="That came about in the end"),
)
_EFFECT = Column("effect", "Effect", "number", 2, help="On the log of conversions per click, all else equal")
_LIFT = Column(
    "lift", "With its pairs", "number", 2, help="Log of the conversions with it over those without"
)


def search_terms_sections(found: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a world of search terms.

    Parameters
    ----------
    found
        What was counted in it.
    """
    lead = (
        "What a click is worth depends on the words that were searched for. A report shows terms and their "
        "conversions so far; what each word does, and which terms never convert, only this one."
    )
    name, pair = Column("name", "Word", "name"), Column("name", "Pair", "name")
    words: list[Block] = [
        _cards(found["totals"]),
        _table("words", "The words with the most clicks", found["words"], (name, _EFFECT, _LIFT, *_COUNTED)),
    ]
    if found["bigrams"]:
        caption = "Pairs of words with an effect of their own"
        words.append(_table("bigrams", caption, found["bigrams"], (pair, _EFFECT, *_COUNTED)))
    waste: list[Block] = []
    if found["useless"]:
        columns = (Column("name", "Term", "name"), *_COUNTED[:2])
        waste.append(_table("useless", "Terms that never convert, by cost", found["useless"], columns))
    log: list[Block] = [_days(found["days"]), _delays(found["delays"])]
    return [
        Section("words", "What the words do", words, lead=lead, short="Words, pairs"),
        *([Section("waste", "What is spent in vain", waste, short="Useless terms")] if waste else []),
        Section("log", "The log", log, short="Days, delay"),
    ]


def _cards(totals: Mapping[str, Any]) -> Cards:
    clicks, cost = totals["clicks"] or 1.0, totals["cost"] or 1.0
    known = totals["conversions"] / totals["final"] if totals["final"] else 1.0
    return Cards(
        (
            Card("Terms", count(totals["terms"]), f"{count(totals['rows'])} rows of the log"),
            Card("Clicks", count(totals["clicks"]), f"{count(totals['impressions'])} impressions"),
            Card("Conversions", count(totals["final"]), f"{percent(known, 1)} of them known so far"),
            Card(
                "Spent on useless terms",
                percent(totals["useless_cost"] / cost, 1),
                f"{count(totals['useless'])} terms",
            ),
            Card(
                "Clicks of hidden terms",
                percent(totals["hidden_clicks"] / clicks, 1),
                f"{count(totals['hidden'])} terms",
            ),
        )
    )


def _table(name: str, caption: str, rows: Rows, columns: tuple[Column, ...]) -> Table:
    return Table(f"{name}-table", caption, from_rows(name, rows, [column.key for column in columns]), columns)


def _days(rows: Rows) -> Figure:
    days = [row["day"] for row in rows]
    traces = [
        line(days, [row[key] for row in rows], name, colour)
        for key, name, colour in (
            ("conversions", "Known at the end", "--c0"),
            ("final", "In the end", "--c1"),
            ("expected", "Expected", "--c2"),
        )
    ]
    layout = {
        "height": 320,
        "xaxis": {"type": "date"},
        "yaxis": {"rangemode": "tozero", "title": {"text": "conversions"}},
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "days-chart",
        "Conversions by day of the click",
        "The last days look worse than they are: their conversions are still to come.",
        from_rows(
            "by_day", rows, ["day", "impressions", "clicks", "cost", "conversions", "final", "expected"]
        ),
        {"": Drawing(traces, layout)},
        alternative="Three lines by day: conversions known at the end, in the end, and expected.",
    )


def _delays(rows: Rows) -> Figure:
    ages = [int(row["name"]) for row in rows]
    trace = line(ages, percentages([row["effect"] for row in rows]), "Known", "--c0")
    layout = {"height": 280, "xaxis": {"title": {"text": "age in days"}}, "yaxis": percent_axis()}
    data = [{"age": age, "known": row["effect"]} for age, row in zip(ages, rows, strict=True)]
    return Figure(
        "delay-chart",
        "What is known of a day",
        "Share of its conversions that are known so many days later; 1 is the end of the day itself.",
        from_rows("by_age", data, ["age", "known"]),
        {"": Drawing([trace], layout)},
        alternative="A line: the share of a day's conversions that is known, by its age in days.",
    )
