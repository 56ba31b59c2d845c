"""Vectors by word2vec, from gensim: rows as sentences of ``column=value`` tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from scipy.sparse import csr_array

from wanamaker.base.errors import MissingExtraError
from wanamaker.base.threads import one_blas_thread
from wanamaker.features.categories.columns import Vocabulary, gathered
from wanamaker.features.categories.spectral import leading_basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.features.categories.ppmi import Vectors

_CHUNK = 50_000


def word2vec_vectors(
    frame: pl.DataFrame, dims: Mapping[str, int], *, min_count: int, epochs: int, seed: int
) -> dict[str, Vectors]:
    """Return the vectors of the values of each column, by skip-gram with negative sampling.

    Every other column of a row is context, no token is left out for being frequent. Rows are sorted and
    then shuffled by the seed, so that their order changes nothing; one worker and a hash of the token's
    bytes make it deterministic, whatever ``PYTHONHASHSEED``. One space of the largest dims is trained; a
    column of fewer keeps the leading axes of its values.

    Raises
    ------
    MissingExtraError
        If gensim is not installed.
    """
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        feature = "Cat2Vec(method='word2vec')"
        raise MissingExtraError(feature, "vectors") from error
    columns = sorted(dims)
    known, sentences = _sentences(frame.select(columns), min_count, seed)
    size = max(dims.values())
    model: Any = None
    if any(len(one) for one in known.values()):
        with one_blas_thread():
            model = Word2Vec(
                sentences,
                vector_size=size,
                window=len(columns),
                min_count=1,  # rare values are left out already
                sg=1,
                negative=5,
                sample=0,
                shrink_windows=False,
                epochs=epochs,
                workers=1,
                seed=seed,
                hashfxn=_stable_hash,
            )
    return {name: (known[name], _vectors(model, name, len(known[name]), dims[name], size)) for name in dims}


class _Sentences:
    """Rows as lists of tokens, made anew in every pass and a chunk at a time."""

    def __init__(self, codes: Mapping[str, NDArray[np.int64]]) -> None:
        self._codes = codes
        self._tokens = {
            name: np.array([f"{name}={code}" for code in range(int(held.max(initial=-1)) + 1)], dtype=object)
            for name, held in codes.items()
        }

    def __iter__(self) -> Iterator[list[str]]:
        rows = len(next(iter(self._codes.values())))
        for start in range(0, rows, _CHUNK):
            parts = [
                gathered(self._tokens[name], held[start : start + _CHUNK]).tolist()
                for name, held in self._codes.items()
            ]
            for row in zip(*parts, strict=True):
                yield [token for token in row if token]


def _sentences(frame: pl.DataFrame, min_count: int, seed: int) -> tuple[dict[str, Vocabulary], _Sentences]:
    ordered = frame.sort(frame.columns)
    shuffled = ordered[np.random.default_rng(seed).permutation(len(ordered))]
    known = {name: _frequent(frame, name, min_count) for name in frame.columns}
    return known, _Sentences({name: known[name].codes(shuffled) for name in frame.columns})


def _frequent(frame: pl.DataFrame, name: str, min_count: int) -> Vocabulary:
    counted = frame[name].drop_nulls().value_counts(name="count" if name != "count" else "times")
    return Vocabulary.of(counted.filter(counted.to_series(1) >= min_count), [name])


def _vectors(model: Any, name: str, values: int, dims: int, size: int) -> NDArray[np.float32]:
    if not values:
        return np.zeros((0, dims), dtype=np.float32)
    whole = np.stack([model.wv[f"{name}={code}"] for code in range(values)]).astype(np.float64)
    if dims == size:
        return whole.astype(np.float32)
    basis, _ = leading_basis(csr_array(whole), dims, 0)
    return np.asarray(whole @ basis, dtype=np.float32)


def _stable_hash(token: str) -> int:
    return crc32(token.encode())
