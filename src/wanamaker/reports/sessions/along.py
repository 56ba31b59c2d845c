"""Some sessions along their time line: what each event did to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import Dataset, from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure, Trace, plain
from wanamaker.reports.numbers import NARROW, percent, shorten
from wanamaker.reports.page import Block, Choice, Chooser, Section, Spoken
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults

_SESSION = "session"
_METHODS = {"removal": "Removal", "integrated_gradients": "Integrated gradients"}
_COLOURS = {"removal": "--c0", "integrated_gradients": "--c2"}
_CHANCE = {
    "overlaying": "y",
    "side": "right",
    "range": [0, 100],
    "showgrid": False,
    "tickmode": "array",
    "tickvals": [0, 25, 50, 75, 100],
    "ticktext": [f"{share}{NARROW}%" for share in (0, 25, 50, 75, 100)],
}
_REMOVAL = (
    "Effects are in log-odds before calibration. Removal: how far the answer falls if it were not known; "
    "such "
    "effects need not add up."
)
_GRADIENTS = (
    " An event that is removed had never been. Integrated gradients share out the whole way from a session "
    "of "
    "unknown events. Where the two disagree on a sign, believe neither."
)
_MINUTE, _HOUR = 60, 3_600


def along_choices(results: SessionsResults) -> tuple[Choice, ...]:
    """Return the choice of the session that is shown; none where there is nothing to choose."""
    shown = results.explained.get("sessions") or []
    return (Choice(_SESSION, "Session", tuple(_titled(row) for row in shown)),) if shown else ()


def along_section(results: SessionsResults) -> Section | None:
    """Return sessions to choose from, each with the effects of its events and features."""
    shown = results.explained.get("sessions") or []
    if not shown:
        return None
    choice = along_choices(results)[0]
    texts = {str(place): _spoken(row) for place, row in enumerate(shown)}
    blocks: list[Block] = [
        Chooser("session-choice", (choice,)),
        Spoken("session-told", (_SESSION,), texts, "0"),
    ]
    if any(row["events"] for row in shown):
        blocks += [_chart(shown), _events(shown)]
    if any(row["features"] for row in shown):
        blocks.append(_features(shown))
    lead = _REMOVAL + (_GRADIENTS if results.facts["has_events"] else "")
    title = (
        "Some sessions, event by event"
        if results.facts["has_events"]
        else "Some sessions, and what moved them"
    )
    return Section("along", title, blocks, lead=lead, short="Single sessions")


def _titled(row: dict[str, Any]) -> str:
    return f"{shorten(row['session'], 16)}: {percent(row['prediction'], 0)}, {row['which']}"


def _spoken(row: dict[str, Any]) -> str:
    came = "yes" if row["label"] else "no"
    events = f" after {len(row['events'])} events" if row["events"] else ""
    return f"Predicted{events}: {percent(row['prediction'], 1)}. What happened: {came}."


def _chart(shown: list[dict[str, Any]]) -> Figure:
    drawings = {str(place): _drawing(row["events"]) for place, row in enumerate(shown) if row["events"]}
    return Figure(
        "along-chart",
        "Along the session",
        "Bars: the effect of each event on the answer at the end (left scale, log-odds). Line: the "
        "probability "
        "after each event (right scale).",
        _data(shown),
        drawings,
        by=(_SESSION,),
        chosen="0" if "0" in drawings else next(iter(drawings)),
        alternative="Bars: the effect of each event by two methods; a line: the probability after each "
        "event.",
    )


def _drawing(events: list[dict[str, Any]]) -> Drawing:
    places = list(range(1, len(events) + 1))
    chances = [None if event["probability"] is None else event["probability"] * 100 for event in events]
    traces = [_effects(events, method, title) for method, title in _METHODS.items()]
    if any(chance is not None for chance in chances):
        hover = "after this event: %{y:.1f} %<extra></extra>"
        more: dict[str, Any] = {"mode": "lines+markers", "yaxis": "y2", "hovertemplate": hover}
        traces.append(line(places, chances, "Probability", "--ink", **more))
    layout = {
        "height": 430,
        "barmode": "group",
        "xaxis": {
            "tickvals": places,
            "ticktext": [
                f"{plain(shorten(event['event'] or '–', 22))}<br>{_moment(event)}" for event in events
            ],
            "tickangle": -40,
            "showgrid": False,
            "range": [0.4, len(events) + 0.6],
        },
        "yaxis": {"title": {"text": "effect, log-odds"}, "nticks": 6, "zeroline": True},
        "yaxis2": dict(_CHANCE),
        "margin": {"b": 130, "r": 56},
        "hovermode": "closest",
        "showlegend": True,
    }
    phone = {"xaxis": {"tickvals": places, "ticktext": [str(place) for place in places], "tickangle": 0}}
    return Drawing(traces, layout, phone)


def _effects(events: list[dict[str, Any]], method: str, title: str) -> Trace:
    return {
        "type": "bar",
        "name": title,
        "meta": title,
        "x": list(range(1, len(events) + 1)),
        "y": [_rounded(event[method]) for event in events],
        "marker": {"color": _COLOURS[method]},
        "customdata": [plain(event["event"] or "") for event in events],
        "hovertemplate": f"<b>%{{customdata}}</b><br>{title}: %{{y:.2f}}<extra></extra>",
    }


def _moment(event: dict[str, Any]) -> str:
    """Return when an event came, from the session's first one.

    Examples
    --------
    >>> _moment({"seconds": 75.0})
    '+1:15'
    """
    seconds = event.get("seconds")
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole >= _HOUR:
        return f"+{whole // _HOUR}:{whole % _HOUR // _MINUTE:02d}:{whole % _MINUTE:02d}"
    return f"+{whole // _MINUTE}:{whole % _MINUTE:02d}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _data(shown: list[dict[str, Any]]) -> Dataset:
    rows = [
        {"session": _titled(row), **event, "after": _moment(event)}
        for row in shown
        for event in row["events"]
    ]
    keys = ["session", "position", "event", "after", "seconds", "probability", *_METHODS]
    return from_rows("along", rows, keys)


def _events(shown: list[dict[str, Any]]) -> Table:
    columns = (
        Column("position", "Event", "number"),
        Column("event", "What", "name"),
        Column("after", "At"),
        Column("probability", "Probability after it", "percent", 1),
        *(Column(method, title, "number", 2) for method, title in _METHODS.items()),
    )
    return Table(
        "along-table",
        "Event by event",
        _data(shown),
        columns,
        by=(_SESSION,),
        chosen=(_titled(shown[0]),),
        shown=25,
    )


def _features(shown: list[dict[str, Any]]) -> Table:
    rows = [{"session": _titled(row), **feature} for row in shown for feature in row["features"]]
    columns = (
        Column("name", "Known of the session", "name"),
        Column("value", "Value"),
        Column("removal", "Effect, log-odds", "number", 2),
    )
    return Table(
        "along-features",
        "What is known of the session",
        from_rows("along_features", rows, ["session", "name", "value", "removal"]),
        columns,
        by=(_SESSION,),
        chosen=(_titled(shown[0]),),
        note="The largest; + raises the prediction.",
    )
