"""What cannot be learned from or asked about is refused, with a message that says what to do."""

from __future__ import annotations

import sys

import polars as pl
import pytest

import wanamaker as wm
from tests.models.search_terms.made import fitted, log_of, model, parts_of
from wanamaker.base.errors import (
    DataError,
    FileReadError,
    MissingExtraError,
    ParameterError,
    ParameterTypeError,
    SchemaError,
    UserError,
)

pytest.importorskip("torch")
pytest.importorskip("xgboost")

LOG = log_of()
TRAIN, TEST = parts_of(LOG)


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        (
            {"loss": "gauss"},
            ParameterError,
            "'loss' parameter of SearchTermModel must be one of 'auto'",
        ),
        ({"loss": "poison"}, ParameterError, "Did you mean 'poisson'"),
        ({"predictor": "forest"}, ParameterError, "'predictor' parameter"),
        ({"history": 0}, ParameterError, "'history' parameter of SearchTermModel must be an integer from 1"),
        ({"keep_zeros": 0.0}, ParameterError, "'keep_zeros' parameter"),
        ({"windows": [0]}, ParameterError, "'windows' parameter"),
        ({"windows": "7"}, ParameterTypeError, "'windows' parameter of SearchTermModel must be a list"),
        (
            {"known_ahead": "clicks"},
            ParameterTypeError,
            "'known_ahead' parameter .* must be a list",
        ),
        (
            {"known_ahead": [], "exposure": "clicks"},
            ParameterError,
            "needs the day's clicks when it is predicted",
        ),
        ({"delay": "soon"}, ParameterError, "'delay' must be a duration. Got 'soon'"),
        ({"term": None}, ParameterTypeError, "'term' parameter of SearchTermModel must name a column"),
        (
            {"training": {"epochs": 3}},
            ParameterTypeError,
            "'training' parameter .* must be a Training",
        ),
        ({"vectors": 5}, ParameterTypeError, "'vectors' must be a table or a function"),
        ({"holidays": ["Christmas"]}, ParameterError, "'holidays' must be dates"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(settings, kind, message) -> None:
    with pytest.raises(kind, match=message) as caught:
        model(**settings).fit(TRAIN)
    assert isinstance(caught.value, UserError)


def test_a_log_without_any_conversion_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"training part must have conversions in 'conversions'\. Got [\d,]+ rows"
    ):
        model().fit(TRAIN.with_columns(conversions=pl.lit(0.0)))


def test_a_validation_part_without_any_conversion_is_refused() -> None:
    with pytest.raises(DataError, match="validation part must have conversions"):
        model().fit(TRAIN, TEST.with_columns(conversions=pl.lit(0.0)))


def test_a_log_of_one_day_is_refused() -> None:
    day = TRAIN.filter(pl.col("date") == TRAIN["date"].max())
    with pytest.raises(DataError, match=r"several days are needed.*Got rows of 2026-02-06 alone"):
        model().fit(day)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match=r"not found in the training rows: \['conversions'\]"):
        model().fit(TRAIN.drop("conversions"))
    with pytest.raises(SchemaError, match="Missing: clicks"):
        fitted().predict(TEST.drop("clicks"), TRAIN)
    with pytest.raises(SchemaError, match=r"columns of the history are not.* Missing: conversions"):
        fitted().predict(TEST, TRAIN.drop("conversions"))


def test_an_unknown_column_that_is_known_ahead_is_refused() -> None:
    with pytest.raises((SchemaError, ParameterError), match="budget"):
        model(known_ahead=["clicks", "budget"]).fit(TRAIN)


def test_a_log_without_clicks_and_impressions_is_refused() -> None:
    with pytest.raises(SchemaError, match="must have clicks or impressions, which conversions"):
        model(known_ahead=[]).fit(TRAIN.drop("clicks", "impressions"))


def test_a_missing_date_is_refused() -> None:
    rows = TRAIN.with_columns(date=pl.when(pl.int_range(pl.len()) != 3).then("date"))
    with pytest.raises(DataError, match="Column 'date', row 3: there is no date"):
        model().fit(rows)


def test_a_negative_label_is_refused() -> None:
    rows = TRAIN.with_columns(conversions=pl.lit(-1.0))
    with pytest.raises(DataError, match=r"Column 'conversions', row 0: -1\.0 must not be negative"):
        model().fit(rows)


def test_rows_of_hidden_terms_are_refused_with_advice() -> None:
    rows = TRAIN.with_columns(term=pl.when(pl.int_range(pl.len()) != 5).then("term"))
    with pytest.raises(DataError, match="Column 'term', row 5: there is no term") as caught:
        model().fit(rows)
    assert "Rows of hidden search terms have none: leave them out, or write a name" in str(caught.value)


def test_rows_before_the_history_are_refused() -> None:
    with pytest.raises(DataError, match=r"all lie before the history\. The rows end on 2026-02-06"):
        fitted().predict(TRAIN, TEST)


def test_a_report_of_a_day_in_the_history_is_refused() -> None:
    with pytest.raises(DataError, match=r"The report of .* must be of days before"):
        fitted().predict(TEST, TRAIN, as_of=TRAIN["date"].max())


def test_an_unfitted_model_says_so() -> None:
    for ask in (lambda one: one.predict(TEST), lambda one: one.words(TEST), lambda one: one.schema_):
        with pytest.raises(ParameterError, match="SearchTermModel is not fitted"):
            ask(model())


def test_a_predictor_that_is_not_there_is_named() -> None:
    with pytest.raises(ParameterError, match="Unknown predictor: 'tree'") as caught:
        fitted().predict_with("tree", TEST, TRAIN)
    assert "'trees'" in str(caught.value)


@pytest.mark.parametrize(
    ("vectors", "kind", "message"),
    [
        (pl.DataFrame({"term": ["a", "a"], "x": [1.0, 2.0]}), DataError, "each term once. Got 'a' twice"),
        (
            pl.DataFrame({"term": ["a"], "x": [None]}, schema={"term": str, "x": float}),
            DataError,
            "finite number",
        ),
        (pl.DataFrame({"word": ["a"], "x": [1.0]}), SchemaError, "must have a column 'term'"),
        (lambda terms: [1.0] * len(terms), DataError, "one finite vector per term"),
    ],
)
def test_vectors_that_cannot_be_read_are_refused(vectors, kind, message) -> None:
    with pytest.raises(kind, match=message):
        model(vectors=vectors).fit(TRAIN)


def test_a_predictor_without_its_library_is_left_out_and_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "xgboost", None)
    one = model(training=wm.Training(epochs=1, batch_size=256)).fit(TRAIN)
    assert "trees" not in one.fitted_.predictors
    assert any("pip install 'wanamaker[trees]'" in note for note in one.training_["notes"])
    with pytest.raises(ParameterError, match="'trees' was left out when the model was fitted"):
        one.predict_with("trees", TEST, TRAIN)
    with pytest.raises(MissingExtraError, match="'trees' of SearchTermModel needs the optional part 'trees'"):
        model(predictor="trees", training=wm.Training(epochs=1, batch_size=256)).fit(TRAIN)


def test_another_directory_is_no_model(tmp_path) -> None:
    with pytest.raises(FileReadError, match="cannot be read as JSON"):
        wm.SearchTermModel.load(tmp_path)
    (tmp_path / "model.json").write_text('{"version": 1, "kind": "clicks"}')
    with pytest.raises(FileReadError, match="A search-term model of version 1 was expected"):
        wm.SearchTermModel.load(tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"), [({"limit": 0.0}, "'limit'"), ({"confidence": 1.0}, "'confidence'")]
)
def test_limits_out_of_range_are_refused(settings, message) -> None:
    with pytest.raises(ParameterError, match=message):
        fitted().stop_list(TRAIN, **settings)


def test_a_list_to_stop_needs_costs() -> None:
    one = model(cost=None, training=wm.Training(epochs=1, batch_size=256)).fit(TRAIN)
    with pytest.raises(SchemaError, match="needs what they cost"):
        one.stop_list(TRAIN)
