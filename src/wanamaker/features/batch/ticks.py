"""Ticks counted from the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.features.windows.events import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray


def span_of(*ticks: NDArray[np.int64]) -> tuple[int, int]:
    """Return the lowest tick, and how far the highest is from it; 0 and 0 if there are none.

    Examples
    --------
    >>> span_of(np.array([7, 3]), np.array([9]))
    (3, 6)
    """
    parts = [part for part in ticks if len(part)]
    if not parts:
        return 0, 0
    low = min(int(part.min()) for part in parts)
    return low, max(int(part.max()) for part in parts) - low


def relative(ticks: NDArray[np.int64], low: int, span: int) -> NDArray[np.integer]:
    """Return ticks counted from the lowest one, in the narrower type where they fit.

    Examples
    --------
    >>> relative(np.array([7, 3]), 3, 4).tolist()
    [4, 0]
    """
    if span > np.iinfo(np.int32).max:
        return ticks - low
    found = np.empty(len(ticks), dtype=np.int32)
    np.subtract(ticks, low, out=found, casting="unsafe")
    return found


def known_from(known: NDArray[np.int64] | None, low: int) -> NDArray[np.int64] | None:
    """Return the ticks at which labels became known, counted from the lowest tick."""
    return None if known is None else np.where(known == NEVER, NEVER, known - low)
