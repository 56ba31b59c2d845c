"""Reading studies."""

from __future__ import annotations

import pytest

from wanamaker.base.errors import FileReadError, ParameterError
from wanamaker.studies.attribution_study import AttributionStudy
from wanamaker.studies.config import read_study, validated, with_settings

GOOD = {"kind": "attribution", "data": {"path": "log.parquet"}}


def test_settings_do_not_change_what_they_are_applied_to():
    content = {"attribution": {"seed": 1}}
    assert with_settings(content, ["attribution.seed=2"])["attribution"]["seed"] == 2
    assert content == {"attribution": {"seed": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ('"3"', "3"),
        ("[1, 2]", [1, 2]),
        ("plain text", "plain text"),
        ("", ""),
    ],
)
def test_the_value_of_a_setting_is_toml_or_else_text(text, value):
    assert with_settings({}, [f"a.b={text}"]) == {"a": {"b": value}}


def test_a_setting_through_a_value_is_refused():
    with pytest.raises(ParameterError, match=r"'data\.path\.x' goes through 'path', which is a value"):
        with_settings(GOOD, ["data.path.x=1"])


def test_every_default_is_filled_in():
    study = validated(AttributionStudy, GOOD, "study.toml")
    assert study.attribution.bootstrap == 200
    assert study.journeys.lookback == "30d"
    assert study.columns.touch == "campaign"


@pytest.mark.parametrize(
    ("section", "key", "nearest"),
    [("columns", "usr", "user"), ("journeys", "look_back", "lookback"), ("attribution", "model", "models")],
)
def test_an_unknown_key_names_the_nearest_known_one(section, key, nearest):
    with pytest.raises(
        ParameterError, match=rf"study\.toml: '{section}\.{key}' is no known key\.\nHint: .*'{nearest}'"
    ):
        validated(AttributionStudy, {**GOOD, section: {key: "x"}}, "study.toml")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FileReadError, match="A study file was expected at"):
        read_study(tmp_path / "none.toml")
