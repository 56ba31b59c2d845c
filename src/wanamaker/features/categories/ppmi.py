"""Vectors in closed form: shifted positive mutual information, and its leading singular vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.features.categories.columns import Vocabulary
from wanamaker.features.categories.spectral import leading_basis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.features.categories.cooccurrence import Cooccurrence

Vectors = tuple[Vocabulary, "NDArray[np.float32]"]
"""The values that have a vector, and their vectors, of shape (values, dims)."""


def ppmi_vectors(
    counts: Cooccurrence,
    dims: Mapping[str, int],
    *,
    min_count: int,
    shift: float,
    smoothing: float,
    seed: int,
) -> dict[str, Vectors]:
    """Return the vectors of the values of each column.

    For the values ``v`` of a column and the values ``c`` of each other column the matrix holds
    ``max(0, ln(#(v, c) / #(v)) − ln p(c) − ln shift)`` with ``p(c) ∝ #(c)^smoothing`` (Levy and Goldberg
    2014, equation 10; Levy, Goldberg and Dagan 2015, equation 3): #(v) and #(c) are taken within the two
    columns, so that columns that are independent of each other give zeros. Vectors are ``U √Σ``.
    """
    known = {name: Vocabulary(counts.frequent(name, min_count)) for name in dims}
    made = {}
    for name, count in dims.items():
        blocks = [
            _block(counts, known, name, other, shift=shift, smoothing=smoothing)
            for other in sorted(dims)
            if other != name
        ]
        made[name] = (known[name], _factored(blocks, len(known[name]), count, seed))
    return made


def _block(
    counts: Cooccurrence,
    known: Mapping[str, Vocabulary],
    name: str,
    other: str,
    *,
    shift: float,
    smoothing: float,
) -> Any:
    """Return the information of one column's values about those of another, sparse."""
    from scipy.sparse import csr_array

    table = counts.counts(name, other)
    rows, columns = known[name].codes(table), known[other].codes(table)
    kept = (rows >= 0) & (columns >= 0)
    rows, columns = rows[kept], columns[kept]
    seen = table.to_series(2).to_numpy()[kept].astype(np.float64)
    shape = (len(known[name]), len(known[other]))
    totals = np.bincount(rows, seen, shape[0])
    contexts = np.bincount(columns, seen, shape[1])
    chances = np.where(contexts > 0, contexts**smoothing, 0.0)
    chances /= max(chances.sum(), np.finfo(float).tiny)
    told = np.log(seen / totals[rows]) - np.log(chances[columns]) - np.log(shift)
    above = told > 0
    return csr_array((told[above], (rows[above], columns[above])), shape=shape)


def _factored(blocks: list[Any], values: int, dims: int, seed: int) -> NDArray[np.float32]:
    from scipy.sparse import hstack

    if not blocks or values == 0:
        return np.zeros((values, dims), dtype=np.float32)
    matrix = hstack(blocks, format="csr")
    matrix.sort_indices()  # sums then run in one order, whatever the order of the counts
    basis, sizes = leading_basis(matrix, dims, seed)
    roots = np.sqrt(np.where(sizes > 0, sizes, 1.0))
    return np.asarray(matrix @ basis / roots, dtype=np.float32)
