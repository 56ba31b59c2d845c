"""First, last and linear touch from one CSV file of paths: ours beside ChannelAttribution."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data import made
from bench.measure import ONE_THREAD, Job, JobError, alternate, compilation, growth, markdown, versus
from bench.paths import WORKERS
from bench.peers import CHANNEL_ATTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.measure import Sample
    from bench.sizes import Sizes

TOLERANCE = 1e-6
_HEADER = ("what", "ours", "ChannelAttribution", "ours / theirs")


def report(sizes: Sizes) -> str:
    """Measure, and return a page in Markdown."""
    python = CHANNEL_ATTRIBUTION.python()
    tables = []
    wholes: list[list[Sample]] = []
    for rows in sizes.paths:
        ours, theirs = pair(made("paths", rows), "whole", python)
        samples = alternate([ours, theirs], sizes.runs)
        check(*(taken[0].answer["credit"] for taken in samples))
        wholes.append(samples[0])
        tables.append(f"\n## {rows:,} paths\n\nWhole process: start, imports, reading, computing.\n")
        tables.append(markdown(_HEADER, versus(*samples)))
        if rows == sizes.paths[0]:
            tables += _variants(ours, theirs, sizes.runs)
    return "\n".join([_head(sizes), *tables, "", *growth(sizes.paths, wholes)])


def pair(file: Path, mode: str, python: Path) -> tuple[Job, Job]:
    """Return our job and the peer's, on one file."""
    arguments = (str(file), mode)
    ours = Job("ours", Path(sys.executable), WORKERS / "ours_rules.py", arguments)
    return ours, Job("theirs", python, WORKERS / "theirs_rules.py", arguments)


def check(ours: Mapping[str, float], theirs: Mapping[str, float]) -> None:
    """Refuse a comparison in which the two do not give the same credit.

    Raises
    ------
    JobError
        If a channel's conversions or value differ by more than 1e-6 of them, or are missing.
    """
    if set(ours) != set(theirs):
        message = f"The two credit different channels: {sorted(set(ours) ^ set(theirs))}."
        raise JobError(message)
    apart = {name: (ours[name], theirs[name]) for name in ours if not _close(ours[name], theirs[name])}
    if apart:
        message = f"The two give different credit: {apart}."
        raise JobError(message)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other))


def _variants(ours: Job, theirs: Job, runs: int) -> list[str]:
    tables = ["\nThe same with every library held to one thread.\n"]
    single = [replace(job, environment=ONE_THREAD) for job in (ours, theirs)]
    tables.append(markdown(_HEADER, versus(*alternate(single, runs))))
    tables.append("\nInside a running process, after imports: reading the file and computing.\n")
    inside = [replace(job, arguments=(job.arguments[0], "inside")) for job in (ours, theirs)]
    tables.append(markdown(_HEADER, versus(*alternate(inside, runs), inner=True)))
    first = compilation(ours)
    tables.append(f"\nThe very first run, with nothing compiled yet: {first.cpu:.2f} CPU-s.")
    return tables


def _head(sizes: Sizes) -> str:
    return (
        "# Rules: first, last and linear touch\n\n"
        "Conversions and value from the same CSV file, one row per path: 10 channels, mean length 4, 6.7 % "
        f"converting. Peer: {CHANNEL_ATTRIBUTION.title} (heuristic_models). "
        f"Median (lowest–highest) of {sizes.runs} runs in turn after one that is not counted; "
        "ratios pair by pair. Both gave the same credit to 1e-6."
    )
