"""What the highest predictions hold: precision at a budget, gains and lift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.stats.bootstrap import interval
from wanamaker.stats.classification.bins import rows_of
from wanamaker.stats.classification.ranked import ranked
from wanamaker.stats.classification.ranking import ratio
from wanamaker.stats.classification.sums import sums_over

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.stats.classification.ranked import Ranked

    Floats = NDArray[np.float64]

SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, *(tenth / 20 for tenth in range(2, 21)))
"""Where gains are read: finely at the top, where budgets are spent."""


@dataclass(frozen=True, eq=False)
class GainsCurve:
    """What the highest predictions hold; one entry per share of rows.

    Parameters
    ----------
    share
        Share of the rows taken, from the highest prediction down.
    gain
        Share of all positives among them (cumulative gains).
    lift
        Gain over share: how many times as many positives as in as many rows at random.
    precision
        Share of positives among the rows taken.
    gain_low, gain_high, lift_low, lift_high
        95 % bootstrap intervals; NaN without resampling.
    """

    share: Floats
    gain: Floats
    lift: Floats
    precision: Floats
    gain_low: Floats
    gain_high: Floats
    lift_low: Floats
    lift_high: Floats

    def rows(self) -> list[dict[str, float | None]]:
        """Return one dictionary per share, as plain numbers; None where there is no number."""
        return rows_of(self)


def precision_at(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    k: float | None = None,
    share: float | None = None,
    weights: ArrayLike | None = None,
) -> Floats:
    """Return the share of positives among the highest predictions: the precision at a budget.

    Where rows of one prediction lie across the cut, as many of them as fit are taken at random: the result
    is what is expected, and does not depend on the order of the rows.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,).
    k
        How many rows are taken (how much weight); at most as many as there are.
    share
        Which share of the rows is taken instead.
    weights
        Of shape (rows,) or (rows, columns); the cut is that of the first column.

    Returns
    -------
    array
        Of shape (columns,); NaN where nothing is taken.

    Raises
    ------
    ParameterError
        If not exactly one of ``k`` and ``share`` is given, or it is not above 0.

    Examples
    --------
    >>> precision_at([1, 0, 1, 0], [0.9, 0.8, 0.8, 0.1], k=2).tolist()
    [0.75]
    """
    if (k is None) == (share is None):
        message = f"Exactly one of 'k' and 'share' must be given. Got k={k!r} and share={share!r}."
        raise ParameterError(message, hint="Write k=100 for 100 rows, or share=0.01 for the top 1 %.")
    name, wanted = ("share", share) if k is None else ("k", k)
    if wanted is None or not 0.0 < wanted <= (1.0 if k is None else np.inf):
        message = f"{name!r} must be above 0{', at most 1' if k is None else ''}. Got {wanted!r}."
        raise ParameterError(message, hint="Write k=100 for 100 rows, or share=0.01 for the top 1 %.")
    rows = ranked(labels, predictions, weights)
    if k is not None:
        wanted = float(k) / max(float(rows.sample_weights.sum()), 1e-300)
    taken, caught, _, _ = _taken(rows, np.array([min(wanted, 1.0)]))
    return ratio(caught[0], taken[0])


def gains_curve(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    shares: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    resampling: Resampling | None = None,
    keys: NDArray[np.uint64] | None = None,
) -> GainsCurve:
    """Return cumulative gains and lift at shares of the rows.

    Parameters
    ----------
    labels, predictions, weights
        Of shape (rows,).
    shares
        Shares of the rows, above 0 and at most 1; None for `SHARES`.
    resampling
        How intervals are drawn; None for none. The cuts stay those of the rows themselves.
    keys
        What is resampled together.

    Raises
    ------
    ParameterError
        If a share is not above 0 and at most 1.

    Examples
    --------
    >>> curve = gains_curve([1, 0, 0, 0], [0.9, 0.5, 0.2, 0.1], shares=[0.25, 1.0])
    >>> curve.gain.tolist(), curve.lift.tolist()
    ([1.0, 1.0], [4.0, 1.0])
    """
    cuts = np.asarray(SHARES if shares is None else shares, dtype=np.float64)
    if not ((cuts > 0.0) & (cuts <= 1.0)).all():
        message = f"'shares' must be above 0 and at most 1. Got {cuts.tolist()}."
        raise ParameterError(message, hint="Write 0.01 for the top 1 %.")
    rows = ranked(labels, predictions, weights, resampling=resampling, keys=keys)
    taken, caught, weight, positives = _taken(rows, cuts)
    gain = ratio(caught, positives[None, :])
    lift = ratio(gain, ratio(taken, weight[None, :]))
    none = np.full(len(cuts), np.nan)
    drawn = rows.columns > 1
    gains, lifts = (interval(part[:, 1:]) if drawn else (none, none) for part in (gain, lift))
    return GainsCurve(cuts, gain[:, 0], lift[:, 0], ratio(caught, taken)[:, 0], *gains, *lifts)


def _taken(rows: Ranked, cuts: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the weight of rows and of positives above each cut, of shape (cuts, columns), and in all."""
    starts = rows.tie_starts()
    mass = np.concatenate([[0.0], np.cumsum(rows.sample_weights)])[starts]
    target = cuts * mass[-1]
    # The tie that the cut goes through, and how much of it is above the cut.
    tie = np.clip(np.searchsorted(mass, target, side="left") - 1, 0, max(len(mass) - 2, 0))
    if len(mass) < 2:  # noqa: PLR2004
        nothing = np.zeros((len(cuts), rows.columns))
        return nothing, nothing, nothing[:1].sum(axis=0), nothing[:1].sum(axis=0)
    part = ratio(target - mass[tie], mass[tie + 1] - mass[tie], 1.0)[:, None]
    bounds = np.unique(np.concatenate([starts[tie], starts[tie + 1], [0, len(rows)]]))
    sums = sums_over(rows, bounds)
    parts = []
    for table in (sums.weight, sums.positives):
        above = np.concatenate([np.zeros((1, rows.columns)), np.cumsum(table, axis=0)])
        before, after = (above[np.searchsorted(bounds, starts[place])] for place in (tie, tie + 1))
        parts.append((before + np.clip(part, 0.0, 1.0) * (after - before), above[-1]))
    (taken, weight), (caught, positives) = parts
    return taken, caught, weight, positives
