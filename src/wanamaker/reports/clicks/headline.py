"""The first things a reader wants to know: how good the predictions are, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_named, model_named
from wanamaker.reports.drawing import FEW_POSITIVES, spoken
from wanamaker.reports.numbers import compact, count, number, percent, period
from wanamaker.reports.page import Block, Card, Cards, Notes, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults

_EASY = 0.5
_UNSURE_WIDTH = 0.06


def headline_section(results: ClicksResults) -> Section:
    """Return cards with the headline figures, and the findings in a few sentences."""
    makers = (_quality, _beside, _size, _calibrated, _families, _honest, _audited)
    said = [sentence for make in makers for sentence in make(results)]
    blocks: list[Block] = [Cards(tuple(_cards(results))), Notes(tuple(_flags(results)))]
    return Section("in-short", "In short", [*blocks, Prose(tuple(said), bullets=True, style="takeaways")])


def _cards(results: ClicksResults) -> list[Card]:
    test, metrics = results.part("test"), results.metrics["test"]
    auc, ratio = metrics["roc_auc"], metrics["calibration_ratio"]
    positives = sum(row["positives"] for row in results.parts)
    rows = sum(row["rows"] for row in results.parts)
    dates, length = period(_first(results, "start"), _last(results, "end"))
    return [
        Card("AUC on the test rows", number(auc["value"], 3), _interval(auc, 3)),
        Card("Predicted per real conversion", number(ratio["value"], 2), _interval(ratio, 2)),
        Card("Conversion rate, test", percent(test["rate"], 2), f"of {count(test['rows'])} rows"),
        Card("Events", compact(rows), f"{count(positives)} converted"),
        Card("Period", dates, length),
    ]


def _interval(figure: dict[str, Any], decimals: int) -> str:
    if figure.get("low") is None:
        return "no interval"
    return f"95 % interval {number(figure['low'], decimals)} to {number(figure['high'], decimals)}"


def _flags(results: ClicksResults) -> list[dict[str, Any]]:
    """Say before all else that the test has few conversions, or was not split by time."""
    flags = []
    positives = results.part("test")["positives"]
    if positives < FEW_POSITIVES:
        total = sum(row["positives"] for row in results.parts)
        flags.append(
            {
                "code": "few_positives",
                "severity": "warning",
                "message": f"The test rows hold {count(positives)} conversions, the log {count(total)}. "
                "Every figure of quality below rests on so few; read the intervals, not the values.",
            }
        )
    if results.facts["split"]["by"] == "random":
        message = (
            "The log was split at random, as asked: rows of the same minute, and of the same user, are on "
            "both sides. What the model will do tomorrow is not measured here; split by time for that."
        )
        flags.append({"code": "random_split", "severity": "warning", "message": message})
    return flags


def _quality(results: ClicksResults) -> list[str]:
    auc, test = results.metrics["test"]["roc_auc"], results.part("test")
    if auc["value"] is None:
        return []
    return [
        f"Of a conversion and a click without one, {model_named(results.facts['model'])} puts the "
        f"conversion higher {percent(auc['value'], 0)} of the time: AUC {spoken(auc)}, on "
        f"{count(test['rows'])} {_later(results)} that it never saw."
    ]


def _later(results: ClicksResults) -> str:
    return "later rows" if results.facts["split"]["by"] == "time" else "rows"


def _beside(results: ClicksResults) -> list[str]:
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
    return (
        f"+{text}" if value is not None and value > 0 and any(sign in "123456789" for sign in text) else text
    )


def _size(results: ClicksResults) -> list[str]:
    auc = results.metrics["test"]["roc_auc"]
    if auc.get("low") is None or auc["high"] - auc["low"] < _UNSURE_WIDTH:
        return []
    return [
        f"The interval of the AUC is {number(auc['high'] - auc['low'], 2)} wide: with so few conversions, "
        "models that differ by less cannot be told apart on these rows alone."
    ]


def _calibrated(results: ClicksResults) -> list[str]:
    ratio = results.metrics["test"]["calibration_ratio"]
    if ratio["value"] is None:
        return []
    start = f"The predictions sum to {spoken(ratio, 2)} times the conversions that came"
    if ratio.get("low") is None:
        return [f"{start}."]
    if ratio["low"] <= 1 <= ratio["high"]:
        return [f"{start}: as probabilities they are right on the whole, as far as these rows can tell."]
    side = "high" if ratio["value"] > 1 else "low"
    return [f"{start}: they are too {side}; see calibration before using them as amounts."]


def _families(results: ClicksResults) -> list[str]:
    families = results.importance.get("families") or []
    if not families:
        return []
    first = families[0]
    total = sum(row["importance"] for row in families) or 1.0
    return [
        f"What moves the predictions most is {first['family']}: {percent(first['importance'] / total, 0)} "
        "of all contributions (SHAP)."
    ]


def _honest(results: ClicksResults) -> list[str]:
    if not results.honesty:
        return []
    most = max(results.honesty, key=lambda row: row["roc_auc"]["value"] or 0.0)
    gain = most.get("gain")
    if gain is None or gain["value"] is None:
        return []
    return [
        f"With columns that look into the future ({most['name']}) the AUC would read "
        f"{number(most['roc_auc']['value'], 3)}: {_change(gain)}. When a click is scored, there are no such "
        "columns."
    ]


def _audited(results: ClicksResults) -> list[str]:
    if results.audit is None:
        return []
    found = len(results.audit)
    if not found:
        return ["The leakage audit found nothing in the log, its parts and the predictions."]
    one = "1 thing" if found == 1 else f"{found} things"
    return [f"The leakage audit found {one} to look at; see the audit below."]


def _first(results: ClicksResults, key: str) -> str | None:
    return min((row[key] for row in results.parts if row[key]), default=None)


def _last(results: ClicksResults, key: str) -> str | None:
    return max((row[key] for row in results.parts if row[key]), default=None)
