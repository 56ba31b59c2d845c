"""The noisy-or model of conversion: probabilities, exact Shapley values and removal effects.

Each touch of channel c converts on its own with probability e_c, and a conversion happens without any
touch with probability b, so a user with n_c touches of each channel converts with probability
P = 1 - (1 - b) Π_c q_c, where q_c = (1 - e_c)^n_c is the probability that channel c fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def failure_probability(counts: ArrayLike, effects: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that none of a user's touches of a channel converts.

    Parameters
    ----------
    counts
        Touches of each user and channel; shape (users, channels).
    effects
        Conversion probability of one touch, in [0, 1]; shape (channels,).

    Returns
    -------
    numpy.ndarray
        q = (1 - e)^n; shape (users, channels).

    Examples
    --------
    >>> failure_probability([[0, 2]], [0.5, 0.1]).round(2)
    array([[1.  , 0.81]])
    """
    return np.power(1.0 - np.asarray(effects, dtype=np.float64), counts)


def conversion_probability(failure: NDArray[np.float64], base: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that a user converts: P = 1 - (1 - b) Π_c q_c.

    Parameters
    ----------
    failure
        Probability that each channel fails; shape (users, channels).
    base
        Conversion probability b without any touch; a scalar or shape (users,).

    Examples
    --------
    >>> conversion_probability(np.array([[0.9, 0.8]]), base=0.5).round(2)
    array([0.64])
    """
    return np.asarray(1.0 - (1.0 - np.asarray(base)) * failure.prod(axis=1), dtype=np.float64)


def multilinear_shapley(failure: NDArray[np.float64], base: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Return the exact Shapley value of each channel in the noisy-or game, user by user.

    The game is v(S) = (1 - b)(1 - Π_{c∈S} q_c): the conversions that the channels in S add to those that
    happen anyway, so a row sums to P - b. Its Shapley value is the integral of the multilinear extension,
    φ_c = (1 - b)(1 - q_c) ∫₀¹ Π_{j≠c} (1 - t + t q_j) dt (Owen 1972, "Multilinear extensions of games").
    The integrand is a polynomial of degree channels - 1 in t, which Gauss-Legendre quadrature with half as
    many nodes integrates exactly: the cost is quadratic in the channels, not exponential. Channels with q = 1
    drop out, so only the channels that a user met count. For another game than noisy-or none of this holds;
    use the subset sums then.

    Parameters
    ----------
    failure
        Probability q that each channel fails, in [0, 1]; shape (users, channels).
    base
        Conversion probability b without any touch; a scalar or shape (users,).

    Returns
    -------
    numpy.ndarray
        Expected conversions credited to each channel; shape (users, channels).

    Examples
    --------
    >>> multilinear_shapley(np.array([[0.5, 0.5, 1.0]])).round(3)
    array([[0.375, 0.375, 0.   ]])
    """
    met = failure < 1.0
    most = max(1, int(met.sum(axis=1).max(initial=0)))
    if 2 * most > failure.shape[1]:
        return reachable(base) * _integrate(failure, most)
    columns = np.argsort(~met, axis=1, kind="stable")[:, :most]
    credit = np.zeros_like(failure)
    few = _integrate(np.take_along_axis(failure, columns, axis=1), most)
    np.put_along_axis(credit, columns, reachable(base) * few, axis=1)
    return credit


def removal_effect(failure: NDArray[np.float64], base: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Return the conversions lost if one channel did not exist: (1 - b)(1 - q_c) Π_{j≠c} q_j.

    These do not add up to the conversions: what two channels would each have achieved is lost by neither.
    Use `multilinear_shapley` for credit.

    Parameters
    ----------
    failure
        Probability q that each channel fails, in [0, 1]; shape (users, channels).
    base
        Conversion probability b without any touch; a scalar or shape (users,).

    Returns
    -------
    numpy.ndarray
        Expected conversions lost without each channel; shape (users, channels).

    Examples
    --------
    >>> removal_effect(np.array([[0.5, 0.5, 1.0]])).round(3)
    array([[0.25, 0.25, 0.  ]])
    """
    return reachable(base) * (1.0 - failure) * product_of_others(failure)


def _integrate(failure: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Return (1 - q_c) times the integral over t, where at most ``degree`` channels of a user have q < 1."""
    nodes, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    others = np.zeros_like(failure)
    for node, weight in zip((nodes + 1.0) / 2.0, weights / 2.0, strict=True):
        others += weight * product_of_others(1.0 - node * (1.0 - failure))
    return (1.0 - failure) * others


def reachable(base: ArrayLike) -> NDArray[np.float64]:
    """Return 1 - b as a column: the chance that a user does not convert anyway; shape (users or 1, 1).

    Examples
    --------
    >>> float(reachable(0.25).item())
    0.75
    """
    return 1.0 - np.asarray(base, dtype=np.float64).reshape(-1, 1)


def product_of_others(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each column, the product of all other columns; without division, so zeros are fine.

    Examples
    --------
    >>> product_of_others(np.array([[2.0, 0.0, 5.0]]))
    array([[ 0., 10.,  0.]])
    """
    products = np.ones_like(values)
    np.cumprod(values[:, :-1], axis=1, out=products[:, 1:])
    after = np.ones(len(values))
    for column in range(values.shape[1] - 2, -1, -1):
        after *= values[:, column + 1]
        products[:, column] *= after
    return products
