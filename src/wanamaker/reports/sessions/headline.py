"""The first things a reader wants to know: how good, against what, and whether a network was worth it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_named, model_named
from wanamaker.reports.drawing import FEW_POSITIVES, spoken
from wanamaker.reports.numbers import compact, count, number, percent, period
from wanamaker.reports.page import Block, Card, Cards, Notes, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults


def headline_section(results: SessionsResults) -> Section:
    """Return cards with the headline figures, and the findings in a few sentences."""
    makers = (_quality, _kept, _beside, _seeds, _early, _calibrated, _audited)
    said = [sentence for make in makers for sentence in make(results)]
    blocks: list[Block] = [Cards(tuple(_cards(results))), Notes(tuple(_flags(results)))]
    return Section("in-short", "In short", [*blocks, Prose(tuple(said), bullets=True, style="takeaways")])


def _cards(results: SessionsResults) -> list[Card]:
    test, metrics = results.part("test"), results.metrics["test"]
    auc, ratio = metrics["roc_auc"], metrics["calibration_ratio"]
    sessions = sum(row["sessions"] for row in results.parts)
    events = sum(row["events"] for row in results.parts)
    rate = f"of {count(test['sessions'])} sessions, {count(test['rows'])} questions"
    if not results.facts["per_event"]:
        rate = f"of {count(test['sessions'])} sessions"
    title, dates, length = _when(results)
    return [
        Card("AUC on the test sessions", number(auc["value"], 3), _interval(auc, 3)),
        Card("Predicted per real one", number(ratio["value"], 2), _interval(ratio, 2)),
        Card("Answer is yes, test", percent(test["rate"], 1), rate),
        Card("Sessions", compact(sessions), f"{count(events)} events" if events else "by their features"),
        Card(title, dates, length),
    ]


def _when(results: SessionsResults) -> tuple[str, str, str]:
    """Return title, value and detail of the card that says when, or of which values, sessions are."""
    starts = [row["start"] for row in results.parts if row["start"]]
    ends = [row["end"] for row in results.parts if row["end"]]
    if starts:
        return ("Period", *period(min(starts), max(ends)))
    values = results.part("test")["values"]
    return (
        "Tested on",
        ", ".join(values) or "no times",
        f"of {results.facts['split']['column']}" if values else "",
    )


def _interval(figure: dict[str, Any], decimals: int) -> str:
    if figure.get("low") is None:
        return "no interval"
    return f"95 % interval {number(figure['low'], decimals)} to {number(figure['high'], decimals)}"


def _flags(results: SessionsResults) -> list[dict[str, Any]]:
    """Say before all else that trees win, that positives are few, or that the split was at random."""
    flags = []
    beaten = _worst(results)
    if beaten is not None:
        named = baseline_named(beaten["against"])
        lost, least, most = (number(-beaten[end], 3) for end in ("value", "high", "low"))
        message = (
            f"The network loses to {named}: its AUC is lower by {lost} ({least} to {most}), and not by "
            "chance. "
            "On such a log, take the simpler model."
        )
        flags.append({"code": "network_loses", "severity": "warning", "message": message})
    positives = results.part("test")["positives"]
    if positives < FEW_POSITIVES:
        message = (
            f"Only {count(positives)} of the test questions are answered yes. Every figure of quality below "
            "rests "
            "on so few; read the intervals, not the values."
        )
        flags.append({"code": "few_positives", "severity": "warning", "message": message})
    if results.facts["split"]["by"] == "random":
        message = (
            "The sessions were split at random, as asked: what the model will do tomorrow is not measured "
            "here; "
            "split by time for that."
        )
        flags.append({"code": "random_split", "severity": "warning", "message": message})
    return flags


def _worst(results: SessionsResults) -> dict[str, Any] | None:
    """Return the comparison that the network loses most clearly, or None."""
    lost = [row for row in results.comparisons if row.get("high") is not None and row["high"] < 0]
    return min(lost, key=lambda row: float(row["value"]), default=None)


def _quality(results: SessionsResults) -> list[str]:
    auc, facts = results.metrics["test"]["roc_auc"], results.facts
    if auc["value"] is None:
        return []
    told = (
        f"Of a question with the answer yes and one with no, {model_named(facts['model'])} puts the first "
        f"higher {percent(auc['value'], 0)} of the time: AUC {spoken(auc)}. "
        f"The question is whether {facts['question']}."
    )
    by_session = results.metrics.get("test_by_session")
    if by_session is None:
        return [told]
    return [
        f"{told} Every question counts the same; with each session counting once, the AUC is "
        f"{spoken(by_session['roc_auc'])}."
    ]


def _kept(results: SessionsResults) -> list[str]:
    facts = results.facts
    if len(facts["cells"]) < 2:  # noqa: PLR2004 (nothing to choose from)
        return []
    return [f"Of {len(facts['cells'])} networks, {model_named(facts['model'])} is kept: {facts['why']}."]


def _beside(results: SessionsResults) -> list[str]:
    told = []
    for row in results.comparisons:
        beaten = results.metrics["baselines"][row["against"]]["roc_auc"]
        told.append(f"Against {baseline_named(row['against'])}, AUC {spoken(beaten)}: {_change(row)}.")
    return told


def _change(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return f"{_signed(row['value'])}, without an interval"
    return f"{_signed(row['value'])} ({_signed(row['low'])} to {_signed(row['high'])}), {_verdict(row)}"


def _verdict(row: dict[str, Any]) -> str:
    if row["low"] > 0:
        return "more than chance explains"
    return "worse, and not by chance" if row["high"] < 0 else "which may be chance"


def _signed(value: float | None) -> str:
    text = number(value, 3)
    rises = value is not None and value > 0 and any(sign in "123456789" for sign in text)
    return f"+{text}" if rises else text


def _seeds(results: SessionsResults) -> list[str]:
    row = next((row for row in results.candidates if row["name"] == results.facts["model"]), None)
    if row is None or row["roc_auc"]["low"] is None:
        return []
    values = [one["roc_auc"] for one in row["fits"]]
    return [
        f"Trained {row['seeds']} times from other seeds, the same network reaches an AUC of "
        f"{number(min(values), 3)} to {number(max(values), 3)}."
    ]


def _early(results: SessionsResults) -> list[str]:
    early = results.prefixes.get("earliest")
    if not results.prefixes:
        return []
    if early is None:
        return ["No threshold reached the target precision on the validation sessions."]
    target = percent(early["target"], 0)
    if early["events"] is None:
        return [f"At no number of events were {target} of the flagged sessions right."]
    spread = "" if early["low"] is None else f" (interval {early['low']} to {early['high']})"
    never = early["reached"] is not None and early["reached"] < 1
    unsure = f"; in {percent(1 - early['reached'], 0)} of the replicates that never happens" if never else ""
    return [
        f"After event {early['events']}{spread}, for the first time, {target} of the flagged are right: "
        f"{percent(early['precision'], 0)} of {count(early['flagged'])} there{unsure}."
    ]


def _calibrated(results: SessionsResults) -> list[str]:
    ratio = results.metrics["test"]["calibration_ratio"]
    if ratio["value"] is None:
        return []
    start = f"The predictions sum to {spoken(ratio, 2)} times what came true"
    told = f"{start}."
    if ratio.get("low") is not None:
        within = ratio["low"] <= 1 <= ratio["high"]
        side = "high" if ratio["value"] > 1 else "low"
        told = (
            f"{start}: as probabilities they are right on the whole, as far as these sessions can tell."
            if within
            else f"{start}: they are too {side}; see calibration before using them as amounts."
        )
    by_session = results.metrics.get("test_by_session")
    if by_session is None:
        return [told]
    return [
        f"{told} With each session counting once: {spoken(by_session['calibration_ratio'], 2)} times, which "
        "need not be 1, since how much a question then counts is known only when its session is over."
    ]


def _audited(results: SessionsResults) -> list[str]:
    if results.audit is None:
        return []
    found = len(results.audit)
    if not found:
        return ["The leakage audit found nothing in the table of counts and features."]
    one = "1 thing" if found == 1 else f"{found} things"
    columns = ", ".join(dict.fromkeys(_columns(results.audit)))
    named = f" in {columns}" if columns else ""
    return [f"The leakage audit found {one} to look at{named}; see the audit below."]


def _columns(findings: list[dict[str, Any]]) -> list[str]:
    """Return the columns of the table that are named; those that were put there for the audit are not."""
    return [name for row in findings for name in row["columns"] if not name.startswith("(")]
