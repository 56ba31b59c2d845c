"""What words do, ranked in three ways, and what numbers tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, plain
from wanamaker.reports.numbers import NARROW, count, figure, number, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import per_unit, predictor_named, unit_title
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

Rows = list[dict[str, Any]]

_ENDS = 12
_MOST_FEATURES = 20


def words_section(results: SearchTermsResults) -> Section | None:
    """Return words and pairs of words by effect, smoothed average, and attention beside each other."""
    rows = _ranks(results.words)
    if not rows:
        return None
    blocks: list[Block] = [_chart(rows, results.facts), _table("words", "word", "Word", rows, results.facts)]
    pairs = _ranks(results.bigrams)
    if pairs:
        blocks.append(_table("bigrams", "bigram", "Pair", pairs, results.facts))
    lead = (
        f"Words of {count(results.facts['min_terms'])} terms or more, ranked in three ways. The effect is "
        "by which factor a word changes what is expected of the terms that have it, asked as new terms "
        "with and without it; the factor is what is left in the log when the other words of its terms are "
        "accounted for. Read these two. The average is what terms with the word brought, drawn towards all "
        "words where they are few, and mixes the word with the company it keeps. Attention says where the "
        "network looked; it is there for comparison and tells neither whether a word is good or bad nor "
        "how much it does."
    )
    return Section("words", "What words do", blocks, lead=lead, short="Words")


def _ranks(rows: Rows) -> Rows:
    """Return rows with their rank by each measure, 1 for the highest."""
    told = [dict(row) for row in rows]
    for key in ("effect", "factor", "rate", "attention"):
        known = [row for row in told if row.get(key) is not None and math.isfinite(row[key])]
        for rank, row in enumerate(sorted(known, key=lambda one: -float(one[key])), start=1):
            row[f"{key}_rank"] = rank
    return told


def _chart(rows: Rows, facts: dict[str, Any]) -> Figure:
    known = [row for row in rows if row.get("effect") is not None and row["effect"] > 0]
    ordered = sorted(known, key=lambda row: -row["effect"])
    shown = ordered if len(ordered) <= 2 * _ENDS else [*ordered[:_ENDS], *ordered[-_ENDS:]]
    axis, phone, height = named_rows([row["word"] for row in shown])
    powers = range(-6, 7)
    ticks = {"tickvals": list(powers), "ticktext": [f"× {2.0**power:g}" for power in powers]}
    layout = {
        "height": height + 16,
        "yaxis": axis,
        "xaxis": {**ticks, "title": {"text": "factor on expected conversions"}, "zeroline": True},
    }
    ends = f" The {_ENDS} that raise it most, and those that lower it most." if shown is not ordered else ""
    return Figure(
        "words-chart",
        "By effect",
        f"How what is expected of a term changes with the word in it.{ends}",
        from_rows("words_charted", shown, ["word", "effect", "rate", "terms"]),
        {"": Drawing([_bars(shown, per_unit(facts))], layout, {"yaxis": phone})},
        alternative="Bars: the factor by which each word changes expected conversions.",
    )


def _bars(shown: Rows, unit: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(shown))),
        "x": [round(math.log2(row["effect"]), 5) for row in shown],
        "marker": {"color": ["--credit" if row["effect"] >= 1 else "--spend" for row in shown]},
        "customdata": [
            [plain(row["word"]), figure(row["effect"]), percent(row["rate"], 2), count(row["terms"])]
            for row in shown
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>× %{customdata[1]}<br>%{customdata[2]} per "
        f"{unit} in "
        "%{customdata[3]} terms<extra></extra>",
    }


def _table(name: str, key: str, title: str, rows: Rows, facts: dict[str, Any]) -> Table:
    columns = [
        Column(key, title, "name"),
        Column("terms", "Terms", "number"),
        Column("exposure", unit_title(facts), "number", help="As far as their conversions are reported"),
        Column("effect", "Effect", "number", 2, help="Factor on what is expected, with and without it"),
        Column(
            "beyond_words", "Beyond its words", "number", 2, help="What of it its two words alone do not do"
        ),
        Column("effect_rank", "Rank", "number", help="By effect"),
        Column("factor", "Factor", "number", 2, help="In the log, the other words accounted for"),
        Column("rate", "Average", "percent", 2, help=f"Conversions per {per_unit(facts)}, smoothed"),
        Column("rate_low", f"95{NARROW}%", "percent", 2, upper="rate_high"),
        Column("rate_rank", "Rank", "number", help="By average"),
        Column("attention", "Attention", "number", 2, help="Mean weight; for comparison"),
        Column("attention_rank", "Rank", "number", help="By attention"),
    ]
    shown = [column for column in columns if any(row.get(column.key) is not None for row in rows)]
    keys = [*(column.key for column in shown), "rate_high", "conversions"]
    return Table(
        f"{name}-table",
        f"{title}s, by effect, average and attention" if name == "words" else "Pairs of neighbouring words",
        from_rows(name, rows, keys),
        tuple(shown),
    )


def numbers_section(results: SearchTermsResults) -> Section | None:
    """Return what each number tells, and the share of text against numbers."""
    rows = results.features
    if not rows:
        return None
    blocks: list[Block] = [Facts(tuple(_shares(results))), _features(rows[:_MOST_FEATURES]), _all(rows)]
    lead = (
        f"Of {predictor_named(results.facts['explained_by'])}, on test rows. By permutation: how much worse "
        "the deviance gets when a number is shuffled among rows. By counterfactual: how far the log rate "
        "moves if the number is what it is on average. Numbers that say the same stand in for each other, "
        "and then each of them looks small."
    )
    return Section("numbers", "What numbers tell, and what text", blocks, lead=lead, short="Numbers")


def _shares(results: SearchTermsResults) -> list[tuple[str, str, str]]:
    told = results.shares
    facts = [
        (
            "Text",
            percent(told["kept"], 0),
            f"of what moves the rates of {predictor_named(results.facts['explained_by'])}; numbers are the "
            f"other {percent(1 - told['kept'], 0)}. Shapley values of two players on {count(told['rows'])} "
            "test rows: they add up.",
        )
    ]
    network = told.get("network")
    if network is not None:
        seeds = ", ".join(percent(one, 0) for one in told["seeds"])
        low, high = network["low"], network["high"]
        reach = (
            ""
            if low is None
            else f" (95 % of the mean: {percent(max(low, 0), 0)} to {percent(min(high, 1), 0)})"
        )
        facts.append(
            ("Text, network", percent(network["value"], 0), f"Mean over seeds{reach}; single ones: {seeds}.")
        )
    return facts


def _features(rows: Rows) -> Figure:
    axis, phone, height = named_rows([row["feature"] for row in rows])
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": [row["permutation"] for row in rows],
        "marker": {"color": "--credit"},
        "customdata": [
            [plain(row["feature"]), number(row["permutation"], 5), figure(row["counterfactual"])]
            for row in rows
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>deviance + %{customdata[1]}<br>log rate moved by "
        "%{customdata[2]}<extra></extra>",
    }
    layout = {
        "height": height + 16,
        "yaxis": axis,
        "xaxis": {"nticks": 6, "title": {"text": "rise of the deviance when shuffled"}},
    }
    return Figure(
        "features-chart",
        "By permutation",
        "Below 0: shuffled it does no worse, so it tells nothing that holds on these days.",
        from_rows("features_charted", rows, ["feature", "permutation", "counterfactual"]),
        {"": Drawing([trace], layout, {"yaxis": phone})},
        alternative="Bars: the rise of the deviance by number.",
    )


def _all(rows: Rows) -> Table:
    columns = (
        Column("feature", "Number", "name"),
        Column("permutation", "Permutation", "number", 5, help="Rise of the deviance"),
        Column("counterfactual", "Counterfactual", "number", 3, help="Mean change of the log rate, absolute"),
    )
    return Table(
        "features-table", "Every number", from_rows("features", rows, [one.key for one in columns]), columns
    )
