"""What only we are measured on: building journeys from a log, and intervals of every rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data import made
from bench.measure import Job, alternate, markdown, spread
from bench.paths import WORKERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

_LOGS = (
    ("integer ids", "log_int", "flags"),
    ("text ids like UUIDs", "log_text", "flags"),
    ("integer ids, conversions as rows of their own with value", "log_events", "events"),
)
_COSTS = (("6.7 % of journeys convert", "costs"), ("every journey converts", "costs_all"))
_WORLDS = (
    ("Journeys observed in full", "world", "full"),
    ("Journeys that stop at their conversion", "world_stops", "stops"),
)


def journeys_report(sizes: Sizes) -> str:
    """Measure how long journeys take to build, and return a page in Markdown."""
    rows = []
    for name, kind, form in _LOGS:
        samples = _measured("ours_journeys.py", (str(made(kind, sizes.touches)), form), sizes.runs)
        rows.append([name, *_whole(samples), f"{samples[0].answer['journeys']:,}"])
    head = (
        f"# Journeys from a log of {sizes.touches:,} touches\n\n"
        "3 users for 10 touches, 20 campaigns, 1 % converting, parquet, rows in no order, times in seconds. "
        f"The whole process; median (lowest–highest) of {sizes.runs} runs. "
        "Goal for 10 M: < 20 s, < 4,000 MB.\n"
    )
    return f"{head}\n{markdown(('log', 'wall s', 'CPU-s', 'peak memory MB', 'journeys'), rows)}"


def bootstrap_report(sizes: Sizes) -> str:
    """Measure how long intervals take, and return a page in Markdown."""
    rows = []
    for name, kind in _COSTS:
        arguments = (str(made(kind, sizes.journeys)), str(sizes.replicates))
        samples = _measured("ours_bootstrap.py", arguments, sizes.runs)
        wall = spread([sample.inner_wall or 0.0 for sample in samples])
        cpu = spread([sample.inner_cpu or 0.0 for sample in samples])
        rows.append([name, wall, cpu, *_whole(samples)])
    head = (
        f"# Intervals: {sizes.replicates} replicates of 7 rules on {sizes.journeys:,} journeys\n\n"
        "10 channels, mean length 4, with value and costs. `attribute` alone, then the whole process with "
        f"reading the log and building the journeys; median (lowest–highest) of {sizes.runs} runs. "
        "Goal for 1 M: < 20 s.\n"
    )
    header = ("journeys", "attribute wall s", "attribute CPU-s", "wall s", "CPU-s", "peak memory MB")
    return f"{head}\n{markdown(header, rows)}"


def replicates_report(sizes: Sizes) -> str:
    """Measure how long intervals of every method take, and return a page in Markdown."""
    parts = [
        f"# Intervals: {sizes.few_replicates} replicates of every method on {sizes.journeys:,} journeys\n\n"
        "The log of `wm.simulate.journeys`: 10 channels, 4.1 touches a journey, 6.5 % converting, with value "
        "and costs; a touch a row in the hazard form of `incremental`, where journeys stop at their "
        f"conversion. Median (lowest–highest) of {sizes.runs} runs. Goal for 1 M: < 180 s."
    ]
    for name, kind, observed in _WORLDS:
        arguments = (str(made(kind, sizes.journeys)), observed, str(sizes.few_replicates))
        samples = _measured("ours_replicates.py", (*arguments, "all"), sizes.runs)
        inner = [spread([getattr(one, clock) for one in samples]) for clock in ("inner_wall", "inner_cpu")]
        header = ("attribute wall s", "attribute CPU-s", "wall s", "CPU-s", "peak memory MB")
        parts += [f"\n## {name}\n", markdown(header, [[*inner, *_whole(samples)]])]
        worker = WORKERS / "ours_replicates.py"
        alone = Job("ours", Path(sys.executable), worker, (*arguments, "each")).run().answer["seconds"]
        each = [[method, f"{seconds:.2f}"] for method, seconds in alone.items()]
        parts += ["\nEach method by itself, one run after one without intervals:\n"]
        parts += [markdown(("method", "CPU-s"), each)]
    return "\n".join(parts)


def _measured(worker: str, arguments: tuple[str, ...], runs: int) -> list[Sample]:
    return alternate([Job(worker, Path(sys.executable), WORKERS / worker, arguments)], runs)[0]


def _whole(samples: Sequence[Sample]) -> list[str]:
    return [
        spread([sample.wall for sample in samples]),
        spread([sample.cpu for sample in samples]),
        spread([sample.peak for sample in samples], 0),
    ]
