"""Newton's method for regressions of yes and no, with a ridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Link = Literal["logistic", "linear"]

_MOST_STEPS = 60
_LAST_STEP = 1e-8
"""Newton decrement below which the next step, of its square, is the last."""

_HALVINGS = 40
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Rows:
    """What a regression is fitted on, as ragged rows of what is not zero.

    Parameters
    ----------
    offsets
        Where each row begins, of shape (rows + 1,).
    columns, values
        Column and number of each entry, of shape (entries,).
    width
        How many columns there are.
    """

    offsets: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sparse(self) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
        """The entries, as the kernels take them."""
        return self.offsets, self.columns, self.values


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted regression.

    Parameters
    ----------
    beta
        Intercept, then one coefficient per column: log-odds, or probabilities for the linear link.
    curvature
        Negative Hessian of the penalised objective at ``beta``.
    steps
        Newton steps taken.
    """

    beta: Floats
    curvature: Floats
    steps: int


def fit_binary(
    rows: Rows,
    won: Floats,
    lost: Floats,
    *,
    link: Link = "logistic",
    penalty: float = 1.0,
    start: Floats | None = None,
) -> Fit:
    """Fit the probability of success: logistic by penalised likelihood, linear by penalised least squares.

    The ridge ½ λ Σ β² leaves out the intercept, so fitted probabilities sum to the successes. It keeps
    the coefficient of a column finite that is seen with one outcome only. For the linear link the ridge is
    divided by p (1 - p) at the mean probability p, so that it says the same about effects.

    Parameters
    ----------
    rows
        The rows.
    won, lost
        Weight of successes and of failures of each row, of shape (rows,).
    link
        ``"logistic"``: P = 1 / (1 + exp(-η)); ``"linear"``: P = η.
    penalty
        λ, above 0: one over the variance that a coefficient, in log-odds, is expected to have.
    start
        Coefficients to start from, such as those of a similar fit.

    Examples
    --------
    >>> rows = Rows(np.array([0, 0, 1]), np.array([0], np.int32), np.ones(1), 1)
    >>> fit = fit_binary(rows, np.array([20.0, 50.0]), np.array([80.0, 50.0]), penalty=1e-9)
    >>> bool(abs(fit.beta[0] - np.log(20 / 80)) < 1e-6)
    True
    """
    from wanamaker.stats.regression.kernels import regression_pass

    successes, weight = float(won.sum()), float(won.sum() + lost.sum())
    share = min(max(successes / max(weight, 1e-300), 1e-9), 1 - 1e-9)
    logistic = link == "logistic"
    ridge = np.full(1 + rows.width, penalty if logistic else penalty / (share * (1 - share)))
    ridge[0] = 0.0

    def at(point: Floats) -> tuple[float, Floats, Floats]:
        objective, gradient, curvature = regression_pass(rows.sparse, won, lost, point, logistic=logistic)
        curvature[np.diag_indices(len(point))] += ridge
        return objective - 0.5 * float(ridge @ point**2), gradient - ridge * point, curvature

    if weight <= 0.0:
        return Fit(np.zeros(1 + rows.width), np.diag(ridge), 0)
    beta = np.zeros(1 + rows.width) if start is None else start.copy()
    if start is None:
        beta[0] = np.log(share / (1 - share)) if logistic else share
    objective, gradient, curvature = at(beta)
    for step in range(1, _MOST_STEPS + 1):
        move = np.linalg.solve(curvature, gradient)
        last = float(move @ gradient) <= _LAST_STEP
        for _ in range(1 if last else _HALVINGS):
            tried = at(beta + move)
            if tried[0] >= objective - _ROUNDING * abs(objective):
                break
            move /= 2
        beta = beta + move
        objective, gradient, curvature = tried
        if last:
            return Fit(beta, curvature, step)
    return Fit(beta, curvature, _MOST_STEPS)
