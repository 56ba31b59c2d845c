"""A saved model says the same after loading, and loading runs nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wanamaker as wm
from tests.models.sessions.worlds import fitted, log_of, model, sessions_of
from wanamaker.base.errors import FileReadError, OutputError, RunError

SESSIONS = sessions_of(log_of(60, seed=4))
KINDS = {
    **{cell: {"cell": cell} for cell in ("rnn", "gru", "lstm", "transformer", "bag")},
    "bidirectional": {"cell": "lstm", "bidirectional": True, "layers": 2},
    "hashed": {"hashed": {"brand": 5}, "class_weight": "balanced", "keep_negatives": 0.7},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_loaded_says_what_was_saved(kind, tmp_path):
    one = model(**KINDS[kind]).fit(sessions_of(log_of()))
    one.save(tmp_path / "kept")
    again = wm.SessionModel.load(tmp_path / "kept")
    assert again.predict(SESSIONS).tolist() == one.predict(SESSIONS).tolist()
    assert again.explain(SESSIONS).equals(one.explain(SESSIONS))
    assert again.get_params() == one.get_params()
    assert again.training_ == one.training_
    assert again.unseen(SESSIONS) == one.unseen(SESSIONS)
    if one.causal:
        assert again.predict_prefixes(SESSIONS).tolist() == one.predict_prefixes(SESSIONS).tolist()
        assert (
            again.start({"device": None, "age": 3}).probability
            == one.start({"device": None, "age": 3}).probability
        )


def test_a_model_is_json_and_safetensors_and_nothing_else(tmp_path):
    fitted("gru").save(tmp_path / "kept")
    files = sorted(file.name for file in (tmp_path / "kept").rglob("*"))
    assert files == ["model.json", "weights.safetensors"]
    assert json.loads((tmp_path / "kept" / "model.json").read_text())["kind"] == "sessions"


def test_weights_that_do_not_fit_the_columns_beside_them_are_refused_and_the_difference_is_shown(tmp_path):
    one = fitted("gru")
    one.save(tmp_path / "kept")
    file = tmp_path / "kept" / "model.json"
    content = json.loads(file.read_text())
    content["reader"]["categorical"]["colour"] = {"names": ["red"], "buckets": 0}
    file.write_text(json.dumps(content))
    with pytest.raises(
        RunError, match=r"do not fit the network:\n  steps\.\S+: expected \(\d+, \d+\), found"
    ):
        wm.SessionModel.load(tmp_path / "kept")


def test_a_directory_of_another_kind_or_without_weights_is_refused(tmp_path):
    with pytest.raises(FileReadError, match=r"model\.json"):
        wm.SessionModel.load(tmp_path / "nowhere")
    fitted("gru").save(tmp_path / "kept")
    (tmp_path / "kept" / "weights.safetensors").write_bytes(b"no tensors")
    with pytest.raises(FileReadError, match=r"weights\.safetensors.* cannot be read"):
        wm.SessionModel.load(tmp_path / "kept")
    (tmp_path / "kept" / "model.json").write_text('{"version": 1, "kind": "clicks"}')
    with pytest.raises(FileReadError, match="A session model of version 1 was expected"):
        wm.SessionModel.load(tmp_path / "kept")


def test_a_directory_that_holds_something_is_not_written_into(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine").write_text("x")
    with pytest.raises(OutputError, match="is not empty"):
        fitted("gru").save(tmp_path / "kept")


def test_a_checkpoint_is_not_remembered_as_a_place_of_this_machine(tmp_path):
    one = model(training={"checkpoint": tmp_path / "half way"}).fit(sessions_of(log_of(100)))
    one.save(tmp_path / "kept")
    assert "half way" not in (tmp_path / "kept" / "model.json").read_text()
    assert np.isfinite(wm.SessionModel.load(tmp_path / "kept").predict(SESSIONS)).all()
