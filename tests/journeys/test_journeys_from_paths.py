"""Laws of journeys that come as aggregated paths."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.base.errors import DataWarning, UserError

quiet = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

NAMES = st.text("ab cé→.", min_size=1, max_size=4).filter(lambda text: text.strip(" ")).map(str.strip)


def touches(journeys: wm.Journeys) -> list[list[str]]:
    return journeys.to_frame()["touches"].to_list()


@quiet
@given(
    paths=st.lists(st.lists(NAMES, max_size=6), min_size=1, max_size=10),
    spaces=st.sampled_from(["", " ", "  ", "\t"]),
    sep=st.sampled_from([">", "->", ">>", "|", "⇒"]),
)
def test_paths_are_split_at_the_separator_and_names_are_trimmed(paths, spaces, sep):
    written = [(spaces + sep + spaces).join(names) for names in paths]
    table = {"path": written, "total_conversions": [1] * len(paths)}
    for given_sep in (sep, f" {sep} "):
        assert touches(wm.journeys_from_paths(table, sep=given_sep)) == paths


def test_very_many_names_stay_apart():
    names = [f"channel {number}" for number in range(9_000)]
    paths = {"path": [" > ".join(names[start : start + 90]) for start in range(0, 9_000, 90)] * 2}
    made = wm.journeys_from_paths(paths | {"total_conversions": [1] * 200})
    assert touches(made) == [path.split(" > ") for path in paths["path"]]
    assert len(made.names) == 9_000


def test_counts_of_a_path_are_its_conversions_and_nulls_and_its_value_is_kept():
    table = {"path": ["a > b", "b"], "total_conversions": [3, 0], "worth": [30.5, 0.0], "lost": [7, 2]}
    made = wm.journeys_from_paths(table, value="worth", nulls="lost")
    assert made.conversions.tolist() == [3.0, 0.0]
    assert made.nulls.tolist() == [7.0, 2.0]
    assert made.values.tolist() == [30.5, 0.0]


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_a_blank_path_is_an_unattributed_conversion_and_noted(blank):
    made = wm.journeys_from_paths(pl.DataFrame({"path": ["a > b", blank], "total_conversions": [3, 2]}))
    assert touches(made) == [["a", "b"], []]
    assert made.unattributed == 2
    assert [note.count for note in made.notes if note.code == "unattributed"] == [2]
    assert "2 conversions have a blank path" in made.notes[0].message


@pytest.mark.parametrize("bad", ["a > > b", "a >", "> a", ">", "a >  > b"])
def test_an_empty_name_within_a_path_is_refused_with_its_row(bad):
    with pytest.raises(
        ValueError, match=r"Column 'path', row 1: .* has an empty name between separators"
    ) as caught:
        wm.journeys_from_paths({"path": ["a", bad], "total_conversions": [1, 1]})
    assert "must not contain '>'; write the paths with another separator" in caught.value.hint


def test_paths_have_no_times_so_what_needs_times_is_left_out_and_refused_when_asked_for():
    made = wm.journeys_from_paths({"path": ["a > b"], "total_conversions": [2]})
    credit = wm.attribute(made, bootstrap=0)
    assert "time_decay" not in credit.models
    assert "needs the time" in credit.metadata["left_out"]["time_decay"]
    with pytest.raises(ValueError, match="'time_decay' does not apply: it needs the time of every touch"):
        wm.attribute(made, ["time_decay"])
    with pytest.raises(ValueError, match="'by' = 'day' needs journeys with times"):
        wm.attribute(made, by="day")


def test_one_touch_only_is_warned_of():
    with pytest.warns(DataWarning, match="There is only one touch, 'a'"):
        wm.journeys_from_paths({"path": ["a > a"], "total_conversions": [1]})


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (
            {"path": ["a"], "total_conversions": [-1]},
            {},
            "Column 'total_conversions', row 0: -1 must not be negative",
        ),
        ({"path": ["a"], "total_conversions": [float("inf")]}, {}, "row 0: inf is no finite number"),
        (
            {"path": ["a"], "total_conversions": ["1"]},
            {},
            "'total_conversions' must be numeric. Got type String",
        ),
        (
            {"path": [1], "total_conversions": [1]},
            {},
            "The path column 'path' must hold text. Got type Int64",
        ),
        ({"pathh": ["a"], "total_conversions": [1]}, {}, "not found.*'path'(.|\n)*Did you mean 'pathh'"),
        (
            {"path": ["a"], "total_conversions": [1], "n": [-2]},
            {"nulls": "n"},
            "row 0: -2 must not be negative",
        ),
        ({"path": [], "total_conversions": []}, {}, "Got an empty table"),
        (
            {"path": ["a"], "total_conversions": [1]},
            {"sep": " "},
            "'sep' must be the text between two names. Got ' '",
        ),
        (
            {"path": ["a"], "total_conversions": [1]},
            {"sep": 5},
            "'sep' must be the text between two names. Got 5",
        ),
    ],
)
def test_bad_paths_are_refused_by_a_clear_message(table, options, message):
    with pytest.raises(UserError, match=message):
        wm.journeys_from_paths(table, **options)


@quiet
@given(paths=st.lists(st.lists(st.sampled_from("abc"), max_size=4), min_size=1, max_size=12))
def test_the_order_and_the_splitting_of_rows_change_no_credit(paths):
    written = [" > ".join(names) for names in paths]
    grouped = Counter(written)
    whole = {"path": list(grouped), "total_conversions": list(grouped.values())}
    single = {"path": written[::-1], "total_conversions": [1] * len(written)}
    tables = [wm.attribute(wm.journeys_from_paths(one), bootstrap=0).table for one in (whole, single)]
    columns = ["model", "touch", "conversions", "share", "support"]
    first, second = (table.select(columns).sort("model", "touch") for table in tables)
    assert first.drop("support").rows() == [
        (*row[:2], pytest.approx(row[2], abs=1e-9), pytest.approx(row[3], abs=1e-9))
        for row in second.iter_rows()
    ]
    assert first["support"].to_list() == second["support"].to_list()
