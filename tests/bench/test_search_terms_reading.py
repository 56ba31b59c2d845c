"""The benchmark of reading compares like with like."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import wanamaker as wm
from bench.measure import Job, JobError
from bench.paths import WORKERS
from bench.search_terms_export import write
from bench.search_terms_reading import FORMS, check


@pytest.mark.slow
def test_both_read_the_same_report(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    write(2_000, file)
    python = Path(sys.executable)
    ours = Job("ours", python, WORKERS / "ours_search_terms_reading.py", (str(file),)).run().answer
    assert (ours["rows"], ours["hidden"]) == (1980, 20)
    for form in FORMS:
        worker = WORKERS / "theirs_search_terms_reading.py"
        check(ours, Job("pandas", python, worker, (str(file), form)).run().answer)


def test_different_sums_are_refused() -> None:
    check({"cost": 1.0}, {"cost": 1.0 + 1e-12})
    for theirs in ({"cost": 1.1}, {}, {"cost": 1.0, "clicks": 2.0}):
        with pytest.raises(JobError, match="The two read different reports"):
            check({"cost": 1.0}, theirs)


def test_the_made_up_export_has_what_an_export_has(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    write(500, file)
    report = wm.read_search_terms(file)
    assert report.skipped["reason"].to_list() == ["preamble", "preamble", "total", "total"]
    assert report.totals["agrees"].drop_nulls().all()
    assert report.table.select("term", "date").n_unique() < len(report.table)
    assert report.table["keyword"].str.starts_with('"').any()
