"""Rules and Markov chains from CSV files of paths: ours beside ChannelAttribution and another peer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data import WIDE, made
from bench.measure import (
    Job,
    JobError,
    LateError,
    alternate,
    compilation,
    growth,
    markdown,
    spread,
    versus,
)
from bench.paths import WORKERS
from bench.peers import CHANNEL_ATTRIBUTION, MARKETING_ATTRIBUTION_MODELS
from bench.rules import check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

RULES = ("first", "last", "linear")
CHAINS = ("markov", "markov_2", "markov_3")
VALUE = "total_conversion_value"


def report(sizes: Sizes) -> str:
    """Measure rules and Markov 1 to 3 beside ChannelAttribution, and return a page in Markdown."""
    python = CHANNEL_ATTRIBUTION.python()
    few, *more = sizes.paths
    ours, theirs = _pair(made("paths", few), RULES + CHAINS, python)
    samples = alternate([ours, theirs], sizes.runs)
    credit, estimated = (taken[0].answer["credit"] for taken in samples)
    check(*({name: one[name] for name in one if name.startswith(RULES)} for one in (credit, estimated)))
    parts = [
        _head(sizes),
        f"\n## {few:,} paths of 10 channels\n\nWhole process: start, imports, reading, all six methods.\n",
        _table(samples),
        "\nWithout start and imports.\n",
        _table(samples, inner=True),
        f"\nOur very first run, with nothing compiled yet: {compilation(ours).cpu:.2f} CPU-s.\n",
        *_one_by_one(made("paths", few), python, sizes.runs),
        "\n## Its error by simulation\n",
        f"{_DEFINITION}\n",
        errors(credit, estimated),
        *_growth(few, more, samples[0], sizes.runs),
    ]
    return "\n".join(parts)


def wide_report(sizes: Sizes) -> str:
    """Measure many channels beside ChannelAttribution, and return a page in Markdown."""
    python = CHANNEL_ATTRIBUTION.python()
    file = made("paths_wide", sizes.wide)
    rows = []
    for method in CHAINS[:2]:
        ours, theirs = _pair(file, (method,), python, limit=sizes.limit)
        taken = alternate([ours], sizes.runs)[0]
        told, ratio = _limited(theirs, taken)
        cpu, peak = spread([one.cpu for one in taken]), spread([one.peak for one in taken], 0)
        rows.append([method, cpu, told, ratio, peak])
    head = (
        f"# Markov chains of {WIDE} channels, {sizes.wide:,} paths\n\n"
        "Conversions and value from the same CSV file, mean length 4, 6.7 % converting; the whole process. "
        f"Peer: {CHANNEL_ATTRIBUTION.title}, default settings, **one** run, ended after {sizes.limit} CPU-s; "
        f"ours: median (lowest–highest) of {sizes.runs} runs after one that is not counted. "
        "Goal at order 1: ≤ 1/100 of its CPU time.\n"
    )
    header = ("method", "ours CPU-s", "ChannelAttribution CPU-s", "ours / theirs", "our peak memory MB")
    return f"{head}\n{markdown(header, rows)}"


def other_report(sizes: Sizes) -> str:
    """Measure rules and Markov 1 beside marketing-attribution-models, and return a page in Markdown."""
    peer = MARKETING_ATTRIBUTION_MODELS
    python, file = peer.python(), made("paths", sizes.paths[0])
    methods = (*RULES, "markov")
    ours = Job("ours", Path(sys.executable), WORKERS / "ours_methods.py", (str(file), ",".join(methods), "-"))
    theirs = Job("theirs", python, WORKERS / "theirs_mam.py", (str(file), ",".join(methods)))
    samples = alternate([ours, theirs], sizes.runs)
    credit, other = (taken[0].answer["credit"] for taken in samples)
    check(*({name: one[name] for name in one if name.startswith(RULES)} for one in (credit, other)))
    check(*(taken[0].answer["removal"] for taken in samples))
    head = (
        f"# First, last, linear, Markov 1 on {sizes.paths[0]:,} paths of 10 channels\n\n"
        "Conversions from the same CSV file, which both read with Polars. "
        f"Peer: {peer.title}. Median (lowest–highest) of {sizes.runs} runs in turn after one that is not "
        "counted; ratios pair by pair. Goal: ≤ 1/5 of its CPU time and memory.\n\n"
        "Rules give the same credit and the chains the same removal effects to 1e-6 (asked of it with "
        "`transition_to_same_state=True`). It then shares each conversion among its own journey's touches in "
        "proportion to their removal effects, so that its credit by Markov is another than the one "
        "of the paper and of the others.\n"
    )
    header = ("what", "ours", peer.title, "ours / theirs")
    inside = "Without start and imports.\n"
    return "\n".join(
        [head, markdown(header, versus(*samples)), "", inside, markdown(header, versus(*samples, inner=True))]
    )


def errors(exact: Mapping[str, float], estimated: Mapping[str, float]) -> str:
    """Return how far estimates of credited conversions are from the exact ones, channel by channel.

    Examples
    --------
    >>> print(errors({"markov a conversions": 4.0}, {"markov a conversions": 4.1}).splitlines()[2])
    | a | 4.0 | +2.5 % |
    """
    methods = [one for one in CHAINS if any(name.startswith(f"{one} ") for name in exact)]
    channels = sorted(
        {name.split(" ", 1)[1].rsplit(" ", 1)[0] for name in exact if name.startswith(methods[0])}
    )
    rows = []
    for channel in channels:
        cells = [channel]
        for method in methods:
            name = f"{method} {channel} conversions"
            cells += [f"{exact[name]:,.1f}", f"{100 * (estimated[name] / exact[name] - 1):+.1f} %"]
        rows.append(cells)
    heads = [cell for method in methods for cell in (f"{method}, exact", "its error")]
    return markdown(["channel", *heads], rows)


def _pair(file: Path, methods: Sequence[str], python: Path, limit: int | None = None) -> tuple[Job, Job]:
    names = ",".join(methods)
    ours = Job("ours", Path(sys.executable), WORKERS / "ours_methods.py", (str(file), names, VALUE))
    return ours, Job("theirs", python, WORKERS / "theirs_methods.py", (str(file), names), limit=limit)


def _table(samples: Sequence[Sequence[Sample]], *, inner: bool = False) -> str:
    header = ("what", "ours", "ChannelAttribution", "ours / theirs")
    return markdown(header, versus(samples[0], samples[1], inner=inner))


def _one_by_one(file: Path, python: Path, runs: int) -> list[str]:
    rows = []
    for methods in (RULES, *((chain,) for chain in CHAINS)):
        ours, theirs = alternate(_pair(file, methods, python), runs)
        cpu, _, peak = versus(ours, theirs)
        inside = versus(ours, theirs, inner=True)[0]
        rows.append([", ".join(methods), *cpu[1:], inside[3], peak[3]])
    header = ("one by one", "ours CPU-s", "its CPU-s", "ratio", "ratio without start and imports", "memory")
    return ["", markdown(header, rows)]


def _growth(few: int, more: Sequence[int], taken: Sequence[Sample], runs: int) -> list[str]:
    python = Path(sys.executable)
    found = [taken]
    for rows in more:
        arguments = (str(made("paths", rows)), ",".join(RULES + CHAINS), VALUE)
        found += alternate([Job("ours", python, WORKERS / "ours_methods.py", arguments)], runs)
    return ["\n## Growth\n", *growth([few, *more], found)]


def _limited(theirs: Job, taken: Sequence[Sample]) -> tuple[str, str]:
    """Return the peer's CPU-s in one run, and ours over it; or that it did not end."""
    try:
        sample = theirs.run()
    except LateError:
        return f"not done after {theirs.limit} CPU-s", "–"
    except JobError as error:
        return f"failed: {str(error).strip().splitlines()[-1]}", "–"
    return f"{sample.cpu:.2f}", spread([one.cpu / sample.cpu for one in taken], 4)


_DEFINITION = (
    "Conversions credited by Markov chains. Both share the conversions out by removal effects of the same "
    "chain; we solve for them, ChannelAttribution walks it at random (default settings, seed 0). It "
    "also ends every walk at the length of the longest path, which the chain itself does not; on short paths "
    "that is a bias (6 paths of up to 3 touches, order 1: up to 1.7 %, 0.2 % with `max_step=10000` and ten "
    "million walks)."
)


def _head(sizes: Sizes) -> str:
    return (
        "# Rules and Markov chains beside ChannelAttribution\n\n"
        "First, last, linear and Markov of order 1, 2, 3; conversions and value from the same CSV file, one "
        "row per path, mean length 4, 6.7 % converting, with the paths that do not convert. "
        f"Peer: {CHANNEL_ATTRIBUTION.title} (heuristic_models and markov_model, default settings). "
        f"Median (lowest–highest) of {sizes.runs} runs in turn after one that is not counted; ratios pair by "
        "pair. Rules agree to 1e-6. Goal: ≤ 1/5 of its CPU time and no more memory."
    )
