"""Search terms: what an epoch of the network takes, and how quickly rows are scored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Job, markdown
from bench.paths import WORKERS

if TYPE_CHECKING:
    from bench.sizes import Sizes

_HEADER = ("what", "figure", "goal")


def report(sizes: Sizes) -> str:
    """Measure once, and return a page in Markdown."""
    worker = WORKERS / "ours_search_terms.py"
    sample = Job("ours", Path(sys.executable), worker, (str(sizes.term_rows), "1")).run()
    told = sample.answer
    rows = [
        ["one epoch of the network, validation part included", f"{told['epoch']:.0f} s", "below 180 s"],
        [
            "fit: features, all predictors, one epoch, judging",
            f"{told['fit_wall']:.0f} s ({told['fit_cpu']:.0f} CPU-s)",
            "",
        ],
        [
            "predict: features of rows and their history, and the network",
            f"{told['scored']:,.0f} rows/s ({told['scored_cpu']:,.0f} per CPU-s)",
            "20,000 rows/s",
        ],
        ["peak memory", f"{sample.peak / 1024:.1f} GiB", ""],
    ]
    return "\n".join([_head(told), markdown(_HEADER, rows)])


def _head(told: dict[str, float]) -> str:
    return (
        f"# Search terms: {told['rows']:,.0f} rows\n\n"
        f"A simulated log; {told['learned']:,.0f} of its rows are learned from, the rest are younger and "
        "judge. Default widths, batches of 512, one thread, one run. Rows that are scored are those of the "
        "last 30 days, with all days before as their history.\n"
    )
