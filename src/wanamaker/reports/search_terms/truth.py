"""What was planted in a simulated log, and how much of it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import silent
from wanamaker.reports.figures import Drawing, Figure, Trace, plain
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import money

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults


def truth_section(results: SearchTermsResults) -> Section | None:
    """Return planted effects beside those that were found; None for a real log."""
    truth = results.truth
    if truth is None:
        return None
    blocks: list[Block] = [Facts(tuple(_facts(results, truth)))]
    if truth["words"]["rows"]:
        blocks.append(_chart(truth["words"]))
    lead = "The log is simulated, so it is known what each word does and which terms never convert."
    return Section("truth", "Was what was planted found?", blocks, lead=lead, short="Planted truth")


def _facts(results: SearchTermsResults, truth: dict[str, Any]) -> list[tuple[str, str, str]]:
    facts = []
    for kind, title in (("words", "Effects"), ("factors", "Factors"), ("bigrams", "Pairs")):
        told = truth[kind]
        if told["rank_correlation"] is None:
            continue
        facts.append(
            (
                f"{title}, rank correlation",
                number(told["rank_correlation"], 2),
                f"Of what was planted and found of {count(told['words'])} {_OF[kind]} with "
                f"{count(told['clicks'])} clicks or more.",
            )
        )
    return [*facts, *_waste(truth.get("waste"), money(results.read.get("currency")))]


def _waste(waste: dict[str, Any] | None, unit: str) -> list[tuple[str, str, str]]:
    if not waste or waste["spend_recall"] is None:
        return []
    right, useless = (count(round(waste[key])) for key in ("right_cost", "useless_cost"))
    return [
        (
            "Money of terms that never convert",
            percent(waste["spend_recall"], 0),
            f"{right} of {useless}{unit}; by terms {count(waste['right'])} of {count(waste['useless'])}. "
            f"Where three conversions were usual for its clicks: {percent(waste['plain_recall'], 0)} of the "
            "money. Of the others it cannot be told.",
        ),
        (
            "Listed rightly",
            percent(waste["spend_precision"], 0),
            "Of the money in the list went to terms that truly bring less than the limit; by terms "
            f"{count(waste['dear'])} of {count(waste['listed'])}.",
        ),
    ]


_OF = {"words": "words", "factors": "words", "bigrams": "pairs"}


def _chart(told: dict[str, Any]) -> Figure:
    rows = told["rows"]
    values = [row["planted"] for row in rows] + [row["found"] for row in rows]
    ends = [min(values) - 0.1, max(values) + 0.1]
    layout = {
        "height": 380,
        "xaxis": {"title": {"text": "planted, log of the factor"}, "nticks": 7},
        "yaxis": {"title": {"text": "found, log of the factor"}, "nticks": 7},
    }
    return Figure(
        "truth-chart",
        "Planted and found effects of words",
        "On the dotted line they agree; what is found lies nearer to 0 where clicks are few. The larger, "
        "the more clicks.",
        from_rows("planted", rows, ["name", "clicks", "planted", "found"]),
        {"": Drawing([silent(ends, ends), _dots(rows)], layout)},
        alternative="Dots: the effect that was found against the one that was planted, by word.",
    )


def _dots(rows: list[dict[str, Any]]) -> Trace:
    largest = max(row["clicks"] for row in rows)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["planted"] for row in rows],
        "y": [row["found"] for row in rows],
        "marker": {
            "size": [6 + 10 * (row["clicks"] / largest) ** 0.5 for row in rows],
            "color": "--credit-soft",
            "line": {"color": "--credit", "width": 1},
        },
        "customdata": [[plain(row["name"]), count(row["clicks"])] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b>, %{customdata[1]} clicks<br>planted %{x:.2f}, found "
        "%{y:.2f}<extra></extra>",
    }
