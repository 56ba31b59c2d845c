"""How long after an event its label became known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from wanamaker.studies.clicks.parts import Parts

_BOUNDS = {
    "10 s": 10,
    "1 min": 60,
    "10 min": 600,
    "1 h": 3_600,
    "6 h": 21_600,
    "1 d": 86_400,
    "7 d": 604_800,
}


def delay_of(parts: Parts) -> dict[str, Any] | None:
    """Return quantiles and a histogram of the delays; None without label times or conversions."""
    if parts.known is None or not parts.labels.any():
        return None
    seconds = (parts.known - parts.times)[parts.labels] / 1e6
    quantiles = np.quantile(seconds, [0.5, 0.9, 1.0], method="inverted_cdf")
    bounds = [*_BOUNDS.values(), np.inf]
    places = np.searchsorted(bounds, seconds)
    counts = np.bincount(places, minlength=len(bounds))
    names = [f"≤ {name}" for name in _BOUNDS] + ["longer"]
    last = int(np.flatnonzero(counts)[-1]) + 1
    return {
        "conversions": len(seconds),
        "quantiles": dict(zip(("0.5", "0.9", "1.0"), map(float, quantiles), strict=True)),
        "histogram": [
            {"delay": name, "conversions": int(held), "share": held / len(seconds)}
            for name, held in zip(names[:last], counts[:last], strict=True)
        ],
    }
