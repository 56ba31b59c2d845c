"""Training a recurrent network on sessions: ours beside plain PyTorch and Keras."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Job, JobError, alternate, markdown, spread
from bench.paths import WORKERS
from bench.peers import KERAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

THREADS = 2
WARM = 10
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads sleep while they wait for each other; else, on a machine that others use, they take its time."""
_HEADER = ("network", "sessions/s", "ours is faster by", "batches", "mean loss")


def report(sizes: Sizes) -> str:
    """Measure, and return a page in Markdown."""
    own, keras = Path(sys.executable), KERAS.python()
    ours, plain = WORKERS / "ours_networks.py", WORKERS / "plain_networks.py"
    given = (str(sizes.sessions), str(sizes.seconds), str(THREADS))
    alone = (*given[:2], "1", "cpu")
    jobs = [
        Job("ours", own, ours, (*given, "cpu"), _PATIENT),
        Job("ours, 1 thread", own, ours, alone, _PATIENT),
        Job("plain PyTorch, padded", own, plain, (*given, "padded"), _PATIENT),
        Job("plain PyTorch, packed", own, plain, (*given, "packed"), _PATIENT),
        Job(f"{KERAS.title}, padded to 300", keras, WORKERS / "theirs_networks.py", given, _PATIENT),
    ]
    samples = alternate(jobs, sizes.slow_runs)
    check([job.name for job in jobs], samples)
    rows = [_row(job.name, samples[0], taken) for job, taken in zip(jobs, samples, strict=True)]
    loading = spread([100 * one.answer["loading"] for one in samples[0]], 1)
    told = f"\nOf our time, {loading} % goes into drawing the order and gathering batches."
    return "\n".join([_head(sizes), markdown(_HEADER, rows), told, _gpu(sizes)])


def check(names: Sequence[str], samples: Sequence[Sequence[Sample]]) -> None:
    """Refuse a comparison in which a network has not learned at all.

    Raises
    ------
    JobError
        If a mean loss is higher than that of saying one half every time.
    """
    for name, taken in zip(names, samples, strict=True):
        worst = max(one.answer["loss"] for one in taken)
        if not worst < 0.693:
            message = f"{name} has not learned: its mean loss is {worst:.3f}."
            raise JobError(message)


def _row(name: str, ours: Sequence[Sample], taken: Sequence[Sample]) -> list[str]:
    faster = [one.answer["rate"] / other.answer["rate"] for one, other in zip(ours, taken, strict=True)]
    return [
        name,
        spread([one.answer["rate"] for one in taken], 0),
        "" if taken is ours else f"× {spread(faster)}",
        f"{statistics.median(one.answer['batches'] for one in taken):.0f}",
        f"{statistics.median(one.answer['loss'] for one in taken):.3f}",
    ]


def _head(sizes: Sizes) -> str:
    return (
        f"# Networks: training on {sizes.sessions:,} sessions\n\n"
        "Lengths geometric with a mean of 12, at most 300; 100 kinds of events. An embedding of 40, a GRU "
        "of 40, one layer on its last state; batches of 256, Adam, gradients clipped. "
        f"All alike: {THREADS} threads, which sleep while they wait for each other (where others compute "
        f"too, threads that spin take the time away from their own kind), {WARM} batches to warm up, then "
        f"{sizes.seconds} s of training, imports and reading not counted; "
        f"median (lowest–highest) of {sizes.slow_runs}, run in turn.\n\n"
        "* ours: `Batches` and `Stepper`, the loop of `train`\n"
        "* plain PyTorch (the same version): a `Dataset` row by row, a `DataLoader` that pads each batch to "
        "its longest; padding is computed, or packed with `pack_padded_sequence`\n"
        "* Keras: `pad_sequences` to 300 before the clock starts, `Embedding(mask_zero=True)`, `fit` "
        "on the first 50,000\n"
    )


def _gpu(sizes: Sizes) -> str:
    """Return a line on the GPU, or that there is none."""
    import torch

    if not torch.cuda.is_available():
        return "\nNo GPU at hand."
    given = (str(sizes.sessions), str(sizes.seconds), str(THREADS), "cuda")
    told = Job("ours", Path(sys.executable), WORKERS / "ours_networks.py", given).run().answer
    device = torch.cuda.get_device_name()
    return f"\nOn a GPU ({device}): {told['rate']:.0f} sessions/s, utilisation up to {told['busy']:.0f} %."
