"""Running a job as a process of its own, and what it cost."""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.paths import ROOT, cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Figure = Callable[["Sample"], float]

ONE_THREAD = {
    f"{library}_THREADS": "1"
    for library in ("POLARS_MAX", "RAYON_NUM", "NUMBA_NUM", "OMP_NUM", "OPENBLAS_NUM")
}
"""Environment that keeps every library to one thread."""


class JobError(RuntimeError):
    """A measured process failed, or two that should agree do not."""


class LateError(JobError):
    """A measured process was ended because it took longer than it was given."""


@dataclass(frozen=True)
class Sample:
    """What one process cost.

    Parameters
    ----------
    cpu
        User and system seconds of the process.
    wall
        Seconds from start to end.
    peak
        Largest resident memory, in MB.
    inner_cpu, inner_wall
        The same of the job alone, after imports, by the process's own clock; None if it kept none.
    answer
        What it printed.
    """

    cpu: float
    wall: float
    peak: float
    inner_cpu: float | None = None
    inner_wall: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A command to measure: interpreter, worker script, arguments, and the CPU-seconds it is given."""

    name: str
    python: Path
    worker: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None

    def run(self, **extra: str) -> Sample:
        """Run it once.

        Raises
        ------
        JobError
            If it fails; says what it wrote.
        """
        return run_once(
            [str(self.python), str(self.worker), *self.arguments],
            os.environ | {"NUMBA_CACHE_DIR": str(cache() / "numba")} | dict(self.environment) | extra,
            self.limit,
        )


def run_once(command: Sequence[str], environment: Mapping[str, str], limit: int | None = None) -> Sample:
    """Run a command that prints one JSON object as its last line, and measure its process.

    Raises
    ------
    JobError
        If it exits with an error; says what it wrote.
    LateError
        If it takes more than ``limit`` CPU-seconds.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=dict(environment), cwd=ROOT)
        if limit is not None:
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (limit, limit + 5))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode == -signal.SIGXCPU:
            message = f"{Path(command[1]).name} was not done after {limit} CPU-s."
            raise LateError(message)
        if process.returncode:
            err.seek(0)
            message = f"{Path(command[1]).name} failed ({process.returncode}):\n{err.read()[-2000:]}"
            raise JobError(message)
        out.seek(0)
        answer = json.loads(out.read().strip().splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    inner_cpu, inner_wall = answer.pop("cpu", None), answer.pop("wall", None)
    return Sample(cpu, wall, usage.ru_maxrss * 1024 / 1e6, inner_cpu, inner_wall, answer)


def alternate(jobs: Sequence[Job], runs: int) -> list[list[Sample]]:
    """Run the jobs in turn, A B A B …, after a first round that is not counted."""
    for job in jobs:
        job.run()
    samples: list[list[Sample]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, taken in zip(jobs, samples, strict=True):
            taken.append(job.run())
    return samples


def compilation(job: Job) -> Sample:
    """Run the job once with nothing compiled."""
    with tempfile.TemporaryDirectory() as empty:
        return job.run(NUMBA_CACHE_DIR=empty)


def spread(numbers: Sequence[float], digits: int = 2) -> str:
    """Return the median with the lowest and highest.

    Examples
    --------
    >>> spread([3.0, 1.0, 2.0])
    '2.00 (1.00–3.00)'
    """
    middle = statistics.median(numbers)
    return f"{middle:.{digits}f} ({min(numbers):.{digits}f}–{max(numbers):.{digits}f})"


def ratios(
    ours: Sequence[Sample], theirs: Sequence[Sample], figure: Callable[[Sample], float]
) -> list[float]:
    """Return ours over theirs, pair by pair in the order they ran."""
    return [figure(one) / figure(other) for one, other in zip(ours, theirs, strict=True)]


def versus(ours: Sequence[Sample], theirs: Sequence[Sample], *, inner: bool = False) -> list[list[str]]:
    """Return rows of a table: what, ours, theirs, ours / theirs.

    Parameters
    ----------
    inner
        Take the clocks that the processes kept: without start and imports, and without memory.
    """
    figures: list[tuple[str, Figure, int]] = [
        ("CPU-s", lambda sample: (sample.inner_cpu or 0.0) if inner else sample.cpu, 2),
        ("wall s", lambda sample: (sample.inner_wall or 0.0) if inner else sample.wall, 2),
        ("peak memory MB", lambda sample: sample.peak, 0),
    ]
    return [
        [
            name,
            spread([figure(sample) for sample in ours], digits),
            spread([figure(sample) for sample in theirs], digits),
            spread(ratios(ours, theirs, figure), 3),
        ]
        for name, figure, digits in figures[: 2 if inner else 3]
    ]


def growth(rows: Sequence[int], samples: Sequence[Sequence[Sample]]) -> list[str]:
    """Say how time and memory grow with the rows."""
    lines = []
    for (small, few), (large, many) in pairwise(zip(rows, samples, strict=True)):
        cpu, wall, peak = (
            statistics.median(getattr(sample, name) for sample in many)
            / statistics.median(getattr(sample, name) for sample in few)
            for name in ("cpu", "wall", "peak")
        )
        lines.append(
            f"From {small:,} to {large:,} paths (× {large / small:.0f}) our whole process takes "
            f"× {cpu:.1f} CPU, × {wall:.1f} wall, × {peak:.1f} memory."
        )
    return lines


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [f"| {' | '.join(row)} |" for row in (header, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])
