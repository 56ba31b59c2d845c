"""The audit as a whole: what it takes, what it refuses, and that it is the same each time."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest

import wanamaker as wm
from tests.evaluation.audit.tables import clean_table
from wanamaker.evaluation.audit import DETECTORS, SEVERITIES, examined

TABLE = pl.DataFrame(
    {"x": [0.1, 0.2, 0.3, 0.4], "part": ["a", "a", "b", "b"], "y": [0, 1, 0, 1], "t": ["a"] * 4}
)


@pytest.mark.parametrize(
    ("table", "roles", "error", "message"),
    [
        (TABLE, {"label": "z"}, wm.SchemaError, r"not found in the table: \['z'\].*Did you mean|Known names"),
        (
            TABLE,
            {"label": "y", "group": ["x", "users"]},
            wm.SchemaError,
            r"not found in the table: \['users'\]",
        ),
        (
            TABLE,
            {"label": "y", "split": "y"},
            wm.ParameterError,
            "has one role. Got 'y' as label and as split",
        ),
        (TABLE, {"label": "y", "group": "y"}, wm.ParameterError, "Got 'y' as label and as group"),
        (
            TABLE,
            {"label": "y", "group": 3},
            (wm.ParameterTypeError, TypeError),
            "one column or several|iterable",
        ),
        (
            TABLE,
            {"label": 3},
            wm.ParameterTypeError,
            "'label' parameter of audit must be the name of a column",
        ),
        (TABLE, {"label": "x"}, wm.DataError, "Column 'x', row 0: 0.1 must be 0 or 1 in the label column"),
        (TABLE, {"label": "t"}, wm.SchemaError, "label column 't' must be boolean or 0/1. Got type String"),
        (TABLE.with_columns(y=1), {"label": "y"}, wm.DataError, "Got one class: 4 of 4 rows"),
        (TABLE.clear(), {"label": "y"}, wm.DataError, "must hold both 0 and 1. Got one class: 0 of 0"),
        (TABLE.with_columns(y=None), {"label": "y"}, wm.DataError, "must hold both 0 and 1"),
        (TABLE, {"label": "y", "time": "t"}, wm.DataError, "Column 't', row 0: 'a' cannot be read as a time"),
        (TABLE, {"label": "y", "prediction": "t"}, wm.SchemaError, "column 't' must be numeric. Got"),
        (TABLE, {"label": "y", "split": "t"}, wm.DataError, "must name 2 to 20 parts. Got 1 distinct"),
        ([1, 2], {"label": "y"}, wm.ParameterTypeError, "A table was expected. Got list"),
        (
            "nothing.csv",
            {"label": "y"},
            wm.FileReadError,
            "A file or directory was expected at 'nothing.csv'",
        ),
    ],
)
def test_what_cannot_be_audited_is_refused_with_a_reason(table, roles, error, message):
    with pytest.raises(error, match=message):
        wm.audit(table, **roles)


def test_a_tiny_table_is_taken():
    assert wm.audit(TABLE.drop("t"), "y", split="part", prediction="x") == []


@pytest.fixture
def planted():
    frame, roles = clean_table(3, rows=2_000, rate=0.3)
    extra = frame.with_columns(
        copy=pl.col("y"), total=pl.col("id") + pl.col("y"), reason=pl.when(pl.col("y") == 1).then(pl.lit("x"))
    )
    return extra, roles | {"group": "user"}


def test_a_path_and_every_kind_of_table_give_the_same_findings(planted, tmp_path):
    frame, roles = planted
    expected = [finding.as_dict() for finding in wm.audit(frame, **roles)]
    frame.write_parquet(tmp_path / "t.parquet")
    for table in (tmp_path / "t.parquet", str(tmp_path / "t.parquet"), frame.to_arrow(), frame.lazy()):
        assert [finding.as_dict() for finding in wm.audit(table, **roles)] == expected
    pandas = wm.audit(pd.DataFrame(frame.to_dict(as_series=False)), **roles)
    assert [finding.columns for finding in pandas] == [tuple(each["columns"]) for each in expected]


def test_findings_are_plain_json_and_ordered_by_severity(planted):
    frame, roles = planted
    findings = wm.audit(frame, **roles)
    assert {finding.detector for finding in findings} >= {"L1", "L4", "L5"}
    text = json.dumps([finding.as_dict() for finding in findings], allow_nan=False)
    assert json.loads(text)[0]["columns"] == list(findings[0].columns)
    severities = [SEVERITIES.index(finding.severity) for finding in findings]
    assert severities == sorted(severities)
    assert all(finding.detector in DETECTORS and finding.message and finding.advice for finding in findings)


def test_examples_name_rows_of_the_table(planted):
    frame, roles = planted
    for finding in wm.audit(frame, **roles):
        for example in finding.evidence.get("examples", []):
            if isinstance(example, dict):
                row = frame.row(example["row"], named=True)
                assert all(example[name] == row[name] for name in ("y", *finding.columns) if name in example)


def test_the_order_of_columns_changes_nothing(planted):
    frame, roles = planted
    turned = wm.audit(frame.select(reversed(frame.columns)), **roles)
    expected = wm.audit(frame, **roles)
    key = lambda finding: (finding.detector, sorted(finding.columns), finding.severity)  # noqa: E731
    assert sorted(map(key, turned)) == sorted(map(key, expected))


def test_the_input_is_left_as_it_is(planted):
    frame, roles = planted
    before = frame.clone()
    wm.audit(frame, **roles)
    assert frame.equals(before)


def test_large_tables_are_sampled_and_claims_verified_on_all_rows(monkeypatch):
    rng = np.random.default_rng(2)
    label = rng.random(20_000) < 0.2
    parts = rng.poisson(5, (3, 20_000))
    total = parts.sum(axis=0) + label
    total[12_345] += 1
    table = pl.DataFrame({"a": parts[0], "b": parts[1], "c": parts[2], "total": total, "y": label})
    from wanamaker.evaluation.audit import table_audit

    monkeypatch.setattr(table_audit, "MOST_ROWS", 3_000)
    assert examined.MOST_ROWS > 3_000
    (found,) = wm.audit(table, "y")
    assert found.evidence["rows"] == 20_000
    assert found.evidence["contradicting_rows"] == 1
    assert found.evidence["contradicting_examples"][0]["row"] == 12_345


def test_nulls_are_counted_on_all_rows_of_a_sampled_table(monkeypatch):
    from wanamaker.evaluation.audit import table_audit

    rng = np.random.default_rng(4)
    label = rng.random(20_000) < 0.2
    reason = np.where(label, 1.0, np.nan)
    reason[np.flatnonzero(label)[:7]] = np.nan
    monkeypatch.setattr(table_audit, "MOST_ROWS", 3_000)
    (found,) = wm.audit(pl.DataFrame({"reason": reason, "y": label}), "y")
    assert (found.evidence["rows"], found.evidence["nulls"]) == (20_000, np.isnan(reason).sum())
    assert found.evidence["contradicting_rows"] == 7


@pytest.mark.slow
def test_a_hundred_thousand_rows_of_fifty_columns_take_less_than_thirty_seconds():
    frame, roles = clean_table(7, rows=100_000, numbers=44, rate=0.1)
    assert len(frame.columns) >= 50
    start = time.process_time()
    findings = wm.audit(frame, group="user", **roles)
    assert time.process_time() - start < 30
    assert [finding.columns for finding in findings] == [("user",)]
