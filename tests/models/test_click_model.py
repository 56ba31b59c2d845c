"""What is special to the click model; the laws that hold for every estimator are in tests/checks."""

from __future__ import annotations

import sys
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.worlds import CATEGORICAL, START, log_of, model
from wanamaker.base.errors import DataError, FileReadError, MissingExtraError, ParameterError, SchemaError
from wanamaker.models.click_features import ClickFeatures
from wanamaker.models.click_parts import prepare
from wanamaker.models.families.hour import time_of_day
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import binary_metrics, roc_auc

LOG = log_of(6_000)
LABELS = LOG.test["bought"].to_numpy()


@pytest.fixture(scope="module")
def fitted() -> wm.ClickModel:
    return model().fit(LOG.train, LOG.valid)


# --- What it learns -------------------------------------------------------------------------------


@pytest.mark.parametrize("trees", ["xgboost", "catboost"])
def test_a_planted_truth_is_found(trees):
    chances = model(trees=trees).fit(LOG.train, LOG.valid).predict(LOG.test, LOG.before)
    assert roc_auc(LABELS, chances)[0] > roc_auc(LABELS, LOG.truth)[0] - 0.03
    assert np.corrcoef(chances, LOG.truth)[0, 1] > 0.9


def test_windows_are_worth_much_where_bots_come_in_bursts():
    world = wm.simulate.clicks(60_000, seed=3, base_rate=0.02)
    a, b = 42_000, 48_000
    train, valid, test = world.log[:a], world.log[a:b], world.log[b:]
    roles = {"time": "click_time", "label": "is_attributed", "label_time": "attributed_time"}
    settings = {"categorical": ["ip", "app", "device", "os", "channel"], "threads": 1, "folds": 0}
    settings |= {"learning_rate": 0.1, "early_stopping_rounds": 20}
    windows = [wm.count(by=key, within="1h") for key in (["ip"], ["ip", "app"], ["ip", "device", "os"])]
    found = []
    for given in ((), windows):
        one = wm.ClickModel(**roles, **settings, windows=given).fit(train, valid)
        chances = one.predict(test, pl.concat([train, valid]))
        found.append(roc_auc(test["is_attributed"].to_numpy(), chances)[0])
    assert found[1] > found[0] + 0.05


@pytest.mark.parametrize(
    "sampling",
    [
        {"keep_negatives": 0.2},
        {"class_weight": "balanced"},
        {"class_weight": 7.0, "keep_negatives": 0.5},
    ],
    ids=str,
)
def test_sampling_and_weights_leave_the_level_of_probabilities_alone(sampling):
    log = log_of(12_000, seed=1)
    one = model(calibration="none", **sampling).fit(log.train, log.valid)
    chances = one.predict(log.test, log.before)
    found = binary_metrics(log.test["bought"].to_numpy(), chances, resampling=Resampling(200))
    ratio = found["calibration_ratio"]
    assert ratio["low"] < 1.0 < ratio["high"]
    assert one.fitted_.shift < -0.5


def test_a_constraint_holds_for_every_row(fitted):
    one = model(monotone={"price": 1}, vectors=0).fit(LOG.train, LOG.valid)
    rows = LOG.test[:200]
    low, mid, high = (
        one.predict(rows.with_columns(price=pl.lit(price)), LOG.before) for price in (0.1, 1.5, 9.0)
    )
    assert (low <= mid).all()
    assert (mid <= high).all()
    free = [fitted.margins(rows.with_columns(price=pl.lit(price)), LOG.before) for price in (0.1, 1.5, 9.0)]
    assert not ((free[0] <= free[1]).all() and (free[1] <= free[2]).all())


def test_target_means_only_ever_raise_the_score_unless_told_otherwise():
    from wanamaker.models.click_settings import recipe_of

    families = {"target_app": "target means", "price": "raw"}
    assert recipe_of(model(), families).settings.monotone == {"target_app": 1}
    assert recipe_of(model(monotone={"target means": 0}), families).settings.monotone == {}
    told = recipe_of(model(monotone={"target_app": -1, "price": 1}), families).settings.monotone
    assert told == {"target_app": -1, "price": 1}


def test_features_of_one_branch_lie_in_one_group():
    groups = [["windows", "target means", "category vectors", "hour"], ["raw"]]
    one = model(interactions=groups).fit(LOG.train, LOG.valid)
    rows = LOG.test[:1].with_columns(price=pl.lit(None, dtype=pl.Float64))
    rows = pl.concat([rows.with_columns(price=pl.lit(price)) for price in (0.1, 0.9, 2.0, 6.0)])
    # The price acts the same whatever the app's past was: no tree has both.
    moved = rows.with_columns(at=pl.col("at") + timedelta(hours=7))
    first, second = (one.margins(part, LOG.before) for part in (rows, moved))
    assert np.ptp(first) > 0.01
    assert abs(first[0] - second[0]) > 0.01
    assert np.allclose(first - first[0], second - second[0], atol=1e-5)


def test_positives_that_became_known_only_later_are_not_learned_from():
    late = LOG.train.with_columns(known_at=pl.when(pl.col("bought") == 1).then(pl.lit(LOG.valid["at"].max())))
    with pytest.raises(DataError, match="positive labels of training must have been known"):
        model().fit(late, LOG.valid)


def test_without_a_validation_part_the_last_tenth_in_time_is_cut_off():
    shuffled = LOG.train.sample(fraction=1.0, shuffle=True, seed=1)
    told = model().fit(shuffled).training_
    assert told["rows"] + told["valid_rows"] == len(LOG.train)
    assert 0.09 < told["valid_rows"] / len(LOG.train) < 0.11


# --- When to stop, and what scores are worth ------------------------------------------------------


def test_few_validation_positives_are_pooled_with_folds_of_the_training_part():
    told = model(folds=3).fit(LOG.train, LOG.valid).training_
    assert told["valid_positives"] < 200
    assert told["pooled_folds"] == 3
    assert told["calibration_positives"] > told["valid_positives"]
    assert told["calibration"] in {"platt", "beta", "isotonic"}


def test_many_validation_positives_need_no_folds():
    log = log_of(6_000, seed=2, base=0.5)
    told = model(folds=3).fit(log.train, log.valid).training_
    assert told["valid_positives"] >= 200
    assert told["pooled_folds"] == 0
    assert told["calibration_rows"] == len(log.valid)


def test_refitting_keeps_settings_rounds_and_calibration_and_learns_from_all_rows(fitted):
    rows = pl.concat([LOG.before, LOG.test[:1_000]])
    again = fitted.refit(rows)
    assert again.n_trees_ == fitted.n_trees_
    assert again.calibration_ == fitted.calibration_
    assert again.get_params() == fitted.get_params()
    assert again.training_["rows"] == len(rows)
    assert again.training_["calibration"] == fitted.training_["calibration"]
    new = {"app": 99, "channel": "new"}
    row = LOG.test[:1].with_columns(**{name: pl.lit(value) for name, value in new.items()})
    learned = fitted.refit(rows.with_columns(**{name: pl.lit(value) for name, value in new.items()}))
    assert fitted.unseen(row)["app"] == 1
    assert learned.unseen(row)["app"] == 0


# --- What it is told of ---------------------------------------------------------------------------


def test_history_is_gone_on_from(fitted):
    alone, after = fitted.predict(LOG.test), fitted.predict(LOG.test, LOG.before)
    assert fitted.needs_history
    assert not np.array_equal(alone, after)
    assert not model(windows=(), target_means=()).fit(LOG.train, LOG.valid).needs_history


def test_target_means_go_on_from_labels_that_came_after_training(fitted):
    converted = LOG.valid.with_columns(bought=pl.lit(1, dtype=pl.Int64), known_at=pl.col("at"))
    names = ["target_app", "target_device"]
    seen = [
        fitted.features_.transform(LOG.test, pl.concat([LOG.train, valid]))[names].mean_horizontal().mean()
        for valid in (LOG.valid, converted)
    ]
    assert seen[1] > seen[0]


def test_rows_of_training_are_told_what_was_known_before_them(fitted):
    whole = fitted.features_.transform(LOG.train[:500])
    first = LOG.train[:500].with_columns(pl.lit(0).alias("bought"))
    assert whole["target_app"].equals(fitted.features_.transform(first)["target_app"])
    m = LOG.train["bought"].mean()
    assert whole["target_app"][0] == pytest.approx(m)


def test_frequencies_count_rows_strictly_before_in_training_and_later():
    one = model(frequencies=["app", ["app", "channel"]], windows=(), vectors=0)
    one.fit(LOG.train, LOG.valid)
    name = "frequency_app_channel"
    whole = pl.concat([LOG.train, LOG.valid, LOG.test])
    keys, moments = whole.select("app", "channel").rows(), whole["at"].to_list()
    before = {
        row: sum(keys[at] == keys[row] and moments[at] < moments[row] for at in range(row))
        for row in (0, 500, 4_000)
    }
    made = one.features_.fit_transform(LOG.train)[name]
    assert [round(np.expm1(made[row])) for row in before] == list(before.values())
    later = one.features_.transform(LOG.test, LOG.before)[name]
    among = sum(keys[at] == keys[len(LOG.before)] for at in range(len(LOG.before)))
    assert round(np.expm1(later[0])) == among


def test_rows_of_one_moment_are_not_before_each_other():
    seconds = [0, 5, 5, 5, 9]
    rows = pl.DataFrame({"at": [START + timedelta(seconds=second) for second in seconds], "app": [1] * 5})
    rows = rows.with_columns(bought=pl.Series([0, 1, 0, 1, 0]), known_at=pl.col("at"))
    asked = {"time": "at", "label": "bought", "label_time": "known_at", "categorical": ["app"]}
    made = ClickFeatures(**asked, frequencies="auto", target_means=(), hour=False).fit_transform(rows)
    assert np.expm1(made["frequency_app"].to_numpy()).round().tolist() == [0, 1, 1, 1, 4]


def test_a_label_that_came_as_the_validation_part_began_is_not_learned_from():
    begins = LOG.valid["at"].min()
    first = pl.int_range(pl.len()) == LOG.train["bought"].arg_max()
    late = LOG.train.with_columns(
        pl.when(first).then(pl.lit(begins)).otherwise(pl.col("known_at")).alias("known_at")
    )
    known = [prepare(model(), part, LOG.valid).train.labels.sum() for part in (LOG.train, late)]
    assert known[1] == known[0] - 1


def test_the_hour_is_that_of_the_day_in_the_time_zone():
    day = model(windows=(), target_means=(), vectors=0, codes=(), numeric=())
    log = LOG.train.with_columns(bought=(pl.col("at").dt.hour() >= 18).cast(int)).with_columns(
        known_at=pl.when(pl.col("bought") == 1).then(pl.col("at"))
    )
    one = day.set_params(categorical=[]).fit(log)
    evening = pl.DataFrame({"at": [START + timedelta(days=day, hours=20) for day in (9, 40)]})
    morning = evening.with_columns(pl.col("at") - timedelta(hours=12))
    assert np.ptp(one.predict(evening)) == 0
    assert one.predict(evening)[0] > 0.5 > one.predict(morning)[0]


def test_the_time_of_day_follows_the_zone_and_its_summer_time():
    noon = pl.Series([START + timedelta(hours=12), START + timedelta(days=120, hours=12)]).cast(pl.Int64)
    assert (time_of_day(noon, "Europe/Berlin") / 3.6e9).tolist() == [13.0, 14.0]
    assert (time_of_day(noon - 13 * 3_600_000_000, "UTC") / 3.6e9).tolist() == [23.0, 23.0]


def test_times_may_come_in_any_form(fitted):
    expected = fitted.predict(LOG.test, LOG.before)
    text = LOG.test.with_columns(pl.col("at").dt.to_string("iso"))
    numbers = LOG.test.with_columns(pl.col("at").cast(pl.Int64))
    for rows in (text, numbers):
        assert np.array_equal(fitted.predict(rows, LOG.before), expected)


def test_large_ids_are_ranked_and_never_held_as_32_bit_floats():
    offset = 2**40
    big = [part.with_columns(pl.col("device") + offset) for part in (LOG.train, LOG.valid, LOG.test)]
    one = model().fit(big[0], big[1])
    ranks = one.features_.transform(big[2], pl.concat(big[:2]))["raw_device"]
    assert ranks.drop_nulls().max() < LOG.train["device"].n_unique()
    assert ranks.n_unique() == LOG.test["device"].n_unique()


def test_a_value_that_training_did_not_have_is_allowed_and_counted(fitted):
    rows = LOG.test[:50].with_columns(channel=pl.lit("new"), app=pl.lit(1))
    assert fitted.unseen(rows)["channel"] == 50
    assert fitted.unseen(rows)["app"] == 0
    assert fitted.unseen(rows.with_columns(channel=pl.lit(None, dtype=pl.String)))["channel"] == 0
    assert np.isfinite(fitted.predict(rows, LOG.before)).all()


# --- What it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"trees": "catboost"}, {"keep_negatives": 0.3}], ids=str)
def test_an_explanation_sums_to_the_log_odds(settings):
    one = model(**settings).fit(LOG.train, LOG.valid)
    rows = LOG.test[:300]
    told = one.explain(rows, LOG.before)
    assert told.columns == [*one.feature_names_, "(base)"]
    margins = one.margins(rows, LOG.before)
    assert np.allclose(told.sum_horizontal().to_numpy(), margins, atol=1e-4)
    chances = one.calibration_(1 / (1 + np.exp(-margins)))
    assert np.allclose(chances, one.predict(rows, LOG.before), atol=1e-12)
    families = one.family_sums(told)
    assert families.columns == [*dict.fromkeys(one.families_.values()), "(base)"]
    assert np.allclose(families.sum_horizontal().to_numpy(), margins, atol=1e-4)


def test_both_probabilities_sum_to_one(fitted):
    both = fitted.predict_proba(LOG.test, LOG.before)
    assert both.shape == (len(LOG.test), 2)
    assert np.allclose(both.sum(axis=1), 1.0)
    assert np.array_equal(both[:, 1], fitted.predict(LOG.test, LOG.before))


# --- Bad input ------------------------------------------------------------------------------------


def test_a_training_part_of_one_label_is_refused():
    none = LOG.train.with_columns(bought=pl.lit(0))
    with pytest.raises(DataError, match=r"must have rows of both labels in 'bought'\. Got 4200"):
        model().fit(none, LOG.valid)


def test_a_validation_part_of_one_label_is_refused():
    none = LOG.valid.with_columns(bought=pl.lit(0))
    with pytest.raises(DataError, match="The validation part must have rows of both labels"):
        model().fit(LOG.train, none)


def test_a_label_other_than_0_and_1_is_refused():
    odd = LOG.train.with_columns(bought=pl.when(pl.col("app") == 3).then(2).otherwise(pl.col("bought")))
    with pytest.raises(DataError, match=r"Column 'bought', row \d+: 2 must be 0 or 1 in the label column"):
        model().fit(odd, LOG.valid)


def test_a_label_known_before_its_event_is_refused():
    early = LOG.train.with_columns(pl.col("known_at") - timedelta(days=1))
    with pytest.raises(DataError, match="lies before the event's 'at'"):
        model().fit(early, LOG.valid)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (pl.col("known_at") - timedelta(days=1), "lies before the event's 'at'"),
        (
            pl.lit(None, dtype=pl.Datetime("us")).alias("known_at"),
            "'bought' is positive, 'known_at' is missing",
        ),
    ],
    ids=["early", "missing"],
)
def test_label_times_are_checked_also_where_no_feature_reads_them(change, told):
    with pytest.raises(DataError, match=told):
        model(windows=(), target_means=()).fit(LOG.train.with_columns(change), LOG.valid)


def test_a_validation_part_that_begins_before_training_ends_is_refused():
    with pytest.raises(DataError, match="validation part must begin when training has ended"):
        model().fit(LOG.valid, LOG.train)


@pytest.mark.parametrize(
    "settings",
    [{}, {"windows": ()}, {"windows": (), "target_means": (), "frequencies": "auto"}],
    ids=["windows", "target means", "frequencies"],
)
def test_history_that_reaches_beyond_the_rows_is_refused(settings):
    one = model(vectors=0, n_estimators=5, **settings).fit(LOG.train, LOG.valid)
    with pytest.raises(DataError, match="History must end before the new rows begin"):
        one.predict(LOG.test[:100], LOG.test[200:])


def test_what_stands_where_labels_will_be_is_not_read(fitted):
    odd = LOG.test.with_columns(bought=pl.lit("not yet"), known_at=pl.lit("tomorrow"))
    assert np.array_equal(fitted.predict(odd, LOG.before), fitted.predict(LOG.test, LOG.before))
    assert fitted.unseen(odd) == fitted.unseen(LOG.test)


@pytest.mark.parametrize(
    "settings",
    [
        {"target_means": ["app", "bought"]},
        {"frequencies": [["app", "known_at"]]},
        {"pair_vectors": [("app", "bought")]},
        {"windows": [wm.count(by=["app", "bought"], within="1h"), wm.rate(by="app", within="1d")]},
        {"windows": [wm.total("bought", by="app", within="1h"), wm.rate(by="app", within="1d")]},
    ],
    ids=["target means", "frequencies", "pair vectors", "key of a window", "total"],
)
def test_a_feature_that_reads_the_label_is_refused(settings):
    with pytest.raises(ParameterError, match="Features of ClickModel must not read the label or its time"):
        model(**settings).fit(LOG.train, LOG.valid)


def test_missing_columns_are_shown_as_a_difference_of_schemas(fitted):
    rows = LOG.test.drop("app").with_columns(ap=pl.lit(1), device=pl.lit("x"))
    with pytest.raises(SchemaError) as caught:
        fitted.predict(rows, LOG.before)
    assert caught.value.message == (
        "The columns of the rows are not those of training. Missing: app; of another type: "
        "device (Int64 in training, now String); not used: ap."
    )
    assert caught.value.hint.startswith("Did you mean 'ap'?")


def test_history_has_to_have_the_labels(fitted):
    with pytest.raises(SchemaError, match=r"columns of history are not those of training. Missing: bought"):
        fitted.predict(LOG.test, LOG.before.drop("bought"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"trees": "lightgbm"}, "'trees' parameter of ClickModel must be one of 'xgboost', 'catboost'"),
        ({"learning_rate": 0.0}, r"'learning_rate' .* \(0, 1\]. Got 0.0"),
        ({"categorical": "app"}, "'categorical' parameter of ClickModel must be a list of columns"),
        ({"categorical": ["app", "bought"]}, "'categorical' .* holds the label"),
        ({"numeric": ["price", "price"]}, "'numeric' .* names 'price' twice"),
        ({"time_zone": "Mars"}, "'time_zone' must name a time zone. Got 'Mars'"),
        ({"monotone": {"prise": 1}}, "'monotone' names 'prise', which is neither a feature nor a family"),
        ({"monotone": {"price": 2}}, r"monotone\['price'\] must be -1, 0 or 1. Got 2"),
        ({"interactions": ["windows"]}, "'interactions' must be a list of groups"),
        ({"class_weight": -1.0}, "'class_weight' .* must be a number above 0. Got -1.0"),
        ({"keep_negatives": 1.5}, "'keep_negatives' .* Got 1.5"),
        ({"trees": "catboost", "reg_alpha": 1.0}, "trees='catboost' has no 'reg_alpha'. Got 1.0"),
        ({"trees": "catboost", "interactions": [["hour"]]}, "trees='catboost' has no 'interactions'"),
        ({"trees": "catboost", "device": "cuda"}, "trees='catboost' grows on processors alone"),
        ({"class_weight": [2.0]}, r"'class_weight' .* must be a number above 0. Got \[2.0\]"),
        ({"monotone": ["price"]}, r"'monotone' must map features or families .* Got \['price'\]"),
        ({"codes": [["app", "device"]]}, "'codes' .* takes categorical columns. Got 'app, device'"),
        ({"codes": ["price"]}, "'codes' .* takes categorical columns. Got 'price'"),
        ({"target_means": "app"}, "'target_means' .* must be 'auto' or a list. Got 'app'"),
        ({"device": "cuda"}, "device='cuda' was asked for"),
        ({"label": 3}, "'label' parameter of ClickModel must be a column. Got 3"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_setting_that_is_not_allowed_is_named(settings, told):
    with pytest.raises((ParameterError, TypeError), match=told):
        model(**settings).fit(LOG.train, LOG.valid)


def test_a_model_without_features_is_refused():
    bare = wm.ClickModel(time="at", label="bought", hour=False)
    with pytest.raises(ParameterError, match="needs features"):
        bare.fit(LOG.train)


def test_a_directory_that_holds_no_model_is_refused(tmp_path, fitted):
    with pytest.raises(FileReadError, match="cannot be read as JSON"):
        wm.ClickModel.load(tmp_path)
    fitted.save(tmp_path / "model")
    (tmp_path / "model" / "trees.ubj").write_bytes(b"nothing")
    with pytest.raises(FileReadError, match="cannot be read as trees of XGBoost"):
        wm.ClickModel.load(tmp_path / "model")
    with pytest.raises(OSError, match="is not empty"):
        fitted.save(tmp_path / "model")


def test_the_schema_names_what_is_read(fitted):
    assert fitted.schema_ == {
        "at": "Datetime(time_unit='us', time_zone=None)",
        "app": "Int64",
        "channel": "String",
        "device": "Int64",
        "price": "Float64",
    }
    assert set(CATEGORICAL) <= set(fitted.schema_)


@pytest.mark.parametrize("trees", ["xgboost", "catboost"])
def test_a_missing_library_is_told_before_any_work(monkeypatch, trees):
    monkeypatch.setitem(sys.modules, trees, None)
    extra = {"xgboost": "trees"}.get(trees, trees)
    with pytest.raises(MissingExtraError, match=rf"wanamaker\[{extra}\]"):
        wm.ClickModel(time="at", label="y", categorical=["app"], trees=trees).fit("no such file.parquet")
