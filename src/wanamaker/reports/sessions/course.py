"""How good predictions are while a session is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line, silent, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace, percent_axis, percentages
from wanamaker.reports.numbers import NARROW
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.sessions.reached import reached_chart, reached_facts
from wanamaker.reports.sessions.waits import waits_chart
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults

Rows = list[dict[str, Any]]


def course_section(results: SessionsResults) -> Section | None:
    """Return quality by events so far and by time to the outcome, and when precision is reached."""
    held = results.prefixes
    if not held or not held.get("by_events"):
        return None
    blocks: list[Block] = [_areas(results), _rates(held["by_events"]), _table(results)]
    if held.get("by_wait"):
        blocks.append(waits_chart(held))
    blocks.append(Facts(tuple(reached_facts(held))))
    if held.get("earliest") and held.get("at_target"):
        blocks.append(reached_chart(held))
    lead = (
        "After the first event, the second, and so on: only sessions that had come so far, and of which it "
        "can "
        "still be asked. Each counts once there, so telling long sessions from short ones earns nothing."
    )
    return Section("course", "On the way", blocks, lead=lead, short="By event")


def _areas(results: SessionsResults) -> Figure:
    held, rows = results.prefixes, [row for row in results.prefixes["by_events"] if _known(row)]
    first, *others = held["models"]
    x = [row["events"] for row in rows]
    traces = [silent([min(x, default=1), max(x, default=1)], [0.5, 0.5])]
    traces += [_other(rows, name, place) for place, name in enumerate(others)]
    return Figure(
        "course-auc",
        "AUC after so many events",
        "Whiskers are 95 % intervals of the kept model, over sessions or users. Sessions drop out as they "
        "end, "
        "so the ones at the right are others than at the left.",
        _data(results),
        {"": Drawing([*traces, _ours(rows, first)], _layout(340, {"title": {"text": "AUC"}, "nticks": 6}))},
        alternative="Lines: AUC by number of events so far, for the kept model and the baselines.",
    )


def _other(rows: Rows, name: str, place: int) -> Trace:
    return line(
        [row["events"] for row in rows],
        [row["others"].get(name, {}).get("roc_auc", {}).get("value") for row in rows],
        baseline_title(name),
        COLOURS[(place + 1) % len(COLOURS)],
        line={"width": 1.4},
        hovertemplate=f"{baseline_title(name)}: %{{y:.3f}}<extra></extra>",
    )


def _ours(rows: Rows, name: str) -> Trace:
    figures = [row["roc_auc"] for row in rows]
    return line(
        [row["events"] for row in rows],
        [figure["value"] for figure in figures],
        baseline_title(name),
        "--credit",
        mode="lines+markers",
        error_y=whiskers(figures),
        customdata=[spoken(figure) for figure in figures],
        hovertemplate="after %{x} events<br>AUC %{customdata}<extra></extra>",
    )


def _layout(height: int, axis: dict[str, Any]) -> dict[str, Any]:
    return {
        "height": height,
        "xaxis": {"title": {"text": "events so far"}, "nticks": 12},
        "yaxis": axis,
        "hovermode": "closest",
        "showlegend": True,
    }


def _known(row: dict[str, Any]) -> bool:
    return row["roc_auc"]["value"] is not None


def _data(results: SessionsResults) -> Any:
    rows = [_flat(row) for row in results.prefixes["by_events"]]
    return from_rows("by_events", rows, list(dict.fromkeys(key for row in rows for key in row)))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if not isinstance(value, dict)}
    for name in ("roc_auc", "calibration_ratio", "precision", "recall"):
        for end in ("value", "low", "high"):
            told[name if end == "value" else f"{name}_{end}"] = row[name][end]
    for name, figures in row["others"].items():
        told[f"roc_auc of {name}"] = figures["roc_auc"]["value"]
    return told


def _rates(rows: Rows) -> Figure:
    x = [row["events"] for row in rows]
    happened = line(
        x,
        percentages([row["rate"] for row in rows]),
        "Happened",
        "--ink",
        mode="lines+markers",
        error_y=whiskers(
            [{"value": row["rate"], "low": row["rate_low"], "high": row["rate_high"]} for row in rows], 100.0
        ),
        hovertemplate="after %{x} events<br>happened %{y:.1f} %<extra></extra>",
    )
    predicted = line(
        x,
        percentages([row["predicted"] for row in rows]),
        "Predicted",
        "--credit",
        hovertemplate="after %{x} events<br>predicted %{y:.1f} %<extra></extra>",
    )
    keys = ["events", "rows", "rate", "rate_low", "rate_high", "predicted"]
    return Figure(
        "course-calibration",
        "Predicted and happened, after so many events",
        "Where the line leaves the whiskers (95 %, Wilson), probabilities are off at that point of a "
        "session.",
        from_rows("calibration_by_events", rows, keys),
        {"": Drawing([happened, predicted], _layout(280, percent_axis()))},
        alternative="Two lines: mean prediction and rate by number of events so far.",
    )


def _table(results: SessionsResults) -> Table:
    others = results.prefixes["models"][1:]
    columns = [
        Column("events", "After event", "number"),
        Column("rows", "At risk", "number"),
        Column("rate", "Rate", "percent", 1),
        Column("predicted", "Predicted", "percent", 1),
        Column("roc_auc", "AUC", "number", 3),
        Column("roc_auc_low", f"95{NARROW}%", "number", 3, upper="roc_auc_high"),
        *(Column(f"roc_auc of {name}", baseline_title(name), "number", 3) for name in others),
        Column("flagged", "Flagged", "number", help="At the study's threshold"),
        Column("precision", "Precision", "percent", 0),
        Column("recall", "Recall", "percent", 0),
    ]
    data = _data(results)
    held = {field.key for field in data.fields}
    return Table(
        "course-table",
        "After so many events",
        data,
        tuple(column for column in columns if column.key in held),
        note="An AUC is told where there are at least 10 of each answer.",
    )
