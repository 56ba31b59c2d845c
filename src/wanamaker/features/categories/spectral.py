"""Leading singular vectors with one sign, and bases turned onto one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.threads import one_blas_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DENSE_BELOW = 1_500
_RANK = 1e-6  # the root of what a Gram matrix keeps
_TIES = 1 - 1e-9


def leading_basis(matrix: Any, dims: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the leading right singular vectors of a sparse matrix, and their singular values.

    Where the smaller side has at most 1,500 entries, by the eigenvectors of the dense Gram matrix of that
    side; else by ARPACK from a start vector fixed by the seed. The entry of a vector that is largest in
    size is positive. One thread: the same matrix gives the same bits.

    Parameters
    ----------
    matrix
        A scipy sparse array of shape (rows, columns).
    dims
        How many; those beyond the rank are zero, with a singular value of zero.
    seed
        Of ARPACK's start vector.

    Returns
    -------
    tuple
        Vectors of shape (columns, dims), and values of shape (dims,), in falling order.
    """
    count = min(dims, *matrix.shape)
    basis, values = np.zeros((matrix.shape[1], dims)), np.zeros(dims)
    if count == 0 or matrix.nnz == 0:
        return basis, values
    with one_blas_thread():
        smaller = min(matrix.shape)
        found, sizes = _dense(matrix, count) if smaller <= _DENSE_BELOW else _sparse(matrix, count, seed)
    kept = int(np.sum(sizes > _RANK * sizes[0]))
    basis[:, :kept], values[:kept] = _signed(found[:, :kept]), sizes[:kept]
    return basis, values


def turned_onto(basis: NDArray[np.float64], earlier: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation that brings a basis closest to an earlier one (orthogonal Procrustes).

    The R that minimises ``‖basis R − earlier‖`` among orthogonal matrices (Schönemann 1966).

    Parameters
    ----------
    basis, earlier
        Of shape (entries, dims), the same entries in the same order.

    Returns
    -------
    array
        Of shape (dims, dims).
    """
    with one_blas_thread():
        left, _, right = np.linalg.svd(basis.T @ earlier)
        return np.asarray(left @ right)


def _dense(matrix: Any, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tall = matrix.shape[0] >= matrix.shape[1]
    gram = (matrix.T @ matrix if tall else matrix @ matrix.T).toarray()
    powers, vectors = np.linalg.eigh(gram)
    sizes = np.sqrt(np.maximum(powers[::-1][:count], 0.0))
    vectors = vectors[:, ::-1][:, :count]
    if tall:
        return vectors, sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num((matrix.T @ vectors) / sizes), sizes


def _sparse(matrix: Any, count: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.sparse.linalg import svds

    start = np.random.default_rng(seed).standard_normal(min(matrix.shape))
    _, sizes, right = svds(matrix, k=count, v0=start, solver="arpack")
    order = np.argsort(-sizes, kind="stable")
    return right[order].T, sizes[order]


def _signed(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    sizes = np.abs(vectors)
    firsts = np.argmax(sizes >= _TIES * sizes.max(axis=0, initial=0.0), axis=0)
    signs = np.sign(vectors[firsts, np.arange(vectors.shape[1])])
    return np.asarray(vectors * signs)
