"""The sessions that all networks learn from; needs numpy alone, in every peer's environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNOWN = 100
"""Kinds of events; their codes are 2 to 101."""
WIDTH = 40
BATCH = 256
MEAN, CAP = 12, 300
RATE = 1e-3


def sessions(count: int, seed: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return the lengths, the events of all sessions one after the other, and a label for each.

    Lengths are geometric with a mean of 12, at most 300. A session is the likelier to be positive the
    lower the code of its last event, so that there is something to learn.
    """
    rng = np.random.default_rng(seed)
    lengths = np.minimum(rng.geometric(1 / MEAN, count), CAP)
    events = rng.integers(2, KNOWN + 2, lengths.sum(), dtype=np.int32)
    last = events[np.cumsum(lengths) - 1]
    labels = rng.random(count) < 0.4 * (1 - last / (KNOWN + 2))
    return lengths, events, labels.astype(np.float32)
