"""Vectors of the values of categorical columns, learned from which values stand in one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import IntegerIn, OneOf, RealIn, check, check_known
from wanamaker.events.reading import read_table
from wanamaker.features.categories.columns import Vocabulary, as_keys, canonical, gathered
from wanamaker.features.categories.cooccurrence import Cooccurrence
from wanamaker.features.categories.encoder import Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.base.parameters import Constraint
    from wanamaker.features.categories.ppmi import Vectors

_DIMS = IntegerIn(1, 512)


class Cat2Vec(Encoder):
    """Vectors for the values of categorical columns: values that stand in like rows get near vectors.

    A row is read as a sentence of ``column=value`` tokens. Use it where columns have many values, most of
    them too rare to learn a rate for: what is known of alike values then carries over. It reads no
    label. Not for values that never stand beside others (one column alone), and not as a replacement of
    target means where each value has many rows.

    Each column has a space of its own: compare the vectors of two apps, not those of an app and a site.
    A value that was not seen in training, was seen fewer than ``min_count`` times, or is null has zeros.

    Parameters
    ----------
    columns
        At least two categorical columns: integers, texts, booleans or dates.
    dims
        How many numbers a value gets; one integer for all columns, or one per column.
    method
        ``"ppmi"``: shifted positive mutual information factored by its leading singular vectors, in
        closed form (Levy and Goldberg 2014). ``"word2vec"``: skip-gram with negative sampling by gensim
        (extra ``vectors``).
    min_count
        How often a value must stand in the training rows.
    shift
        PPMI alone: the k of ``− ln k``; above 1, weak associations count for nothing.
    smoothing
        PPMI alone: the power of the context's counts; below 1, rare contexts count for less.
    epochs
        word2vec alone: passes over the rows.
    seed
        Of word2vec, and of the start vector where both sides of the matrix are large.

    Attributes
    ----------
    vectors_ : dict
        For each column its values with their vectors, as a table.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"app": ["game", "chess", "bank"] * 4, "site": ["fun", "fun", "news"] * 4})
    >>> made = Cat2Vec(columns=["app", "site"], dims=2, min_count=1).fit(log)
    >>> made.features(log.head(3)).select(pl.col("^vector_app_.*$").round(3)).rows()
    [(0.0, 0.574), (0.0, 0.574), (0.993, 0.0)]
    """

    kind = "cat2vec"
    _constraints: ClassVar[Mapping[str, Constraint]] = {
        "method": OneOf(("ppmi", "word2vec")),
        "min_count": IntegerIn(1),
        "shift": RealIn(low=0.0, open_at=("low",)),
        "smoothing": RealIn(0.0, 1.0),
        "epochs": IntegerIn(1),
        "seed": IntegerIn(0),
    }

    def __init__(
        self,
        *,
        columns: Sequence[str],
        dims: int | Mapping[str, int] = 5,
        method: str = "ppmi",
        min_count: int = 2,
        shift: float = 1.0,
        smoothing: float = 0.75,
        epochs: int = 5,
        seed: int = 0,
    ) -> None:
        self.columns = columns
        self.dims = dims
        self.method = method
        self.min_count = min_count
        self.shift = shift
        self.smoothing = smoothing
        self.epochs = epochs
        self.seed = seed

    @property
    def vectors_(self) -> dict[str, pl.DataFrame]:
        """The values of each column with their vectors."""
        return {
            name: known.values.with_columns(_series(name, vectors))
            for name, (known, vectors) in self._solved().items()
        }

    def partial_fit(self, chunk: Any) -> Self:
        """Count the rows of one more chunk; vectors are computed when they are next asked for.

        Chunks in any number and order give what `fit` gives on all rows at once, bit for bit. Memory is
        bounded by the distinct pairs of values.

        Raises
        ------
        ParameterError
            For word2vec, which needs all rows at once, and for a loaded encoder, which keeps no counts.
        """
        self._validate()
        if self.method != "ppmi":
            message = "partial_fit counts pairs, which only method='ppmi' learns from. Got method='word2vec'."
            raise ParameterError(message, hint="Use fit(train), or method='ppmi'.")
        if hasattr(self, "_vectors_") and not hasattr(self, "counts_"):
            message = "This encoder was loaded: it has its vectors, and no counts to add to."
            raise ParameterError(message, hint="Fit a new one on all rows.")
        rows = read_table(chunk, self._ids(), ids=self._ids()).frame
        counted = Cooccurrence.of(canonical(rows, self._ids()), self._ids())
        before: Cooccurrence | None = getattr(self, "counts_", None)
        self.counts_ = counted if before is None else before + counted
        self._vectors_: dict[str, Vectors] | None = None
        return self

    def _ids(self) -> list[str]:
        return [name for (name,) in as_keys(self.columns, "Cat2Vec", single=True)]

    def _reads(self) -> list[str]:
        return self._ids()

    def _names(self) -> list[str]:
        return [f"vector_{name}_{place}" for name, count in self._sizes().items() for place in range(count)]

    def _sizes(self) -> dict[str, int]:
        names = self._ids()
        if not isinstance(self.dims, Mapping):
            check("Cat2Vec", {"dims": self.dims}, {"dims": _DIMS})
            return dict.fromkeys(names, int(self.dims))
        check_known("column in the 'dims' parameter of Cat2Vec", list(self.dims), names)
        left_out = [name for name in names if name not in self.dims]
        if left_out:
            message = f"The 'dims' parameter of Cat2Vec must name every column. {left_out[0]!r} is missing."
            raise ParameterError(message, hint=f"Write dims={{…, {left_out[0]!r}: 5}}.")
        for name, count in self.dims.items():
            check("Cat2Vec", {f"dims[{name!r}]": count}, {f"dims[{name!r}]": _DIMS})
        return {name: int(self.dims[name]) for name in names}

    def _validate(self) -> None:
        super()._validate()
        if len(self._ids()) < 2:  # noqa: PLR2004 (a pair)
            message = f"Cat2Vec learns from values side by side: two columns or more. Got {self.columns!r}."
            raise ParameterTypeError(message, hint="Write columns=['ip', 'app'].")

    def _learn(self, frame: pl.DataFrame) -> None:
        held = canonical(frame, self._ids())
        self.__dict__.pop("counts_", None)
        if self.method == "word2vec":
            from wanamaker.features.categories.word2vec import word2vec_vectors

            self._vectors_ = word2vec_vectors(
                held, self._sizes(), min_count=self.min_count, epochs=self.epochs, seed=self.seed
            )
        else:
            self.counts_ = Cooccurrence.of(held, self._ids())
            self._vectors_ = None
            self._solved()

    def _solved(self) -> dict[str, Vectors]:
        self._require_fitted()
        if self._vectors_ is None:
            from wanamaker.features.categories.ppmi import ppmi_vectors

            self._vectors_ = ppmi_vectors(
                self.counts_,
                self._sizes(),
                min_count=self.min_count,
                shift=self.shift,
                smoothing=self.smoothing,
                seed=self.seed,
            )
        return self._vectors_

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        held = canonical(frame, self._ids())
        made: list[pl.Series] = []
        for name, (known, vectors) in self._solved().items():
            made += _series(name, gathered(vectors, known.codes(held)))
        return pl.DataFrame(made)

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        tables = {f"vectors_{place}": table for place, table in enumerate(self.vectors_.values())}
        return {"columns": list(self.vectors_)}, tables

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        self._vectors_ = {
            name: _split(table) for name, table in zip(values["columns"], tables.values(), strict=True)
        }

    def _is_fitted(self) -> bool:
        return hasattr(self, "_vectors_")


def _series(name: str, vectors: Any) -> list[pl.Series]:
    return [
        pl.Series(f"vector_{name}_{place}", np.ascontiguousarray(vectors[:, place]), dtype=pl.Float32)
        for place in range(vectors.shape[1])
    ]


def _split(table: pl.DataFrame) -> Vectors:
    values, *vectors = table.columns
    return Vocabulary(table.select(values)), table.select(vectors).to_numpy()
