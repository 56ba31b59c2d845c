"""Lift tests anchor incremental credit: exactly, to the total, and nearer to the truth."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

import wanamaker as wm
from wanamaker.attribution.calibration import calibrated_parts
from wanamaker.attribution.calibration.anchor import Measured, anchored, error_factor
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, SchemaError

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

PATHS = {
    "path": ["a", "b", "a > b", "c", "a > c", "b > c"],
    "won": [100, 40, 130, 30, 110, 60],
    "lost": [900, 960, 870, 970, 890, 940],
    "value": [1000.0, 800.0, 1500.0, 90.0, 1300.0, 900.0],
}
SPECIAL = ("(baseline)", "(unattributed)")


@pytest.fixture(scope="module")
def credit():
    journeys = wm.journeys_from_paths(PATHS, conversions="won", nulls="lost", value="value", observed="full")
    return wm.attribute(journeys, ["last", "incremental", "linear"], bootstrap=40)


@pytest.fixture(scope="module")
def world():
    return wm.simulate.journeys(n=10_000, seed=5, confounded=True, observed="full")


@pytest.fixture(scope="module")
def dated(world):
    return attributed(world)


def attributed(world, models=("incremental",), bootstrap=40):
    journeys = wm.journeys_from_events(
        world.log, user="uid", converted="conversion", cost="cost", value="value", observed="full"
    )
    return wm.attribute(journeys, list(models), bootstrap=bootstrap)


def one(touch="a", conversions=120.0, standard_error=10.0, **days):
    return [{"touch": touch, **days, "conversions": conversions, "standard_error": standard_error}]


def numbers(credit, model, column="conversions"):
    return dict(credit.frame.filter(model=model).select("touch", column).iter_rows())


def measured(*tests):
    """Return tests given as (channel, scale, result, error)."""
    columns = list(zip(*tests, strict=True))
    return Measured(np.array(columns[0]), *(np.array(column, dtype=float) for column in columns[1:]))


# --- The least squares ---------------------------------------------------------------------------


def test_two_estimates_of_one_channel_are_averaged_by_their_precision():
    found = anchored(np.array([100.0, 50.0]), np.array([20.0, 5.0]), measured((0, 1.0, 40.0, 10.0)), 400.0)
    assert found.credit.tolist() == pytest.approx([(100 / 400 + 40 / 100) / (1 / 400 + 1 / 100), 50.0])
    assert found.variances.tolist() == pytest.approx([80.0, 25.0])
    assert found.weights.tolist() == pytest.approx([0.8])


def test_a_test_of_half_the_credit_pulls_by_what_it_says_of_the_whole():
    found = anchored(np.array([100.0]), np.array([20.0]), measured((0, 0.5, 20.0, 5.0)), 400.0)
    assert found.credit.tolist() == pytest.approx([52.0])
    assert found.weights.tolist() == pytest.approx([0.8])


def test_several_tests_of_one_channel_are_combined():
    found = anchored(
        np.array([100.0]), np.array([10.0]), measured((0, 1.0, 40.0, 10.0), (0, 1.0, 70.0, 10.0)), 400.0
    )
    assert found.credit.tolist() == pytest.approx([70.0])
    assert found.weights.tolist() == pytest.approx([1 / 3, 1 / 3])


def test_where_the_total_binds_every_channel_gives_way_by_its_variance():
    test = measured((0, 1.0, 180.0, 10.0))
    found = anchored(np.array([100.0, 50.0]), np.array([20.0, 10.0]), test, 160.0)
    assert anchored(
        np.array([100.0, 50.0]), np.array([20.0, 10.0]), test, 999.0
    ).credit.tolist() == pytest.approx([164, 50])
    assert found.credit.tolist() == pytest.approx([164 - 54 * 80 / 180, 50 - 54 * 100 / 180])
    assert found.credit.sum() == pytest.approx(160.0)


@given(
    st.lists(st.tuples(st.floats(-50, 200), st.floats(1, 40)), min_size=2, max_size=4),
    st.lists(
        st.tuples(st.integers(0, 1), st.floats(0, 1.5), st.floats(-50, 300), st.floats(1, 60)),
        min_size=1,
        max_size=4,
    ),
    st.floats(50, 800),
)
def test_the_credit_is_the_constrained_minimum(channels, tests, total):
    credit, errors = np.array(channels).T
    found = anchored(credit, errors, measured(*tests), total)

    def loss(theta):
        own = (((theta - credit) / errors) ** 2).sum()
        return own + sum(((scale * theta[at] - result) / error) ** 2 for at, scale, result, error in tests)

    best = minimize(
        loss,
        credit + (total - credit.sum()) / len(credit),
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda theta: total - theta.sum()},
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert found.credit.sum() <= total + 1e-6
    assert loss(found.credit) <= best.fun + 1e-6 * max(best.fun, 1.0)


def test_a_model_error_of_zero_is_no_knowledge():
    found = anchored(np.array([0.0, 7.0]), np.zeros(2), measured((0, 1.0, 40.0, 10.0)), 400.0)
    assert found.credit.tolist() == [40.0, 7.0]
    assert found.weights.tolist() == [1.0]


def test_errors_are_those_of_the_bootstrap_while_the_disagreement_may_be_chance():
    credit, errors = np.array([100.0, 50.0]), np.array([20.0, 20.0])
    assert error_factor(credit, errors, measured((0, 1.0, 100 - 1.95 * 500**0.5, 10.0))) == 1.0
    assert error_factor(credit, errors, measured((0, 1.0, 100 - 1.97 * 500**0.5, 10.0))) > 1.0


def test_errors_are_enlarged_until_the_disagreement_may_be_chance():
    credit, errors = np.array([100.0]), np.array([2.0])
    factor = error_factor(credit, errors, measured((0, 1.0, 40.0, 10.0)))
    assert 60.0**2 / (100.0 + factor**2 * 4.0) == pytest.approx(3.841, rel=1e-3)


# --- The table -----------------------------------------------------------------------------------


def test_the_total_is_kept_and_the_baseline_takes_the_rest(credit):
    before, after = credit, credit.calibrate(one())
    for column in ("conversions", "value", "share"):
        was, now = (
            numbers(part, model, column)
            for part, model in ((before, "incremental"), (after, "incremental_calibrated"))
        )
        assert sum(now.values()) == pytest.approx(sum(was.values()), rel=1e-12)
        assert now["(baseline)"] - was["(baseline)"] == pytest.approx(was["a"] - now["a"])
        assert now["b"] == pytest.approx(was["b"], rel=1e-12)
        assert column != "conversions" or now["c"] == was["c"]


def test_what_is_there_already_stays_as_it_is(credit):
    after = credit.calibrate(one())
    assert after.frame.filter(pl.col("model") != "incremental_calibrated").equals(credit.frame)
    assert after.models == ["last", "incremental", "incremental_calibrated", "linear"]
    assert list(after.metadata["methods"]) == after.models
    assert credit.calibration is None
    assert "incremental_calibrated" not in credit.metadata["methods"]


def test_a_row_that_does_not_change_is_copied(credit):
    calm = credit.calibrate(one(conversions=numbers(credit, "incremental")["a"], standard_error=30.0))
    was, now = (
        calm.frame.filter(model=model, touch="b").drop("model")
        for model in ("incremental", "incremental_calibrated")
    )
    assert was.equals(now)
    assert calm.calibration["error_factor"].item() == 1.0


def test_value_costs_and_ratios_follow_the_conversions(dated):
    was, now = (
        dated.calibrate(one("search_brand", 10.0, 5.0))
        .frame.filter(model=model, touch="search_brand")
        .row(0, named=True)
        for model in ("incremental", "incremental_calibrated")
    )
    ratio = now["conversions"] / was["conversions"]
    assert ratio < 0.5
    for column, factor in (
        ("share", ratio),
        ("value", ratio),
        ("roas", ratio),
        ("cost", 1),
        ("cpa", 1 / ratio),
    ):
        assert now[column] == pytest.approx(was[column] * factor)
    assert now["cpa_low"] == pytest.approx(now["cost"] / now["conversions_high"])
    assert now["roas_high"] == pytest.approx(now["value_high"] / now["cost"])
    assert now["share_low"] == pytest.approx(now["conversions_low"] * now["share"] / now["conversions"])
    assert now["support"] == was["support"]


def test_the_calibration_says_what_each_test_did(credit):
    told = credit.calibrate(one(standard_error=25.0) + one("b", 20, 30.0))
    row = told.calibration.row(0, named=True)
    assert told.calibration.columns == [
        *("touch", "start", "end", "conversions", "standard_error", "credited", "weight", "error_factor"),
        *("before", "before_low", "before_high", "after", "after_low", "after_high"),
    ]
    assert row["touch"] == "a"
    assert row["start"] is None
    assert row["before"] == row["credited"] == numbers(credit, "incremental")["a"]
    assert row["after"] == numbers(told, "incremental_calibrated")["a"]
    error = row["error_factor"] * (row["before_high"] - row["before_low"]) / 3.92
    assert row["weight"] == pytest.approx(error**2 / (error**2 + 25.0**2))
    assert row["after"] == pytest.approx(row["before"] + row["weight"] * (120.0 - row["before"]))
    assert row["after_high"] - row["after"] == pytest.approx(1.96 * row["weight"] ** 0.5 * 25.0)


def test_calibrating_again_replaces_what_was_calibrated(credit):
    again = credit.calibrate(one("b", 5.0, 1.0)).calibrate(one())
    assert again.frame.equals(credit.calibrate(one()).frame)
    assert again.calibration.equals(credit.calibrate(one()).calibration)
    assert again.metadata == credit.calibrate(one()).metadata


def test_tests_beyond_the_total_leave_no_baseline(credit):
    after = credit.calibrate(one(conversions=1e6, standard_error=1.0))
    now = numbers(after, "incremental_calibrated")
    assert now["(baseline)"] == pytest.approx(0.0, abs=1e-6)
    assert sum(now.values()) == pytest.approx(470.0)
    assert now["b"] < numbers(credit, "incremental")["b"]


@given(st.floats(-100, 300), st.sampled_from(["a", "b", "c"]))
def test_a_test_without_error_is_believed_and_one_without_precision_is_not(credit, result, touch):
    sure = credit.calibrate(one(touch, result, 1e-7))
    others = [name for name in "abc" if name != touch]
    room = 470.0 - sum(numbers(credit, "incremental")[name] for name in others)
    assert sure.calibration["weight"].item() == pytest.approx(1.0)
    if result < room:
        assert numbers(sure, "incremental_calibrated")[touch] == pytest.approx(result, abs=1e-6)
    vague = credit.calibrate(one(touch, result, 1e9))
    assert vague.calibration["weight"].item() == pytest.approx(0.0, abs=1e-9)
    assert numbers(vague, "incremental_calibrated") == pytest.approx(numbers(credit, "incremental"))
    for told in (sure, vague):
        assert sum(numbers(told, "incremental_calibrated").values()) == pytest.approx(470.0)


def test_the_order_of_tests_changes_nothing(credit):
    tests = one() + one("b", 20.0, 30.0) + one("a", 90.0, 20.0)
    there, back = credit.calibrate(tests), credit.calibrate(tests[::-1])
    for end in ("", "_low", "_high"):
        now = numbers(there, "incremental_calibrated", f"conversions{end}")
        assert now == pytest.approx(numbers(back, "incremental_calibrated", f"conversions{end}"))


# --- Days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("observed", "exposure"), [("full", "count"), ("full", "fading"), ("until_conversion", "count")]
)
def test_credit_by_day_is_the_credit_of_the_journeys_that_end_on_the_day(world, observed, exposure):
    journeys = wm.journeys_from_events(world.log.head(3_000), observed=observed)
    method = wm.attribution.Incremental(exposure=exposure)
    whole = wm.attribute(journeys, [method], bootstrap=0)
    daily = whole.details["incremental"][""]["daily"]
    split = wm.attribute(journeys, [method], bootstrap=0, by="day").frame
    assert daily["days"] == sorted(daily["days"])
    for day, conversions in zip(daily["days"], daily["conversions"], strict=True):
        found = split.filter(~pl.col("touch").is_in(SPECIAL), day=day)
        if len(found):
            assert conversions == pytest.approx(found["conversions"].to_list(), rel=1e-8, abs=1e-8)
    sums = np.sum(daily["conversions"], axis=0)
    assert sums.tolist() == pytest.approx([numbers(whole, "incremental")[name] for name in daily["touches"]])


def test_a_test_of_part_of_the_log_is_held_against_the_credit_of_its_days(dated):
    daily = dated.details["incremental"][""]["daily"]
    place = daily["touches"].index("email")
    days = zip(daily["days"], daily["conversions"], strict=True)
    here = sum(row[place] for day, row in days if "2025-01-10" <= day <= "2025-01-20")
    tests = one("email", 1.3 * here, 1.0, start="2025-01-10", end="2025-01-20")
    told = dated.calibrate(tests).calibration.row(0, named=True)
    assert told["credited"] == pytest.approx(here)
    assert told["after"] == pytest.approx(told["before"] * (1.0 + 0.3 * told["weight"]))
    assert told["weight"] > 0.01
    assert (told["start"], told["end"]) == ("2025-01-10", "2025-01-20")


def test_a_test_from_the_first_to_the_last_day_is_one_of_the_whole_log(dated):
    first, last = (moment[:10] for moment in dated.metadata["period"])
    whole = dated.calibrate(one("email", 30.0, 10.0)).calibration
    assert whole.equals(dated.calibrate(one("email", 30.0, 10.0, start=first, end=last)).calibration)
    assert (whole["start"].item(), whole["end"].item()) == (first, last)
    assert whole["credited"].item() == whole["before"].item()


def test_where_credits_of_both_signs_cancel_the_days_of_all_channels_tell_the_period(dated):
    daily = {
        "days": ["2025-01-01", "2025-01-02"],
        "touches": ["x", "y"],
        "conversions": [[5, 30], [-4.9, 10]],
    }
    from wanamaker.attribution.calibration.lift_tests import read_lift_tests
    from wanamaker.attribution.calibration.periods import credited_in_periods

    tests = read_lift_tests(
        [
            {"touch": "x", "end": "2025-01-01", "conversions": 1, "standard_error": 1},
            {"touch": "y", "end": "2025-01-01", "conversions": 1, "standard_error": 1},
        ]
    ).on(["x", "y"], ("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"))
    credited, scales = credited_in_periods(tests, ["x", "y"], np.array([0.1, 40.0]), daily)
    assert credited.tolist() == [5.0, 30.0]
    assert scales.tolist() == pytest.approx([35 / 49.9, 0.75])


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-10",
        " 2025-01-10 ",
        "2025-01-10T23:59:59Z",
        "2025-01-09T23:30:00-05:00",
        date(2025, 1, 10),
        datetime(2025, 1, 10, 7),
    ],
)
def test_days_are_dates_datetimes_or_text(dated, day):
    assert dated.calibrate(one("email", 30.0, 10.0, start=day)).calibration["start"].item() == "2025-01-10"


def test_any_kind_of_table_or_file_does(dated, tmp_path):
    table = pl.DataFrame(one("email", 30.0, 10.0, start="2025-01-10", end=None))
    table.write_csv(tmp_path / "tests.csv")
    table.write_parquet(tmp_path / "tests.parquet")
    expected = dated.calibrate(table).frame
    for given_as in (
        table.to_pandas(),
        table.to_arrow(),
        table.to_dict(as_series=False),
        table.to_dicts(),
        tmp_path / "tests.csv",
        str(tmp_path / "tests.parquet"),
        pd.DataFrame(table.to_dicts()).assign(start=pd.to_datetime(["2025-01-10"])),
        pd.DataFrame(table.to_dicts()).assign(end=[float("nan")]),
    ):
        assert dated.calibrate(given_as).frame.equals(expected)


def test_credit_by_day_that_would_be_too_large_is_left_out(world, monkeypatch):
    monkeypatch.setattr("wanamaker.attribution.incremental.daily.MOST_NUMBERS", 100)
    credit = attributed(world, bootstrap=10)
    assert "daily" not in credit.details["incremental"][""]
    assert credit.calibrate(one("email", 30.0, 10.0)).calibration["weight"].item() > 0
    with pytest.raises(DataError, match=r"row 0: a test over part of the log, 2025-01-10 to .* by day"):
        credit.calibrate(one("email", 30.0, 10.0, start="2025-01-10"))


@pytest.mark.parametrize("result", [30.0, 400.0])
def test_calibrated_parts_sum_to_the_whole_and_keep_their_totals(world, dated, result):
    whole = dated.calibrate(one("email", result, 10.0) + one("display", 200.0, 20.0))
    journeys = wm.journeys_from_events(world.log, cost="cost", value="value", observed="full")
    split = wm.attribute(journeys, ["incremental"], bootstrap=5, by="month").frame
    parts = calibrated_parts(split, "month", whole.frame)
    assert parts.filter(model="incremental").equals(split)
    for column in ("conversions", "cost"):
        sums = parts.filter(model="incremental_calibrated").group_by("touch").agg(pl.col(column).sum())
        assert dict(sums.iter_rows()) == pytest.approx(numbers(whole, "incremental_calibrated", column))
    for column in ("conversions", "value", "share"):
        sums = parts.group_by("month", "model", maintain_order=True).agg(pl.col(column).sum())
        was, now = (sums.filter(model=model) for model in ("incremental", "incremental_calibrated"))
        assert now[column].to_list() == pytest.approx(was[column].to_list())


# --- The truth -----------------------------------------------------------------------------------


def test_in_a_confounded_world_tests_bring_the_credit_nearer_to_the_truth():
    errors = []
    for seed in range(3):
        world = wm.simulate.journeys(n=40_000, seed=seed, confounded=True, observed="full")
        credit = attributed(world)
        tests = pl.concat([wm.simulate.lift_tests(world, seed=number) for number in range(4)])
        found = wm.evaluate_credit(credit.calibrate(tests), world.truth)["total_variation"]
        errors.append(found.to_list())
    before, after = np.mean(errors, axis=0)
    assert after < 0.7 * before


def test_in_a_confounded_world_channels_without_a_test_keep_their_credit(world, dated):
    tests = wm.simulate.lift_tests(world, ["search_brand", "shopping"])
    after = dated.calibrate(tests)
    was, now = numbers(dated, "incremental"), numbers(after, "incremental_calibrated")
    assert {name for name in was if was[name] != now[name]} == {"search_brand", "shopping", "(baseline)"}


def test_in_a_clean_world_tests_that_agree_leave_the_bootstrap_errors():
    world = wm.simulate.journeys(n=20_000, seed=1, observed="full")
    credit = attributed(world)
    told = credit.calibrate(wm.simulate.lift_tests(world)).calibration
    assert told["error_factor"].unique().to_list() == [1.0]
    assert (told["weight"] < 0.2).all()


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tests", "error", "message"),
    [
        (one("A1"), DataError, r"row 0: a touch of the log was expected. Got 'A1'.\nHint: .*'a', 'b', 'c'"),
        (one() + one(None), DataError, r"row 1: the name of a touch was expected as 'touch'. Got None."),
        (one("(baseline)"), DataError, r"row 0: a touch of the log was expected. Got '\(baseline\)'"),
        (
            one(standard_error=0),
            DataError,
            r"a finite number above 0 was expected as 'standard_error'. Got 0.0",
        ),
        (one() + one(standard_error=-2), DataError, r"row 1: a finite number above 0 .* Got -2.0"),
        (one(standard_error=None), DataError, r"row 0: a finite number above 0 .* Got None"),
        (one(standard_error=float("nan")), DataError, r"row 0: a finite number above 0 .* Got nan"),
        (one(standard_error=float("inf")), DataError, r"Got inf.\nHint: Give the standard error .* / 3.92"),
        (one(conversions=None), DataError, r"row 0: a finite number was expected as 'conversions'. Got None"),
        (
            one(conversions="many"),
            SchemaError,
            r"the column 'conversions' must hold numbers. Got type String",
        ),
        (one(start="2025-02-30"), DataError, r"row 0: a day was expected as 'start'. Got '2025-02-30'"),
        (one(end="31/01/2025"), DataError, r"as 'end'. Got '31/01/2025'.\nHint: Write days as '2025-01-31'"),
        (one(end="20250131"), DataError, r"row 0: a day was expected as 'end'. Got '20250131'"),
        (one(end=20250131), SchemaError, r"the column 'end' must hold days. Got type Int64"),
        (
            one(start="2025-02-01", end="2025-01-31"),
            DataError,
            r"row 0: a day no later than the end was expected as 'start'. Got 2025-02-01 to 2025-01-31",
        ),
        (one(start="2025-02-01"), DataError, r"row 0: journeys without times have no days"),
        (
            one(cost=3.0),
            SchemaError,
            r"columns \['touch', .*'standard_error'\] were expected. Got also 'cost'",
        ),
        (
            [{"touch": "a", "conversions": 1}],
            SchemaError,
            r"not found in the lift tests: \['standard_error'\]",
        ),
        ([], DataError, r"at least one lift test was expected. Got no row"),
        (
            {"touch": ["a", "b"], "conversions": [1]},
            ParameterTypeError,
            r"Lift tests must be a table, a dict",
        ),
        (7, ParameterTypeError, r"A table was expected. Got int"),
    ],
)
def test_what_cannot_be_used_is_told(credit, tests, error, message):
    with pytest.raises(error, match=message):
        credit.calibrate(tests)


def test_an_unknown_touch_has_a_near_one(dated):
    with pytest.raises(DataError, match=r"Got 'Search_brnd'.\nHint: Did you mean 'search_brand'\?"):
        dated.calibrate(one("Search_brnd"))


@pytest.mark.parametrize("days", [{"start": "2024-12-31"}, {"end": "2026-01-01"}, {"start": "2026-01-01"}])
def test_a_period_outside_the_log_is_refused(dated, days):
    with pytest.raises(DataError, match=r"row 0: a period within the log, 2025-01-01 to 2025-03-.*, was exp"):
        dated.calibrate(one("email", **days))


def test_a_file_is_named(credit, tmp_path):
    pl.DataFrame(one("d")).write_csv(tmp_path / "tests.csv")
    with pytest.raises(DataError, match=r"tests.csv', row 0: a touch of the log was expected. Got 'd'"):
        credit.calibrate(tmp_path / "tests.csv")


def test_credit_that_has_no_error_is_refused():
    journeys = wm.journeys_from_paths(PATHS, conversions="won", nulls="lost", value="value", observed="full")
    plain = wm.attribute(journeys, ["incremental"], bootstrap=0)
    with pytest.raises(ParameterError, match=r"Got bootstrap=0.\nHint: Attribute with bootstrap=200"):
        plain.calibrate(one())


def test_credit_without_incremental_is_refused(credit):
    journeys = wm.journeys_from_paths(PATHS, conversions="won", nulls="lost", value="value", observed="full")
    rules = wm.attribute(journeys, ["last"], bootstrap=2)
    with pytest.raises(ParameterError, match=r"only \['last'\].\nHint: .*\['incremental'\], bootstrap=200"):
        rules.calibrate(one())
    alone = wm.journeys_from_paths({"path": ["a", "b"], "total_conversions": [3, 1]})
    with pytest.raises(ParameterError, match=r"The credit has only .*: .*no journey that did not convert"):
        wm.attribute(alone, bootstrap=2).calibrate(one())


def test_credit_that_is_split_is_refused(world):
    journeys = wm.journeys_from_events(world.log.head(2_000), observed="full")
    split = wm.attribute(journeys, ["incremental"], bootstrap=2, by="month")
    with pytest.raises(ParameterError, match=r"Got a credit split by 'month'"):
        split.calibrate(one("email"))


def test_credit_of_several_goals_is_refused():
    log = pl.DataFrame(
        {
            "uid": np.repeat(np.arange(60), 2),
            "timestamp": np.arange(120) * 1000,
            "what": [kind for user in range(60) for kind in ("click", ("buy", "install", "click")[user % 3])],
            "campaign": [("a", "b", "a", "a", "b", "b", "b")[row % 7] for row in range(120)],
        }
    )
    journeys = wm.journeys_from_events(log, event="what", conversions=["buy", "install"], observed="full")
    credit = wm.attribute(journeys, ["incremental"], bootstrap=2)
    with pytest.raises(
        ParameterError, match=r"Got a credit of 2 goals: \['buy', 'install'\].\nHint: .* apart"
    ):
        credit.calibrate(one("a"))
