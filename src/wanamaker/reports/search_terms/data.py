"""The days and how they were split, and how conversions come in after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure, percent_axis, percentages
from wanamaker.reports.numbers import count, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import money
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

_PARTS = {"left_out": "left out, too young"}


def data_section(results: SearchTermsResults) -> Section:
    """Return the parts of the last origin, the origins, and what is known ahead."""
    blocks: list[Block] = [_parts(results), _origins(results), Facts(tuple(_facts(results)))]
    lead = (
        "Each origin is a day on which a forecast is made: models learn from what lies before it, and are "
        "tested on the days that follow, each of them predicted from the days before it. The last origin "
        "is the test of this run."
    )
    return Section("data", "The days, and how they were split", blocks, lead=lead, short="Data and split")


def _parts(results: SearchTermsResults) -> Table:
    rows = [
        {**row, "part": _PARTS.get(row["part"], row["part"]), "span": f"{row['start']} – {row['end']}"}
        for row in results.parts
    ]
    columns = [
        Column("part", "Part", "name"),
        Column("rows", "Term days", "number"),
        Column("terms", "Terms", "number"),
        Column("new_terms", "New terms", "number", help="That the training days do not have"),
        Column("clicks", "Clicks", "number"),
        Column("cost", f"Cost{money(results.read.get('currency'))}", "number"),
        Column("conversions", "Conversions", "number", help="As reported"),
        Column("span", "From – to"),
    ]
    shown = [column for column in columns if rows[0].get(column.key) is not None]
    return Table(
        "parts-table",
        "Parts of the log at the last origin",
        from_rows("parts", rows, [column.key for column in shown]),
        tuple(shown),
        note="Train fits all that is fitted; valid stops, and chooses who is asked; the gap is in no part, "
        "since on the origin its conversions were not all known; test is only measured.",
    )


def _origins(results: SearchTermsResults) -> Table:
    rows = [{name: _span(row, name) for name in ("train", "valid", "gap", "test")} for row in results.origins]
    columns = tuple(
        Column(name, name.capitalize(), "name" if name == "test" else "text")
        for name in ("test", "train", "valid", "gap")
    )
    return Table(
        "origins-table", "Origins", from_rows("origins", rows, ["test", "train", "valid", "gap"]), columns
    )


def _span(row: dict[str, Any], name: str) -> str:
    return f"{row[f'{name}_from']} – {row[f'{name}_to']}" if f"{name}_from" in row else "–"


def _facts(results: SearchTermsResults) -> list[tuple[str, str, str]]:
    facts = results.facts
    ahead = ", ".join(facts["known_ahead"]) or "nothing"
    told = [
        ("Known ahead", ahead, "Of the day itself; all else is read up to the day before."),
        ("Exposure", _exposure(facts), "What rates are multiplied with."),
    ]
    if facts["unseen"]["rounds"]:
        told.append(
            (
                "Unseen terms",
                f"{percent(facts['unseen']['share'], 0)}, {_times(facts['unseen']['rounds'])}",
                "Kept out of training by a hash of the term, and tested as new: "
                f"{count(facts['unseen_terms'])} terms, {count(facts['unseen_rows'])} term days.",
            )
        )
    return told


def _exposure(facts: dict[str, Any]) -> str:
    known = facts["exposure"] != "expected"
    return f"{facts['unit']} of the day" if known else f"{facts['unit']} that the past lets expect"


def _times(rounds: int) -> str:
    return "once" if rounds == 1 else f"{rounds} times"


def delay_section(results: SearchTermsResults) -> Section | None:
    """Return the delay curve, and what became of the last days; None where all is known at once."""
    delay = results.delay
    if not delay.get("known"):
        return None
    blocks: list[Block] = [_curve(delay), _young(delay)]
    lead = (
        "Conversions are counted on the day of their click and come in later: 99 % are known after "
        f"{count(delay['mature'])} days. The log was reported on {delay['as_of']}. Models learn rates from "
        "what is known of each day by its share, and features read what was known on the day that is "
        "predicted."
    )
    return Section("delay", "How conversions come in", blocks, lead=lead, short="Delay")


def _curve(delay: dict[str, Any]) -> Figure:
    rows = delay["curve"]
    trace = line(
        [row["age"] for row in rows],
        percentages([row["share"] for row in rows]),
        "Known",
        "--credit",
        hovertemplate="%{x} days: %{y:.1f} %<extra></extra>",
    )
    layout = {"height": 300, "xaxis": {"title": {"text": "age in days"}}, "yaxis": percent_axis()}
    return Figure(
        "delay-chart",
        "What is known of a day",
        "Share of a day's conversions that a report shows so many days later.",
        from_rows("delay", rows, ["age", "share"]),
        {"": Drawing([trace], layout)},
        alternative="A line: the share of conversions that is known, by age in days.",
    )


def _young(delay: dict[str, Any]) -> Table:
    columns = (
        Column("date", "Day", "name"),
        Column("share", "Known", "percent", 0),
        Column("reported", "Reported", "number", 1),
        Column("expected", "In the end, about", "number", 1),
        Column("fate", "So it was"),
    )
    rows = list(reversed(delay["days"]))
    return Table(
        "young-table",
        "The last days of the log",
        from_rows("young_days", rows, [column.key for column in columns]),
        columns,
        shown=10,
    )
