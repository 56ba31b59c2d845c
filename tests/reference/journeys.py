"""Journeys as the documentation defines them, in dicts and lists: slow, obvious, and no numpy.

A log is a list of dicts, in the log's order. Times are whole seconds, or None.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Rules:
    """What the caller asked for; durations in seconds."""

    lookback: int | dict[str, int] | None = None
    max_touches: int | None = None
    collapse: bool = False
    censor_at: int | None = None
    landmark: tuple[int, int] | None = None
    conversion_id: bool = False
    conversion_time: bool = False


@dataclass
class Journey:
    """One journey as it should come out."""

    owner: Any
    goal: str
    touches: list[str]
    times: list[int]
    converted: bool
    ended: int | None
    value: float
    uncut: int
    spent: dict[str, float] = field(default_factory=dict)

    def key(self) -> tuple[Any, ...]:
        """Everything that can be compared, in a form that sorts."""
        ended = -1 if self.ended is None else self.ended
        before = [ended - time for time in self.times]
        spent = sorted(item for item in self.spent.items() if item[1])
        return (
            repr(self.owner),
            self.goal,
            self.touches,
            before,
            self.converted,
            ended,
            self.value,
            self.uncut,
            spent,
        )


@dataclass
class Touch:
    time: int
    name: str
    kind: str | None
    cost: float


@dataclass
class Conversion:
    time: int | None
    value: float


def name_of(row: dict[str, Any]) -> str | None:
    """Names are trimmed; an empty name is none."""
    text = row.get("touch")
    text = None if text is None else str(text).strip()
    return text or None


def from_flags(rows: list[dict[str, Any]], rules: Rules) -> list[Journey]:
    """Form (a): the touch's own row says that a conversion follows it."""
    rows = list(rows)
    tells = [place for place, row in enumerate(rows) if row["flag"]]
    if rules.conversion_id:
        tells = last_of_each_id(rows, tells, rules)
    timelines: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for place, row in enumerate(rows):
        add_touch(timelines, row, place, row["user"])
    for place in tells:
        add_conversion(timelines, rows[place], place, rows[place]["user"], rules)
    return cut_all(timelines, "", rules)


def from_event_rows(
    rows: list[dict[str, Any]], goals: list[str], touch_events: list[str], rules: Rules
) -> list[Journey]:
    """Form (b): conversions are rows of their own; every goal has journeys of its own."""
    found = []
    rows = list(rows)
    for goal in goals:
        timelines: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
        for place, row in enumerate(rows):
            is_touch = row["event"] in touch_events if touch_events else row["event"] not in goals
            if is_touch:
                add_touch(timelines, row, place, row["user"])
        tells = [place for place, row in enumerate(rows) if row["event"] == goal]
        if rules.conversion_id:
            tells = last_of_each_id(rows, tells, rules)
        for place in tells:
            add_conversion(timelines, rows[place], place, rows[place]["user"], rules)
        found += cut_all(timelines, goal if len(goals) > 1 else "", rules)
    return found


def from_identified(rows: list[dict[str, Any]], rules: Rules, *, users: bool = True) -> list[Journey]:
    """Form (c): each row names its journey; any flag in it labels the whole journey."""
    groups: dict[Any, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[(row["user"], row["journey"]) if users else (row["journey"],)].append((place, row))
    found = []
    by_user: dict[Any, tuple[list[Touch], list[Conversion]]] = defaultdict(lambda: ([], []))
    for owner, members in groups.items():
        touches, conversion = one_identified(members, rules)
        if rules.landmark is not None:
            mine = by_user[owner[:1]]
            mine[0].extend(touches)
            mine[1].extend([] if conversion is None else [conversion])
            continue
        touches, conversions = censor(touches, [conversion] if conversion else [], rules)
        if touches or conversions:
            now = touches[-1].time if touches else None
            found.append(finish(owner, "", touches, next(iter(conversions), None), now, rules))
    for owner, (touches, conversions) in by_user.items():
        found += landmark(owner, "", sorted(touches, key=lambda touch: touch.time), conversions, rules)
    return found


def one_identified(
    members: list[tuple[int, dict[str, Any]]], rules: Rules
) -> tuple[list[Touch], Conversion | None]:
    """Return one journey's touches in time, and its conversion."""
    known = [(row["time"], place, row) for place, row in members if row["time"] is not None and name_of(row)]
    ordered = sorted(known, key=lambda entry: entry[:2])
    touches = [
        Touch(row["time"], name_of(row), row.get("kind"), row.get("cost") or 0) for _, _, row in ordered
    ]
    flagged = [row for _, row in members if row["flag"]]
    if not flagged:
        return touches, None
    told = [
        row["conversion_time"]
        for row in flagged
        if rules.conversion_time and row["conversion_time"] is not None
    ]
    rows = [row["time"] for _, row in members if row["time"] is not None]
    time = max(told) if told else touches[-1].time if touches else max(rows, default=None)
    touches = [touch for touch in touches if time is None or touch.time <= time]
    # Every row of a journey is expected to repeat its value.
    return touches, Conversion(time, flagged[0].get("value") or 0)


def last_of_each_id(rows: list[dict[str, Any]], tells: list[int], rules: Rules) -> list[int]:
    """A conversion told by several rows counts once, at the last of them; rows without an id each count.

    Its value is the last that any of them gives; it is written into the row that stays.
    """
    chosen = [place for place in tells if rows[place]["conversion_id"] is None]
    groups = defaultdict(list)
    for place in tells:
        if rows[place]["conversion_id"] is not None:
            groups[rows[place]["user"], rows[place]["conversion_id"]].append(place)

    def when(place: int) -> tuple[Any, ...]:
        time, own = moment(rows[place], rules), rows[place]["time"]
        first = float("-inf")
        return (first if time is None else time, first if own is None else own, place)

    for places in groups.values():
        valued = [place for place in places if rows[place].get("value") is not None]
        last = max(places, key=when)
        rows[last] = {**rows[last], "value": rows[max(valued, key=when)]["value"] if valued else None}
        chosen.append(last)
    return sorted(chosen)


def moment(row: dict[str, Any], rules: Rules) -> int | None:
    if rules.conversion_time and row.get("conversion_time") is not None:
        return int(row["conversion_time"])
    return None if row["time"] is None else int(row["time"])


def add_touch(timelines: dict[Any, list[Any]], row: dict[str, Any], place: int, owner: Any) -> None:
    name = name_of(row)
    if owner is None or row["time"] is None or name is None:
        return
    touch = Touch(row["time"], name, row.get("kind"), row.get("cost") or 0)
    timelines[owner].append((row["time"], 0, place, 0, touch))


def add_conversion(
    timelines: dict[Any, list[Any]], row: dict[str, Any], place: int, owner: Any, rules: Rules
) -> None:
    """A conversion without a time of its own follows its row; with one, all touches of that time."""
    time = moment(row, rules)
    tie = (1, place, 0) if rules.conversion_time else (0, place, 1)
    first = float("-inf") if time is None else time
    timelines[owner].append((first, *tie, Conversion(time, row.get("value") or 0)))


def cut_all(timelines: dict[Any, list[Any]], goal: str, rules: Rules) -> list[Journey]:
    found = []
    for owner, timeline in timelines.items():
        ordered = [entry[-1] for entry in sorted(timeline, key=lambda entry: entry[:-1])]
        if rules.landmark is not None:
            touches = [event for event in ordered if isinstance(event, Touch)]
            conversions = [event for event in ordered if isinstance(event, Conversion)]
            found += landmark((owner,), goal, touches, conversions, rules)
            continue
        found += cut((owner,), goal, ordered, rules)
    return found


def cut(owner: Any, goal: str, events: list[Touch | Conversion], rules: Rules) -> list[Journey]:
    """All touches up to and including a conversion are one journey; after it a new one begins."""
    found, open_touches = [], []
    for event in events:
        if rules.censor_at is not None and event.time is not None and event.time >= rules.censor_at:
            continue
        if isinstance(event, Touch):
            open_touches.append(event)
        else:
            found.append(finish(owner, goal, open_touches, event, event.time, rules))
            open_touches = []
    if open_touches:
        found.append(finish(owner, goal, open_touches, None, open_touches[-1].time, rules))
    return found


def landmark(
    owner: Any, goal: str, touches: list[Touch], conversions: list[Conversion], rules: Rules
) -> list[Journey]:
    """Touches before T0; converted if a conversion falls in [T0, T0 + horizon)."""
    start, horizon = rules.landmark
    touches, conversions = censor(touches, conversions, rules)
    before = [touch for touch in touches if touch.time < start]
    after = [one for one in conversions if one.time is not None and start <= one.time < start + horizon]
    if owner == (None,):
        # Unknown users are not one user: each conversion is somebody's.
        return [finish(owner, goal, [], one, start, rules) for one in after]
    first = min(after, key=lambda one: one.time) if after else None
    journey = finish(owner, goal, before, first, start, rules)
    return [journey] if journey.touches or journey.converted else []


def censor(
    touches: list[Touch], conversions: list[Conversion], rules: Rules
) -> tuple[list[Touch], list[Conversion]]:
    limit = float("inf") if rules.censor_at is None else rules.censor_at
    stays = [one for one in conversions if one.time is None or one.time < limit]
    return [touch for touch in touches if touch.time < limit], stays


def finish(
    owner: Any, goal: str, touches: list[Touch], conversion: Conversion | None, now: int | None, rules: Rules
) -> Journey:
    kept = [touch for touch in touches if within(touch, now, rules)]
    if rules.collapse:
        kept = [
            touch
            for place, touch in enumerate(kept)
            if place + 1 == len(kept) or kept[place + 1].name != touch.name
        ]
    uncut = len(kept)
    kept = kept if rules.max_touches is None else kept[-rules.max_touches :]
    spent: dict[str, float] = defaultdict(float)
    for touch in touches:
        spent[touch.name] += touch.cost
    ended = conversion.time if conversion else touches[-1].time if touches else None
    return Journey(
        owner=owner,
        goal=goal,
        touches=[touch.name for touch in kept],
        times=[touch.time for touch in kept],
        converted=conversion is not None,
        ended=ended,
        value=conversion.value if conversion else 0,
        uncut=uncut,
        spent=dict(spent),
    )


def within(touch: Touch, now: int | None, rules: Rules) -> bool:
    """A touch exactly at the lookback belongs."""
    reach = rules.lookback.get(touch.kind) if isinstance(rules.lookback, dict) else rules.lookback
    return reach is None or now is None or now - touch.time <= reach
