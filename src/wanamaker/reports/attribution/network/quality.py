"""How well the network tells who converts, beside what is simpler, and beside what knows no channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.network.compared import compared_chart, compared_tables, figure_of
from wanamaker.reports.attribution.network.words import titled
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import spoken
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Block, Notes, Prose, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

Rows = list[dict[str, Any]]

_OURS = "network"
_TELLING = 0.7
_RIVALS = ("logistic_counts", "xgboost_counts", "xgboost_counts_timing")
_ATTENTION = (
    "attention_is_no_effect",
    "Attention is shown for comparison only. It tells where the network looked, and gives no warning: a "
    "network that has learned nothing has attention as well, and looks as sure of itself.",
)


def network_section(view: View) -> Section | None:
    """Return the section, or None where there is no network."""
    told = view.results.network
    if told is None:
        return None
    blocks: list[Block] = [*_doubts(told), Prose(tuple(findings(told)), bullets=True, style="takeaways")]
    blocks += [
        compared_chart("network", "AUC on the test journeys", told["comparison"], _OURS),
        *compared_tables("network", "Every model, on the test journeys", told["comparison"], _OURS),
        *_one_date(told.get("common_date")),
        _parts(told),
    ]
    lead = (
        "The network was fitted on earlier journeys and is judged on the latest to end; no user is on both "
        "sides. A network that cannot tell who converts has nothing to say about what made them."
    )
    return Section("network", "Does the network know who converts?", blocks, lead=lead, short="Network")


def findings(told: dict[str, Any]) -> list[str]:
    """Return what the comparison says, in sentences."""
    rows = {row["model"]: row for row in told["comparison"]}
    ours = rows[_OURS]
    auc, loss = spoken(figure_of(ours, "roc_auc")), number(ours["log_loss"], 4)
    said = [f"AUC {auc} on the test journeys, log loss {loss}."]
    rivals = [name for name in _RIVALS if name in rows and rows[name].get("roc_auc") is not None]
    said += [_against(rows[name]) for name in rivals]
    if "channel_free" in rows:
        said.append(_free(rows["channel_free"]))
    ratio = figure_of(ours, "calibration_ratio")
    if ratio["low"] is not None and not ratio["low"] <= 1.0 <= ratio["high"]:
        said.append(
            f"The level of its probabilities is off: Σp/Σy is {spoken(ratio, 2)}. Rates that change from the "
            "earlier to the later journeys do this to every model; ranks are not concerned."
        )
    return said


def _against(row: dict[str, Any]) -> str:
    difference = figure_of(row, "roc_auc_difference")
    name = titled(row["model"])
    if difference["low"] is not None and difference["low"] > 0:
        return f"It beats {name}: AUC higher by {spoken(difference, 4)}."
    if difference["high"] is not None and difference["high"] < 0:
        lost = {"value": -difference["value"], "low": -difference["high"], "high": -difference["low"]}
        return f"{name} beats it: AUC higher by {spoken(lost, 4)}. Trees win here."
    return f"It and {name} cannot be told apart: difference of AUC {spoken(difference, 4)}."


def _free(row: dict[str, Any]) -> str:
    alone, gain = spoken(figure_of(row, "roc_auc")), spoken(figure_of(row, "roc_auc_difference"), 4)
    return (
        f"Lengths and gaps alone, without any channel, reach AUC {alone}: what the network knows beyond how "
        f"journeys were recorded is {gain} of AUC."
    )


def _doubts(told: dict[str, Any]) -> list[Block]:
    facts = told["facts"]
    doubt, notes = facts["learned"].get("under_trained"), []
    if doubt:
        message = f"Do not believe this network, nor its credit. {doubt}"
        notes.append({"code": "under_trained", "severity": "warning", "message": message})
    if "attention" in facts.get("credit", ()):
        notes.append({"code": _ATTENTION[0], "severity": "info", "message": _ATTENTION[1]})
    return [Notes(tuple(notes))] if notes else []


def _one_date(told: dict[str, Any] | None) -> list[Block]:
    if told is None:
        return []
    date = str(told["landmark"])[:16].replace("T", " ")
    seen = f"all journeys seen up to {date}, conversions in the {told['horizon']} after"
    if "comparison" not in told:
        return [Prose((f"At one date ({seen}), there is no comparison: {told['reason']}",))]
    said = (
        f"The same comparison at one date: {seen}. Here no journey is short because it converted: what is "
        f"told apart is who will convert, not who has. {count(told['test_journeys'])} test journeys of other "
        f"users, {count(told['test_conversions'])} of them with a conversion."
    )
    if told.get("under_trained"):
        said += f" Of this network: {told['under_trained']}"
    rows = told["comparison"]
    return [
        Prose((said, *_telling(rows))),
        compared_chart("one-date", "AUC at one date", rows, _OURS),
        *compared_tables("one-date", "Every model, at one date", rows, _OURS),
    ]


def _telling(rows: Rows) -> list[str]:
    """Say what it means if lengths and gaps tell much although journeys are seen up to one date."""
    alone = next((figure_of(row, "roc_auc") for row in rows if row["model"] == "channel_free"), None)
    if alone is None or alone["value"] is None or alone["value"] < _TELLING:
        return []
    return [
        f"Lengths and gaps still reach AUC {spoken(alone)}. Either those convert who are in touch just then, "
        "or the log was chosen by what came after the date, for instance because short journeys were left "
        "out of it. No channel is needed for either."
    ]


def _parts(told: dict[str, Any]) -> Table:
    columns = (
        Column("part", "Part", "name"),
        Column("journeys", "Journeys", "number"),
        Column("users", "Users", "number"),
        Column("conversions", "Conversions", "number"),
        Column("rate", "Rate", "percent", 2),
        Column("start", "Ended from"),
        Column("end", "to"),
    )
    data = from_rows("parts", told["parts"], [column.key for column in columns])
    return Table("network-parts", "The parts", data, columns, note=" ".join(told.get("split_notes") or ()))
