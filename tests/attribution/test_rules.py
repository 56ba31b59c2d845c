"""Every rule is its slow reference, and credit adds up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference import rules as reference
from tests.reference.rules import RULES
from tests.strategies import frame_of, identified_log, logs, random_journeys
from wanamaker.base.errors import UserError

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

DAY = 86_400
METHODS = wm.attribution


def build(journeys: list[dict], **options) -> wm.Journeys:
    return wm.journeys_from_events(
        identified_log(journeys),
        user="uid",
        journey="journey",
        value="value",
        cost="cost",
        **({"lookback": None, "time_unit": "s"} | options),
    )


def one(names: str, times: list[float] | None = None) -> wm.Journeys:
    """One converting journey, its names given as letters."""
    times = times or list(range(len(names)))
    log = pl.DataFrame({"uid": 1, "timestamp": times, "campaign": list(names), "conversion": 0}, strict=False)
    log = log.with_columns(conversion=pl.Series([0] * (len(names) - 1) + [1]))
    return wm.journeys_from_events(log, lookback=None, time_unit="s")


# --- Against the reference ------------------------------------------------------------------------


@given(journeys=random_journeys())
def test_each_touch_gets_what_the_reference_gives_it(journeys):
    credit = wm.attribute(build(journeys), list(RULES), bootstrap=0, per_touch=True)
    assert credit.models == list(RULES)
    for model, rule in RULES.items():
        found = credit.per_touch.filter(model=model).sort("journey", "position")
        expected = [
            (number, place, name, pytest.approx(share, abs=1e-9))
            for number, journey in enumerate(journeys)
            if journey["converted"]
            for place, (name, share) in enumerate(
                zip(journey["touches"], rule(journey["touches"], journey["times"]), strict=True)
            )
        ]
        assert found.drop("model").rows() == expected


@given(journeys=random_journeys())
def test_the_table_sums_what_the_reference_gives_each_journey(journeys):
    table = wm.attribute(build(journeys), list(RULES), bootstrap=0).table
    for model in RULES:
        expected = reference.totals(model, journeys)
        for row in table.filter(model=model).iter_rows(named=True):
            conversions, value = expected.get(row["touch"], (0, 0))
            assert row["conversions"] == pytest.approx(conversions, abs=1e-9)
            assert row["value"] == pytest.approx(value, abs=1e-9)


@given(
    journeys=random_journeys(),
    first=st.fractions(0, 1, max_denominator=20),
    rest=st.fractions(0, 1, max_denominator=20),
    share=st.fractions(0, Fraction(1, 3), max_denominator=20),
    half_life=st.integers(1, 10**6),
)
def test_rules_with_other_parameters_are_their_reference(journeys, first, rest, share, half_life):
    last = (1 - first) * rest
    made = build(journeys).converting
    methods = {
        METHODS.Position(float(first), float(last)): lambda n, t: reference.position(n, t, first, last),
        METHODS.WShaped(min(float(share), 1 / 3)): lambda n, t: reference.w_shaped(n, t, share),
        METHODS.TimeDecay(f"{half_life}s"): lambda n, t: reference.time_decay(n, t, half_life),
    }
    for method, rule in methods.items():
        expected = [
            weight
            for journey in journeys
            if journey["converted"]
            for weight in rule(journey["touches"], journey["times"])
        ]
        assert method.touch_weights(made).tolist() == pytest.approx(expected, abs=1e-9)


# --- Exact definitions ----------------------------------------------------------------------------


def test_position_is_exact_for_short_journeys():
    for names, expected in (
        ("a", [1.0]),
        ("ab", [0.5, 0.5]),
        ("abc", [0.4, 0.2, 0.4]),
        ("abcde", [0.4, 0.2 / 3, 0.2 / 3, 0.2 / 3, 0.4]),
    ):
        assert METHODS.Position().touch_weights(one(names)).tolist() == pytest.approx(expected, abs=1e-15)
    uneven = METHODS.Position(first=0.6, last=0.2)
    assert uneven.touch_weights(one("ab")).tolist() == pytest.approx([0.75, 0.25])
    assert METHODS.Position(first=0, last=0).touch_weights(one("ab")).tolist() == [0.5, 0.5]
    assert METHODS.Position(first=0, last=0).touch_weights(one("abcd")).tolist() == [0, 0.5, 0.5, 0]
    assert METHODS.Position(first=1, last=0).touch_weights(one("abc")).tolist() == [1, 0, 0]


def test_time_decay_halves_with_seven_days_of_real_time():
    journeys = one("abc", [0, 7 * DAY, 14 * DAY])
    assert METHODS.TimeDecay().touch_weights(journeys).tolist() == pytest.approx([1 / 7, 2 / 7, 4 / 7])


def test_time_decay_over_years_does_not_lose_the_journey():
    journeys = one("ab", [0, 10**9])
    assert METHODS.TimeDecay(half_life="1s").touch_weights(journeys).tolist() == [0.0, 1.0]


def test_time_decay_does_not_depend_on_when_the_conversion_was():
    rows = {"uid": [1, 1], "timestamp": [0, DAY], "campaign": ["a", "b"], "conversion": [0, 1]}
    credit = [
        wm.attribute(
            wm.journeys_from_events(pl.DataFrame(rows | {"at": [None, at]}), conversion_time="at"),
            ["time_decay"],
            bootstrap=0,
        ).table["conversions"]
        for at in (DAY, 20 * DAY)
    ]
    assert credit[0].to_list() == credit[1].to_list()


def test_last_non_direct_takes_the_last_touch_where_all_are_direct():
    log = {"uid": 1, "timestamp": [1, 2], "campaign": ["Direct", "(none)"], "conversion": [0, 1]}
    made = wm.journeys_from_events(pl.DataFrame(log))
    assert METHODS.LastNonDirect().touch_weights(made).tolist() == [0.0, 1.0]


def test_what_counts_as_direct_is_a_parameter():
    made = one("axb")
    assert METHODS.LastNonDirect(direct=["b"]).touch_weights(made).tolist() == [0, 1, 0]
    assert METHODS.LastNonDirect(direct=["B", "X"]).touch_weights(made).tolist() == [1, 0, 0]
    assert METHODS.LastNonDirect().touch_weights(made).tolist() == [0, 0, 1]


def test_a_touch_that_comes_twice_gets_credit_for_both():
    credit = wm.attribute(one("aba"), ["linear", "first"], bootstrap=0).table
    assert credit.filter(model="linear", touch="a")["conversions"].item() == pytest.approx(2 / 3)
    assert credit.filter(model="linear", touch="a")["support"].item() == 1.0


def test_a_function_of_the_journeys_is_a_method_whose_weights_are_divided_by_their_sum():
    def by_place(journeys):
        return np.arange(len(journeys.touches)) - np.repeat(journeys.offsets[:-1], journeys.lengths) + 1.0

    credit = wm.attribute(one("abc"), [by_place], bootstrap=0)
    assert credit.models == ["by_place"]
    assert credit.table["conversions"].to_list() == pytest.approx([1 / 6, 2 / 6, 3 / 6])


# --- Credit adds up -------------------------------------------------------------------------------


@given(rows=logs(), lookback=st.integers(1, 30), longest=st.sampled_from([None, 1, 2]))
def test_credit_and_value_of_every_model_sum_to_what_happened(rows, lookback, longest):
    made = wm.journeys_from_events(
        frame_of([*rows, rows[0] | {"flag": True}]),
        user="user",
        time="time",
        touch="touch",
        converted="flag",
        value="value",
        lookback=f"{lookback}s",
        max_touches=longest,
    )
    flagged = [*[row for row in rows if row["flag"]], rows[0]]
    sums = (
        wm.attribute(made, list(RULES), bootstrap=0)
        .table.group_by("model")
        .agg(pl.col("conversions", "share", "value").sum())
    )
    assert sums["conversions"].to_list() == pytest.approx([len(flagged)] * 7, abs=1e-9)
    assert sums["value"].to_list() == pytest.approx([sum(row["value"] or 0 for row in flagged)] * 7, abs=1e-9)
    assert sums["share"].to_list() == pytest.approx([1.0] * 7, abs=1e-9)


@given(journeys=random_journeys())
def test_credit_of_every_converting_journey_sums_to_one_and_others_get_none(journeys):
    per_touch = wm.attribute(build(journeys), list(RULES), bootstrap=0, per_touch=True).per_touch
    sums = per_touch.group_by("model", "journey").agg(pl.col("credit").sum())
    assert sums["credit"].to_list() == pytest.approx([1.0] * len(sums), abs=1e-9)
    converting = {number for number, journey in enumerate(journeys) if journey["converted"]}
    assert set(per_touch["journey"]) == converting
    assert (per_touch["credit"] >= 0).all()


@given(journeys=random_journeys())
def test_the_touch_of_a_one_touch_journey_gets_exactly_one(journeys):
    short = [
        journey
        | {"touches": journey["touches"][:1], "times": journey["times"][:1], "costs": journey["costs"][:1]}
        for journey in journeys
    ]
    per_touch = wm.attribute(build(short), [*RULES, "shapley_count"], bootstrap=0, per_touch=True).per_touch
    assert set(per_touch["credit"]) == {1.0}


def test_a_touch_seen_only_in_journeys_that_did_not_convert_gets_exactly_nothing():
    log = pl.DataFrame(
        {"uid": [1, 1, 2], "timestamp": 1, "campaign": ["a", "b", "never"], "conversion": [0, 1, 0]}
    )
    table = wm.attribute(wm.journeys_from_events(log), list(RULES)).table.filter(touch="never")
    assert set(table["conversions"]) == {0.0}
    assert set(table["conversions_high"]) == {0.0}


def test_an_empty_journey_gets_no_touch_credit_and_is_in_the_unattributed_row():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2, 3, 3],
            "timestamp": [1, 99, 5, 6, 7],
            "campaign": ["a", None, None, "b", "b"],
            "event": ["view", "buy", "buy", "view", "buy"],
            "value": [None, 5.0, 7.0, None, 1.0],
        }
    )
    made = wm.journeys_from_events(log, event="event", conversions=["buy"], value="value", lookback="9s")
    credit = wm.attribute(made, bootstrap=20, per_touch=True)
    rows = credit.table.filter(touch="(unattributed)")
    assert len(rows) == len(credit.models)
    assert set(rows["conversions"]) == {2.0}
    assert set(rows["value"]) == {12.0}
    assert set(rows["support"]) == {None}
    assert set(credit.per_touch["touch"]) == {"b"}


def test_there_is_no_unattributed_row_where_every_conversion_has_a_touch():
    assert "(unattributed)" not in wm.attribute(one("ab")).table["touch"].to_list()


def test_credit_of_every_journey_sums_to_one_also_with_several_goals():
    log = pl.DataFrame(
        {
            "uid": 1,
            "timestamp": [1, 2, 3, 4],
            "campaign": ["a", None, "b", None],
            "event": ["view", "sign up", "view", "buy"],
        }
    )
    made = wm.journeys_from_events(log, event="event", conversions=["buy", "sign up"])
    per_touch = wm.attribute(made, ["linear"], bootstrap=0, per_touch=True).per_touch
    # Journeys of different goals are different journeys, so something in the table must tell them apart.
    owner = pl.exclude("position", "touch", "credit")
    assert per_touch.group_by(owner).agg(pl.col("credit").sum())["credit"].to_list() == [1.0, 1.0]


def test_credit_of_every_journey_sums_to_one_also_where_users_have_journeys_of_the_same_number():
    log = pl.DataFrame({"uid": [1, 2], "timestamp": 1, "campaign": ["a", "b"], "conversion": 1, "journey": 1})
    made = wm.journeys_from_events(log, user="uid", journey="journey")
    per_touch = wm.attribute(made, ["linear"], bootstrap=0, per_touch=True).per_touch
    owner = pl.exclude("position", "touch", "credit")
    assert per_touch.group_by(owner).agg(pl.col("credit").sum())["credit"].to_list() == [1.0, 1.0]


def test_value_told_of_a_path_without_conversions_is_refused_or_credited():
    table = {"path": ["a > b", "b"], "total_conversions": [2, 0], "value": [20.0, 5.0]}
    try:
        made = wm.journeys_from_paths(table, value="value")
    except UserError:
        return
    assert wm.attribute(made, ["last"], bootstrap=0).table["value"].sum() == pytest.approx(made.values.sum())


# --- Money ----------------------------------------------------------------------------------------


@given(journeys=random_journeys())
def test_cost_is_that_of_all_journeys_and_ratios_follow_from_it(journeys):
    table = wm.attribute(build(journeys, max_touches=2), list(RULES), bootstrap=0).table
    spent: dict[str, float] = {}
    for journey in journeys:
        for name, cost in zip(journey["touches"], journey["costs"], strict=True):
            spent[name] = spent.get(name, 0) + cost
    for row in table.iter_rows(named=True):
        assert row["cost"] == spent[row["touch"]]
        paid = row["cost"] > 0
        assert row["cpa"] == (
            pytest.approx(row["cost"] / row["conversions"]) if paid and row["conversions"] else None
        )
        assert row["roas"] == (pytest.approx(row["value"] / row["cost"]) if paid else None)


def test_numbers_that_are_not_known_are_null():
    table = wm.attribute(one("ab"), ["last"]).table
    for name in ("value", "cost", "cpa", "roas"):
        assert table[name].null_count() == len(table)
        assert table[f"{name}_low"].null_count() == len(table)
