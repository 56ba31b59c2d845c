"""Window features written down: the same values read back, and a fingerprint of what they are."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from sklearn.base import clone

import wanamaker as wm
from tests.features.logs import features, table, windows
from wanamaker.base.errors import FileReadError, ParameterError
from wanamaker.features.spec_files import window_features_from_file

ROLES = {"time": "at", "label": "bought", "label_time": "told"}
LOG = table(
    [
        {"at": 0.0, "ip": 1, "app": 1, "site": "a", "units": 1, "cost": 1.0, "bought": 1, "told": 0.0},
        {"at": 5.0, "ip": 1, "app": 1, "site": "b", "units": 2, "cost": 0.5, "bought": 0, "told": None},
        {"at": 9.0, "ip": 1, "app": 2, "site": "a", "units": 3, "cost": 2.0, "bought": 0, "told": None},
        {"at": 9.0, "ip": 2, "app": 2, "site": "a", "units": 4, "cost": 2.5, "bought": 0, "told": None},
    ]
)


def some() -> wm.WindowFeatures:
    definitions = [
        wm.count(by=["ip", "app"], within="5s"),
        wm.rate(by="ip", within="1m", prior=3),
        wm.rate(by="app", within="1m", prior=3, mean=0.125),
    ]
    return wm.WindowFeatures(definitions, **ROLES, resolution="500ms", time_unit="s")


@given(windows("1s"))
def test_a_spec_read_back_is_the_same(definitions) -> None:
    first = features(definitions)
    told = json.loads(json.dumps(first.to_spec()))
    second = wm.WindowFeatures.from_spec(told)
    assert second.to_spec() == first.to_spec()
    assert second.fingerprint == first.fingerprint
    assert second.transform(LOG).equals(first.transform(LOG))


def test_what_was_fitted_is_frozen_in_the_spec(tmp_path) -> None:
    fitted = some().fit(LOG)
    fitted.save(tmp_path / "windows.json")
    loaded = wm.WindowFeatures.from_spec(tmp_path / "windows.json")
    assert fitted.means_ == {"rate_ip_1m": 0.25}
    assert loaded.transform(LOG).equals(fitted.transform(LOG))
    assert loaded.fingerprint == fitted.fingerprint != some().fingerprint
    # Another fit of what was loaded changes nothing: the mean is part of the definition.
    assert loaded.fit(LOG.filter(pl.col("bought") == 0)).fingerprint == fitted.fingerprint


def test_only_the_training_log_is_learned_from() -> None:
    changed = LOG.with_columns(bought=pl.Series([1, 1, 1, 1]))
    fitted = some().fit(LOG)
    before = fitted.fingerprint
    fitted.transform(changed.with_columns(told=pl.col("at")))
    assert fitted.fingerprint == before


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": "1s"},
        {"time": "told"},
        {"time_unit": "ms"},
        {"windows": [wm.count(by=["ip", "app"], within="6s")]},
        {"windows": [replace(wm.count(by=["ip", "app"], within="5s"), peers="arrived")]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_fingerprint_changes_with_every_part_of_the_definition(change) -> None:
    assert some().set_params(**change).fingerprint != some().fingerprint


def test_window_features_are_an_estimator() -> None:
    one = some()
    copy = clone(one)
    assert copy is not one
    assert copy.to_spec() == one.to_spec()
    assert "resolution='500ms'" in repr(one)
    assert one.get_params()["time"] == "at"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wndows": []}, "Unknown key of a window spec: 'wndows'.\nHint: Did you mean 'windows'?"),
        ({"version": 9}, "The spec's 'version' must be 1. Got 9."),
        ({"time": None}, "The 'time' parameter of WindowFeatures must be a column. Got None."),
        (
            {"windows": [{"count": ["ip"], "within": "5m", "afer": "1m"}]},
            "windows[0]: 'afer' is no known key of a window of kind 'count'.\nHint: Did you mean 'after'?",
        ),
        (
            {"time_unit": "days"},
            "The 'time_unit' parameter of WindowFeatures must be one of 'auto', 's', 'ms', 'us', 'ns'.",
        ),
        ({"resolution": "0s"}, "'resolution' must be longer than zero. Got '0s'."),
    ],
)
def test_a_spec_that_cannot_be_read_says_why(change, message) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        wm.WindowFeatures.from_spec(some().to_spec() | change)
    assert message in str(caught.value)


@pytest.mark.parametrize("missing", ["time", "windows"])
def test_a_spec_without_a_needed_key_says_so(missing: str) -> None:
    told = some().to_spec()
    told.pop(missing)
    with pytest.raises(ParameterError, match=f"The key '{missing}' is missing from the window spec."):
        wm.WindowFeatures.from_spec(told)


# --- Files -----------------------------------------------------------------------------------------

SPEC = """
time = "at"
label = "bought"
label_time = "told"
resolution = "500ms"
time_unit = "s"
windows = [{ count = ["ip", "app"], within = "5s" }, { rate = "ip", within = "1m", prior = 3 }, \
{ rate = "app", within = "1m", prior = 3, mean = 0.125 }]
"""
STUDY = """
kind = "clicks"
[columns]
time = "at"
label = "bought"
label_time = "told"
time_unit = "ms"
id = ["ip", "app"]
categorical = ["ip"]
[features]
windows = [{ count = ["ip", "app"], within = "5s" }]
resolution = "500ms"
hour = true
"""


def test_a_spec_file_defines_the_same(tmp_path) -> None:
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    some().save(tmp_path / "spec.json")
    for name in ("spec.toml", "spec.json"):
        assert window_features_from_file(tmp_path / name).to_spec() == some().to_spec()


def test_the_windows_of_a_study_are_its_features(tmp_path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    found = window_features_from_file(tmp_path / "study.toml")
    assert found.names == ["count_ip_app_5s"]
    assert (found.time, found.label, found.label_time, found.id) == ("at", "bought", "told", None)
    assert (found.resolution, found.time_unit) == ("500ms", "ms")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, FileReadError, "A spec of windows was expected at"),
        ("time = ", FileReadError, "cannot be read as TOML"),
        (
            '[features]\nhour = true\n[columns]\ntime = "at"',
            ParameterError,
            "names no windows in its section",
        ),
        ('tiem = "at"', ParameterError, "Unknown key of a window spec: 'tiem'."),
    ],
)
def test_a_file_that_defines_nothing_says_so(tmp_path, text, error, message) -> None:
    place = tmp_path / "spec.toml"
    if text is not None:
        place.write_text(text, encoding="utf-8")
    with pytest.raises(error) as caught:
        window_features_from_file(place)
    assert message in str(caught.value)
