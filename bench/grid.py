"""Which method to believe when: every method against the planted truth of several worlds."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import Job, markdown
from bench.paths import WORKERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

    Errors = dict[str, dict[str, list[float | None]]]


@dataclass(frozen=True)
class World:
    """A simulated world and what the methods get to see of it.

    Parameters
    ----------
    title
        Its name in tables.
    options
        Switches of `wanamaker.simulate.journeys`.
    covariates
        Columns that are given as covariates.
    effects
        Probability to convert per touch, of channels that are to differ from the default.
    """

    title: str
    options: Mapping[str, Any] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()
    effects: Mapping[str, float] = field(default_factory=dict)

    def cell(self, users: int, seed: int) -> str:
        """Return what the worker needs, as JSON."""
        seen = {"options": dict(self.options), "covariates": self.covariates, "effects": dict(self.effects)}
        return json.dumps({"users": users, "seed": seed} | seen)


_INTENT = {"confounded": True}
_STOPS = {"observed": "until_conversion"}
_GIVEN = ("intent",)

WORLDS = (
    World("clean"),
    World("intent hidden", _INTENT),
    World("intent given", _INTENT, _GIVEN),
    World("intent given, 20 % wrong", _INTENT | {"intent_error": 0.2}, _GIVEN),
    World("carry-over", {"carry_over": True}),
    World("late retargeting", {"late": True}),
    World("stops", _STOPS),
    World("stops, late retargeting", _STOPS | {"late": True}),
    World("stops, intent hidden", _STOPS | _INTENT),
    World("stops, intent given", _STOPS | _INTENT, _GIVEN),
    World("stops, every channel works", _STOPS, effects={"direct": 0.015, "retargeting": 0.01}),
)
"""From nothing that misleads to several traps at once."""

MEASURES = {
    "total_variation": "Total variation: the part of the credit that is with the wrong channel",
    "zero_effect_share": "Share of the credit that goes to channels without any effect",
    "baseline": "The row (baseline), less its true share, as a share of the conversions",
}
DIGITS = 3


def report(sizes: Sizes) -> str:
    """Judge every method in every world, and return a page in Markdown."""
    tables: list[str] = []
    for users in sizes.grid:
        found = {world.title: judge(world, users, sizes.seeds) for world in WORLDS}
        tables.append(f"\n## {users:,} users\n")
        for measure, title in MEASURES.items():
            tables += [
                f"{title}.\n",
                table({name: errors for name, (errors, _) in found.items()}, measure),
                "",
            ]
        tables.append(_cost(sample for _, samples in found.values() for sample in samples))
    return "\n".join([_head(sizes), *tables])


def judge(world: World, users: int, seeds: int) -> tuple[Errors, list[Sample]]:
    """Return the errors by method and measure, one for each seed, and what the processes cost."""
    samples = []
    for seed in range(1, seeds + 1):
        print(f"{world.title}, {users:,} users, seed {seed} …", file=sys.stderr, flush=True)
        job = Job(world.title, Path(sys.executable), WORKERS / "ours_grid.py", (world.cell(users, seed),))
        samples.append(job.run())
    errors: Errors = {
        method: {
            measure: [sample.answer["errors"][method].get(measure) for sample in samples]
            for measure in MEASURES
        }
        for method in samples[0].answer["errors"]
    }
    return errors, samples


def table(found: Mapping[str, Errors], measure: str) -> str:
    """Return worlds by methods, leaving out methods that this measure does not apply to."""
    methods = [
        method
        for method in next(iter(found.values()))
        if any(one is not None for errors in found.values() for one in errors[method][measure])
    ]
    rows = [[name, *(mean(errors[method][measure]) for method in methods)] for name, errors in found.items()]
    return markdown(["world", *methods], rows)


def mean(numbers: Sequence[float | None]) -> str:
    """Return the mean with the standard deviation over the seeds, and how many seeds gave none.

    Examples
    --------
    >>> mean([0.01, 0.03, None])
    '0.020 ± 0.014 (2 of 3)'
    """
    known = [number for number in numbers if number is not None]
    if not known:
        return "–"
    spread = f" ± {statistics.stdev(known):.{DIGITS}f}" if len(known) > 1 else ""
    some = "" if len(known) == len(numbers) else f" ({len(known)} of {len(numbers)})"
    return f"{statistics.fmean(known):.{DIGITS}f}{spread}{some}"


def _cost(samples: Iterable[Sample]) -> str:
    taken = list(samples)
    wall, peak = statistics.median(one.wall for one in taken), max(one.peak for one in taken)
    return (
        "One process for each world and seed simulates the log and runs every method: "
        f"{wall:.1f} s (median), {peak:.0f} MB (most)."
    )


def _head(sizes: Sizes) -> str:
    return (
        "# Every method against the truth of simulated worlds\n\n"
        f"Mean ± standard deviation over {sizes.seeds} seeds, without intervals. The worlds are those of "
        "`wm.simulate.journeys`: ten channels, of which direct and retargeting have no effect, 4.1 touches a "
        "user, 6.5 % converting. Made by `make bench BENCH=grid`.\n\n"
        "*intent*: a latent variable raises both who is reached and who converts; hidden, or given as a "
        "covariate. *carry-over*: touches of one channel bring about touches of another. *late*: "
        "retargeting comes at the end. *stops*: journeys are observed until their conversion, as in most "
        "logs; in the other worlds all touches of the period are seen. *every channel works*: direct and "
        "retargeting convert with 1.5 % and 1 % per touch, so that no touch is without effect."
    )
