"""Gradient-boosted trees on numbers and the term's words by TF-IDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from wanamaker.base.errors import FileReadError, MissingExtraError
from wanamaker.base.storage import read_json, write_json
from wanamaker.base.threads import cores

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples, Texts

    Floats = NDArray[np.float64]

_TREES, _STATE = "trees.ubj", "trees.json"
_MOST_WORDS = 1000
_PATIENCE, _ROUNDS, _ROUNDS_UNWATCHED = 30, 600, 150
_PARAMETERS = {
    "objective": "count:poisson",
    "eval_metric": "poisson-nloglik",
    "tree_method": "hist",
    "learning_rate": 0.08,
    "max_depth": 6,
    "min_child_weight": 1.0,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
    "verbosity": 0,
    "base_score": 1.0,
}


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """XGBoost's trees for Poisson counts (Chen and Guestrin 2016), log exposure as the base margin.

    Words are columns of their own, weighted by how rare they are (TF-IDF as scikit-learn's: smoothed, rows of
    length 1), the 1,000 most frequent ones at most.

    Parameters
    ----------
    booster
        The trees.
    weights
        The inverse document frequency of each word, of shape (words,).
    rate
        Conversions per exposure, from which trees start.
    """

    name: ClassVar[str] = "trees"

    booster: Any
    weights: Floats
    rate: float

    @classmethod
    def fit(
        cls, train: Examples, valid: Examples | None, seed: int, chosen: dict[str, Any] | None = None
    ) -> Self:
        """Grow trees until validation rows get no better, or as many rounds as were chosen before.

        Raises
        ------
        MissingExtraError
            If XGBoost is not installed.
        """
        xgboost = _xgboost()
        new = cls(None, _rarity(train.texts.take(np.unique(train.terms))), train.rate)
        watched = [] if valid is None or chosen is not None else [(new._data(valid, labelled=True), "valid")]
        booster = xgboost.train(
            {**_PARAMETERS, "seed": seed, "nthread": cores()},
            new._data(train, labelled=True),
            num_boost_round=int(chosen["rounds"]) if chosen else _ROUNDS if watched else _ROUNDS_UNWATCHED,
            evals=watched,
            early_stopping_rounds=_PATIENCE if watched else None,
            verbose_eval=False,
        )
        best = booster.best_iteration + 1 if watched else booster.num_boosted_rounds()
        return cls(booster[:best], new.weights, new.rate)

    def predict(self, rows: Examples) -> Floats:
        """Return the expected conversions of each row, of shape (rows,)."""
        if not len(rows):
            return np.empty(0)
        return np.asarray(self.booster.predict(self._data(rows)), dtype=np.float64)

    def _data(self, rows: Examples, *, labelled: bool = False) -> Any:
        words = _tf_idf(rows.texts, self.weights)[rows.terms]
        matrix = hstack([csr_matrix(np.nan_to_num(rows.numbers)), words], format="csr", dtype=np.float32)
        told = {"label": rows.known_labels, "weight": rows.weights} if labelled else {}
        exposure = rows.counted if labelled else rows.exposure
        margin = np.log(exposure) + np.log(self.rate)
        return _xgboost().DMatrix(matrix, base_margin=margin, nthread=cores(), **told)

    @property
    def chosen(self) -> dict[str, Any]:
        """How many rounds of trees."""
        return {"rounds": int(self.booster.num_boosted_rounds())}

    def save(self, folder: Path) -> None:
        """Write trees as UBJSON, and word weights as JSON."""
        (folder / _TREES).write_bytes(bytes(self.booster.save_raw("ubj")))
        write_json(folder / _STATE, {"weights": self.weights.tolist(), "rate": self.rate})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what `save` wrote.

        Raises
        ------
        FileReadError
            If a file is absent or damaged.
        """
        xgboost, state = _xgboost(), read_json(folder / _STATE)
        try:
            booster = xgboost.Booster(model_file=bytearray((folder / _TREES).read_bytes()))
        except (OSError, xgboost.core.XGBoostError) as error:
            message = f"{str(folder / _TREES)!r} cannot be read as trees of XGBoost."
            raise FileReadError(message, hint="The model was not saved whole; save it again.") from error
        return cls(booster, np.asarray(state["weights"], dtype=float), float(state["rate"]))


def _rarity(texts: Texts) -> Floats:
    """Return the inverse document frequency of each word, smoothed as if one more term had all of them."""
    counts = np.asarray(texts.present[:, :_MOST_WORDS].sum(0), dtype=np.float64).ravel()
    return np.log((1.0 + len(texts)) / (1.0 + counts)) + 1.0


def _tf_idf(texts: Texts, weights: Floats) -> csr_matrix:
    words = texts.present[:, : len(weights)] @ diags(weights)
    lengths = np.sqrt(np.asarray(words.multiply(words).sum(1)).ravel())
    return csr_matrix(diags(1.0 / np.maximum(lengths, 1e-12)) @ words)


def _xgboost() -> Any:
    try:
        import xgboost
    except ImportError as error:
        feature = "The predictor 'trees' of SearchTermModel"
        raise MissingExtraError(feature, "trees") from error
    return xgboost
