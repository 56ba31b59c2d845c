"""Boosted trees with their own handling of categories: XGBoost's sets, CatBoost's ordered statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CATEGORICAL = ["ip", "app", "device", "os", "channel"]
_ROUNDS, _PATIENCE, _RATE, _DEPTH = 1_000, 50, 0.05, 6


def native_xgboost(train: pl.DataFrame, valid: pl.DataFrame, test: pl.DataFrame) -> NDArray[np.float64]:
    """Return the test predictions of XGBoost on categories and the hour of day."""
    import xgboost

    known = {name: pl.Series(train[name].unique().sort()) for name in _CATEGORICAL}
    parts = [_coded(part, known) for part in (train, valid, test)]
    types = ["c"] * len(_CATEGORICAL) + ["q", "q"]
    data = [
        xgboost.DMatrix(values, _labels(part), feature_types=types, enable_categorical=True, nthread=1)
        for values, part in zip(parts, (train, valid, test), strict=True)
    ]
    settings: dict[str, Any] = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
    }
    settings |= {"learning_rate": _RATE, "max_depth": _DEPTH, "subsample": 0.8, "colsample_bytree": 0.7}
    booster = xgboost.train(
        settings | {"nthread": 1, "seed": 0},
        data[0],
        _ROUNDS,
        evals=[(data[1], "valid")],
        early_stopping_rounds=_PATIENCE,
        verbose_eval=False,
    )
    return np.asarray(
        booster.predict(data[2], iteration_range=(0, booster.best_iteration + 1)), dtype=np.float64
    )


def native_catboost(train: pl.DataFrame, valid: pl.DataFrame, test: pl.DataFrame) -> NDArray[np.float64]:
    """Return the test predictions of CatBoost on categories and the hour of day, rows in order of time."""
    import catboost

    columns = [pl.col(_CATEGORICAL).cast(pl.String), *_hour()]
    frames = [part.select(columns).to_pandas() for part in (train, valid, test)]
    pools = [
        catboost.Pool(frame, _labels(part), cat_features=_CATEGORICAL)
        for frame, part in zip(frames, (train, valid, test), strict=True)
    ]
    fitted = catboost.CatBoost(
        {
            "loss_function": "Logloss",
            "iterations": _ROUNDS,
            "learning_rate": _RATE,
            "depth": _DEPTH,
            "od_type": "Iter",
            "od_wait": _PATIENCE,
            "has_time": True,
            "thread_count": 1,
            "random_seed": 0,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }
    ).fit(pools[0], eval_set=pools[1])
    return np.asarray(fitted.predict(pools[2], prediction_type="Probability")[:, 1], dtype=np.float64)


def _coded(part: pl.DataFrame, known: dict[str, pl.Series]) -> NDArray[np.float64]:
    """Return codes of the values seen in training, NaN for others, and the hour."""
    columns = [
        part[name].replace_strict(values, np.arange(len(values)), default=None, return_dtype=pl.Float64)
        for name, values in known.items()
    ]
    return np.column_stack([*(column.to_numpy() for column in columns), part.select(_hour()).to_numpy()])


def _hour() -> list[pl.Expr]:
    angle = pl.col("click_time").dt.epoch("s") % 86_400 * (2 * np.pi / 86_400)
    return [angle.sin().alias("hour_sin"), angle.cos().alias("hour_cos")]


def _labels(part: pl.DataFrame) -> NDArray[np.float64]:
    return part["is_attributed"].to_numpy().astype(np.float64)
