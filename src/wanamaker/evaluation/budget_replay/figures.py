"""What a replay is judged by: figures in the log itself and in every replicate, and their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.stats.bootstrap import interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.evaluation.budget_replay.purchases import Kept

    Floats = NDArray[np.float64]

FIGURES = ("conversions", "conversions_kept", "value", "cpa", "roas", "roi")
"""What is told of a method and a budget, each with an interval."""

DIFFERENCES = ("conversions", "cpa", "roi")
"""What is compared with the reference, replicate by replicate."""


def figures_of(kept: Kept, whole: Kept) -> dict[str, Floats]:
    """Return the figures of what is left of a log, each of shape (1 + replicates,); NaN where not defined.

    Parameters
    ----------
    kept
        What is left.
    whole
        What there is with all the money.
    """
    value = np.full(len(kept.cost), np.nan) if kept.value is None else kept.value
    return {
        "conversions": kept.conversions,
        "conversions_kept": _ratio(kept.conversions, whole.conversions),
        "value": value,
        "cpa": _ratio(kept.cost, kept.conversions),
        "roas": _ratio(value, kept.cost),
        "roi": _ratio(value - kept.cost, kept.cost),
    }


def estimates(draws: Mapping[str, Floats]) -> dict[str, float | None]:
    """Return each figure with the ends of its interval over replicates, ``_low`` and ``_high``.

    Parameters
    ----------
    draws
        Figures of shape (1 + replicates,), that of the log itself first.

    Examples
    --------
    >>> estimates({"cpa": np.array([2.0, 1.0, 3.0])})
    {'cpa': 2.0, 'cpa_low': 1.05, 'cpa_high': 2.95}
    """
    told: dict[str, float | None] = {}
    for name, held in draws.items():
        low, high = interval(held[1:]) if len(held) > 1 else (np.nan, np.nan)
        told[name] = _known(held[0])
        told |= {f"{name}_low": _known(low), f"{name}_high": _known(high)}
        if told[name] is None:
            told |= dict.fromkeys((f"{name}_low", f"{name}_high"))
    return told


def differences(draws: Mapping[str, Floats], reference: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return how far figures are above those of a reference, each replicate drawn once for both."""
    return {f"{name}_difference": draws[name] - reference[name] for name in DIFFERENCES}


def _ratio(amount: Floats, over: Floats) -> Floats:
    return np.asarray(np.divide(amount, over, out=np.full(len(amount), np.nan), where=over > 0))


def _known(value: object) -> float | None:
    number = float(np.asarray(value))
    return number if np.isfinite(number) else None
