"""Cases found by using the package on odd logs."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.events.columns import as_flags
from wanamaker.events.times import epoch_micros


def log(**columns):
    return pl.DataFrame(
        {"uid": 1, "timestamp": [1, 2], "campaign": ["a", "b"], "conversion": [0, 1]} | columns
    )


def test_the_value_of_a_conversion_told_by_several_rows_is_the_last_that_is_given():
    rows = log(conversion=[1, 1], order=[7, 7], value=[20.0, None])
    made = wm.journeys_from_events(rows, conversion_id="order", value="value")
    assert (made.values.tolist(), made.to_frame()["touches"].to_list()) == ([20.0], [["a", "b"]])


@pytest.mark.parametrize("name", ["(unattributed)", "(baseline)"])
def test_a_touch_named_like_a_row_of_the_credit_table_is_refused(name):
    with pytest.raises(wm.DataError, match="stands for a row of the credit table"):
        wm.journeys_from_events(log(campaign=["a", name]))
    with pytest.raises(wm.DataError, match="stands for a row of the credit table"):
        wm.journeys_from_paths({"path": [f"a > {name}"], "total_conversions": [1]})


def test_costs_on_rows_that_are_no_touch_are_told():
    with pytest.warns(wm.DataWarning) as told:
        wm.journeys_from_events(log(campaign=["a", None], cost=[1.0, 5.0]), cost="cost")
    assert any("Costs of 5 stand on 1 rows that are no touch" in str(one.message) for one in told)


def test_the_period_is_that_of_what_was_used():
    rows = log(timestamp=[10, 20])
    made = wm.journeys_from_events(rows, censor_at=15)
    assert made.observation.period == ["1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z"]
    assert made.observation.as_dict()["censor_at"] == "1970-01-01T00:00:15Z"


def test_a_landmark_is_observed_in_full():
    with pytest.raises(wm.ParameterError, match="observed in full"):
        wm.journeys_from_events(log(), landmark=(2, "5s"), observed="until_conversion")


def test_a_lookback_for_a_kind_that_the_log_has_not_is_told():
    made = wm.journeys_from_events(
        log(kind=["click", "click"]), kind="kind", lookback={"click": "1d", "clik": "1d"}
    )
    assert [note.message for note in made.notes if note.code == "idle_kinds"] == [
        "'lookback' names kinds that no touch of the log has: ['clik']."
    ]


def test_splitting_by_goal_needs_goals():
    journeys = wm.journeys_from_events(log())
    with pytest.raises(wm.ParameterError, match="'by' must be a period or a covariate"):
        wm.attribute(journeys, by="goal")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T10:00:00Z",
        "2026-03-01 10:00:00 UTC",
        "2026-03-01 11:00:00+01",
        "20260301T100000Z",
        "2026-03-01T10:00:00.000+00:00",
        "2026-03-01 10:00",
    ],
)
def test_the_usual_forms_of_iso_8601_are_read(text):
    assert epoch_micros(pl.Series("t", [text])).to_list() == [1_772_359_200_000_000]


def test_flags_may_be_true_and_false_as_text():
    assert as_flags(pl.Series("f", ["True", "false", " TRUE", None, ""]), "conversion").tolist() == [
        True, False, True, False, False,
    ]  # fmt: skip


def test_a_file_with_other_separators_says_so(tmp_path):
    (tmp_path / "log.csv").write_text("uid;timestamp\n1;2\n", encoding="utf-8")
    with pytest.raises(wm.FileReadError, match="separated by ';' and not by ','"):
        wm.journeys_from_events(tmp_path / "log.csv")


@pytest.mark.filterwarnings("ignore:There is only one touch")
def test_blank_touch_names_are_counted_as_missing():
    rows = {"uid": 1, "timestamp": [1, 2, 3], "campaign": ["a", "  ", None], "conversion": [1, 0, 0]}
    with pytest.warns(wm.DataWarning, match="2 rows have no 'campaign'"):
        wm.journeys_from_events(pl.DataFrame(rows))


@pytest.mark.filterwarnings("ignore:There is only one touch")
def test_touch_events_without_a_name_are_told():
    rows = {
        "uid": 1,
        "timestamp": [1, 2, 3],
        "campaign": ["a", None, None],
        "event": ["view", "view", "buy"],
    }
    made = wm.journeys_from_events(pl.DataFrame(rows), event="event", conversions=["buy"])
    assert [note.count for note in made.notes if note.code == "null_touch"] == [1]


@pytest.mark.filterwarnings("ignore:There is only one touch")
def test_events_may_be_numbers():
    rows = pl.DataFrame({"uid": 1, "timestamp": [1, 2], "campaign": ["a", None], "event": [1, 3]})
    made = wm.journeys_from_events(rows, event="event", conversions=[3], touch_events=[1])
    assert (made.to_frame()["touches"].to_list(), made.converted.tolist()) == ([["a"]], [True])
