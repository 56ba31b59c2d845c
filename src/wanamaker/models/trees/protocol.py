"""What a library of boosted trees has to do for the models here, and how it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeSettings:
    """How trees are grown.

    Parameters
    ----------
    learning_rate
        How much of each tree is taken.
    max_depth
        Splits from the root to a leaf.
    n_estimators
        How many rounds of boosting at most.
    min_child_weight, reg_alpha
        The least weight of a leaf, and the L1 penalty of its value; None is the library's own. CatBoost
        has neither.
    reg_lambda
        The L2 penalty of a leaf's value.
    subsample, colsample_bytree
        The share of rows and of columns that each tree sees.
    early_stopping_rounds
        Rounds without a better log loss of the validation part until growing stops.
    monotone
        Feature to +1 (the score never falls as it rises) or -1.
    interactions
        Groups of features; those of one branch must lie in one group. XGBoost alone.
    device
        ``"cpu"``, ``"cuda"``, or ``"auto"``: CUDA where the library and the machine have it. CatBoost's trees
        grow on processors alone.
    threads
        None is every core.
    seed
        Of the sampling.
    """

    learning_rate: float
    max_depth: int
    n_estimators: int
    min_child_weight: float | None = None
    reg_alpha: float | None = None
    reg_lambda: float = 1.0
    subsample: float = 1.0
    colsample_bytree: float = 1.0
    early_stopping_rounds: int = 50
    monotone: Mapping[str, int] = field(default_factory=dict)
    interactions: tuple[tuple[str, ...], ...] = ()
    device: str = "auto"
    threads: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Examples as trees read them.

    Parameters
    ----------
    values
        Of shape (rows, features); NaN where a feature has no value.
    names
        The features, of shape (features,).
    labels
        0 or 1, of shape (rows,); None where they are not known.
    weights
        How much each row counts, of shape (rows,); None: 1.
    """

    values: NDArray[np.float32]
    names: Sequence[str]
    labels: NDArray[np.bool_] | None = None
    weights: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def known_labels(self) -> NDArray[np.float64]:
        """The labels as numbers.

        Raises
        ------
        ValueError
            If there are none.
        """
        if self.labels is None:
            message = "a matrix without labels cannot be learned from"
            raise ValueError(message)
        return self.labels.astype(np.float64)

    def rows(self, taken: NDArray[Any], labels: NDArray[np.bool_] | None = None) -> Matrix:
        """Return some of the rows, by place or by flag; with labels of their own if given."""
        old = None if self.labels is None else self.labels[taken]
        weights = None if self.weights is None else self.weights[taken]
        return Matrix(self.values[taken], self.names, old if labels is None else labels, weights)

    def without(self, left_out: set[str]) -> Matrix:
        """Return the matrix without some of the features."""
        kept = [at for at, name in enumerate(self.names) if name not in left_out]
        return Matrix(self.values[:, kept], [self.names[at] for at in kept], self.labels, self.weights)


class Trees(Protocol):
    """Boosted trees that learn the log-odds of a label."""

    library: ClassVar[str]
    suffix: ClassVar[str]

    def fit(
        self, train: Matrix, valid: Matrix | None, settings: TreeSettings, trace: Trace | None = None
    ) -> Self:
        """Grow trees; with a validation part, until its log loss stops falling. Keeps all that grew."""
        ...

    def cut(self, rounds: int) -> None:
        """Keep the first rounds alone."""
        ...

    @property
    def rounds(self) -> int:
        """How many rounds of trees are kept."""
        ...

    @property
    def losses(self) -> Sequence[float]:
        """The log loss of the validation part after each round; empty without one."""
        ...

    def margins(self, rows: Matrix, rounds: int | None = None) -> NDArray[np.float64]:
        """Return the log-odds of each row, of shape (rows,), by the first rounds or by all."""
        ...

    def contributions(self, rows: Matrix) -> NDArray[np.float64]:
        """Return SHAP values of shape (rows, features + 1); the last is the base; rows sum to `margins`."""
        ...

    def save(self, path: Path) -> None:
        """Write the trees into one file."""
        ...

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the trees that `save` wrote."""
        ...


class Trace(Protocol):
    """Watches training round by round, and may end it."""

    def __call__(self, round_: int, loss: float) -> bool:
        """Take the loss of the validation part; return whether to stop."""
        ...
