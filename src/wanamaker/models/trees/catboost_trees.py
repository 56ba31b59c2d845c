"""Trees by CatBoost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from wanamaker.base.errors import FileReadError, MissingExtraError, ParameterError
from wanamaker.base.threads import cores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.models.trees.protocol import Matrix, Trace, TreeSettings

_LOSS = "Logloss"


class CatBoostTrees:
    """Oblivious trees of CatBoost (Prokhorenkova et al. 2018), kept in its own binary format."""

    library: ClassVar[str] = "catboost"
    suffix: ClassVar[str] = ".cbm"

    def __init__(self, model: Any = None) -> None:
        _catboost()  # without the library there are no trees, fitted or not
        self._model = model
        self._losses: list[float] = []

    def fit(
        self, train: Matrix, valid: Matrix | None, settings: TreeSettings, trace: Trace | None = None
    ) -> Self:
        """Grow trees; with a validation part, until its log loss stops falling. Keeps all that grew."""
        catboost = _catboost()
        model = catboost.CatBoost(parameters(settings, train.names, stops=valid is not None))
        watched = None if valid is None else _pool(valid)
        callbacks = [] if trace is None or valid is None else [_Watch(trace)]
        model.fit(_pool(train), eval_set=watched, callbacks=callbacks or None)
        told = model.get_evals_result() if watched is not None else {}
        self._losses = [float(loss) for loss in told.get("validation", {}).get(_LOSS, [])]
        self._model = model
        return self

    def cut(self, rounds: int) -> None:
        """Keep the first rounds alone."""
        self._model.shrink(ntree_end=rounds)

    @property
    def rounds(self) -> int:
        """How many rounds of trees are kept."""
        return int(self._model.tree_count_)

    @property
    def losses(self) -> Sequence[float]:
        """The log loss of the validation part after each round."""
        return self._losses

    def margins(self, rows: Matrix, rounds: int | None = None) -> NDArray[np.float64]:
        """Return the log-odds of each row, of shape (rows,), by the first rounds or by all."""
        if not len(rows):
            return np.empty(0)
        last = min(rounds or self.rounds, self.rounds)
        found = self._model.predict(_pool(rows), prediction_type="RawFormulaVal", ntree_end=last)
        return np.asarray(found, dtype=np.float64)

    def contributions(self, rows: Matrix) -> NDArray[np.float64]:
        """Return SHAP values of shape (rows, features + 1), the base last."""
        if not len(rows):
            return np.empty((0, len(rows.names) + 1))
        found = self._model.get_feature_importance(_pool(rows), type="ShapValues")
        return np.asarray(found, dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the trees in CatBoost's binary format."""
        self._model.save_model(str(path), format="cbm")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the trees that `save` wrote.

        Raises
        ------
        FileReadError
            If the file is absent or holds no trees.
        """
        catboost = _catboost()
        model = catboost.CatBoost()
        try:
            model.load_model(str(path), format="cbm")
        except catboost.CatBoostError as error:
            message = f"{str(path)!r} cannot be read as trees of CatBoost."
            raise FileReadError(message, hint="The model was not saved whole; save it again.") from error
        return cls(model)


def parameters(settings: TreeSettings, names: Sequence[str], *, stops: bool) -> dict[str, Any]:
    """Return the settings as CatBoost calls them.

    Raises
    ------
    ParameterError
        If a setting is given that CatBoost does not have.
    """
    for name in ("min_child_weight", "reg_alpha", "interactions"):
        if getattr(settings, name) not in (None, ()):
            message = f"trees='catboost' has no {name!r}. Got {getattr(settings, name)!r}."
            raise ParameterError(message, hint=f"Leave {name!r} out, or write trees='xgboost'.")
    if settings.device == "cuda":  # there it has neither monotone constraints nor samples of columns
        message = "trees='catboost' grows on processors alone. Got device='cuda'."
        raise ParameterError(message, hint="Write device='auto', or trees='xgboost'.")
    told = {
        "loss_function": _LOSS,
        "iterations": settings.n_estimators,
        "learning_rate": settings.learning_rate,
        "depth": settings.max_depth,
        "l2_leaf_reg": settings.reg_lambda,
        "bootstrap_type": "Bernoulli",
        "subsample": settings.subsample,
        "rsm": settings.colsample_bytree,
        "thread_count": settings.threads or cores(),
        "random_seed": settings.seed,
        "task_type": "CPU",
        "allow_writing_files": False,
        "logging_level": "Silent",
    }
    if settings.monotone:
        told["monotone_constraints"] = [int(settings.monotone.get(name, 0)) for name in names]
    if stops:
        told |= {"od_type": "Iter", "od_wait": settings.early_stopping_rounds, "use_best_model": False}
    return told


class _Watch:
    """Hands each round's loss on."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def after_iteration(self, info: Any) -> bool:
        """Return whether to go on."""
        return not self._trace(info.iteration - 1, float(info.metrics["validation"][_LOSS][-1]))


def _pool(rows: Matrix) -> Any:
    labels = None if rows.labels is None else rows.known_labels
    return _catboost().Pool(rows.values, labels, weight=rows.weights)


def _catboost() -> Any:
    try:
        import catboost
    except ImportError as error:
        feature = "trees='catboost'"
        raise MissingExtraError(feature, "catboost") from error
    return catboost
