"""The benchmark of windows compares like with like."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import wanamaker as wm
from bench.measure import Job, JobError, Sample
from bench.paths import WORKERS
from bench.windows import WINDOWS, check


@pytest.mark.slow
def test_all_formulations_count_the_same(tmp_path) -> None:
    pytest.importorskip("duckdb")
    file = str(tmp_path / "clicks.parquet")
    wm.simulate.clicks(3_000, seed=1).log.write_parquet(file)
    workers = [
        ("ours_windows.py",),
        ("theirs_windows_duckdb.py", "excluding"),
        ("theirs_windows_duckdb.py", "preceding"),
        ("theirs_windows_polars.py", "over"),
        ("theirs_windows_polars.py", "groups"),
    ]
    python = Path(sys.executable)
    samples = [
        [Job(worker, python, WORKERS / worker, (file, WINDOWS, *form)).run()] for worker, *form in workers
    ]
    assert sum(samples[0][0].answer["sums"].values()) > 0
    check(samples)


def test_different_counts_are_refused() -> None:
    ours, theirs = ([Sample(1, 1, 1, answer={"sums": {"ip_300": count}})] for count in (3, 4))
    check([ours, ours])
    with pytest.raises(JobError, match="The sums of windows differ"):
        check([ours, theirs])
