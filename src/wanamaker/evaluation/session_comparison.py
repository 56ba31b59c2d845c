"""Several fits of several models side by side: what they cost, how good they are, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wanamaker.stats.classification import choose_threshold, f1, log_loss, pr_auc, roc_auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FIGURES = ("f1", "roc_auc", "pr_auc", "log_loss")
"""What is compared on the test rows; F1 is at the threshold that was best on the validation rows."""

_SETTLED = 1.0
"""A model within so many standard errors of the best is as good."""


@dataclass(frozen=True, eq=False)
class Fit:
    """One fit of one model.

    Parameters
    ----------
    name
        Of the model; its fits share it.
    seed
        Of the fit.
    size, unit
        How much was fitted: so many ``"weights"`` or ``"trees"``.
    seconds
        To train.
    valid, test
        Probabilities of the rows of these parts.
    """

    name: str
    seed: int
    size: int
    unit: str
    seconds: float
    valid: Floats
    test: Floats


class Answers(Protocol):
    """What happened."""

    @property
    def labels(self) -> Flags:
        """Of shape (rows,)."""
        ...


def compared_fits(fits: Sequence[Fit], valid: Answers, test: Answers) -> list[dict[str, Any]]:
    """Return one row per model: means over its seeds, with intervals.

    Parameters
    ----------
    fits
        Of all models.
    valid, test
        What happened in these parts.

    Returns
    -------
    list of dict
        In the order of ``fits``: ``name``, ``seeds``, ``size``, ``unit``, ``seconds`` (mean of one fit),
        ``valid_log_loss``, `FIGURES` (``value``, ``low``, ``high``) and ``fits``, the single figures. The
        intervals are of the mean over seeds (Student's t): how much the luck of one training matters, and
        nothing of how much the test rows are a matter of chance.
    """
    names = list(dict.fromkeys(fit.name for fit in fits))
    return [_row(name, [fit for fit in fits if fit.name == name], valid, test) for name in names]


def _row(name: str, fits: list[Fit], valid: Answers, test: Answers) -> dict[str, Any]:
    single = [_figures(fit, valid, test) for fit in fits]
    return {
        "name": name,
        "seeds": len(fits),
        "size": round(float(np.mean([fit.size for fit in fits]))),
        "unit": fits[0].unit,
        "seconds": float(np.mean([fit.seconds for fit in fits])),
        **{key: over_seeds([one[key] for one in single]) for key in ("valid_log_loss", *FIGURES)},
        "fits": single,
    }


def _figures(fit: Fit, valid: Answers, test: Answers) -> dict[str, Any]:
    threshold = choose_threshold(valid.labels, fit.valid, "f1")
    rows = (test.labels, fit.test)
    return {
        "seed": fit.seed,
        "seconds": fit.seconds,
        "size": fit.size,
        "threshold": threshold,
        "valid_log_loss": float(log_loss(valid.labels, fit.valid)[0]),
        "f1": float(f1(*rows, threshold)[0]),
        "roc_auc": float(roc_auc(*rows)[0]),
        "pr_auc": float(pr_auc(*rows)[0]),
        "log_loss": float(log_loss(*rows)[0]),
    }


def over_seeds(values: Sequence[float]) -> dict[str, float | None]:
    """Return the mean with its 95 % interval by Student's t; no interval for a single value.

    Examples
    --------
    >>> told = over_seeds([0.7, 0.8])
    >>> told["value"], round(told["low"], 3), round(told["high"], 3)
    (0.75, 0.115, 1.385)
    """
    from scipy.special import stdtrit

    mean = float(np.mean(values))
    if len(values) == 1:
        return {"value": mean, "low": None, "high": None}
    half = float(stdtrit(len(values) - 1, 0.975) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return {"value": mean, "low": mean - half, "high": mean + half}


def best_of(rows: Sequence[dict[str, Any]]) -> tuple[str, int, str]:
    """Return the model to keep, the seed of its fit, and why it is this one.

    The one with the lowest mean log loss on the validation rows; of those that are not further from it than
    one standard error of their difference, the one with the fewest weights. Of its fits, the one with the
    lowest log loss on the validation rows. Test rows are not looked at.

    Parameters
    ----------
    rows
        What `compared_fits` returns for the models to choose from.
    """
    losses = {row["name"]: np.array([one["valid_log_loss"] for one in row["fits"]]) for row in rows}
    best = min(losses, key=lambda name: float(losses[name].mean()))
    even = [row for row in rows if _as_good(losses[row["name"]], losses[best])]
    kept = min(even, key=lambda row: int(row["size"]))
    chosen = min(kept["fits"], key=lambda one: float(one["valid_log_loss"]))
    why = f"the lowest log loss on the validation rows, {losses[best].mean():.4f} on average"
    if kept["name"] != best:
        lost = losses[kept["name"]].mean()
        why = (
            f"log loss {lost:.4f} on the validation rows, within one standard error of the best "
            f"({best}, {losses[best].mean():.4f}), and the fewest weights"
        )
    return str(kept["name"]), int(chosen["seed"]), why


def _as_good(losses: Floats, best: Floats) -> bool:
    error = np.sqrt(sum(float(np.var(held, ddof=1)) / len(held) for held in (losses, best) if len(held) > 1))
    return bool(losses.mean() - best.mean() <= _SETTLED * error)
