"""What a session model learns, what it refuses, and that its numbers are probabilities."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

import wanamaker as wm
from tests.models.sessions.worlds import fitted, log_of, model, sessions_of
from wanamaker.base.errors import (
    DataError,
    MissingExtraError,
    ParameterError,
    ParameterTypeError,
    SchemaError,
)
from wanamaker.evaluation.session_baselines import session_baselines
from wanamaker.stats.classification import roc_auc

SESSIONS = sessions_of(log_of())
TEST = sessions_of(log_of(400, seed=9))

# --- What it learns -------------------------------------------------------------------------------


@pytest.mark.slow
def test_where_order_decides_cells_come_near_the_truth_and_counts_and_bags_do_not():
    world = wm.simulate.sessions(8_000, seed=1)
    sessions = wm.sessions_from_events(
        world.log,
        session="session_id",
        time="t",
        event="action",
        label="purchase",
        user="user_id",
        numeric=["price"],
        categorical=["category"],
        features=["device", "source"],
    )
    order = np.argsort(sessions.started, kind="stable")
    train, valid, test = (sessions.take(part) for part in np.split(order, [5_000, 5_800]))
    ends = world.truth.group_by("session_id").last().rename({"session_id": "session"})
    truth = test.table.join(ends, on="session", how="left", maintain_order="left")["session_probability"]
    found = {"truth": roc_auc(test.labels, truth)[0]}
    for cell in ("gru", "bag"):
        training = wm.Training(epochs=5, batch_size=128, learning_rate=5e-3, threads=1)
        one = wm.SessionModel(cell=cell, training=training).fit(train, valid)
        found[cell] = roc_auc(test.labels, one.predict(test))[0]
    trees = next(
        one for one in session_baselines(train, valid, test, seeds=range(1)) if one.name == "trees_counts"
    )
    found["counts"] = roc_auc(test.labels, trees.test)[0]
    assert found["gru"] > found["counts"] + 0.15, found
    assert found["gru"] > found["truth"] - 0.05, found
    assert found["bag"] < found["counts"] + 0.05, found


def test_features_alone_make_a_perceptron():
    rng = np.random.default_rng(0)
    x, kind = rng.normal(size=1_500), rng.choice(["a", "b"], 1_500)
    chance = np.where(np.abs(x) > 1.0, 0.9, 0.1) * np.where(kind == "a", 1.0, 0.3)
    table = pl.DataFrame({"x": x, "kind": kind, "y": (rng.random(1_500) < chance).astype(int)})
    sessions = wm.sessions_from_table(table, label="y")
    one = model(training={"epochs": 20}).fit(sessions.take(np.arange(1_200)))
    test = sessions.take(np.arange(1_200, 1_500))
    assert one.fitted_.network.encoder is None
    assert roc_auc(test.labels, one.predict(test))[0] > roc_auc(test.labels, chance[1_200:])[0] - 0.03


@pytest.mark.parametrize(
    "sampling",
    [{"keep_negatives": 0.3}, {"class_weight": "balanced"}, {"class_weight": 5.0, "keep_negatives": 0.6}],
    ids=str,
)
def test_sampling_and_weights_leave_the_level_of_probabilities_alone(sampling):
    train = sessions_of(log_of(1_500, seed=1))
    one = model(calibration="none", prefixes="last", training={"epochs": 6}, **sampling).fit(train)
    margins = one.margins(TEST)
    right, left_alone = (
        expit(margins - undo).sum() / TEST.labels.sum() for undo in (0.0, one.training_["shift"])
    )
    assert 0.8 < right < 1.2
    assert left_alone > 1.35


def test_outcomes_within_steps_and_ever_are_learned():
    for question in ({"outcome": "cart", "horizon": 2}, {"outcome": "cart"}):
        sessions = sessions_of(log_of(), **question)
        one = model().fit(sessions)
        chances = one.predict_prefixes(sessions)
        assert chances.shape == sessions.step_labels.shape
        assert ((chances > 0) & (chances < 1)).all()


def test_what_stands_in_training_is_told():
    told = fitted("gru").training_
    assert told["rows"] + told["valid_rows"] == len(SESSIONS)
    assert told["positives"] + told["valid_positives"] == int(SESSIONS.labels.sum())
    assert told["prefixes"] + told["valid_prefixes"] <= len(SESSIONS.events)
    assert told["parameters"] == sum(one.numel() for one in fitted("gru").fitted_.network.parameters())
    assert len(told["curve"]) == 1
    assert told["best_epoch"] == 1
    assert "latest" in told["notes"][0]
    assert told["calibration"] in {"shift", "platt", "beta", "isotonic"}


def test_unseen_names_are_counted_by_column():
    log = log_of(50).with_columns(
        event=pl.when(pl.col("event") == "cart").then(pl.lit("gift")).otherwise("event"),
        device=pl.lit("fridge"),
    )
    found = fitted("gru").unseen(sessions_of(log))
    assert found == {"event": int((log["event"] == "gift").sum()), "brand": 0, "device": 50}


def test_rare_names_are_read_as_unknown():
    one = model(min_count=10_000).fit(SESSIONS)
    same = sessions_of(log_of().with_columns(brand=pl.lit("new")))
    assert np.allclose(one.predict(same), one.predict(SESSIONS), atol=1e-6)


# --- Laws of estimators ---------------------------------------------------------------------------


def test_asking_changes_neither_the_sessions_nor_the_model():
    one = fitted("gru")
    before = {name: value.clone() for name, value in one.fitted_.network.state_dict().items()}
    first = one.predict(TEST)
    one.predict_prefixes(TEST)
    one.explain(TEST.take([0, 1]), "integrated_gradients")
    assert one.predict(TEST).tolist() == first.tolist()
    assert all((value == before[name]).all() for name, value in one.fitted_.network.state_dict().items())
    assert all(weight.grad is None for weight in one.fitted_.network.parameters())
    assert TEST.to_frame().equals(sessions_of(log_of(400, seed=9)).to_frame())


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "transformer", "bag"])
def test_one_session_is_told_what_it_is_told_within_a_batch_in_any_order(cell):
    one = fitted(cell)
    whole = one.predict(TEST)
    for row in (0, 17, 399):
        assert np.allclose(one.predict(TEST.take([row])), whole[row], atol=1e-6, rtol=0)
    order = np.random.default_rng(0).permutation(len(TEST))
    assert np.allclose(one.predict(TEST.take(order)), whole[order], atol=1e-6, rtol=0)
    assert one.predict(TEST.take([])).shape == (0,)
    assert one.predict_prefixes(TEST.take([])).shape == (0,)


def test_what_is_fitted_comes_from_training_sessions_alone():
    first = model(calibration="none").fit(SESSIONS.take(np.arange(200)), SESSIONS.take(np.arange(200, 300)))
    log = log_of().with_columns(
        pl.when(pl.col("session").str.slice(1).cast(pl.Int64) >= 200)
        .then(pl.col("price") * 1e6)
        .otherwise("price")
    )
    other = sessions_of(log)
    second = model(calibration="none").fit(other.take(np.arange(200)), other.take(np.arange(200, 300)))
    assert second.fitted_.reader.to_state() == first.fitted_.reader.to_state()
    assert second.predict(TEST).tolist() == first.predict(TEST).tolist()


def test_an_unfitted_one_says_so():
    for ask in (model().predict, model().predict_prefixes, model().explain, model().unseen):
        with pytest.raises(ParameterError, match="SessionModel is not fitted"):
            ask(SESSIONS)
    with pytest.raises(ParameterError, match="SessionModel is not fitted"):
        model().start()


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"cell": "grus"},
            ParameterError,
            r"one of 'rnn', 'gru', 'lstm', 'transformer', 'bag'. Got 'grus'.\nHint: Did you mean 'gru'",
        ),
        ({"width": 0}, ParameterError, "'width' parameter of SessionModel must be an integer from 1"),
        (
            {"max_length": 0},
            ParameterError,
            "'max_length' parameter of SessionModel must be an integer of 1 or more",
        ),
        ({"bidirectional": 1}, ParameterTypeError, "must be true or false"),
        (
            {"bidirectional": True, "cell": "transformer"},
            ParameterError,
            "goes with cell 'rnn', 'gru' or 'lstm'",
        ),
        (
            {"cell": "transformer", "width": 12},
            ParameterError,
            r"multiple of 8. Got 12.\nHint: Write width=16",
        ),
        (
            {"class_weight": -1},
            ParameterError,
            "'class_weight' parameter of SessionModel must be a number above 0",
        ),
        ({"hashed": ["brand"]}, ParameterTypeError, "must map columns to buckets"),
        ({"hashed": {"brnd": 8}}, ParameterError, "Did you mean 'brand'"),
        ({"hashed": {"brand": 0}}, ParameterError, r"hashed\['brand'\]"),
        ({"dropout": 1.0}, ParameterError, "'dropout'"),
        ({"keep_negatives": 0.0}, ParameterError, "'keep_negatives'"),
        ({"calibration": "plat"}, ParameterError, "Did you mean 'platt'"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(settings, error, message):
    with pytest.raises(error, match=message):
        model(**settings).fit(SESSIONS)


def test_training_must_be_a_training():
    with pytest.raises(ParameterTypeError, match=r"must be a Training\. Got {'epochs': 3}"):
        wm.SessionModel(training={"epochs": 3}).fit(SESSIONS)


def test_a_table_is_no_sessions():
    for ask in (model().fit, fitted("gru").predict, fitted("gru").explain):
        with pytest.raises(
            ParameterTypeError,
            match=r"takes Sessions. Got DataFrame.\nHint: Build them with wm.sessions_from_events",
        ):
            ask(log_of(10))


def test_sessions_without_labels_are_refused():
    with pytest.raises(DataError, match="The sessions of the training part have no labels"):
        model().fit(sessions_of(log_of().drop("bought")))


def test_a_part_with_answers_of_one_kind_is_refused_by_its_name():
    bought, not_bought = SESSIONS.take(SESSIONS.labels), SESSIONS.take(~SESSIONS.labels)
    with pytest.raises(
        DataError, match=r"The training part must have answers of both kinds. Got \d+ sessions, all negative"
    ):
        model().fit(not_bought, SESSIONS)
    with pytest.raises(
        DataError,
        match=r"The validation part must have answers of both kinds. Got \d+ sessions, all positive",
    ):
        model().fit(SESSIONS, bought)


def test_sessions_with_neither_events_nor_features_are_refused():
    with pytest.raises(DataError, match="neither events nor features"):
        model().fit(sessions_of(log_of(), features=None).prefix(0))


def test_a_column_with_the_name_of_what_every_event_has_is_refused():
    log = log_of().rename({"event": "did", "brand": "event"})
    sessions = sessions_of(log, event="did", categorical=["event"])
    with pytest.raises(SchemaError, match=r"must not be called 'event'.*\nHint: Rename it"):
        model().fit(sessions)


def test_without_torch_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("wanamaker.nn.require.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="SessionModel needs the optional part 'deep'"):
        model().fit(SESSIONS)


def test_the_class_can_be_had_without_loading_torch():
    import subprocess

    code = "import sys, wanamaker as wm; wm.SessionModel(); wm.Training(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
