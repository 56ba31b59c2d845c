"""Window features of events one at a time: ours beside plain Python and river."""

from __future__ import annotations

import statistics
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data import made
from bench.measure import ONE_THREAD, Job, JobError, compilation, markdown, spread
from bench.paths import WORKERS
from bench.peers import RIVER
from bench.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

_HEADER = ("what", "events", "events/s", "µs of CPU per event", "ours (observe) / this")
_WARM = 10
"""One in so many events is counted before the clock starts."""


def report(sizes: Sizes) -> str:
    """Measure, and return a page in Markdown."""
    file = str(made("clicks", sizes.live))
    jobs = _jobs(file, sizes)
    samples: list[list[Sample]] = [[] for _ in jobs]
    for _ in range(sizes.slow_runs):
        for (job, _), taken in zip(jobs, samples, strict=True):
            taken.append(job.run())
    check(samples)
    ours = _rates(samples[0])
    rows = [
        [job.name, f"{events:,}", spread(_rates(taken), 0), spread(_costs(taken), 1), _ratio(ours, taken)]
        for (job, events), taken in zip(jobs, samples, strict=True)
    ]
    held = samples[1][0].answer
    longest = [_longest(jobs[0][0]) for _ in range(sizes.slow_runs)]
    state = (
        f"\nAfter {held['events']:,} events, {held['keys']:,} keys are held in {held['state'] / 1e6:.0f} MB: "
        f"{held['state'] / held['keys']:.0f} bytes per key. The longest `observe` took "
        f"{spread([one * 1e3 for one in longest], 1)} ms of CPU."
    )
    first = compilation(jobs[0][0])
    cost = f"The very first run, with nothing compiled yet: {first.cpu:.2f} CPU-s."
    return "\n".join([_head(sizes), markdown(_HEADER, rows), state, cost])


def check(samples: Sequence[Sequence[Sample]]) -> None:
    """Refuse a comparison in which ours and plain Python do not give the same counts.

    Raises
    ------
    JobError
        If the sum of a window differs.
    """
    one, many, single, plain = (taken[0].answer["sums"] for taken in samples[:4])
    if one != plain or many != single:
        message = f"The sums of windows differ: {one} by observe, {plain} by plain Python; "
        message += f"{many} by observe_many, {single} by observe_many on one thread."
        raise JobError(message)


def _jobs(file: str, sizes: Sizes) -> list[tuple[Job, int]]:
    here, few = Path(sys.executable), sizes.live // _WARM
    ours, arguments = WORKERS / "ours_live.py", (file, WINDOWS)
    return [
        (Job("observe", here, ours, (*arguments, "one", str(sizes.live))), sizes.live),
        (Job("observe_many", here, ours, (*arguments, "many", str(sizes.live))), sizes.live),
        (
            Job("observe_many, one thread", here, ours, (*arguments, "many", str(sizes.live)), ONE_THREAD),
            sizes.live,
        ),
        (Job("dict of lists", here, WORKERS / "plain_live.py", (*arguments, str(sizes.live))), sizes.live),
        (
            Job(RIVER.title, RIVER.python(), WORKERS / "theirs_live.py", (*arguments, str(few))),
            few,
        ),
    ]


def _longest(job: Job) -> float:
    file, windows, _, rows = job.arguments
    return float(replace(job, arguments=(file, windows, "longest", rows)).run().answer["longest"])


def _rates(taken: Sequence[Sample]) -> list[float]:
    return [sample.answer["timed"] / (sample.inner_wall or 1.0) for sample in taken]


def _costs(taken: Sequence[Sample]) -> list[float]:
    return [(sample.inner_cpu or 0.0) / sample.answer["timed"] * 1e6 for sample in taken]


def _ratio(ours: Sequence[float], taken: Sequence[Sample]) -> str:
    pairs = [one / other for one, other in zip(ours, _rates(taken), strict=True)]
    return f"{statistics.median(pairs):.2f} ({min(pairs):.2f}–{max(pairs):.2f})"


def _head(sizes: Sizes) -> str:
    return (
        f"# Live window features: 15 counts of {sizes.live:,} clicks, one at a time\n\n"
        "The log of `wm.simulate.clicks` in order of time: for each click 15 counts are read and 5 keys are "
        "updated (keys and windows of `BENCH=windows`). The first tenth of the clicks is counted before the "
        "clock starts. Plain Python keeps a list of times for each key, searches it by bisection and lets go "
        f"of no key. {RIVER.title} keeps a `TimeRolling` count for each key and window, on a tenth of the "
        "clicks, without bands; its counts are not ours: it lets go of old events only when a key has a new "
        f"one, and same-second peers count. Median (lowest–highest) of {sizes.slow_runs} runs in turn. Ours "
        "and plain Python gave the same sums. Goals: 50,000 events/s by `observe`, 500,000 by "
        "`observe_many`.\n"
    )
