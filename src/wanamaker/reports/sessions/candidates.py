"""All models side by side: what they cost, how good they are, and how much another seed matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import flat, spoken
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows
from wanamaker.reports.numbers import NARROW, number
from wanamaker.reports.page import Block, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults

_FIGURES = {
    "f1": ("F1", "At the threshold with the best F1 on the validation rows"),
    "roc_auc": ("AUC", "0.5 is chance"),
    "pr_auc": ("PR-AUC", "Average precision; the base rate is chance"),
    "log_loss": ("Log loss", "Lower is better"),
}


def candidates_section(results: SessionsResults) -> Section | None:
    """Return the table of all networks and baselines, and their AUC by seed."""
    if not results.candidates:
        return None
    rows = results.candidates
    lead = (
        f"Every network was trained {results.facts['seeds']} times, from seeds of its own. Intervals are of "
        "the mean over seeds (Student's t): they say how much the luck of one training matters, and nothing "
        "of how much the test sessions are a matter of chance; that is in the next section."
    )
    blocks: list[Block] = [_table(results, rows), _chart(results, rows)]
    return Section("comparison", "Which model", blocks, lead=lead, short="Comparison")


def _told(results: SessionsResults, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = results.facts["model"]
    named = [
        {
            **{key: row[key] for key in ("seeds", "seconds", *_FIGURES)},
            "name": baseline_title(row["name"]) + (" ✓" if row["name"] == kept else ""),
            "fitted": number(row["size"]) + ("" if row["unit"] == "weights" else f" {row['unit']}"),
        }
        for row in rows
    ]
    return flat(named, *_FIGURES)


def _table(results: SessionsResults, rows: list[dict[str, Any]]) -> Table:
    told = _told(results, rows)
    columns = [
        Column("name", "Model", "name"),
        Column("fitted", "Weights"),
        Column("seconds", "Seconds", "number", 1, help="To train once, on average"),
    ]
    for key, (title, explanation) in _FIGURES.items():
        if key != "log_loss":
            columns.append(Column(key, title, "number", 3, help=explanation))
            columns.append(Column(f"{key}_low", f"95{NARROW}%", "number", 3, upper=f"{key}_high"))
    keys = [
        "name",
        "fitted",
        "seconds",
        "seeds",
        *(f"{key}{end}" for key in _FIGURES for end in ("", "_low", "_high")),
    ]
    return Table(
        "comparison-table",
        "All models, on the test sessions",
        from_rows("comparison", told, keys),
        tuple(columns),
        note="✓ is kept: it did best on the validation sessions, and has the fewest weights of equals. "
        "Figures "
        "are means over seeds; what draws nothing at random was fitted once. The CSV has the log loss too.",
    )


def _chart(results: SessionsResults, rows: list[dict[str, Any]]) -> Figure:
    axis, phone, height = named_rows([baseline_title(row["name"]) for row in rows])
    title = {"text": "AUC"}
    layout = {"height": height + 8, "yaxis": axis, "xaxis": {"nticks": 7, "title": title}, "showlegend": True}
    data = [
        {"name": baseline_title(row["name"]), **{key: one[key] for key in ("seed", "seconds", *_FIGURES)}}
        for row in rows
        for one in row["fits"]
    ]
    traces = [_means(rows, results.facts["model"]), _dots(rows)]
    return Figure(
        "seeds-chart",
        "AUC by seed",
        "Small dots are single trainings. Where the dots of two models overlap, the next training may turn "
        "their order.",
        from_rows("fits", data, list(data[0])),
        {"": Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Dots: the AUC of each training, and their mean, by model.",
    )


def _means(rows: list[dict[str, Any]], kept: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Mean",
        "meta": "Mean",
        "x": [row["roc_auc"]["value"] for row in rows],
        "y": list(range(len(rows))),
        "marker": {"size": 12, "color": ["--credit" if row["name"] == kept else "--c2" for row in rows]},
        "customdata": [[baseline_title(row["name"]), spoken(row["roc_auc"], 4)] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b><br>AUC %{customdata[1]}<extra></extra>",
        "showlegend": False,
        "cliponaxis": False,
    }


def _dots(rows: list[dict[str, Any]]) -> Trace:
    single = [(place, one["roc_auc"]) for place, row in enumerate(rows) for one in row["fits"]]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "One training; the large dot is their mean",
        "meta": "One training; the large dot is their mean",
        "x": [value for _, value in single],
        "y": [place for place, _ in single],
        "marker": {"size": 6, "color": "--grey"},
        "hovertemplate": "AUC %{x:.4f}<extra></extra>",
        "cliponaxis": False,
    }
