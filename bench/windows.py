"""Counts in windows over a simulated log of clicks: ours beside DuckDB and Polars."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data import made
from bench.measure import ONE_THREAD, Job, JobError, alternate, compilation, markdown, ratios, spread
from bench.paths import WORKERS
from bench.peers import DUCKDB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

GROUPS = (
    ("ip",),
    ("ip", "app"),
    ("ip", "app", "os"),
    ("ip", "device", "os"),
    ("ip", "device", "os", "app"),
)
BANDS = ((300, 0), (3_600, 300), (28_800, 3_600))
"""Start and end of each window, in seconds before the click."""
WINDOWS = json.dumps(
    [[key, f"{'_'.join(key)}_{start}", start, end] for key in GROUPS for start, end in BANDS]
)
_HEADER = ("what", "ours", "DuckDB", "Polars", "ours / DuckDB", "ours / Polars")
_FIGURES = (("CPU-s", "cpu", 2), ("wall s", "wall", 2), ("peak memory MB", "peak", 0))


def report(sizes: Sizes) -> str:
    """Measure, and return a page in Markdown."""
    file = str(made("clicks", sizes.clicks))
    ours = Job("ours", Path(sys.executable), WORKERS / "ours_windows.py", (file, WINDOWS))
    duckdb = Job(
        "DuckDB", DUCKDB.python(), WORKERS / "theirs_windows_duckdb.py", (file, WINDOWS, "excluding")
    )
    polars = Job(
        "Polars", Path(sys.executable), WORKERS / "theirs_windows_polars.py", (file, WINDOWS, "over")
    )
    samples = [*alternate([ours, duckdb], sizes.slow_runs), [polars.run()]]
    check(samples)
    tables = [markdown(_HEADER, _rows(samples))]
    single = replace(ours, environment=ONE_THREAD).run()
    tables.append("\nOurs with every library held to one thread: " + _told(single) + ".")
    first = compilation(ours)
    tables.append(f"The very first run, with nothing compiled yet: {first.cpu:.2f} CPU-s.")
    tables.append("\n## DuckDB and Polars in another formulation, once each, inside the process\n")
    others = [replace(duckdb, arguments=(file, WINDOWS, "preceding"))]
    others.append(replace(polars, arguments=(file, WINDOWS, "groups")))
    tables += [f"* {job.name}, {_FORMS[job.arguments[2]]}: {_told(job.run())}" for job in others]
    return "\n".join([_head(sizes), *tables])


_FORMS = {
    "preceding": "`RANGE BETWEEN … AND 1 PRECEDING` in place of `EXCLUDE GROUP`",
    "groups": "`DataFrame.rolling(group_by=…)` in place of `rolling_sum_by(…).over(…)`",
}


def check(samples: Sequence[Sequence[Sample]]) -> None:
    """Refuse a comparison in which not all give the same counts.

    Raises
    ------
    JobError
        If the sum of a window differs.
    """
    wanted = samples[0][0].answer["sums"]
    for taken in samples[1:]:
        found = taken[0].answer["sums"]
        apart = {name: (wanted[name], found.get(name)) for name in wanted if wanted[name] != found.get(name)}
        if apart:
            message = f"The sums of windows differ: {apart}."
            raise JobError(message)


def _rows(samples: Sequence[Sequence[Sample]]) -> list[list[str]]:
    ours, duckdb, polars = samples
    rows = []
    for title, figure, digits in _FIGURES:
        cells = [spread([getattr(one, figure) for one in taken], digits) for taken in samples]
        pairs = ratios(ours, duckdb, attrgetter(figure))
        middle = statistics.median(getattr(one, figure) for one in ours)
        rows.append([title, *cells, spread(pairs, 3), f"{middle / getattr(polars[0], figure):.3f}"])
    return rows


def _told(sample: Sample) -> str:
    return f"{sample.cpu:.2f} CPU-s, {sample.wall:.2f} s, {sample.peak:.0f} MB"


def _head(sizes: Sizes) -> str:
    import polars as pl

    return (
        f"# Window features: 15 counts over {sizes.clicks:,} clicks\n\n"
        "The log of `wm.simulate.clicks`, in parquet: 5 keys of ip, app, device and os, each over the last "
        "5 minutes, from 5 minutes to 1 hour ago, and from 1 to 8 hours ago; neither the click itself nor "
        "its peers of the same second count. The whole process: start, imports, reading, computing; ours "
        f"keeps all columns, the peers only their sums. {DUCKDB.title}: `RANGE BETWEEN … PRECEDING AND "
        f"CURRENT ROW EXCLUDE GROUP`. Polars {pl.__version__}: `rolling_sum_by` over the key. Median "
        f"(lowest–highest) of {sizes.slow_runs} runs in turn after one that is not counted, Polars once. "
        "All gave the same counts. "
        "Goals: at most 1/4 of DuckDB's CPU time in less memory, at most 1/20 of Polars's.\n"
    )
