"""Random logs and journeys for property tests, with ties, bursts, blanks and ids that collide when glued."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

INTEGER_IDS: list[Any] = [1, 11, 111, 0, -1]
TEXT_IDS: list[Any] = ["1", "11", "1|1", "", "É"]
UUID_IDS: list[Any] = [str(uuid.UUID(int=number)) for number in (1, 11, 111, 2**100)]
ID_POOLS = [INTEGER_IDS, TEXT_IDS, UUID_IDS]

TOUCHES = ["a", "b", "c", "direct", " a ", "b\t", "ß > x"]
EVENTS = ["view", "click", "buy", "sign up", None]
KINDS = ["view", "click"]


def times() -> st.SearchStrategy[int]:
    """Whole seconds: a burst with many ties, and a spread around the lookbacks used here (10 and 20)."""
    return st.one_of(st.integers(0, 4), st.integers(0, 60))


@st.composite
def logs(draw: st.DrawFn, *, blanks: bool = True, max_size: int = 40) -> list[dict[str, Any]]:
    """Rows in random order: some with no user, time, touch or flag where blanks are asked for."""

    def maybe(strategy: st.SearchStrategy[Any], often: int = 15) -> st.SearchStrategy[Any]:
        return st.one_of(*[strategy] * often, st.none()) if blanks else strategy

    pool = draw(st.sampled_from(ID_POOLS))
    users = pool[: draw(st.integers(1, 4))]
    flags = [False] * draw(st.sampled_from([1, 3, 7])) + [True]
    size = draw(st.sampled_from([1, 10, max_size // 2]))
    goes_on = st.one_of(st.just(0), st.integers(0, 15))
    row = st.fixed_dictionaries(
        {
            "user": maybe(st.sampled_from(users)),
            "journey": st.sampled_from(pool[:3]),
            "time": maybe(times()),
            "touch": maybe(st.sampled_from(TOUCHES)),
            "flag": maybe(st.sampled_from(flags)),
            "event": st.sampled_from(EVENTS),
            "conversion_id": st.one_of(st.none(), st.integers(0, 2)),
            "conversion_time": maybe(goes_on, 4),
            "kind": st.sampled_from(KINDS),
            "cost": maybe(st.integers(0, 9)),
            "value": maybe(st.integers(-2, 9)),
        }
    )
    rows = draw(st.lists(row, min_size=size, max_size=max_size))
    for one in rows:
        if one["conversion_time"] is not None:
            # Drawn as a delay, so that no conversion is before the touch that it follows.
            one["conversion_time"] = None if one["time"] is None else one["time"] + one["conversion_time"]
    return rows


def frame_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return rows of `logs` as a table with proper types, also where a column is blank throughout."""
    example = next((row["user"] for row in rows if row["user"] is not None), 0)
    ids = pl.String if isinstance(example, str) else pl.Int64
    labels = pl.String if isinstance(rows[0]["journey"], str) else pl.Int64
    schema = {
        "user": ids,
        "journey": labels,
        "time": pl.Int64,
        "touch": pl.String,
        "flag": pl.Boolean,
        "event": pl.String,
        "conversion_id": pl.Int64,
        "conversion_time": pl.Int64,
        "kind": pl.String,
        "cost": pl.Float64,
        "value": pl.Float64,
    }
    return pl.DataFrame(list(rows), schema=schema)


@st.composite
def random_journeys(
    draw: st.DrawFn, *, names: Sequence[str] = ("a", "b", "c", "direct")
) -> list[dict[str, Any]]:
    """Journeys put together already: touches with times, label, value, cost, user, segment and day."""
    touch = st.tuples(st.sampled_from(list(names)), st.integers(0, 20 * 86_400), st.integers(0, 9))
    one = st.fixed_dictionaries(
        {
            "raw": st.lists(touch, min_size=1, max_size=8),
            "converted": st.booleans(),
            "value": st.integers(-3, 50),
            "user": st.integers(0, 5),
            "segment": st.sampled_from(["north", "south"]),
        }
    )
    found = draw(st.lists(one, min_size=1, max_size=10))
    found[draw(st.integers(0, len(found) - 1))]["converted"] = True
    for number, journey in enumerate(found):
        raw = sorted(journey.pop("raw"), key=lambda touch: touch[1])
        journey["journey"] = number
        journey["touches"] = [name for name, _, _ in raw]
        journey["times"] = [time for _, time, _ in raw]
        journey["costs"] = [cost for _, _, cost in raw]
    return found


def identified_log(journeys: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return journeys of `random_journeys` as a log of identified journeys, one row per touch."""
    rows = [
        {
            "uid": journey["user"],
            "journey": journey["journey"],
            "timestamp": time,
            "campaign": name,
            "conversion": journey["converted"],
            "value": float(journey["value"]),
            "cost": float(cost),
            "segment": journey["segment"],
        }
        for journey in journeys
        for name, time, cost in zip(journey["touches"], journey["times"], journey["costs"], strict=True)
    ]
    return pl.DataFrame(rows)
