"""What each method does and when it misleads, and the proof that credit adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import count
from wanamaker.reports.page import Block, Facts, Prose, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_EXACT = 1e-9
"""Differences below this share of the total are the rounding of floating-point numbers."""

_KEYS = (
    *("model", "credit", "conversions", "difference", "baseline"),
    *("credited_value", "value", "value_difference", "adds_up", "conserves"),
)
_SOMETIMES = ("baseline", "credited_value", "value", "value_difference")
_CONSERVES = {"journey": "each journey", "total": "in total"}


def methods_section(view: View) -> Section:
    """Return the section."""
    alike: dict[tuple[str, str], list[str]] = {}
    for model in view.models:
        known = view.method(model)
        alike.setdefault((known.get("summary", ""), known.get("misleads", "")), []).append(model)
    facts = [(", ".join(models), *words) for words, models in alike.items()]
    left_out = view.results.metadata.get("left_out") or {}
    facts += [
        (name, "Left out: it does not apply to these journeys.", reason) for name, reason in left_out.items()
    ]
    title = "What each method does and when it misleads"
    return Section("methods", title, [Facts(tuple(facts), style="terms")], short="Methods")


def conservation_section(view: View) -> Section:
    """Return the section that compares each method's sum of credit with the conversions."""
    rows = conserved(view)
    total = view.results.summary["headline"]["conversions"]
    wrong = [row["model"] for row in rows if row["adds_up"] != "yes"]
    if wrong:
        line = f"Credit does not add up for {', '.join(wrong)}: do not use these numbers, and report a fault."
    else:
        line = f"Sum of credit = {count(total)} conversions, by {_all(len(rows))}."
    lead = "No conversion is counted twice and none is lost; tiny differences are rounding in the computer."
    blocks: list[Block] = [Prose((line,), style="proof"), _books(rows)]
    return Section("conservation", "The credit adds up", blocks, lead=lead, short="Proof of sums")


def _books(rows: list[dict[str, Any]]) -> Table:
    decimals = 0 if all(_whole(row["conversions"]) for row in rows) else 2
    columns = [
        Column("model", "Method", "name"),
        Column("credit", "Sum of credit", "number", decimals),
        Column("conversions", "Conversions", "number", decimals),
        Column("difference", "Difference", "small", help="Sum of credit minus conversions"),
        Column("baseline", "Baseline", "number", decimals, help="Part of the sum that no touch earned"),
        Column("credited_value", "Sum of value", "number", 2),
        Column("value_difference", "Difference", "small", help="Credited value minus value"),
        Column("adds_up", "Adds up"),
        Column("conserves", "Where"),
    ]
    empty = [key for key in _SOMETIMES if all(row[key] is None for row in rows)]
    data = from_rows("conservation", rows, [key for key in _KEYS if key not in empty])
    shown = tuple(column for column in columns if column.key not in empty)
    note = "" if "baseline" in empty else "Sums count the rows in parentheses, (baseline) and (unattributed)."
    return Table("conservation-table", "Credit against the books", data, shown, shown=50, note=note)


def conserved(view: View) -> list[dict[str, Any]]:
    """Return each method's sum of credit beside the conversions (and value), and how far they are apart."""
    head = view.results.summary["headline"]
    table = view.credit
    baseline = pl.col("conversions").filter(pl.col("touch") == BASELINE)
    sums = table.group_by("model", maintain_order=True).agg(
        pl.col("conversions", "value").sum(), pl.when(baseline.len() > 0).then(baseline.sum()).alias("anyway")
    )
    valued = head.get("value") is not None and view.has("value")
    rows = []
    for model, credited, credited_value, anyway in sums.iter_rows():
        difference = credited - head["conversions"]
        off = credited_value - head["value"] if valued else None
        good = _exact(difference, head["conversions"]) and (off is None or _exact(off, head["value"]))
        where = view.method(model).get("conserves", "total")
        rows.append(
            {
                "model": model,
                "credit": credited,
                "baseline": anyway,
                "conversions": head["conversions"],
                "difference": difference,
                "credited_value": credited_value if valued else None,
                "value": head.get("value") if valued else None,
                "value_difference": off,
                "adds_up": "yes" if good else "NO",
                "conserves": _CONSERVES.get(where, where),
            }
        )
    return rows


def _exact(difference: float, total: float) -> bool:
    return abs(difference) <= _EXACT * max(1.0, abs(total))


def _whole(value: float) -> bool:
    return float(value).is_integer()


def _all(methods: int) -> str:
    return "the one method" if methods == 1 else f"each of the {methods} methods"
