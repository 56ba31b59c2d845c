"""What the page on vectors of categories says of what was measured."""

from __future__ import annotations

from importlib import import_module

from bench.__main__ import BENCHMARKS
from bench.paths import ROOT
from bench.vectors import _over_worlds, _row


def told(auc: float, gain: float) -> dict:
    return {
        "variant": "vectors",
        "auc": [auc, auc - 0.1, auc + 0.1],
        "gain": [gain, -0.1, 0.2],
        "seconds": 1.25,
    }


def test_a_row_has_intervals_and_the_sign_of_the_gain() -> None:
    assert _row(told(0.8, 0.05)) == [
        "vectors",
        "0.8000 [0.7000, 0.9000]",
        "+0.0500 [-0.1000, +0.2000]",
        "1.2",
    ]


def test_several_worlds_are_told_by_mean_and_extremes() -> None:
    rows = _over_worlds([[told(0.8, 0.05)], [told(0.6, -0.01)]])
    assert rows == [["vectors", "0.7000 (0.6000–0.8000)", "+0.0200 (-0.0100–+0.0500)", "1.2"]]


def test_every_benchmark_can_be_asked_for_by_name() -> None:
    modules = [import_module(f"bench.{path.stem}") for path in (ROOT / "bench").glob("[a-z]*.py")]
    written = {module.report for module in modules if hasattr(module, "report")}
    assert len(written) > 1
    assert written <= set(BENCHMARKS.values())
