"""Incremental credit is its formula, adds up, and finds the truth where it can be found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference.games import logistic_credit
from tests.strategies import identified_log, random_journeys
from wanamaker.stats.bootstrap import Resampling

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

Incremental = wm.attribution.Incremental
DAY = 86_400


def build(journeys: list[dict], **options) -> wm.Journeys:
    given_options = {"user": "uid", "journey": "journey", "value": "value", "time_unit": "s"}
    return wm.journeys_from_events(
        identified_log(journeys), **(given_options | {"lookback": None, "observed": "full"} | options)
    )


def paths(table: dict, observed: str = "full") -> wm.Journeys:
    return wm.journeys_from_paths(table, conversions="won", nulls="lost", observed=observed)


def varied(journeys: list[dict]) -> list[dict]:
    """Add journeys that fail and convert, by which effects can be estimated."""
    names = sorted({name for journey in journeys for name in journey["touches"]} | {"x", "y"})
    more = [([name], won) for name in names for won in (False, True)]
    more += [([one, other], False) for one in names for other in names]
    example = journeys[0]
    return journeys + [
        example
        | {
            "journey": 1000 + number,
            "user": 1000 + number,
            "touches": touches,
            "times": list(range(len(touches))),
            "costs": [0] * len(touches),
            "converted": won,
        }
        for number, (touches, won) in enumerate(more)
    ]


def effects(credit: wm.Credit, model: str = "incremental") -> dict[str, dict]:
    return {row["touch"]: row for row in credit.details[model][""]["effects"]}


def error(world, model, **options) -> float:
    journeys = wm.journeys_from_events(world.log, **options)
    credit = wm.attribute(journeys, [model], bootstrap=0)
    return wm.evaluate_credit(credit, world.truth)["total_variation"][0]


# --- The formula ----------------------------------------------------------------------------------


@given(journeys=random_journeys())
def test_credit_of_the_logistic_form_is_its_formula(journeys):
    journeys = varied(journeys)
    made = build(journeys)
    credit = wm.attribute(made, [Incremental(link="logistic")], bootstrap=0)
    beta = {touch: row["effect"] for touch, row in effects(credit).items()}
    rows = [
        (
            {name: journey["touches"].count(name) for name in journey["touches"]},
            float(journey["converted"]),
            float(not journey["converted"]),
        )
        for journey in journeys
    ]
    # The intercept is where fitted probabilities sum to the conversions.
    low, high = -50.0, 50.0
    total = sum(won for _, won, _ in rows)
    for _ in range(200):
        base = (low + high) / 2
        fitted = sum(
            1 / (1 + np.exp(-base - sum(beta[name] * count for name, count in row.items())))
            for row, _, _ in rows
        )
        low, high = (base, high) if fitted < total else (low, base)
    expected = logistic_credit(rows, beta, base)
    table = dict(credit.table.select("touch", "conversions").iter_rows())
    assert {name: table[name] for name in expected} == pytest.approx(expected, abs=1e-5)
    without = len(rows) / (1 + np.exp(-base))
    assert table["(baseline)"] == pytest.approx(without, abs=1e-5)


@pytest.mark.parametrize("form", ["journeys", "hazard"])
@pytest.mark.parametrize("link", ["logistic", "linear", "auto"])
@pytest.mark.parametrize("exposure", ["count", "saturating", "fading"])
@given(journeys=random_journeys())
def test_credit_and_value_sum_to_what_happened_in_every_replicate(form, link, exposure, journeys):
    made = build(varied(journeys))
    resampling = Resampling(3, 1)
    method = Incremental(form=form, link=link, exposure=exposure)
    found = method.learned(made, resampling).credit(made, resampling)
    weights = resampling.weights(made.users, np.ones(len(made)))
    assert found.rows[-2:] == ("(baseline)", "(unattributed)")
    assert found.conversions.sum(axis=0).tolist() == pytest.approx(
        (made.conversions @ weights).tolist(), abs=1e-9
    )
    assert found.value.sum(axis=0).tolist() == pytest.approx((made.values @ weights).tolist(), abs=1e-7)


@given(journeys=random_journeys())
def test_normalised_credit_has_no_baseline_and_nothing_below_zero_and_sums_to_all(journeys):
    made = build(varied(journeys))
    table = wm.attribute(made, ["incremental_normalised"], bootstrap=0).table
    assert "(baseline)" not in table["touch"].to_list()
    assert table["conversions"].min() >= 0
    assert table["conversions"].sum() == pytest.approx(made.conversions.sum(), abs=1e-9)
    assert table["value"].sum() == pytest.approx(made.values.sum(), abs=1e-7)


def test_normalised_credit_is_the_positive_part_of_the_incremental_one():
    world = wm.simulate.journeys(20_000, seed=1)
    journeys = wm.journeys_from_events(world.log, observed="full")
    credit = wm.attribute(journeys, ["incremental", "incremental_normalised"], bootstrap=0).table
    plain = credit.filter(model="incremental").filter(pl.col("touch") != "(baseline)")["conversions"]
    scaled = credit.filter(model="incremental_normalised")["conversions"]
    positive = plain.clip(0, None)
    assert scaled.to_list() == pytest.approx((positive / positive.sum() * scaled.sum()).to_list(), abs=1e-9)


def test_value_is_the_conversions_at_the_mean_value_of_those_with_the_touch():
    rows = {
        "path": ["a", "b", "a > b"],
        "won": [20, 10, 40],
        "lost": [80, 90, 60],
        "worth": [200.0, 900.0, 800.0],
    }
    journeys = wm.journeys_from_paths(rows, conversions="won", nulls="lost", value="worth", observed="full")
    table = wm.attribute(journeys, ["incremental", "incremental_normalised"], bootstrap=0).table
    means = {"a": 1000 / 60, "b": 1700 / 50}
    plain = table.filter(model="incremental").rows_by_key("touch", named=True, unique=True)
    for touch, mean in means.items():
        assert plain[touch]["value"] == pytest.approx(plain[touch]["conversions"] * mean)
    assert plain["(baseline)"]["value"] == pytest.approx(1900 - plain["a"]["value"] - plain["b"]["value"])
    scaled = table.filter(model="incremental_normalised").rows_by_key("touch", named=True, unique=True)
    missing = (1900 - sum(row["conversions"] * means[touch] for touch, row in scaled.items())) / 70
    for touch, row in scaled.items():
        assert row["value"] == pytest.approx(row["conversions"] * (means[touch] + missing))


def test_journeys_without_a_touch_are_unattributed_and_teach_nothing():
    rows = {"path": ["a", "b", "a > b", ""], "won": [20, 10, 25, 7], "lost": [80, 90, 75, 0]}
    some = {name: values[:3] for name, values in rows.items()}
    with_them, without = (
        wm.attribute(paths(table), ["incremental"], bootstrap=0).table for table in (rows, some)
    )
    touched = pl.col("touch") != "(unattributed)"
    assert with_them.filter(touched)["conversions"].to_list() == pytest.approx(
        without["conversions"].to_list(), abs=1e-9
    )
    assert with_them.filter(~touched)["conversions"].to_list() == [7.0]


def test_raw_journeys_and_grouped_paths_give_the_same_credit():
    world = wm.simulate.journeys(3_000, seed=9)
    journeys = wm.journeys_from_events(world.log, observed="full")
    frame = journeys.to_frame().with_columns(path=pl.col("touches").list.join(" > "))
    grouped = frame.group_by("path").agg(won=pl.col("conversions").sum(), lost=pl.col("nulls").sum())
    for observed in ("full", "until_conversion"):
        method = Incremental(link="logistic", form="journeys" if observed == "full" else "hazard")
        raw = wm.attribute(journeys, [method], bootstrap=0).table["conversions"].to_list()
        made = wm.attribute(paths(grouped, observed), [method], bootstrap=0).table["conversions"].to_list()
        assert made == pytest.approx(raw, abs=1e-6)


def test_removal_effects_are_what_is_lost_without_one_touch():
    journeys = paths({"path": ["a", "b", "a > b"], "won": [20, 10, 40], "lost": [80, 90, 60]})
    credit = wm.attribute(journeys, [Incremental(link="linear")], bootstrap=20)
    told = effects(credit)
    assert told["a"]["removal"] == pytest.approx(told["a"]["effect"] * 200)
    assert told["a"]["removal_low"] < told["a"]["removal"] < told["a"]["removal_high"]


# --- How journeys were observed -------------------------------------------------------------------


def test_the_form_follows_from_how_journeys_were_observed():
    for observed, form in (("full", "journeys"), ("until_conversion", "hazard")):
        world = wm.simulate.journeys(3_000, seed=1, observed=observed)
        journeys = wm.journeys_from_events(world.log, observed=observed)
        details = wm.attribute(journeys, ["incremental"], bootstrap=0).details["incremental"][""]
        assert details["form"] == form
        assert (details["reference"] is None) == (form == "journeys")


@pytest.mark.parametrize("link", ["logistic", "linear"])
def test_a_rare_touch_without_any_conversion_is_no_reference(link):
    rows = {"path": ["idle", "good", "rare > good", "idle > good"], "won": [200, 600, 5, 640]}
    journeys = paths(rows | {"lost": [1800, 1400, 20, 1360]}, "until_conversion")
    credit = wm.attribute(journeys, [Incremental(link=link)], bootstrap=0)
    assert credit.details["incremental"][""]["reference"] == "idle"


def test_a_hazard_is_measured_from_the_reference_that_is_given():
    world = wm.simulate.journeys(20_000, seed=1, observed="until_conversion")
    journeys = wm.journeys_from_events(world.log)
    credit = wm.attribute(journeys, [Incremental(reference="direct", link="logistic")], bootstrap=5)
    assert credit.details["incremental"][""]["reference"] == "direct"
    chosen = wm.attribute(journeys, [Incremental(link="logistic")], bootstrap=0)
    assert chosen.details["incremental"][""]["reference"] in {"direct", "retargeting"}


@pytest.mark.parametrize("observed", ["full", "until_conversion"])
@pytest.mark.parametrize("link", ["logistic", "linear"])
def test_standard_errors_of_effects_are_the_spread_of_the_replicates(observed, link):
    journeys = wm.journeys_from_events(
        wm.simulate.journeys(20_000, seed=1, observed=observed).log, observed=observed
    )
    method = Incremental(link=link, reference=None if observed == "full" else "direct")
    found = method.learned(journeys, Resampling(60, 0))
    spreads = found.betas[1:, 1 : 1 + len(journeys.names)].std(axis=0)
    for spread, told in zip(spreads, found.told["effects"], strict=True):
        if told["touch"] == found.told["reference"]:
            assert (told["effect"], told["standard_error"]) == (0.0, 0.0)
        else:
            assert 0.6 < told["standard_error"] / spread < 1.7


# --- Against the planted truth --------------------------------------------------------------------


def test_the_truth_is_found_where_journeys_are_observed_in_full():
    world = wm.simulate.journeys(200_000, seed=3)
    assert error(world, "incremental", observed="full") < 0.04
    assert error(world, "linear", observed="full") > 0.2


def test_a_hidden_intent_misleads_and_its_covariate_mends_it():
    world = wm.simulate.journeys(200_000, seed=3, confounded=True)
    hidden = error(world, "incremental", observed="full")
    given_it = error(world, "incremental", observed="full", covariates=["intent"])
    assert hidden > 0.08
    assert given_it < 0.04


def test_the_hazard_form_is_not_fooled_by_journeys_that_stop_at_their_conversion():
    world = wm.simulate.journeys(200_000, seed=3, observed="until_conversion")
    hazard, last = (error(world, model) for model in ("incremental", "last"))
    fooled = error(world, Incremental(form="journeys"))
    assert hazard < last / 2
    assert fooled is None or fooled > 4 * last  # None: its credits do not even sum to more than 0


def test_a_touch_that_does_harm_has_negative_credit_and_is_flagged():
    channels = [
        wm.simulate.Channel(name="good", reach=0.5, effect=0.1),
        wm.simulate.Channel(name="idle", reach=0.5, effect=0.0),
    ]
    log = wm.simulate.journeys(20_000, seed=1, channels=channels, base_rate=0.1).log
    journeys = wm.journeys_from_events(log, observed="full")
    harmed = paths({"path": ["good", "bad", "good > bad"], "won": [300, 50, 150], "lost": [700, 950, 850]})
    told = effects(wm.attribute(harmed, ["incremental"], bootstrap=0))
    assert told["bad"]["negative"]
    assert told["bad"]["conversions"] < 0
    assert not told["good"]["negative"]
    assert not effects(wm.attribute(journeys, ["incremental"], bootstrap=0))["good"]["negative"]


def test_intervals_cover_the_estimate_and_shrink_with_the_log():
    widths = []
    for size in (5_000, 50_000):
        journeys = wm.journeys_from_events(wm.simulate.journeys(size, seed=2).log, observed="full")
        row = wm.attribute(journeys, ["incremental"], bootstrap=50).table.filter(touch="shopping")
        low, high = row["conversions_low"][0], row["conversions_high"][0]
        assert low < row["conversions"][0] < high
        widths.append((high - low) / size)
    assert widths[1] < widths[0] / 2


def test_a_replicate_is_the_estimate_of_a_log_drawn_with_its_weights():
    journeys = wm.journeys_from_events(wm.simulate.journeys(3_000, seed=3).log, observed="full")
    resampling = Resampling(3, 7)
    method = Incremental(link="logistic")
    found = method.learned(journeys, resampling).credit(journeys, resampling)
    weights = resampling.weights(journeys.users, np.ones(len(journeys)))
    for replicate in (1, 3):
        rows = np.repeat(np.arange(len(journeys)), weights[:, replicate].astype(int))
        alone = wm.attribute(journeys.take(rows), [method], bootstrap=0).table["conversions"]
        assert found.conversions[:-1, replicate].tolist() == pytest.approx(alone.to_list(), abs=1e-5)


@pytest.mark.parametrize("observed", ["full", "until_conversion"])
def test_parts_are_credited_by_the_effects_of_all_journeys_and_sum_to_the_whole(observed):
    world = wm.simulate.journeys(5_000, seed=2, observed=observed)
    journeys = wm.journeys_from_events(world.log, observed=observed)
    whole = wm.attribute(journeys, ["incremental"], bootstrap=0).table.sort("touch")
    parts = wm.attribute(journeys, ["incremental"], bootstrap=0, by="week").table
    sums = parts.group_by("touch").agg(pl.col("conversions").sum()).sort("touch")
    assert sums["conversions"].to_list() == pytest.approx(whole["conversions"].to_list(), abs=1e-6)


def test_both_incremental_methods_share_one_regression():
    fitted = []

    class Counting(Incremental):
        def learned(self, journeys, resampling):
            fitted.append(self.normalised)
            return super().learned(journeys, resampling)

    journeys = wm.journeys_from_events(wm.simulate.journeys(2_000, seed=3).log, observed="full")
    wm.attribute(journeys, [Counting(), Counting(normalised=True)], bootstrap=0)
    assert fitted == [False]


# --- Covariates -----------------------------------------------------------------------------------


def with_segment(values: list) -> wm.Journeys:
    count = len(values)
    log = pl.DataFrame(
        {
            "uid": [user for user in range(count) for _ in range(1 + user % 2)],
            "timestamp": [place for user in range(count) for place in range(1 + user % 2)],
            "campaign": [
                ["a", "b"][(user // 2 + place) % 2] for user in range(count) for place in range(1 + user % 2)
            ],
            "conversion": [
                int(user * 7 % 11 < 3 and place == user % 2)
                for user in range(count)
                for place in range(1 + user % 2)
            ],
            "segment": [values[user] for user in range(count) for _ in range(1 + user % 2)],
        },
        strict=False,
    )
    return wm.journeys_from_events(log, covariates=["segment"], observed="full")


@pytest.mark.parametrize(
    "values",
    [
        [["n", "s", "w"][user % 3] for user in range(60)],
        [user % 5 == 0 for user in range(60)],
        [user * 0.37 for user in range(60)],
        [user % 4 for user in range(60)],
    ],
)
def test_covariates_of_any_type_are_used(values):
    details = wm.attribute(with_segment(values), ["incremental"], bootstrap=0).details["incremental"][""]
    assert details["covariates"] == min(20, len(set(values)))


def test_covariates_can_be_left_out():
    journeys = with_segment([["n", "s"][user % 2] for user in range(60)])
    details = wm.attribute(journeys, [Incremental(covariates=[])], bootstrap=0).details["incremental"][""]
    assert details["covariates"] == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [None if user in (7, 9) else "n" for user in range(60)],
            r"the covariate 'segment' is missing for 2 of 60 journeys, the first of them journey 7; fill it",
        ),
        (
            [float("nan") if user == 3 else 1.0 for user in range(60)],
            r"the covariate 'segment' is missing for 1 of 60",
        ),
        ([f"s{user}" for user in range(150)], r"has 150 categories, more than 100"),
    ],
)
def test_covariates_that_cannot_be_used_are_refused(values, message):
    journeys = with_segment(values)
    with pytest.raises(wm.ParameterError, match=message):
        wm.attribute(journeys, ["incremental"], bootstrap=0)
    credit = wm.attribute(journeys, bootstrap=0)
    assert "incremental" not in credit.models
    assert "segment" in credit.metadata["left_out"]["incremental"]


def test_an_unknown_covariate_is_refused():
    journeys = with_segment(["n", "s"] * 30)
    with pytest.raises(wm.ParameterError, match=r"'region' is no covariate of the journeys .*'segment'"):
        wm.attribute(journeys, [Incremental(covariates=["region"])], bootstrap=0)


# --- Refusals -------------------------------------------------------------------------------------

LEARNING = ["shapley", "incremental", "incremental_normalised"]


@pytest.mark.parametrize("model", LEARNING)
@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"path": ["a", "a > b"], "won": [5, 5], "lost": [0, 0]},
            "no journey that did not convert was given",
        ),
        ({"path": ["a", "a > a"], "won": [5, 5], "lost": [50, 50]}, "'a' is in every journey"),
        ({"path": ["a > b", "b", "c > b"], "won": [5, 5, 1], "lost": [9, 9, 9]}, "'b' is in every journey"),
        (
            {"path": ["a > b > c", "d > e"], "won": [1, 1], "lost": [1, 0]},
            r"more touches \(5\) than journeys \(3\)",
        ),
    ],
)
def test_journeys_that_cannot_be_compared_are_refused_and_rules_are_named(model, table, message):
    journeys = paths(table)
    with pytest.raises(wm.ParameterError, match=message) as refusal:
        wm.attribute(journeys, [model], bootstrap=0)
    assert "'linear'" in refusal.value.hint
    credit = wm.attribute(journeys, bootstrap=0)
    assert model not in credit.models
    assert model in credit.metadata["left_out"]


@pytest.mark.parametrize("model", ["shapley", "incremental"])
def test_journeys_of_one_touch_each_leave_no_baseline_to_tell(model):
    journeys = paths({"path": ["a", "b"], "won": [5, 9], "lost": [50, 50]})
    with pytest.raises(wm.DataError, match="Effects of touches cannot be told from a baseline"):
        wm.attribute(journeys, [model], bootstrap=0)
    assert model in wm.attribute(journeys, bootstrap=0).metadata["left_out"]


def test_perfect_separation_is_refused():
    journeys = paths({"path": ["a", "b", "a > b", "c"], "won": [50, 0, 50, 0], "lost": [0, 50, 0, 50]})
    with pytest.raises(wm.DataError, match="separate converting from other journeys perfectly") as refusal:
        wm.attribute(journeys, ["incremental"], bootstrap=0)
    assert "consequence of converting" in refusal.value.hint
    assert "separate" in wm.attribute(journeys, bootstrap=0).metadata["left_out"]["incremental"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "cox"}, "'form' parameter of Incremental must be one of 'auto', 'journeys', 'hazard'"),
        ({"link": "probit"}, "'link' parameter of Incremental must be one of"),
        ({"exposure": "log"}, "'exposure' parameter of Incremental must be one of"),
        ({"penalty": 0}, "'penalty' parameter of Incremental"),
        ({"half_life": "0d"}, "'half_life' must be longer than zero"),
        ({"covariates": "intent"}, "'covariates' parameter of Incremental must be a list of names"),
        ({"reference": "direct", "form": "journeys"}, "'reference' belongs to the hazard form"),
    ],
)
def test_parameters_out_of_range_are_refused(options, message):
    with pytest.raises((wm.ParameterError, wm.ParameterTypeError), match=message):
        Incremental(**options)


def test_a_reference_that_is_no_touch_is_refused():
    journeys = paths(
        {"path": ["a", "b", "a > b"], "won": [5, 9, 9], "lost": [50, 50, 50]}, "until_conversion"
    )
    with pytest.raises(wm.ParameterError, match="the reference 'c' is no touch of these journeys"):
        wm.attribute(journeys, [Incremental(reference="c")], bootstrap=0)


def test_exposures_that_fade_need_times():
    journeys = paths({"path": ["a", "b", "a > b"], "won": [5, 9, 9], "lost": [50, 50, 50]})
    with pytest.raises(wm.ParameterError, match="exposures that fade need the time of every touch"):
        wm.attribute(journeys, [Incremental(exposure="fading")], bootstrap=0)


def test_credit_per_touch_is_refused_where_no_method_has_it():
    journeys = paths({"path": ["a", "b", "a > b"], "won": [5, 9, 9], "lost": [50, 50, 50]})
    with pytest.raises(wm.ParameterError, match="'per_touch' needs a method that credits each journey"):
        wm.attribute(journeys, ["markov", "incremental"], bootstrap=0, per_touch=True)


@given(half_life=st.integers(1, 30))
def test_exposures_that_fade_are_their_definition(half_life):
    log = pl.DataFrame(
        {
            "uid": [1, 1, 1, 2, 2, 3],
            "timestamp": [0, 2 * DAY, 5 * DAY, 0, DAY, 0],
            "campaign": ["a", "b", "a", "b", "a", "b"],
            "conversion": [0, 0, 1, 0, 0, 0],
        }
    )
    journeys = wm.journeys_from_events(log, observed="full", time_unit="s")
    from wanamaker.attribution.incremental.covariates import Covariates
    from wanamaker.attribution.incremental.design import journey_design, touch_design

    none = Covariates.of(journeys, ())
    micros = half_life * DAY * 1_000_000
    rows = journey_design(journeys, none, "fading", micros).rows
    fade = [0.5 ** (days / half_life) for days in (5, 3, 1)]
    assert rows.values.tolist() == pytest.approx([1 + fade[0], fade[1], 1.0, fade[2], 1.0])
    rows = touch_design(journeys, none, "fading", micros).rows
    two, three = 0.5 ** (2 / half_life), 0.5 ** (3 / half_life)
    assert rows.values.tolist() == pytest.approx(
        [1, 1, two, 1, fade[0], three, 1, 1, 0.5 ** (1 / half_life), 1]
    )
    assert rows.columns.tolist() == [0, 1, 2, 0, 2, 3, 1, 0, 3, 1]
