"""A run is loaded only as it was written."""

from __future__ import annotations

import json

import pytest

from wanamaker.base.errors import RunError
from wanamaker.runs.fingerprint import fingerprint
from wanamaker.runs.load import load_run
from wanamaker.runs.manifest import file_digest, rewrite_manifest, write_manifest


@pytest.fixture
def folder(tmp_path):
    run = tmp_path / "run"
    (run / "model").mkdir(parents=True)
    (run / "study.toml").write_text('kind = "attribution"\n', encoding="utf-8")
    (run / "metrics.json").write_text('{"conversions": 3}', encoding="utf-8")
    (run / "model" / "methods.json").write_text("{}", encoding="utf-8")
    write_manifest(run, {"seed": 0})
    return run


def test_an_untouched_run_loads_with_its_study_and_metrics(folder):
    run = load_run(folder)
    assert run.kind == "attribution"
    assert run.metrics == {"conversions": 3}


def test_the_manifest_holds_the_sha256_of_every_file(folder):
    files = load_run(folder).manifest["files"]
    assert set(files) == {"study.toml", "metrics.json", "model/methods.json"}
    assert files["study.toml"] == file_digest(folder / "study.toml")
    assert len(files["study.toml"]) == 64


def test_a_changed_file_is_refused_by_name(folder):
    (folder / "metrics.json").write_text('{"conversions": 4}', encoding="utf-8")
    with pytest.raises(RunError, match=r"changed: \['metrics.json'\]"):
        load_run(folder)


def test_a_missing_file_is_refused_by_name(folder):
    (folder / "model" / "methods.json").unlink()
    with pytest.raises(RunError, match=r"missing: \['model/methods.json'\]"):
        load_run(folder)


def test_an_added_file_is_refused_by_name(folder):
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match=r"added: \['extra.txt'\]"):
        load_run(folder)


def test_a_directory_without_a_manifest_is_no_run(tmp_path):
    with pytest.raises(RunError, match=r"A run directory was expected.*manifest\.json"):
        load_run(tmp_path)


def test_a_table_that_a_run_lacks_is_an_error_that_lists_what_it_has(folder):
    with pytest.raises(RunError, match=r"has no credit\.parquet\.\nHint: It has: metrics\.json"):
        _ = load_run(folder).credit


def test_one_file_can_be_taken_anew_into_the_manifest(folder):
    (folder / "metrics.json").write_text('{"conversions": 5}', encoding="utf-8")
    rewrite_manifest(folder, "metrics.json")
    assert load_run(folder).metrics == {"conversions": 5}
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["seed"] == 0


def test_the_fingerprint_follows_content_and_not_time(tmp_path):
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert fingerprint(str(tmp_path / "a")) == fingerprint(str(tmp_path / "b"))
    assert fingerprint(str(tmp_path / "a")) != fingerprint(str(tmp_path / "c"))
    assert fingerprint("s3://bucket/log") is None
