"""The learning rate at each step."""

from __future__ import annotations

import math


def rate_at(step: int, steps: int, schedule: str, warmup: float) -> float:
    """Return the share of the highest learning rate that holds at a step.

    Parameters
    ----------
    step, steps
        Number of the step, from 0, and how many there are in all.
    schedule
        ``"constant"`` or ``"cosine"``, which falls from 1 to 0 after the warm-up.
    warmup
        Share of all steps over which the rate rises in equal parts.

    Examples
    --------
    >>> [round(rate_at(step, 10, "cosine", 0.2), 2) for step in range(10)]
    [0.5, 1.0, 1.0, 0.96, 0.85, 0.69, 0.5, 0.31, 0.15, 0.04]
    """
    rising = round(steps * warmup)
    if step < rising:
        return (step + 1) / rising
    if schedule == "constant":
        return 1.0
    done = (step - rising) / max(steps - rising, 1)
    return 0.5 * (1.0 + math.cos(math.pi * done))
