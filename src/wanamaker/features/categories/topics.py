"""Topics of documents over words: singular vectors, non-negative factors, latent Dirichlet allocation."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.threads import one_blas_thread
from wanamaker.features.categories.spectral import leading_basis, turned_onto

if TYPE_CHECKING:
    from numpy.typing import NDArray

METHODS = ("svd", "nmf", "lda")
_PASSES = {"nmf": 400, "lda": 20}


def topics(
    counts: Any, method: str, dims: int, seed: int, earlier: NDArray[np.float64] | None
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the topics of documents, in the order and orientation of an earlier fit.

    Factors are unique up to a rotation (SVD) or the order of the topics (NMF, LDA). So that the topics of
    one day can be compared with those of another, the words' basis is turned onto the earlier one by
    orthogonal Procrustes (SVD), or its topics are matched with the earlier ones by their cosines (NMF, LDA).

    SVD and NMF factor ln(1 + count) with rows of length 1, so that a document does not grow with the days
    it was seen on; LDA takes the counts, and gives shares.

    Parameters
    ----------
    counts
        A sparse array of shape (documents, words).
    method
        ``"svd"``, ``"nmf"`` or ``"lda"``.
    dims
        How many topics; those beyond what the table can tell are 0.
    seed
        Of the start of LDA and ARPACK.
    earlier
        The words' basis of the earlier fit, of shape (words, dims); None for the first.

    Returns
    -------
    tuple
        Topics of shape (documents, dims), and the words' basis, of shape (words, dims).
    """
    with one_blas_thread():
        if method == "svd":
            matrix = _unit_rows(counts)
            basis, _ = leading_basis(matrix, dims, seed)
            if earlier is not None:
                basis = basis @ turned_onto(basis, earlier)
            return np.asarray(matrix @ basis, dtype=np.float32), basis
        found, basis = (_nmf if method == "nmf" else _lda)(counts, dims, seed)
        if earlier is not None:
            order = _matched(basis, earlier)
            found, basis = found[:, order], basis[:, order]
        return found.astype(np.float32), basis


def _unit_rows(counts: Any) -> Any:
    from scipy.sparse import diags_array

    matrix = counts.copy()
    matrix.data = np.log1p(matrix.data)
    lengths = np.sqrt((matrix * matrix).sum(axis=1))
    return (diags_array(1.0 / np.maximum(lengths, np.finfo(float).tiny)) @ matrix).tocsr()


def _nmf(counts: Any, dims: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.decomposition import NMF

    count = min(dims, *counts.shape)
    model = NMF(count, init="nndsvda", random_state=seed, max_iter=_PASSES["nmf"], tol=1e-3)
    found = _quietly(model, _unit_rows(counts))
    sizes = np.linalg.norm(model.components_, axis=1)
    basis = model.components_ / np.where(sizes > 0, sizes, 1.0)[:, None]
    return _padded(found * sizes, dims), _padded(basis.T, dims)


def _lda(counts: Any, dims: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        dims, learning_method="batch", max_iter=_PASSES["lda"], random_state=seed
    )
    found = _quietly(model, counts)
    return found, model.components_.T / model.components_.sum(axis=1)


def _quietly(model: Any, matrix: Any) -> NDArray[np.float64]:
    """Fit; topics that have not fully settled are topics still."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(model.fit_transform(matrix))


def _padded(table: NDArray[np.float64], dims: int) -> NDArray[np.float64]:
    return np.pad(table, ((0, 0), (0, dims - table.shape[1])))


def _matched(basis: NDArray[np.float64], earlier: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of topics in which they look most like the earlier ones (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    cosines = _unit_columns(earlier).T @ _unit_columns(basis)
    return np.asarray(linear_sum_assignment(-cosines)[1])


def _unit_columns(table: NDArray[np.float64]) -> NDArray[np.float64]:
    sizes = np.linalg.norm(table, axis=0)
    return table / np.where(sizes > 0, sizes, 1.0)
