"""Lift tests: credit before and after them, and the weight each test got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.attribution.calibration import CALIBRATED
from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.data import Dataset, from_rows
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, plain
from wanamaker.reports.numbers import NARROW, column_decimals, figure, number, percent, period
from wanamaker.reports.page import Block, Prose, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

    Rows = list[dict[str, Any]]

_SOURCE = "incremental"
_NORMAL_95 = 1.96
_WHOLE = "whole log"
_MORE = 1.005
"""From this on, the model's errors were enlarged."""

_ISO_DAY = len("2025-01-31")
_SMALLEST_PART = 0.02
"""Tests of a smaller part of the touch's credit are not drawn beside that of the whole log."""

_KEYS = (
    *(
        "touch",
        "start",
        "end",
        "days",
        "conversions",
        "standard_error",
        "low",
        "high",
        "credited",
        "weight",
        "error_factor",
    ),
    *("before", "before_low", "before_high", "after", "after_low", "after_high"),
)


def calibration_section(view: View) -> Section | None:
    """Return the section, or None without lift tests."""
    tests = view.results.calibration
    if not tests:
        return None
    start, end = view.results.metadata.get("period") or (None, None)
    rows = [_told(test, (start, end)) for test in tests]
    data = from_rows("lift_tests", rows, _KEYS)
    blocks: list[Block] = [Prose((_moved(view, rows),)), _figure(rows, data), _table(rows, data)]
    lead = (
        "A lift test keeps a touch from some users at random, and so measures its effect without any model. "
        "Model and test are averaged by their precision: the surer one has more weight."
    )
    return Section("lift-tests", "What lift tests changed", blocks, lead=lead, short="Lift tests")


def _told(test: dict[str, Any], log: tuple[str | None, str | None]) -> dict[str, Any]:
    reach = _NORMAL_95 * test["standard_error"]
    return {
        **test,
        "days": _days((test.get("start"), test.get("end")), log),
        "low": test["conversions"] - reach,
        "high": test["conversions"] + reach,
    }


def _days(ends: tuple[str | None, str | None], log: tuple[str | None, str | None]) -> str:
    """Return the days of a test; those of the whole log, or none, are called so."""
    start, end = ends
    if all(day is None or day == (bound or "")[:_ISO_DAY] for day, bound in zip(ends, log, strict=True)):
        return _WHOLE
    if start is None or end is None:
        return f"from {start}" if end is None else f"to {end}"
    return period(start, end)[0]


def _names(rows: Rows) -> list[str]:
    """Return the touch of each test, with its days where a touch has several tests."""
    touches = [row["touch"] for row in rows]
    return [
        touch if touches.count(touch) == 1 else f"{touch}, {row['days']}"
        for touch, row in zip(touches, rows, strict=True)
    ]


def _moved(view: View, rows: Rows) -> str:
    """Say how much credit the tests moved, and where it went."""
    touches = {row["touch"]: row["after"] - row["before"] for row in rows}
    up, down = (sum(move for move in touches.values() if move * sign > 0) for sign in (1, -1))
    baselines = [
        float(view.credit.filter(model=model, touch=BASELINE)["conversions"].sum())
        for model in (_SOURCE, CALIBRATED)
    ]
    one = len(rows) == 1
    tests, give = ("The test takes", "gives") if one else (f"The {len(rows)} tests take", "give")
    return (
        f"{tests} {number(-down)} conversions from touches and {give} them {number(up)}. The total stays: "
        f"the baseline goes from {number(baselines[0])} to {number(baselines[1])}. Touches without a test "
        "stay as they were, unless the baseline would fall below zero."
    )


def _figure(rows: Rows, data: Dataset) -> Figure:
    names = _names(rows)
    axis, phone, height = named_rows(names)
    height += 14 * len(rows)
    traces = [
        _points("Model before", names, [_model(row, "before") for row in rows], "--grey", -0.24),
        _points("Lift test", names, [_carried(row) for row in rows], "--spend", 0.0),
        _points("After", names, [_model(row, "after") for row in rows], "--credit", 0.24),
    ]
    layout = {
        "height": height,
        "yaxis": axis,
        "xaxis": {"zeroline": True, "nticks": 7, "tickformat": ",~f"},
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "lift-chart",
        "Credited conversions before and after, with the tests",
        f"Lines: 95{NARROW}% intervals. A test of a part of the log is drawn as if it had found the same "
        "over the whole log, by the part of the touch's credit that fell into its days.",
        data,
        {"": Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 6}})},
        alternative="For each test: credit before, the test, and credit after; the table has the numbers.",
    )


_Mark = tuple[float | None, float | None, float | None]


def _model(row: dict[str, Any], key: str) -> _Mark:
    return row[key], row[f"{key}_low"], row[f"{key}_high"]


def _carried(row: dict[str, Any]) -> _Mark:
    """Return the test with its interval on the scale of the whole log, if it is of enough of it."""
    part = row["credited"] / row["before"] if row["before"] else 0.0
    if part < _SMALLEST_PART:
        return None, None, None
    return row["conversions"] / part, row["low"] / part, row["high"] / part


def _points(title: str, names: list[str], marks: list[_Mark], colour: str, shift: float) -> Trace:
    shown = [
        [plain(name), number(value), f"{number(low)} – {number(high)}"]
        for name, (value, low, high) in zip(names, marks, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [value for value, _, _ in marks],
        "y": [place + shift for place in range(len(marks))],
        "name": title,
        "marker": {"symbol": "circle", "size": 10, "color": colour},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [_gap(high, value) for value, _, high in marks],
            "arrayminus": [_gap(value, low) for value, low, _ in marks],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        "cliponaxis": False,
        "customdata": shown,
        "hovertemplate": f"<b>%{{customdata[0]}}</b><br>{title}: %{{customdata[1]}} "
        "(%{customdata[2]})<extra></extra>",
    }


def _gap(upper: float | None, lower: float | None) -> float | None:
    return None if upper is None or lower is None else max(0.0, upper - lower)


def _table(rows: Rows, data: Dataset) -> Table:
    decimals = column_decimals([row[key] for row in rows for key in ("before", "after")])
    interval = f"95{NARROW}% interval"

    def amount(key: str, title: str, help_: str = "", upper: str | None = None) -> Column:
        return Column(key, title, "number", decimals, upper=upper, help=help_)

    columns = [
        Column("touch", "Touch", "name"),
        Column("days", "Days of the test"),
        amount("conversions", "Test found", "Incremental conversions in its days"),
        amount("low", interval, "Of the test", "high"),
        amount("credited", "Model, same days", "What the model credits in these days"),
        Column("weight", "Weight of test", "percent", 0, help="The rest is the model's"),
        amount("before", "Before", "Credit over the whole log, by the model"),
        amount("before_low", interval, "Of the credit before", "before_high"),
        amount("after", "After", "Credit over the whole log, by model and tests"),
        amount("after_low", interval, "Of the credit after", "after_high"),
    ]
    if all(row["days"] == _WHOLE for row in rows):
        columns = [column for column in columns if column.key not in ("days", "credited")]
    most = max(rows, key=lambda row: row["weight"])
    note = (
        f"A weight of {percent(most['weight'], 0)} means that the credit of the touch follows the test to "
        "that part, and the model for the rest."
    )
    factor = most.get("error_factor") or 1.0
    if factor > _MORE:
        note += (
            f" Tests and model disagree by more than chance, so the model's errors count {figure(factor)} "
            "times as large."
        )
    return Table("lift-table", "Every lift test", data, tuple(columns), shown=25, note=note)
