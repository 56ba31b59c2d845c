"""A run predicts rows of any kind, and leaves them as they were."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from wanamaker.base.errors import RunError, SchemaError
from wanamaker.runs.load import load_run
from wanamaker.runs.manifest import write_manifest


class Halves:
    """A model that predicts one half, and remembers what it was given."""

    def predict(self, rows, history):
        self.given = rows, history
        return np.full(len(rows), 0.5)

    def explain(self, rows, history):
        self.given = rows, history
        return pl.DataFrame({"x": np.zeros(len(rows)), "(base)": np.ones(len(rows))})


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "study.toml").write_text(
        'kind = "clicks"\n[columns]\ncategorical = ["app"]\n', encoding="utf-8"
    )
    write_manifest(folder, {"seed": 0})
    loaded = load_run(folder)
    loaded.__dict__["model"] = Halves()
    return loaded


def test_rows_keep_their_order_and_columns_and_get_a_prediction(run):
    rows = pl.DataFrame({"app": [3, 1, 2], "other": ["a", None, "c"]})
    found = run.predict(rows)
    assert found.columns == ["app", "other", "prediction"]
    assert found.drop("prediction").equals(rows)
    assert run.model.given[1] is None


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "path"])
def test_every_kind_of_table_is_taken_and_comes_back(run, tmp_path, kind):
    frame = pl.DataFrame({"app": [1, 2]})
    frame.write_parquet(tmp_path / "rows.parquet")
    rows = {
        "polars": frame,
        "pandas": frame.to_pandas(),
        "pyarrow": frame.to_arrow(),
        "path": tmp_path / "rows.parquet",
    }[kind]
    found = run.predict(rows, history=rows)
    assert type(found) is type(frame if kind == "path" else rows)
    assert isinstance(run.model.given[1], pl.DataFrame)
    assert type(run.explain(rows)) is type(found)


def test_a_column_that_predictions_would_replace_is_refused(run):
    with pytest.raises(SchemaError, match=r"already have a column 'prediction'.*\nHint: Drop or rename it"):
        run.predict(pl.DataFrame({"app": [1], "prediction": [0.1]}))


def test_a_run_without_a_model_says_so(tmp_path):
    folder = tmp_path / "credit"
    folder.mkdir()
    (folder / "study.toml").write_text('kind = "attribution"\n', encoding="utf-8")
    write_manifest(folder, {"seed": 0})
    with pytest.raises(
        RunError, match=r"kind 'attribution'. keeps no model that predicts.\nHint: Give the run"
    ):
        load_run(folder).predict(pl.DataFrame({"app": [1]}))
