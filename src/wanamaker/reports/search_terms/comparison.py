"""All predictors in one table: over rolling origins, and for terms that were never seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import flat, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows
from wanamaker.reports.numbers import NARROW
from wanamaker.reports.page import Block, Section
from wanamaker.reports.search_terms.words import predictor_title
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

_FIGURES = ("explained", "poisson_deviance", "mae", "rmse", "bias", "calibration_ratio", "gini", "difference")
_SHORT = {"glm": "Poisson", "trees": "XGBoost", "rate": "Own rate", "last_week": "Last week"}
_FAR_BELOW = -0.25
_CAPTIONS = {
    "rolling": "Rolling origins, all test days together",
    "unseen": "Terms that training never saw, on the test days of the last origin",
}

_COLUMNS = (
    Column("name", "Predictor", "name"),
    Column("explained", "Explained", "percent", 1),
    Column("explained_low", f"95{NARROW}%", "percent", 1, upper="explained_high"),
    Column("poisson_deviance", "Deviance", "number", 4, help="Poisson, mean per term day"),
    Column("gini", "Gini", "number", 2, help="Of term days ranked by expected conversions per cost"),
    Column(
        "difference",
        "Against the best other",
        "number",
        4,
        help="Mean deviance, paired; below 0 is better",
    ),
    Column("difference_low", f"95{NARROW}%", "number", 4, upper="difference_high"),
    Column("against", "Which is"),
)


def comparison_section(results: SearchTermsResults) -> Section:
    """Return the tables and the chart of the origins."""
    lead = (
        "Every predictor on the same rows. “Explained” is the share of the Poisson deviance of one rate "
        "for all terms that is gone; the last column is the mean deviance minus that of the best other "
        "baseline, below 0 where the predictor is better. Intervals draw terms anew, whole: the days of "
        "one term are no independent rows."
    )
    blocks: list[Block] = [_chart(results)]
    blocks += [_table(results, split) for split in _CAPTIONS if results.comparison.get(split)]
    return Section("comparison", "Which predictor", blocks, lead=lead, short="Comparison")


def _table(results: SearchTermsResults, split: str) -> Table:
    kept = results.facts["predictor"]
    rows = [
        {
            **{key: row.get(key) for key in _FIGURES},
            "name": predictor_title(row["name"]) + (" ✓" if row["name"] == kept else ""),
            "against": _SHORT.get(str(row.get("against"))),
        }
        for row in results.comparison[split]
    ]
    told = flat(rows, *_FIGURES)
    shown = [column for column in _COLUMNS if any(row.get(column.key) is not None for row in told)]
    keys = ["name", *(f"{key}{end}" for key in _FIGURES for end in ("", "_low", "_high")), "against"]
    return Table(
        f"{split}-table",
        _CAPTIONS[split],
        from_rows(f"comparison_{split}", told, keys),
        tuple(shown),
        note="✓ is what predict uses: the lowest deviance on the validation days. The best other is "
        "chosen on these very rows, which flatters it. The CSV has MAE, RMSE and bias with their "
        "intervals.",
    )


def _chart(results: SearchTermsResults) -> Figure:
    rows = results.comparison["rolling"]
    names = [predictor_title(row["name"]) for row in rows]
    axis, phone, height = named_rows(names)
    single = results.comparison["by_origin"]
    layout = {
        "height": height + 24,
        "yaxis": axis,
        "xaxis": {"nticks": 7, "tickformat": ".0%", "title": {"text": "explained"}, "range": _range(results)},
        "showlegend": True,
    }
    keys = ["origin", "name", "rows", "observed", "poisson_deviance", "explained"]
    return Figure(
        "origins-chart",
        "Share of the deviance explained",
        "Large: all test days, with the 95 % interval over terms; small: single origins. What lies below "
        "0 is worse than one rate for all terms; far below, it is not drawn.",
        from_rows("by_origin", single, keys),
        {
            "": Drawing(
                [_means(rows, results.facts["predictor"]), _dots(rows, single)], layout, {"yaxis": phone}
            )
        },
        alternative="Dots: the share of the deviance that each predictor explains, in all and by origin.",
    )


def _range(results: SearchTermsResults) -> list[float]:
    """Return what is drawn: all that is better than one rate for all, and a little below it."""
    held = [row["explained"] for row in results.comparison["rolling"]]
    told = [one for one in held if (one["value"] or 0.0) > _FAR_BELOW]
    highest = max((one["high"] or one["value"] or 0.0 for one in told), default=0.0)
    lowest = min((one["low"] or one["value"] or 0.0 for one in told), default=0.0)
    return [max(min(lowest, 0.0) - 0.02, _FAR_BELOW), max(highest, 0.05) + 0.03]


def _means(rows: list[dict[str, Any]], kept: str) -> Trace:
    figures = [row["explained"] for row in rows]
    name = "All origins; in the first colour, what predict uses"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "meta": name,
        "x": [told["value"] for told in figures],
        "y": list(range(len(rows))),
        "marker": {"size": 12, "color": ["--credit" if row["name"] == kept else "--c2" for row in rows]},
        "error_x": whiskers(figures),
        "customdata": [[predictor_title(row["name"]), spoken(row["explained"], 3)] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b><br>explained %{customdata[1]}<extra></extra>",
        "showlegend": False,
    }


def _dots(rows: list[dict[str, Any]], single: list[dict[str, Any]]) -> Trace:
    places = {row["name"]: place for place, row in enumerate(rows)}
    shown = [row for row in single if row["name"] in places and row["explained"] is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "One origin; the large dot is all together",
        "meta": "One origin; the large dot is all together",
        "x": [row["explained"] for row in shown],
        "y": [places[row["name"]] for row in shown],
        "marker": {"size": 6, "color": "--grey"},
        "customdata": [[row["origin"]] for row in shown],
        "hovertemplate": "from %{customdata[0]}: %{x:.1%}<extra></extra>",
    }
