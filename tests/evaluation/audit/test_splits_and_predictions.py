"""L5, L8 and L9: splits, predictions, metrics."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

import wanamaker as wm
from tests.evaluation.audit.tables import START
from wanamaker.base.errors import DataError
from wanamaker.evaluation.audit import check_metrics

ROWS = 6_000


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def examples(rng):
    truth = rng.beta(1, 6, ROWS)
    return pl.DataFrame(
        {
            "x": truth + rng.normal(0, 0.2, ROWS),
            "at": [START + timedelta(minutes=each) for each in range(ROWS)],
            "user": np.arange(ROWS) // 3,
            "part": np.repeat(["train", "valid", "test"], [3_600, 900, 1_500]),
            "p": truth,
            "y": rng.random(ROWS) < truth,
        }
    )


def told(table, **roles):
    return [
        (finding.detector, finding.columns, finding.severity) for finding in wm.audit(table, "y", **roles)
    ]


def test_a_clean_split_and_a_calibrated_prediction_are_silent(examples):
    roles = {"time": "at", "group": ["user"], "split": "part", "prediction": "p"}
    assert told(examples, **roles) == []


def test_users_on_both_sides_are_found_and_counted(examples, rng):
    mixed = examples.with_columns(part=pl.Series(rng.permutation(examples["part"].to_numpy())))
    (found,) = wm.audit(mixed, "y", group="user", split="part")
    assert (found.detector, found.columns, found.severity) == ("L5", ("user",), "critical")
    pair = next(pair for pair in found.evidence["pairs"] if pair["parts"] == ["train", "test"])
    train, test = (mixed.filter(part=name) for name in ("train", "test"))
    assert pair["rows"] == test["user"].is_in(train["user"].to_list()).sum()
    assert pair["shared"] == len(set(train["user"]) & set(test["user"]))


def test_one_shared_user_is_a_warning_and_a_null_is_nobody(examples):
    one = examples.with_columns(
        user=pl.when(pl.int_range(pl.len()).is_in([10, 5_000])).then(-1).otherwise("user"),
        term=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.int_range(pl.len())),
    )
    assert told(one, group=["user", "term"], split="part") == [("L5", ("user",), "warning")]


def test_returning_users_of_a_split_in_time_are_a_warning(examples):
    returning = examples.with_columns(user=pl.int_range(pl.len()) % 500)
    (found,) = wm.audit(returning, "y", time="at", group="user", split="part")
    assert (found.columns, found.severity) == (("user",), "warning")
    assert "follow each other in time" in found.advice


def test_overlapping_times_are_found_whatever_the_type_of_time(examples, rng):
    mixed = examples.with_columns(part=pl.Series(rng.permutation(examples["part"].to_numpy())))
    for at in (pl.col("at"), pl.col("at").dt.epoch("s"), pl.col("at").dt.to_string("iso")):
        (found,) = wm.audit(mixed.with_columns(at), "y", time="at", split="part")
        assert (found.detector, found.columns, found.severity) == ("L5", ("at", "part"), "critical")
        assert found.evidence["pairs"][0]["second_begins"].startswith("2026-01-01T00:")


def test_a_tie_at_the_border_is_silent(examples):
    coarse = examples.with_columns(at=pl.col("at").dt.truncate("7h"))
    ends, begins = (coarse.filter(part=name)["at"] for name in ("train", "valid"))
    assert ends.max() == begins.min()
    assert told(coarse, time="at", split="part") == []


def test_parts_without_known_names_are_ordered_by_their_times(examples):
    folds = examples.with_columns(part=pl.col("part").replace({"train": "b", "valid": "c", "test": "a"}))
    assert told(folds, time="at", group="user", split="part") == []


def test_a_gap_shorter_than_the_label_window_is_found(examples):
    known = pl.when("y").then(pl.col("at") + pl.duration(hours=2))
    late = examples.with_columns(known=known)
    (found, second) = wm.audit(late, "y", time="at", split="part", label_time="known")
    assert (found.detector, found.columns, found.severity) == ("L5", ("at", "known"), "warning")
    assert found.evidence["parts"] == ["train", "valid"]
    begun = examples.filter(part="valid")["at"].min()
    train = late.filter(part="train")
    assert (train["known"] == begun).any()  # known at the very moment is not known before it
    assert found.evidence["rows"] == (train["known"] >= begun).sum()
    assert found.evidence["gap_seconds"] == 60
    assert found.evidence["label_window_seconds"] == 7_200
    assert second.evidence["parts"] == ["valid", "test"]
    minute = pl.int_range(pl.len())
    gap = ~minute.is_between(3_400, 3_600) & ~minute.is_between(4_300, 4_500)
    assert told(late.filter(gap), time="at", split="part", label_time="known") == []


def test_unlabelled_rows_take_part_in_the_split_alone(examples, rng):
    unlabelled = examples.with_columns(
        y=pl.when(pl.col("part") == "test").then(None).otherwise("y"),
        user=pl.when(pl.int_range(pl.len()).is_in([3_000, 5_999])).then(-1).otherwise("user"),
    )
    (found,) = wm.audit(unlabelled, "y", group="user", split="part", prediction="p")
    assert found.evidence["pairs"][0]["parts"] == ["train", "test"]


@pytest.mark.parametrize("side", [False, True])
@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_of_one_class_is_found_and_one_row_of_the_other_is_enough(examples, part, side):
    inside = pl.col("part") == part
    alone = (
        examples.drop("user", "at")
        .with_row_index("place")
        .with_columns(y=pl.when(inside).then(side).otherwise("y"))
    )
    alone = alone.sample(fraction=1.0, shuffle=True, seed=1)  # else the order of rows is a finding too
    (found,) = wm.audit(alone.drop("place"), "y", split="part")
    assert (found.detector, found.columns, found.severity) == ("L9", ("part",), "warning")
    rows = len(examples.filter(part=part))
    assert found.evidence["parts"] == [{"part": part, "rows": rows, "label": int(side)}]
    assert f"y is of one class in {part} ({rows:,} rows of {int(side)})" in found.message
    one = pl.col("place") == alone.filter(part=part)["place"].max()
    mixed = alone.with_columns(y=pl.when(one).then(not side).otherwise("y"))
    assert told(mixed.drop("place"), split="part") == []


def test_predictions_for_a_part_of_one_class_are_judged_by_their_mean(examples):
    alone = examples.with_columns(y=pl.col("y") & (pl.col("part") != "test"))
    alone = alone.select("p", "part", "y").sample(fraction=1.0, shuffle=True, seed=1)
    found = told(alone, split="part", prediction="p")
    assert found == [("L8", ("p",), "critical"), ("L9", ("part",), "warning")]


@pytest.mark.parametrize(("factor", "severity"), [(10, "critical"), (1.6, "warning"), (0.3, "critical")])
def test_a_mean_prediction_far_from_the_base_rate_is_found(examples, factor, severity):
    odds = factor * pl.col("p") / (1 - pl.col("p"))
    (found,) = wm.audit(examples.with_columns(p=odds / (1 + odds)), "y", prediction="p", split="part")
    assert (found.detector, found.columns, found.severity) == ("L8", ("p",), severity)
    assert found.evidence["rows"] == 1_500  # the test part
    assert found.evidence["low"] <= found.evidence["ratio"] <= found.evidence["high"]


def test_a_calibrated_prediction_on_few_positives_is_silent(rng):
    for _ in range(50):
        truth = rng.beta(1, 40, 400)
        label = rng.random(400) < truth
        label[:2] = [True, False]
        table = pl.DataFrame({"p": truth, "y": label})
        assert told(table, prediction="p") == []


def test_a_small_difference_is_silent_however_certain(rng):
    truth = rng.beta(1, 6, 60_000)
    table = pl.DataFrame({"p": 1.07 * truth, "y": rng.random(60_000) < truth})
    assert told(table.filter(pl.col("p") < 1), prediction="p") == []


def test_a_score_is_not_taken_for_a_probability(examples):
    (found,) = wm.audit(examples.with_columns(p=pl.col("p") * 7 - 3), "y", prediction="p")
    assert (found.detector, found.severity) == ("L8", "warning")
    assert "is no probability" in found.message


def test_a_prediction_that_is_the_label_is_found(examples):
    (found,) = wm.audit(examples.with_columns(p=pl.col("y").cast(pl.Float64)), "y", prediction="p")
    assert (found.detector, found.columns, found.severity) == ("L9", ("p",), "critical")
    assert "equals y in every row" in found.message
    assert abs(found.evidence["auc_on_shuffled_labels"] - 0.5) < 0.05
    near = examples.with_columns(p=0.98 * pl.col("y") + 0.02 * pl.col("p"))
    assert ("L9", ("p",), "critical") in told(near, prediction="p")


def test_a_backward_prediction_is_found(examples):
    found = told(examples.with_columns(p=pl.col("p").mean() * 2 - pl.col("p")), prediction="p")
    assert ("L9", ("p",), "critical") in found


def test_a_score_that_remembers_users_is_found(rng):
    """Its scores of returning users know their labels; of new ones, nothing."""
    user = rng.integers(0, 3_000, ROWS)
    liking = rng.beta(1, 2, 3_000)[user]
    part = np.repeat(["train", "test"], ROWS // 2)
    known = np.isin(user, user[: ROWS // 2])
    score = np.where(known, liking, 1 / 3)
    table = pl.DataFrame({"user": user, "part": part, "p": score, "y": rng.random(ROWS) < liking})
    findings = [
        each
        for each in wm.audit(table, "y", group="user", split="part", prediction="p")
        if each.detector == "L9"
    ]
    assert [each.columns for each in findings] == [("p", "user")]
    assert findings[0].evidence["auc_seen"] > 0.65
    assert findings[0].evidence["auc_new"] < 0.55


def test_scores_that_know_their_training_rows_alone_remember_no_users(rng):
    user = rng.integers(0, 3_000, ROWS)
    truth = rng.beta(1, 2, ROWS)
    label = rng.random(ROWS) < truth
    part = np.repeat(["train", "test"], ROWS // 2)
    score = np.where(part == "train", np.where(label, 0.99, 0.01), truth)
    table = pl.DataFrame({"user": user, "part": part, "p": score, "y": label})
    found = told(table, group="user", split="part", prediction="p")
    assert found == [("L5", ("user",), "critical")]


def test_metrics_that_work_pass_and_others_do_not(rng):
    labels = rng.random(1_000) < 0.1
    good = {
        "roc_auc": roc_auc_score,
        "pr_auc": average_precision_score,
        "log_loss": log_loss,
    }
    assert check_metrics(good, labels) == []
    bad = {
        "constant": lambda y, p: 0.97,
        "auc of another column": lambda y, p: roc_auc_score(y, np.arange(len(y))),
        "distance from a half": lambda y, p: float(
            np.abs(p - 0.5).mean() + (np.abs(p - 0.5) > 0.4)[y].mean()
        ),
        "broken": lambda y, p: float("nan"),
        "either way": lambda y, p: abs(roc_auc_score(y, p) - 0.5),
    }
    found = {finding.message.split("'")[1]: finding.message for finding in check_metrics(bad, labels)}
    assert set(found) == set(bad)
    assert "all wrong as good as perfect" in found["either way"]
    assert "not a finite number" in found["broken"]


def test_metrics_need_both_classes():
    with pytest.raises(DataError, match="Labels of both classes were expected"):
        check_metrics({}, np.zeros(5, dtype=bool))
