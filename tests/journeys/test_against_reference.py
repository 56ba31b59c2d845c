"""Journeys of random logs are exactly those of the slow, obvious reference."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference import journeys as reference
from tests.reference.journeys import Rules
from tests.strategies import frame_of, logs

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

COMMON = {"time": "time", "touch": "touch", "cost": "cost", "value": "value", "time_unit": "s"}
CUTS = st.fixed_dictionaries(
    {
        "lookback": st.sampled_from([None, None, 3, 10, 20, {"view": 5, "click": 20}]),
        "max_touches": st.sampled_from([None, 1, 2, 5]),
        "collapse": st.booleans(),
        "censor_at": st.one_of(st.none(), st.integers(0, 60)),
    }
)


def options(rules: Rules) -> dict[str, Any]:
    """The same rules as the library's arguments."""
    given_options: dict[str, Any] = {"max_touches": rules.max_touches, "collapse": rules.collapse}
    if isinstance(rules.lookback, dict):
        given_options["lookback"] = {kind: f"{seconds}s" for kind, seconds in rules.lookback.items()}
        given_options["kind"] = "kind"
    else:
        given_options["lookback"] = None if rules.lookback is None else f"{rules.lookback}s"
    given_options["censor_at"] = rules.censor_at
    given_options["conversion_id"] = "conversion_id" if rules.conversion_id else None
    given_options["conversion_time"] = "conversion_time" if rules.conversion_time else None
    if rules.landmark is not None:
        given_options["landmark"] = (rules.landmark[0], f"{rules.landmark[1]}s")
    return given_options


def seconds(moment: datetime | None) -> int:
    return -1 if moment is None else int(moment.replace(tzinfo=UTC).timestamp())


def keys_of(journeys: Journeys, owner: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Everything that can be compared of the library's journeys, sorted as the reference's."""
    found = []
    for number, row in enumerate(journeys.to_frame().iter_rows(named=True)):
        if journeys.observation.landmark is not None and not row["touches"] and not row["converted"]:
            # Users whose touches are all too old: here for their costs alone, as the ledger's own test says.
            continue
        entries = slice(journeys.ledger.offsets[number], journeys.ledger.offsets[number + 1])
        spent: dict[str, float] = {}
        codes, amounts = journeys.ledger.touches[entries], journeys.ledger.amounts[entries]
        for code, amount in zip(codes, amounts, strict=True):
            spent[journeys.names[code]] = spent.get(journeys.names[code], 0) + amount
        found.append(
            (
                repr(tuple(row[name] for name in owner)),
                row.get("goal", ""),
                row["touches"],
                row["seconds_before_end"],
                row["converted"],
                seconds(row["ended"]),
                row["value"],
                int(journeys.uncut[number]),
                sorted(item for item in spent.items() if item[1]),
            )
        )
    return sorted(found, key=repr)


def agree(journeys: Journeys, expected: list[reference.Journey], owner: tuple[str, ...] = ("user",)) -> None:
    # Where nobody has a touch, "ended" of an unattributed conversion is all that times say.
    assert keys_of(journeys, owner) == sorted((journey.key() for journey in expected), key=repr)
    assert journeys.conversions.tolist() == [float(one) for one in journeys.converted]
    assert (journeys.conversions + journeys.nulls == 1).all()


@given(rows=logs(), cuts=CUTS)
def test_flags_are_cut_as_in_the_reference(rows, cuts):
    rules = Rules(**cuts)
    journeys = wm.journeys_from_events(
        frame_of(rows), user="user", converted="flag", **COMMON, **options(rules)
    )
    agree(journeys, reference.from_flags(rows, rules))


@given(rows=logs(), cuts=CUTS)
def test_flags_with_a_conversion_id_are_cut_as_in_the_reference(rows, cuts):
    rules = Rules(**cuts, conversion_id=True)
    journeys = wm.journeys_from_events(
        frame_of(rows), user="user", converted="flag", **COMMON, **options(rules)
    )
    agree(journeys, reference.from_flags(rows, rules))


@given(rows=logs(), cuts=CUTS, with_id=st.booleans())
def test_flags_with_a_conversion_time_are_cut_as_in_the_reference(rows, cuts, with_id):
    rules = Rules(**cuts, conversion_id=with_id, conversion_time=True)
    journeys = wm.journeys_from_events(
        frame_of(rows), user="user", converted="flag", **COMMON, **options(rules)
    )
    agree(journeys, reference.from_flags(rows, rules))


@given(
    rows=logs(),
    cuts=CUTS,
    goals=st.sampled_from([["buy"], ["buy", "sign up"]]),
    touch_events=st.sampled_from([[], ["click"], ["view", "click"]]),
)
def test_conversions_as_rows_are_cut_as_in_the_reference(rows, cuts, goals, touch_events):
    assume(set(goals) | set(touch_events) <= {row["event"] for row in rows})
    rules = Rules(**cuts)
    journeys = wm.journeys_from_events(
        frame_of(rows),
        user="user",
        event="event",
        conversions=goals,
        touch_events=touch_events,
        **COMMON,
        **options(rules),
    )
    agree(journeys, reference.from_event_rows(rows, goals, touch_events, rules))


@given(rows=logs(), cuts=CUTS, with_user=st.booleans(), with_time=st.booleans())
def test_identified_journeys_are_cut_as_in_the_reference(rows, cuts, with_user, with_time):
    owner = ("user", "journey") if with_user else ("journey",)
    told = {tuple(row[name] for name in owner): row["value"] for row in rows}
    rows = [row | {"value": told[tuple(row[name] for name in owner)]} for row in rows]
    rules = Rules(**cuts, conversion_time=with_time)
    journeys = wm.journeys_from_events(
        frame_of(rows),
        user="user" if with_user else None,
        journey="journey",
        converted="flag",
        **COMMON,
        **options(rules),
    )
    agree(journeys, reference.from_identified(rows, rules, users=with_user), owner)


@given(rows=logs(), cuts=CUTS, start=st.integers(1, 30), end=st.data(), with_time=st.booleans())
def test_landmarks_on_flags_are_as_in_the_reference(rows, cuts, start, end, with_time):
    later = [row["time"] for row in rows if row["time"] is not None and row["time"] > start]
    horizon = end.draw(st.sampled_from(later or [start + 1])) - start
    rules = Rules(**(cuts | {"censor_at": None}), landmark=(start, horizon), conversion_time=with_time)
    before = [row for row in rows if row["time"] is not None and row["time"] < start]
    assume(any(reference.name_of(row) and row["user"] is not None for row in before))
    journeys = wm.journeys_from_events(
        frame_of(rows), user="user", converted="flag", **COMMON, **options(rules)
    )
    agree(journeys, reference.from_flags(rows, rules))


@given(rows=logs(blanks=False), start=st.integers(5, 60), horizon=st.integers(1, 30))
def test_landmarks_on_identified_journeys_make_one_journey_per_user(rows, start, horizon):
    rules = Rules(landmark=(start, horizon))
    # Which of two conversions in the same second comes first is open, so all are worth the same, and so
    # is the order of touches of two journeys in the same second, so all have the same name.
    rows = [row | {"value": 1, "touch": "a"} for row in rows]
    assume(any(row["time"] < start for row in rows))
    journeys = wm.journeys_from_events(
        frame_of(rows), user="user", journey="journey", converted="flag", **COMMON, **options(rules)
    )
    agree(journeys, reference.from_identified(rows, rules))
    assert journeys.to_frame()["user"].is_unique().all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [60, 400])
def test_users_with_very_many_touches_and_ties_are_cut_as_in_the_reference(seed, size):
    random = np.random.default_rng(seed)
    rows = [
        {
            "user": int(random.integers(0, 3)),
            "time": int(random.integers(0, size // 8)),
            "touch": "abcdef"[random.integers(0, 6)],
            "flag": bool(random.random() < 0.1),
            "cost": float(random.integers(0, 5)),
            "value": 1.0,
        }
        for _ in range(3 * size)
    ]
    rules = Rules(lookback=10)
    journeys = wm.journeys_from_events(
        pl.DataFrame(rows), user="user", converted="flag", lookback="10s", **COMMON
    )
    agree(journeys, reference.from_flags(rows, rules))
