"""Predictions beside the planted truth of a simulated log."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import roc_auc
from wanamaker.studies.config import validated
from wanamaker.studies.judged import Judged
from wanamaker.studies.sessions.parts import read_parts
from wanamaker.studies.sessions.study import SessionsStudy
from wanamaker.studies.sessions.truths import read_truth, truth_of

COLUMNS = {"session": "session_id", "time": "t", "event": "action"}
ASKED = {
    "label": ({"label": "purchase"}, False, "session_probability"),
    "outcome": ({"outcome": "purchase"}, True, "probability"),
}


def made(folder, asked):
    told, ends, chance = ASKED[asked]
    world = wm.simulate.sessions(600, seed=1, base_rate=0.3, mean_length=5.0, purchase_event=ends)
    world.write(folder)
    data = {name: str(folder / f"{file}.parquet") for name, file in (("path", "log"), ("truth", "truth"))}
    study = validated(SessionsStudy, {"data": data, "columns": COLUMNS | told}, "study")
    return study, read_parts(study), world.truth, chance


def judged_by(parts, predictions):
    asked = parts.questions("test")
    return Judged({"test": asked.labels}, {"test": predictions}, asked.keys, Resampling(0), 0.5)


@pytest.mark.parametrize("asked", ASKED)
def test_the_truth_is_that_of_each_question(tmp_path, asked):
    study, parts, planted, chance = made(tmp_path, asked)
    test, questions = parts.of("test"), parts.questions("test")
    rows = {
        (session, step): value for session, step, value in planted.select("session_id", "step", chance).rows()
    }
    ids = test.table["session"].gather(questions.sessions).to_list()
    expected = [rows[one, max(1, events)] for one, events in zip(ids, questions.events.tolist(), strict=True)]
    if asked == "label":
        expected = [next(value for (one, _), value in rows.items() if one == session) for session in ids]
    truths = pl.Series(expected).to_numpy()
    told = truth_of(read_truth(study), parts, judged_by(parts, truths))
    assert told["rank_correlation"] == pytest.approx(1.0)
    assert told["roc_auc"]["value"] == pytest.approx(roc_auc(questions.labels, truths)[0])


def test_a_question_without_a_truth_is_refused(tmp_path):
    study, parts, planted, _ = made(tmp_path, "outcome")
    planted.head(100).write_parquet(tmp_path / "truth.parquet")
    predictions = parts.questions("test").labels.astype(float)
    with pytest.raises(DataError, match="The truth must have a probability for every question"):
        truth_of(read_truth(study), parts, judged_by(parts, predictions))


def test_a_log_without_a_truth_has_none(tmp_path):
    study, *_ = made(tmp_path, "label")
    bare = study.model_copy(update={"data": study.data.model_copy(update={"truth": None})})
    assert read_truth(bare) is None


def test_a_truth_does_not_go_with_a_horizon():
    columns = COLUMNS | {"outcome": "purchase", "horizon": 3}
    with pytest.raises(
        ParameterError, match=r"'data.truth' is of whole sessions and of outcomes that follow ever"
    ):
        validated(SessionsStudy, {"data": {"path": "a", "truth": "b"}, "columns": columns}, "study")
