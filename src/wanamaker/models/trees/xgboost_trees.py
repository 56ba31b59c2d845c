"""Trees by XGBoost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from wanamaker.base.errors import FileReadError, MissingExtraError, ParameterError
from wanamaker.base.threads import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.models.trees.protocol import Matrix, Trace, TreeSettings

_LOSS = "logloss"


class XGBoostTrees:
    """Histogram trees of XGBoost (Chen and Guestrin 2016), kept as UBJSON."""

    library: ClassVar[str] = "xgboost"
    suffix: ClassVar[str] = ".ubj"

    def __init__(self, booster: Any = None) -> None:
        _xgboost()  # without the library there are no trees, fitted or not
        self._booster = booster
        self._losses: list[float] = []

    def fit(
        self, train: Matrix, valid: Matrix | None, settings: TreeSettings, trace: Trace | None = None
    ) -> Self:
        """Grow trees; with a validation part, until its log loss stops falling. Keeps all that grew."""
        xgboost = _xgboost()
        told: dict[str, dict[str, list[float]]] = {}
        watched = [] if valid is None else [(_data(valid, settings.threads), "valid")]
        callbacks = [] if trace is None or valid is None else [_callback(trace)]
        self._booster = xgboost.train(
            parameters(settings, train.names),
            _data(train, settings.threads),
            num_boost_round=settings.n_estimators,
            evals=watched,
            early_stopping_rounds=settings.early_stopping_rounds if watched else None,
            evals_result=told,
            verbose_eval=False,
            callbacks=callbacks,
        )
        self._losses = told.get("valid", {}).get(_LOSS, [])
        # Where it grew says nothing of where it will score.
        self._booster.set_param({"device": "cpu"})
        return self

    def cut(self, rounds: int) -> None:
        """Keep the first rounds alone."""
        self._booster = self._booster[:rounds]

    @property
    def rounds(self) -> int:
        """How many rounds of trees are kept."""
        return int(self._booster.num_boosted_rounds())

    @property
    def losses(self) -> Sequence[float]:
        """The log loss of the validation part after each round."""
        return self._losses

    def margins(self, rows: Matrix, rounds: int | None = None) -> NDArray[np.float64]:
        """Return the log-odds of each row, of shape (rows,), by the first rounds or by all."""
        taken = (0, min(rounds or self.rounds, self.rounds))
        found = self._booster.predict(_data(rows), output_margin=True, iteration_range=taken)
        return np.asarray(found, dtype=np.float64)

    def contributions(self, rows: Matrix) -> NDArray[np.float64]:
        """Return SHAP values of shape (rows, features + 1), the base last (Lundberg et al. 2020)."""
        if not len(rows):
            return np.empty((0, len(rows.names) + 1))
        return np.asarray(self._booster.predict(_data(rows), pred_contribs=True), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the trees as UBJSON."""
        path.write_bytes(bytes(self._booster.save_raw("ubj")))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the trees that `save` wrote.

        Raises
        ------
        FileReadError
            If the file is absent or holds no trees.
        """
        xgboost = _xgboost()
        try:
            booster = xgboost.Booster(model_file=bytearray(path.read_bytes()))
        except (OSError, xgboost.core.XGBoostError) as error:
            message = f"{str(path)!r} cannot be read as trees of XGBoost."
            raise FileReadError(message, hint="The model was not saved whole; save it again.") from error
        return cls(booster)


def parameters(settings: TreeSettings, names: Sequence[str]) -> dict[str, Any]:
    """Return the settings as XGBoost calls them.

    Raises
    ------
    ParameterError
        If CUDA is asked for and this build has none.
    """
    told = {
        "objective": "binary:logistic",
        "eval_metric": _LOSS,
        "tree_method": "hist",
        "learning_rate": settings.learning_rate,
        "max_depth": settings.max_depth,
        "min_child_weight": settings.min_child_weight,
        "reg_alpha": settings.reg_alpha,
        "reg_lambda": settings.reg_lambda,
        "subsample": settings.subsample,
        "colsample_bytree": settings.colsample_bytree,
        "device": _device(settings.device),
        "nthread": settings.threads or cores(),
        "seed": settings.seed,
        "verbosity": 0,
    }
    if settings.monotone:
        told["monotone_constraints"] = tuple(int(settings.monotone.get(name, 0)) for name in names)
    if settings.interactions:
        place = {name: at for at, name in enumerate(names)}
        groups = [[place[name] for name in group] for group in settings.interactions]
        told["interaction_constraints"] = str(groups)  # lists would be taken for names
    return {name: value for name, value in told.items() if value is not None}


def _data(rows: Matrix, threads: int | None = None) -> Any:
    labels = None if rows.labels is None else rows.known_labels
    return _xgboost().DMatrix(rows.values, labels, weight=rows.weights, nthread=threads or cores())


def _device(asked: str) -> str:
    if asked == "cpu":
        return "cpu"
    built = bool(_xgboost().build_info().get("USE_CUDA"))
    there = built and Path("/dev/nvidiactl").exists()
    if asked == "cuda" and not there:
        why = "no GPU was found" if built else "this build of XGBoost is for processors alone"
        message = f"device='cuda' was asked for, and {why}."
        raise ParameterError(message, hint="Write device='cpu', or install xgboost in place of xgboost-cpu.")
    return "cuda" if there else "cpu"


def _callback(trace: Trace) -> Any:
    xgboost = _xgboost()

    class Watch(xgboost.callback.TrainingCallback):  # type: ignore[misc,name-defined]
        """Hands each round's loss on."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
            """Return whether to stop."""
            return trace(epoch, float(evals_log["valid"][_LOSS][-1]))

    return Watch()


def _xgboost() -> Any:
    try:
        import xgboost
    except ImportError as error:
        feature = "trees='xgboost'"
        raise MissingExtraError(feature, "trees") from error
    return xgboost
