"""The first things a reader wants to know: what can be saved, how good the expectations are, and whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.drawing import FEW_POSITIVES, spoken
from wanamaker.reports.numbers import compact, count, number, percent, period
from wanamaker.reports.page import Block, Card, Cards, Notes, Prose, Section
from wanamaker.reports.search_terms.words import money, predictor_named

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults


def headline_section(results: SearchTermsResults) -> Section:
    """Return cards with the headline figures, and the findings in a few sentences."""
    makers = (_kept, _quality, _unseen, _network, _level, _saved, _bids, _text, _audited)
    said = [sentence for make in makers for sentence in make(results)]
    blocks: list[Block] = [Cards(tuple(_cards(results))), Notes(tuple(_flags(results)))]
    return Section("in-short", "In short", [*blocks, Prose(tuple(said), bullets=True, style="takeaways")])


def _cards(results: SearchTermsResults) -> list[Card]:
    test, read = results.metrics["test"], results.read
    explained, ratio = test["explained"], test["calibration_ratio"]
    sums, currency = read["sums"], read.get("currency")
    cards = [
        Card(
            "Deviance explained, last test days",
            percent(explained["value"], 1),
            _interval(explained, share=True),
        ),
        Card("Expected per real one", number(ratio["value"], 2), _interval(ratio)),
        Card("Conversions", compact(sums["conversions"]), f"{count(read['terms'])} terms"),
    ]
    if "cost" in sums:
        lost = results.stop_told["cost"]
        share = percent(lost / sums["cost"] if sums["cost"] else None, 1)
        cards.append(
            Card("Spent with little to expect", f"{compact(lost)}{money(currency)}", f"{share} of the cost")
        )
    title = period(f"{read['from']}T00:00:00", f"{read['to']}T23:59:59")
    return [*cards, Card("Period", *title)]


def _interval(told: dict[str, Any], *, share: bool = False) -> str:
    if told["low"] is None:
        return "no interval"
    low, high = ((percent if share else number)(told[end], 1 if share else 2) for end in ("low", "high"))
    return f"95 % interval {low} to {high}"


def _flags(results: SearchTermsResults) -> list[dict[str, Any]]:
    """Say before all else that few conversions decide, or that nothing beats one rate for all."""
    flags = []
    conversions = results.part("test")["conversions"]
    if conversions < FEW_POSITIVES:
        message = (
            f"The test days hold {count(conversions)} conversions. Every figure of quality below rests on "
            "so few; read the intervals, not the values."
        )
        flags.append({"code": "few_conversions", "severity": "warning", "message": message})
    told = results.metrics["test"]["explained"]
    if told["high"] is not None and told["high"] < 0:
        message = (
            "On the test days the expectations are worse than one rate for all terms, and not by chance. "
            "Do not bid by them."
        )
        flags.append({"code": "worse_than_blind", "severity": "warning", "message": message})
    return [*flags, *_beaten(results)]


def _beaten(results: SearchTermsResults) -> list[dict[str, Any]]:
    """Say before all else that another predictor does better than the one that is asked, not by chance."""
    row = _row(results, "rolling")
    gap = None if row is None else row.get("difference")
    if row is None or gap is None or gap["value"] is None or gap["value"] <= 0 or not gap["certain"]:
        return []
    better = row["against"]
    message = (
        f"On all test days {predictor_named(better)} does better than {predictor_named(row['name'])}, and "
        f"not by chance. With predictor = {better!r} under [model] it is asked instead."
    )
    return [{"code": "beaten", "severity": "warning", "message": message}]


def _kept(results: SearchTermsResults) -> list[str]:
    facts = results.facts
    name = predictor_named(facts["predictor"])
    others = {key: value for key, value in facts["valid_deviance"].items() if key != facts["predictor"]}
    if not others:
        return []
    own = facts["valid_deviance"].get(facts["predictor"])
    best = min(others, key=lambda key: float(others[key]))
    if own is not None and own > others[best]:
        return [
            f"Expectations come from {name}, as the study says, though {predictor_named(best)} does better "
            "on valid."
        ]
    return [
        f"Expectations come from {name}: its deviance on the validation days is the lowest, "
        f"{number(own, 4)}; {predictor_named(best)} has {number(others[best], 4)}."
    ]


def _quality(results: SearchTermsResults) -> list[str]:
    row = _row(results, "rolling")
    if row is None or row["explained"]["value"] is None:
        return []
    many = len(results.origins)
    over = f"Over {many} origins" if many > 1 else "At the one origin"
    return [
        f"{over} they explain {_percents(row['explained'])} of the deviance that one rate for all terms "
        f"leaves; {_against(row)}"
    ]


def _unseen(results: SearchTermsResults) -> list[str]:
    row = _row(results, "unseen")
    if row is None or row["explained"]["value"] is None:
        return []
    rounds = f"{count(results.facts['unseen_terms'])} terms"
    return [
        f"Of {rounds} that training never saw they explain {_percents(row['explained'])}: that is what "
        "words, campaign and calendar alone tell."
    ]


def _network(results: SearchTermsResults) -> list[str]:
    """Say whether the network was worth it, if it is not the one that is asked."""
    row = next((one for one in results.comparison["rolling"] if one["name"] == "network"), None)
    if row is None or results.facts["predictor"] == "network":
        return []
    return [f"The network explains {_percents(row['explained'])} over the origins; {_against(row)}"]


def _against(row: dict[str, Any]) -> str:
    gap, best = row.get("difference"), row.get("against")
    if gap is None or gap["value"] is None or best is None:
        return "there is nothing to compare it with."
    better = "lower" if gap["value"] < 0 else "higher"
    if gap["low"] is None:
        sure = "without an interval"
    else:
        sure = "more than chance explains" if gap["certain"] else "which may be chance"
    return (
        f"against the best other, {predictor_named(best)}, the mean deviance is {better} by "
        f"{spoken({key: None if gap[key] is None else abs(gap[key]) for key in ('value',)}, 4)}, {sure}."
    )


def _level(results: SearchTermsResults) -> list[str]:
    ratio = results.metrics["test"]["calibration_ratio"]
    if ratio["low"] is None:
        return []
    if ratio["low"] <= 1 <= ratio["high"]:
        return [f"For each real conversion {spoken(ratio, 2)} were expected: not to be told from 1."]
    way = "more" if ratio["low"] > 1 else "fewer"
    return [
        f"In sum, {way} conversions were expected than came: {spoken(ratio, 2)} for each real one. Compare "
        "terms by the expectations, and mind the level."
    ]


def _saved(results: SearchTermsResults) -> list[str]:
    if not results.stop:
        return []
    many, cost = results.stop_told["terms"], results.stop_told["cost"]
    currency = money(results.read.get("currency"))
    first = ", ".join(f"“{row['term']}”" for row in results.stop[:3])
    subject = "1 term costs" if many == 1 else f"{count(many)} terms cost"
    verb, first = ("brings", f": {first}") if many == 1 else ("bring", f", first of all {first}")
    told = f"{subject} {count(round(cost))}{currency} and {verb} next to nothing{first}."
    waste = (results.truth or {}).get("waste")
    if waste and waste["spend_recall"] is not None:
        told += (
            f" Of the money that was planted to be wasted, {percent(waste['spend_recall'], 0)} is among it."
        )
    return [told]


def _bids(results: SearchTermsResults) -> list[str]:
    if not results.bids:
        return []
    return ["Words to bid on: " + ", ".join(row["word"] for row in results.bids[:6]) + "."]


def _text(results: SearchTermsResults) -> list[str]:
    network = results.shares.get("network")
    if not network:
        return []
    if network["low"] is None:
        reach = ""
    else:
        low, high = max(network["low"], 0.0), min(network["high"], 1.0)
        reach = f" ({percent(low, 0)} to {percent(high, 0)} over {len(results.shares['seeds'])} seeds)"
    return [
        f"Of what moves the network's rates from row to row, {percent(network['value'], 0)}{reach} is the "
        "text; the rest are numbers, the term's own past among them."
    ]


def _audited(results: SearchTermsResults) -> list[str]:
    if results.audit is None:
        return []
    severe = [finding for finding in results.audit if finding["severity"] == "critical"]
    if severe:
        return [f"The audit found {_signs(len(severe))} of a leak: read that before anything else."]
    return ["The audit of the numbers found no critical sign of a leak."]


def _signs(many: int) -> str:
    return "a critical sign" if many == 1 else f"{count(many)} critical signs"


def _row(results: SearchTermsResults, split: str) -> dict[str, Any] | None:
    rows = results.comparison.get(split) or []
    return next((one for one in rows if one["name"] == results.facts["predictor"]), None)


def _percents(told: dict[str, Any]) -> str:
    value = percent(told["value"], 1)
    if told["low"] is None:
        return value
    return f"{value} ({percent(told['low'], 1)} to {percent(told['high'], 1)})"


def subtitle(results: SearchTermsResults) -> str:
    """Return the line below the title."""
    return (
        "Conversions to be expected of a search term on a day, by "
        f"{predictor_named(results.facts['predictor'])}, and what is not worth its cost."
    )
