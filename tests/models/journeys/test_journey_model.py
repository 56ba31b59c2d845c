"""Laws of the journey model: what it reads, what changes nothing, and what it refuses."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.models.journeys.made import QUICK, journeys_at, quick, small
from wanamaker.models.journeys.parts import cut_off
from wanamaker.stats.classification import roc_auc


@pytest.fixture(scope="module")
def journeys() -> wm.Journeys:
    return small()


@pytest.fixture(scope="module")
def model(journeys: wm.Journeys) -> wm.JourneyModel:
    return quick().fit(journeys)


def test_it_learns_who_converts(model: wm.JourneyModel) -> None:
    later = small(seed=1)
    assert roc_auc(later.converted, model.predict(later)) > 0.65


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.integers(0, 1_999), min_size=1, max_size=12))
def test_a_journey_scores_alone_as_among_others(
    model: wm.JourneyModel, journeys: wm.Journeys, rows: list[int]
) -> None:
    whole = model.predict(journeys)
    assert model.predict(journeys.take(rows)) == pytest.approx(whole[rows], abs=1e-6)


def test_prediction_reads_no_outcome(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    flipped = replace(
        journeys,
        conversions=journeys.nulls,
        nulls=journeys.conversions,
        ended=np.asarray(journeys.ended) + 86_400_000_000,
        uncut=journeys.uncut + 7,
    )
    assert (model.predict(flipped) == model.predict(journeys)).all()


def test_the_moment_of_the_conversion_is_not_learned_from() -> None:
    """Journeys alike but for the time from the last touch to their end must stay alike."""
    rng = np.random.default_rng(0)
    paths = [[("a", int(start)), ("b", int(start) + 3_600)] for start in rng.integers(0, 10**6, 600)]
    converted = rng.integers(0, 2, 600).tolist()
    plain = journeys_at(paths, converted)
    # Only converting journeys end long after their last touch: a model that reads it would be perfect.
    away = np.where(plain.converted, rng.integers(10**10, 10**11, 600), 0)
    late = replace(plain, ended=np.asarray(plain.ended) + away)
    model = quick(calibration="none").fit(late)
    chances = model.predict(late)
    assert chances.max() - chances.min() < 1e-6
    assert abs(roc_auc(late.converted, chances) - 0.5) < 1e-9


def test_times_count_only_from_touch_to_touch(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    moved = replace(journeys, times=np.asarray(journeys.times) + 31 * 86_400_000_000)
    assert (model.predict(moved) == model.predict(journeys)).all()
    stretched = replace(journeys, times=np.asarray(journeys.times) * 2)
    assert np.abs(model.predict(stretched) - model.predict(journeys)).max() > 1e-6


def test_order_matters(model: wm.JourneyModel) -> None:
    first, second = [("email", 0), ("shopping", 86_400)], [("shopping", 0), ("email", 86_400)]
    plain = quick(covariates=[]).fit(small())
    ahead, back = plain.predict(journeys_at([first, second], [0, 0]))
    assert abs(ahead - back) > 1e-6


def test_names_and_their_codes_change_nothing(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    turned = np.arange(len(journeys.names))[::-1]
    renamed = replace(
        journeys,
        names=tuple(journeys.names[place] for place in turned),
        touches=turned[journeys.touches].astype(np.int32),
    )
    assert (model.predict(renamed) == model.predict(journeys)).all()


def test_long_journeys_are_read_from_their_end(journeys: wm.Journeys) -> None:
    model = quick(max_touches=3).fit(journeys)
    assert any("more than 3 touches" in note for note in model.training_["notes"])
    offsets, lengths = journeys.offsets, journeys.lengths
    row = int(np.flatnonzero(lengths > 4)[0])
    long = journeys.take([row])
    end = int(lengths[row])
    cut = replace(
        long,
        touches=long.touches[end - 3 :],
        times=np.asarray(long.times)[end - 3 :],
        offsets=np.array([0, 3]),
    )
    assert offsets[0] == 0
    assert model.predict(long) == pytest.approx(model.predict(cut), abs=1e-7)


def test_vocabulary_and_scales_are_of_training_journeys(journeys: wm.Journeys) -> None:
    train, valid, _ = cut_off(journeys)
    other = replace(valid, names=(*valid.names[:-1], "brand new"))
    model = quick().fit(train, other)
    assert "brand new" not in model.touches_
    assert model.fitted_.reader.to_state() == quick().fit(train, valid).fitted_.reader.to_state()


def test_unknown_touches_and_values_are_read_and_counted(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    table = journeys.table.with_columns(kind=pl.lit("other"))
    odd = replace(journeys, names=("unheard", *journeys.names[1:]), table=table)
    count = int((journeys.touches == 0).sum())
    assert model.unseen(odd) == {"touch": count, "kind": len(journeys)}
    assert model.unseen(journeys) == {"touch": 0, "kind": 0}
    assert np.isfinite(model.predict(odd)).all()


def test_missing_covariates_are_a_value_of_their_own(journeys: wm.Journeys) -> None:
    gone = pl.int_range(pl.len()) % 7 == 0
    table = journeys.table.with_columns(
        intent=pl.when(gone).then(None).otherwise(pl.col("intent")),
        kind=pl.when(gone).then(None).otherwise(pl.col("kind")),
    )
    some = replace(journeys, table=table)
    model = quick().fit(some)
    assert np.isfinite(model.predict(some)).all()
    assert model.unseen(some)["kind"] == 0


def test_validation_users_are_the_latest_and_whole(journeys: wm.Journeys) -> None:
    doubled = replace(journeys, users=journeys.users // np.uint64(2))
    train, valid, note = cut_off(doubled)
    assert not set(train.users.tolist()) & set(valid.users.tolist())
    assert len(valid) == pytest.approx(0.1 * len(doubled), rel=0.02)
    latest = dict.fromkeys(doubled.users.tolist(), 0)
    for user, end in zip(doubled.users.tolist(), np.asarray(doubled.ended).tolist(), strict=True):
        latest[user] = max(latest[user], end)
    assert max(latest[user] for user in train.users.tolist()) <= min(
        latest[user] for user in valid.users.tolist()
    )
    assert "latest" in note


def test_saved_and_loaded_it_says_the_same(
    model: wm.JourneyModel, journeys: wm.Journeys, tmp_path: Path
) -> None:
    model.save(tmp_path / "model")
    again = wm.JourneyModel.load(tmp_path / "model")
    assert (again.predict(journeys) == model.predict(journeys)).all()
    assert again.training_ == model.training_
    assert again.get_params()["training"] == model.training
    assert {file.suffix for file in (tmp_path / "model").iterdir()} == {".json", ".safetensors"}


def test_weights_of_another_network_are_refused(model: wm.JourneyModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    file = tmp_path / "model" / "model.json"
    file.write_text(file.read_text().replace('"width": 8', '"width": 16'))
    with pytest.raises(wm.RunError, match=r"expected \(16"):
        wm.JourneyModel.load(tmp_path / "model")


def test_the_same_seed_gives_the_same_model(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    again = quick().fit(journeys)
    assert (again.predict(journeys) == model.predict(journeys)).all()
    other = quick(training=replace(QUICK, seed=1)).fit(journeys)
    assert (other.predict(journeys) != model.predict(journeys)).any()


def test_sampling_and_weights_are_corrected(journeys: wm.Journeys) -> None:
    for options in ({"keep_negatives": 0.3}, {"class_weight": "balanced"}, {"class_weight": 4.0}):
        model = quick(calibration="none", **options).fit(journeys)
        assert model.training_["shift"] < -0.5
        assert model.predict(journeys).sum() == pytest.approx(journeys.conversions.sum(), rel=0.25)


def test_shuffled_outcomes_cannot_be_told() -> None:
    rng = np.random.default_rng(3)
    journeys = small(3_000)
    order = rng.permutation(len(journeys))
    shuffled = replace(journeys, conversions=journeys.conversions[order], nulls=journeys.nulls[order])
    model = quick().fit(shuffled.take(np.arange(1_500)), shuffled.take(np.arange(1_500, 2_000)))
    test = shuffled.take(np.arange(2_000, 3_000))
    assert abs(roc_auc(test.converted, model.predict(test)) - 0.5) < 0.1
    assert "not clearly above 0.5" in model.training_["under_trained"]


def test_rows_that_stand_for_many_count_as_many() -> None:
    paths = {"path": ["a > b", "a", "b", "b > a"], "won": [40, 5, 20, 60], "lost": [60, 95, 80, 40]}
    grouped = wm.journeys_from_paths(
        {name: values * 10 for name, values in paths.items()}, conversions="won", nulls="lost"
    )
    training = wm.Training(epochs=60, batch_size=16, learning_rate=1e-2, patience=None, threads=1)
    model = quick(training=training, calibration="none").fit(grouped)
    assert any("no times" in note for note in model.training_["notes"])
    assert model.predict(grouped)[:4] == pytest.approx([0.4, 0.05, 0.2, 0.6], abs=0.08)
    assert model.training_["rows"] + model.training_["valid_rows"] == 4_000


def test_one_more_touch_is_a_journey_with_that_touch(model: wm.JourneyModel) -> None:
    plain = quick(covariates=[]).fit(small())
    journey = journeys_at([[("display", 0)], [("email", 50)]], [0, 0])
    longer = journeys_at(
        [[("display", 0), ("shopping", 3_600)], [("email", 50), ("shopping", 3_650)]], [0, 0]
    )
    found = plain.predict_with(journey, "shopping", after="1h")
    assert found == pytest.approx(plain.predict(longer), abs=1e-7)
    at = plain.predict_with(journey, "shopping", at="1970-01-01T01:00:00Z")
    assert at[0] == pytest.approx(found[0], abs=1e-7)
    assert (plain.predict_with(journey, "shopping", after="1h") > plain.predict(journey)).all()


def test_one_more_touch_refuses_what_cannot_be(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    with pytest.raises(wm.ParameterError, match="neither 'after' nor 'at'"):
        model.predict_with(journeys, "email")
    with pytest.raises(wm.ParameterError, match="Got both"):
        model.predict_with(journeys, "email", after="1h", at="2030-01-01")
    with pytest.raises(wm.ParameterError, match=r"must not lie before the last touch .* touch at 2025"):
        model.predict_with(journeys, "email", at="2025-01-02")
    with pytest.raises(wm.DataError, match=r"no touch 'emial'(.|\n)*Did you mean 'email'"):
        model.predict_with(journeys, "emial", after="1h")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "lstn"}, r"'cell' parameter of JourneyModel must be one of .*lstm"),
        ({"width": 0}, "'width' parameter of JourneyModel must be an integer from 1"),
        ({"cell": "transformer", "width": 12}, "multiple of 8(.|\n)*width=16"),
        ({"dropout": 1.0}, "'dropout' parameter of JourneyModel"),
        ({"max_touches": 0}, "'max_touches' parameter of JourneyModel"),
        ({"class_weight": "even"}, "'class_weight' parameter of JourneyModel must be a number above 0"),
        ({"covariates": "intent"}, r"must be 'auto' or a list of names(.|\n)*covariates=\['intent'\]"),
        (
            {"covariates": ["intend"]},
            "'intend' is no covariate of these journeys(.|\n)*Did you mean 'intent'",
        ),
        ({"training": 3}, "must be a Training. Got 3"),
        ({"calibration": "best"}, "'calibration' parameter of JourneyModel"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(
    journeys: wm.Journeys, options: dict[str, object], message: str
) -> None:
    with pytest.raises(wm.UserError, match=message):
        quick(**options).fit(journeys)


def test_journeys_that_cannot_be_learned_from_are_refused(journeys: wm.Journeys) -> None:
    with pytest.raises(wm.DataError, match=r"at least two journeys. Got none"):
        quick().fit(journeys.take([]))
    with pytest.raises(wm.DataError, match=r"both outcomes. All .* converted(.|\n)*nulls="):
        quick().fit(journeys.converting)
    with pytest.raises(wm.DataError, match=r"both outcomes. All .* did not convert"):
        quick().fit(journeys.take(~journeys.converted))
    with pytest.raises(wm.DataError, match="validation part must have journeys of both outcomes"):
        quick().fit(journeys, journeys.take(~journeys.converted))
    with pytest.raises(
        wm.ParameterTypeError, match=r"fit takes Journeys. Got DataFrame(.|\n)*journeys_from_events"
    ):
        quick().fit(journeys.to_frame())
    with pytest.raises(wm.DataError, match="journeys with touches"):
        quick().fit(
            replace(journeys, touches=journeys.touches[:0], offsets=np.zeros(len(journeys) + 1, np.int64))
        )


def test_several_goals_are_refused() -> None:
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2, 2],
            "timestamp": [1, 2, 3, 4],
            "campaign": ["a", None, "b", None],
            "event": ["touch", "buy", "touch", "call"],
        }
    )
    journeys = wm.journeys_from_events(log, event="event", conversions=["buy", "call"])
    with pytest.raises(wm.DataError, match=r"one goal. These journeys have \['buy', 'call'\](.|\n)*take"):
        quick().fit(journeys)


def test_scoring_journeys_that_lack_something_is_refused(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    with pytest.raises(
        wm.SchemaError, match=r"reads the covariate 'intent'(.|\n)*covariates=\['intent', 'kind'\]"
    ):
        model.predict(small(confounded=False))
    with pytest.raises(wm.DataError, match=r"reads the times of touches. These journeys have none"):
        model.predict(replace(journeys, times=None))
    text = journeys.table.with_columns(pl.col("intent").cast(pl.String))
    with pytest.raises(wm.SchemaError, match=r"'intent' was a number in training. Got String"):
        model.predict(replace(journeys, table=text))


def test_an_unfitted_model_says_so(journeys: wm.Journeys) -> None:
    for ask in (lambda: quick().predict(journeys), lambda: quick().credit_method("shapley")):
        with pytest.raises(wm.ParameterError, match="not fitted"):
            ask()


def test_without_torch_the_extra_is_named(journeys: wm.Journeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wanamaker.nn.require.find_spec", lambda name: None)
    with pytest.raises(wm.MissingExtraError, match=r"JourneyModel needs the optional part 'deep'"):
        quick().fit(journeys)


def test_the_package_names_it_without_loading_torch() -> None:
    import subprocess

    code = "import sys, wanamaker as wm; wm.JourneyModel; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("cell", ["rnn", "gru", "transformer"])
def test_every_cell_and_option_learns(journeys: wm.Journeys, cell: str) -> None:
    model = quick(cell=cell, attention=cell != "rnn", decay=cell == "gru", dropout=0.1).fit(journeys)
    assert roc_auc(journeys.converted, model.predict(journeys)) > 0.6


def test_a_network_that_saw_next_to_nothing_is_flagged(journeys: wm.Journeys) -> None:
    lazy = replace(QUICK, epochs=1, learning_rate=1e-5)
    model = quick(training=lazy, covariates=[]).fit(journeys)
    assert model.training_["under_trained"] is not None
    assert model.training_["under_trained"] in model.training_["notes"]
