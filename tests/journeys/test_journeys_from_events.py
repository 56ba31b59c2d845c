"""Laws of journeys, each on the smallest log that shows it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import permutations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.strategies import frame_of, logs
from wanamaker.base.errors import DataWarning, UserError

quiet = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")
DAY = 86_400


def log(*rows: tuple, names: str = "uid timestamp campaign conversion") -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=names.split(), orient="row")


def touches(journeys: wm.Journeys) -> list[list[str]]:
    return journeys.to_frame()["touches"].to_list()


# --- The four cases -------------------------------------------------------------------------------


def test_touches_up_to_and_including_a_conversion_are_one_journey_and_a_new_one_begins_after_it():
    journeys = wm.journeys_from_events(
        log((1, 1, "a", 0), (1, 2, "b", 1), (1, 3, "c", 0), (1, 4, "a", 1), (1, 5, "b", 0))
    )
    assert touches(journeys) == [["a", "b"], ["c", "a"], ["b"]]
    assert journeys.converted.tolist() == [True, True, False]


def test_touches_of_a_user_who_never_converts_are_one_journey():
    journeys = wm.journeys_from_events(log((1, 1, "a", 0), (1, 2, "b", 0), (2, 1, "a", 1)))
    assert touches(journeys) == [["a", "b"], ["a"]]
    assert journeys.converted.tolist() == [False, True]


def test_rows_in_any_order_are_put_in_the_order_of_time():
    rows = [(1, 1, "a", 0), (1, 2, "b", 0), (1, 3, "c", 1), (1, 4, "d", 0)]
    for shuffled in permutations(rows):
        assert touches(wm.journeys_from_events(log(*shuffled))) == [["a", "b", "c"], ["d"]]


def test_ties_in_time_keep_the_order_of_the_log():
    names = ["d", "a", "c", "b"]
    for order in permutations(names):
        rows = [(1, 5, name, int(name == "b")) for name in order]
        cut = order.index("b") + 1
        expected = [list(order[:cut]), *([list(order[cut:])] if cut < 4 else [])]
        assert touches(wm.journeys_from_events(log(*rows))) == expected


@quiet
def test_a_conversion_row_at_the_time_of_a_touch_keeps_its_place_in_the_log():
    names = "uid timestamp campaign event"
    after = log((1, 5, None, "buy"), (1, 5, "a", "view"), (1, 5, "b", "view"), names=names)
    before = log((1, 5, "a", "view"), (1, 5, "b", "view"), (1, 5, None, "buy"), names=names)
    made = [
        wm.journeys_from_events(one, event="event", conversions=["buy"], lookback=None)
        for one in (after, before)
    ]
    assert touches(made[0]) == [[], ["a", "b"]]
    assert touches(made[1]) == [["a", "b"]]


# --- Lookback, length, collapsing -----------------------------------------------------------------


def test_a_touch_exactly_at_the_lookback_belongs_and_one_microsecond_before_does_not():
    rows = log((1, 0, "late", 0), (1, 1, "just", 0), (1, 30 * DAY * 10**6 + 1, "b", 1))
    assert touches(wm.journeys_from_events(rows, time_unit="us", lookback="30d")) == [["just", "b"]]
    longer = timedelta(days=30, microseconds=1)
    assert touches(wm.journeys_from_events(rows, time_unit="us", lookback=longer)) == [["late", "just", "b"]]


def test_the_lookback_is_thirty_days_unless_told_otherwise_and_none_has_no_limit():
    rows = log((1, 0, "old", 0), (1, 30 * DAY + 1, "b", 1))
    assert touches(wm.journeys_from_events(rows)) == [["b"]]
    assert touches(wm.journeys_from_events(rows, lookback=None)) == [["old", "b"]]


def test_a_journey_without_conversion_is_looked_back_on_from_its_last_touch():
    rows = log((1, 0, "old", 0), (1, 20, "a", 0), (1, 30, "b", 0))
    assert touches(wm.journeys_from_events(rows, lookback="10s")) == [["a", "b"]]


def test_the_lookback_of_a_conversion_with_its_own_time_is_measured_from_that_time():
    rows = log((1, 0, "a", 0, 35), (1, 30, "b", 1, 35), names="uid timestamp campaign conversion bought")
    for lookback, expected in (("35s", ["a", "b"]), ("34s", ["b"])):
        made = wm.journeys_from_events(rows, conversion_time="bought", lookback=lookback)
        assert touches(made) == [expected]


def test_each_kind_of_touch_has_its_own_lookback():
    rows = log(
        (1, 0, "a", "click", 0),
        (1, 10, "b", "view", 0),
        (1, 15, "c", "view", 0),
        (1, 20, "d", "click", 1),
        names="uid timestamp campaign kind conversion",
    )
    made = wm.journeys_from_events(rows, kind="kind", lookback={"view": "5s", "click": "20s"})
    assert touches(made) == [["a", "c", "d"]]


@quiet
def test_the_last_touches_are_kept_and_the_label_stays():
    rows = [(1, place, f"t{place}", 0) for place in range(99)] + [(1, 99, "t99", 1)]
    journeys = wm.journeys_from_events(log(*rows), max_touches=3)
    assert touches(journeys) == [["t97", "t98", "t99"]]
    assert journeys.converted.tolist() == [True]
    assert journeys.uncut.tolist() == [100]


@quiet
def test_collapsing_counts_repeats_in_a_row_once_at_their_last_time_before_max_touches():
    rows = log(*((1, time, name, int(time == 6)) for time, name in enumerate("aabbabb")))
    journeys = wm.journeys_from_events(rows, collapse=True, max_touches=3)
    assert touches(journeys) == [["b", "a", "b"]]
    assert journeys.to_frame()["seconds_before_end"].to_list() == [[3.0, 2.0, 0.0]]
    assert journeys.uncut.tolist() == [4]


@quiet
def test_collapsing_never_joins_touches_across_a_conversion():
    rows = log((1, 1, "a", 1), (1, 2, "a", 1))
    assert touches(wm.journeys_from_events(rows, collapse=True)) == [["a"], ["a"]]


@quiet
@given(rows=logs(blanks=False), lookback=st.integers(1, 20), longest=st.integers(1, 3))
def test_the_ledger_holds_the_cost_of_every_touch_whatever_is_cut(rows, lookback, longest):
    made = wm.journeys_from_events(
        frame_of(rows),
        user="user",
        time="time",
        touch="touch",
        converted="flag",
        cost="cost",
        lookback=f"{lookback}s",
        max_touches=longest,
        collapse=True,
    )
    expected = {}
    for row in rows:
        name = row["touch"].strip()
        expected[name] = expected.get(name, 0) + row["cost"]
    spent = np.bincount(made.ledger.touches, made.ledger.amounts, minlength=len(made.names))
    assert dict(zip(made.names, spent, strict=True)) == expected


def test_the_ledger_keeps_costs_of_users_whose_touches_are_all_older_than_the_landmarks_lookback():
    names = "uid timestamp campaign conversion cost"
    rows = log((1, 0, "a", 0, 5.0), (2, 95, "b", 0, 1.0), (2, 105, "b", 1, 1.0), names=names)
    made = wm.journeys_from_events(rows, cost="cost", lookback="10s", landmark=(100, "5s"))
    assert made.ledger.amounts.sum() == 6.0


# --- Conversions ----------------------------------------------------------------------------------


def test_a_flag_repeated_on_every_touch_of_one_conversion_is_one_conversion_with_its_id():
    rows = log(
        (1, 1, "a", 1, 77),
        (1, 2, "b", 1, 77),
        (1, 3, "c", 1, 77),
        (1, 4, "d", 1, 78),
        names="uid timestamp campaign conversion order",
    )
    journeys = wm.journeys_from_events(rows, conversion_id="order")
    assert touches(journeys) == [["a", "b", "c"], ["d"]]
    assert journeys.conversions.sum() == 2
    assert all(note.code != "repeated_flags" for note in journeys.notes)


def test_repeated_flags_without_an_id_are_counted_warned_of_and_conversion_id_is_named_as_the_cure():
    rows = log((1, 1, "a", 1), (1, 2, "b", 1), (1, 3, "c", 0), (1, 4, "d", 1), (2, 1, "a", 1), (2, 2, "b", 1))
    with pytest.warns(DataWarning, match="2 runs of touches.*conversion_id"):
        journeys = wm.journeys_from_events(rows)
    note = next(note for note in journeys.notes if note.code == "repeated_flags")
    assert (note.count, note.severity) == (2, "warning")
    assert journeys.conversions.sum() == 5


def test_the_same_conversion_id_of_two_users_is_two_conversions():
    rows = log((1, 1, "a", 1, 5), (2, 1, "b", 1, 5), names="uid timestamp campaign conversion order")
    assert wm.journeys_from_events(rows, conversion_id="order").conversions.sum() == 2


def test_rows_without_a_conversion_id_are_each_a_conversion():
    rows = log(
        (1, 1, "a", 1, None),
        (1, 2, "b", 0, None),
        (1, 3, "c", 1, None),
        names="uid timestamp campaign conversion order",
    )
    assert wm.journeys_from_events(rows, conversion_id="order").conversions.sum() == 2


def test_a_conversion_at_a_later_time_takes_the_touches_between_with_it():
    rows = log(
        (1, 1, "a", 1, 3),
        (1, 2, "b", 0, None),
        (1, 4, "c", 0, None),
        names="uid timestamp campaign conversion bought",
    )
    journeys = wm.journeys_from_events(rows, conversion_time="bought")
    assert touches(journeys) == [["a", "b"], ["c"]]


def test_a_conversion_before_its_touch_is_refused_with_its_row():
    rows = log((1, 1, "a", 0, None), (1, 9, "b", 1, 8), names="uid timestamp campaign conversion bought")
    with pytest.raises(
        ValueError, match=r"Column 'bought', row 1: the conversion at 8 is before its touch at 9"
    ):
        wm.journeys_from_events(rows, conversion_time="bought")


@quiet
def test_conversions_without_a_touch_before_them_are_empty_journeys_and_noted():
    names = "uid timestamp campaign event value"
    rows = log(
        (1, 5, None, "buy", 3.0),
        (1, 6, "a", "view", None),
        (2, 1, "b", "view", None),
        (2, 9, None, "buy", 4.0),
        names=names,
    )
    made = wm.journeys_from_events(rows, event="event", conversions=["buy"], value="value", lookback="5s")
    assert touches(made) == [[], ["a"], []]
    assert made.unattributed == 2
    assert made.values.tolist() == [3.0, 0.0, 4.0]
    note = next(note for note in made.notes if note.code == "unattributed")
    assert "2 of 2 conversions have no touch before them" in note.message


def test_unattributed_conversions_warn_once_they_are_most_of_all():
    rows = log((1, 5, None, "buy"), (2, 6, "a", "view"), names="uid timestamp campaign event")
    with pytest.warns(DataWarning, match=r"1 of 1 conversions have no touch"):
        wm.journeys_from_events(
            rows.vstack(log((3, 6, "b", "view"), names=" ".join(rows.columns))),
            event="event",
            conversions=["buy"],
        )


@quiet
def test_each_goal_has_journeys_of_its_own_over_the_same_touches():
    rows = log(
        (1, 1, "a", "view"),
        (1, 2, None, "sign up"),
        (1, 3, "b", "view"),
        (1, 4, None, "buy"),
        names="uid timestamp campaign event",
    )
    made = wm.journeys_from_events(rows, event="event", conversions=["buy", "sign up"]).to_frame()
    assert made.filter(goal="buy")["touches"].to_list() == [["a", "b"]]
    assert made.filter(goal="sign up")["touches"].to_list() == [["a"], ["b"]]


def test_journeys_of_several_goals_have_numbers_of_their_own():
    rows = log(
        (1, 1, "a", "view"),
        (1, 2, None, "sign up"),
        (1, 3, "b", "view"),
        (1, 4, None, "buy"),
        names="uid timestamp campaign event",
    )
    made = wm.journeys_from_events(rows, event="event", conversions=["buy", "sign up"]).to_frame()
    assert made["journey"].is_unique().all()


# --- Identified journeys --------------------------------------------------------------------------


def test_an_identified_journey_is_one_journey_with_one_label_whichever_row_has_the_flag():
    names = "uid timestamp campaign conversion journey"
    for flags in ([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]):
        rows = [(1, time, name, flag, 7) for time, (name, flag) in enumerate(zip("abc", flags, strict=True))]
        made = wm.journeys_from_events(log(*rows, names=names), user="uid", journey="journey")
        assert (touches(made), made.conversions.tolist()) == ([["a", "b", "c"]], [1.0])


def test_the_lookback_of_an_identified_journey_is_measured_from_its_last_touch():
    names = "uid timestamp campaign conversion journey"
    rows = log((1, 0, "a", 1, 7), (1, 30 * DAY, "b", 1, 7), (1, 30 * DAY + 1, None, 1, 7), names=names)
    with pytest.warns(DataWarning, match="no 'campaign'"):
        made = wm.journeys_from_events(rows, user="uid", journey="journey")
    assert touches(made) == [["a", "b"]]


def test_the_lookback_of_an_identified_journey_ignores_the_time_of_its_conversion():
    names = "uid timestamp campaign conversion journey bought"
    rows = log((1, 0, "a", 1, 7, 40 * DAY), (1, 5 * DAY, "b", 1, 7, 40 * DAY), names=names)
    made = wm.journeys_from_events(rows, user="uid", journey="journey", conversion_time="bought")
    assert touches(made) == [["a", "b"]]


def test_the_value_of_an_identified_journey_is_that_of_its_flagged_row():
    names = "uid timestamp campaign conversion journey value"
    rows = log((1, 1, "a", 1, 7, 50.0), (1, 2, "b", 0, 7, None), names=names)
    made = wm.journeys_from_events(rows, user="uid", journey="journey", value="value")
    assert made.values.tolist() == [50.0]


def test_touches_after_the_conversion_of_an_identified_journey_are_left_out_and_noted():
    names = "uid timestamp campaign conversion journey bought"
    rows = log((1, 1, "a", 1, 7, 5), (1, 5, "b", 0, 7, None), (1, 6, "c", 0, 7, None), names=names)
    made = wm.journeys_from_events(rows, user="uid", journey="journey", conversion_time="bought")
    assert touches(made) == [["a", "b"]]
    assert [note.count for note in made.notes if note.code == "touches_after_conversion"] == [1]


def test_without_a_user_each_identified_journey_is_its_own_user_and_the_result_says_so():
    names = "timestamp campaign conversion journey"
    made = wm.journeys_from_events(log((1, "a", 1, 7), (2, "b", 1, 8), names=names), journey="journey")
    assert len(set(made.users.tolist())) == 2
    assert "no_users" in {note.code for note in made.notes}


# --- Observation ----------------------------------------------------------------------------------


@quiet
def test_censoring_cuts_every_user_at_one_date_the_date_itself_left_out():
    rows = log((1, 1, "a", 0), (1, 9, "b", 1), (1, 10, "c", 1), (2, 3, "a", 0), (2, 12, "b", 1))
    made = wm.journeys_from_events(rows, censor_at=10)
    assert touches(made) == [["a", "b"], ["a"]]
    assert made.converted.tolist() == [True, False]


def test_a_landmark_takes_touches_before_it_and_conversions_from_it_to_before_its_horizon():
    names = "uid timestamp campaign event"
    rows = [
        row
        for user, when in ((1, 99), (2, 100), (3, 109), (4, 110), (5, 111))
        for row in ((user, 50, "a", "view"), (user, when, None, "buy"))
    ]
    rows += [(6, 99, "b", "view"), (6, 100, "c", "view"), (6, 120, "c", "view")]
    made = wm.journeys_from_events(
        log(*rows, names=names), event="event", conversions=["buy"], landmark=(100, "10s")
    )
    frame = made.to_frame().sort("user")
    assert frame["converted"].to_list() == [False, True, True, False, False, False]
    assert frame["touches"].to_list() == [["a"]] * 5 + [["b"]]
    assert made.observation.observed == "full"


@quiet
def test_a_landmarks_users_have_one_journey_and_at_most_one_conversion_each():
    rows = log((1, 1, "a", 1), (1, 2, "b", 0), (1, 10, "c", 1), (1, 11, "c", 1), (2, 3, "a", 0))
    made = wm.journeys_from_events(rows, landmark=(5, "20s"))
    assert touches(made) == [["a", "b"], ["a"]]
    assert made.conversions.tolist() == [1.0, 0.0]


@quiet
def test_a_landmark_does_not_join_the_identified_journeys_of_unknown_users():
    names = "uid timestamp campaign conversion journey"
    rows = log((None, 1, "a", 0, 1), (None, 2, "b", 0, 2), (5, 3, "c", 0, 3), (5, 8, "c", 1, 3), names=names)
    made = wm.journeys_from_events(rows, user="uid", journey="journey", landmark=(5, "5s"))
    assert not any({"a", "b"} <= set(names) for names in touches(made))


def test_a_landmark_before_every_touch_is_refused():
    with pytest.raises(ValueError, match="'landmark' must lie within the log: no touch is before T0"):
        wm.journeys_from_events(log((1, 9, "a", 1)), landmark=(5, "2s"))


def test_a_horizon_beyond_the_end_of_the_log_is_warned_of():
    rows = log((1, 1, "a", 0), (2, 1, "b", 0), (1, 6, "b", 1))
    with pytest.warns(DataWarning, match="before the horizon does"):
        wm.journeys_from_events(rows, landmark=(5, "1h"))


# --- Ids, blanks, types ---------------------------------------------------------------------------

GLUED = [(1, 11), (11, 1), (111, 1), (1, 111), (1, 1)]


def test_ids_that_look_alike_when_glued_together_stay_apart():
    names = "uid journey timestamp campaign conversion"
    rows = log(*((*pair, place, f"t{place}", place % 2) for place, pair in enumerate(GLUED)), names=names)
    for kind in (pl.Int64, pl.String):
        typed = rows.with_columns(pl.col("uid", "journey").cast(kind))
        made = wm.journeys_from_events(typed, user="uid", journey="journey")
        assert touches(made) == [["t0"], ["t1"], ["t2"], ["t3"], ["t4"]]
        assert made.converted.tolist() == [False, True, False, True, False]


IDS = [uuid.UUID(int=number) for number in (1, 2**127, 1)]
ROWS = {"timestamp": [1, 2, 3], "campaign": ["a", "b", "b"], "conversion": [0, 1, 1]}


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(pl.DataFrame(ROWS | {"uid": [1, 2, 1]}), id="integers"),
        pytest.param(
            pl.DataFrame(ROWS | {"uid": [2**64 - 1, 2**63, 2**64 - 1]}, schema_overrides={"uid": pl.UInt64}),
            id="big integers",
        ),
        pytest.param(pl.DataFrame(ROWS | {"uid": ["x", "y", "x"]}), id="strings"),
        pytest.param(
            pl.DataFrame(ROWS | {"uid": pl.Series(["x", "y", "x"], dtype=pl.Categorical)}), id="categories"
        ),
        pytest.param(pl.DataFrame(ROWS | {"uid": [str(one) for one in IDS]}), id="uuid strings"),
        pytest.param(pl.DataFrame(ROWS | {"uid": [one.bytes for one in IDS]}), id="uuid bytes"),
        pytest.param(
            pl.DataFrame(ROWS | {"uid": pl.Series(IDS, dtype=pl.Object)}), id="uuid objects in polars"
        ),
        pytest.param(pd.DataFrame(ROWS | {"uid": IDS}), id="uuid objects in pandas"),
        pytest.param(
            pa.table(ROWS | {"uid": pa.array([one.bytes for one in IDS], type=pa.uuid())}), id="uuid in arrow"
        ),
        pytest.param(pl.DataFrame(ROWS | {"uid": [1.5, 2.5, 1.5]}), id="floats"),
        pytest.param(pl.DataFrame(ROWS | {"uid": [True, False, True]}), id="booleans"),
    ],
)
def test_ids_may_be_of_any_type(table):
    made = wm.journeys_from_events(table)
    rows = pl.DataFrame(made.to_frame()[["touches"]]) if isinstance(table, pd.DataFrame) else made.to_frame()
    assert [list(names) for names in pl.DataFrame(rows)["touches"]] == [["a", "b"], ["b"]]
    assert len(set(made.users.tolist())) == 2


def test_rows_without_a_user_or_time_are_no_touches_and_their_conversions_are_kept_unattributed():
    rows = log((None, 1, "a", 1), (None, 2, "b", 1), (1, None, "c", 1), (1, 4, "d", 1))
    with pytest.warns(DataWarning) as caught:
        made = wm.journeys_from_events(rows, conversion_id=None)
    assert sorted(touches(made)) == [[], [], [], ["d"]]
    assert made.conversions.sum() == 4
    told = " ".join(str(one.message) for one in caught)
    assert "2 rows have no 'uid'" in told
    assert "2 conversions among them are kept as (unattributed)" in told
    assert "1 rows have no 'timestamp'" in told


def test_conversions_of_unknown_users_are_each_resampled_alone():
    rows = log(*((None, place, "a", 1) for place in range(20)), *((place, 1, "b", 1) for place in range(20)))
    with pytest.warns(DataWarning):
        made = wm.journeys_from_events(rows)
    assert len(set(made.users.tolist())) == 40


@quiet
def test_rows_without_a_touch_name_are_no_touches_and_their_conversions_are_kept():
    rows = log((1, 1, "a", 0), (1, 2, None, 1), (1, 3, "  ", 0), (1, 4, " b ", 1))
    assert touches(wm.journeys_from_events(rows)) == [["a"], ["b"]]


def test_a_log_without_any_touch_name_has_only_unattributed_conversions():
    rows = log((1, 1, None, 1), (2, 2, None, 0))
    for typed in (rows, rows.with_columns(pl.col("campaign").cast(pl.String))):
        with pytest.warns(DataWarning):
            made = wm.journeys_from_events(typed)
        assert (touches(made), made.unattributed) == ([[]], 1.0)


def test_touch_names_may_be_numbers_or_categories():
    for names in (pl.Series([3, 4]), pl.Series(["3", "4"], dtype=pl.Categorical), pl.Series([" 3", "4 "])):
        rows = pl.DataFrame({"uid": [1, 1], "timestamp": [1, 2], "campaign": names, "conversion": [0, 1]})
        assert touches(wm.journeys_from_events(rows)) == [["3", "4"]]


def test_flags_may_be_booleans_or_numbers_and_blanks_are_no_conversion():
    for flags in ([0, None, 1], [0.0, None, 1.0], [False, None, True]):
        rows = pl.DataFrame(
            {"uid": [1, 1, 1], "timestamp": [1, 2, 3], "campaign": ["a", "b", "c"], "conversion": flags}
        )
        made = wm.journeys_from_events(rows)
        assert (touches(made), made.conversions.tolist()) == ([["a", "b", "c"]], [1.0])


def test_attributes_are_those_of_the_journeys_first_touch():
    names = "uid timestamp campaign conversion country"
    rows = log((1, 5, "b", 1, "late"), (1, 1, "a", 0, "early"), (1, 9, "c", 0, "next"), names=names)
    made = wm.journeys_from_events(rows, covariates=["country"], lookback="1s")
    assert made.to_frame()["country"].to_list() == ["early", "next"]


# --- Faults of earlier tools ----------------------------------------------------------------------


@quiet
def test_journey_numbers_and_keys_do_not_tell_the_label():
    world = wm.simulate.journeys(20_000, seed=3)
    made = wm.journeys_from_events(world.log)
    label = made.converted
    for numbers in (made.to_frame()["journey"].to_numpy(), made.users):
        ranks = np.argsort(np.argsort(numbers))
        wins = ranks[label].sum() - label.sum() * (label.sum() - 1) / 2
        assert abs(wins / (label.sum() * (~label).sum()) - 0.5) < 0.03


def test_no_touch_is_padding():
    rows = log((1, 1, "a", 0), (1, 2, "b", 1), (2, 1, "a", 1))
    made = wm.journeys_from_events(rows, max_touches=50)
    assert made.lengths.tolist() == [2, 1]
    assert len(made.touches) == 3


# --- Order ----------------------------------------------------------------------------------------


@quiet
@given(rows=logs(), order=st.randoms(use_true_random=False))
def test_shuffling_the_rows_of_different_users_changes_no_journey(rows, order):
    queues: dict = {}
    for row in rows:
        queues.setdefault(row["user"], []).append(row)
    slots = [row["user"] for row in rows]
    order.shuffle(slots)
    shuffled = [queues[user].pop(0) for user in slots]
    made = [
        wm.journeys_from_events(frame_of(one), user="user", time="time", touch="touch", converted="flag")
        .to_frame()
        .drop("journey")
        .sort(pl.all().exclude("touches", "seconds_before_end"), maintain_order=True)
        for one in (rows, shuffled)
    ]
    columns = ["user", "touches", "converted", "seconds_before_end", "ended"]
    first, second = (sorted(map(repr, one.select(columns).rows())) for one in made)
    assert first == second


# --- take, lengths, to_frame ----------------------------------------------------------------------


@quiet
@given(rows=logs(), choice=st.data())
def test_taking_journeys_by_number_or_mask_gives_those_rows_of_the_table(rows, choice):
    made = wm.journeys_from_events(
        frame_of(rows), user="user", time="time", touch="touch", converted="flag", cost="cost", value="value"
    )
    numbers = choice.draw(st.lists(st.integers(0, len(made) - 1), max_size=6)) if len(made) else []
    assert made.take(numbers).to_frame().equals(made.to_frame()[numbers])
    mask = np.zeros(len(made), dtype=bool)
    mask[numbers] = True
    assert made.take(mask).to_frame().equals(made.to_frame().filter(mask))
    assert (
        made.take(mask).ledger.amounts.sum() + made.take(~mask).ledger.amounts.sum()
        == made.ledger.amounts.sum()
    )


def test_taking_a_journey_that_is_not_there_is_refused():
    made = wm.journeys_from_events(log((1, 1, "a", 0), (2, 2, "b", 1)))
    for wrong, message in (
        ([2], "Journey numbers must lie from 0 to 1. Got 2 to 2"),
        ([-1], "Got -1 to -1"),
        ([True], r"A mask must have one value per journey \(2\). Got 1"),
    ):
        with pytest.raises(ValueError, match=message):
            made.take(wrong)


def test_taking_by_fractions_is_refused():
    made = wm.journeys_from_events(log((1, 1, "a", 0), (2, 2, "b", 1)))
    with pytest.raises(UserError):
        made.take([0.5, 1.2])
