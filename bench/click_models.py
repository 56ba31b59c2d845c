"""Which trees, on what: click models and their baselines on a simulated log, and on one of your own."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

import wanamaker as wm
from bench.measure import markdown
from bench.native import native_catboost, native_xgboost
from wanamaker.evaluation.ablation import ablation
from wanamaker.evaluation.baselines import logistic_one_hot, trees_raw
from wanamaker.evaluation.future import future_columns
from wanamaker.stats.classification import binary_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bench.sizes import Sizes

VARIABLE = "WANAMAKER_CLICKS"
"""Environment variable with the path of a log of your own, with the columns of the simulated one."""

CATEGORICAL = ["ip", "app", "device", "os", "channel"]
_KEYS = (["ip"], ["ip", "app"], ["ip", "device", "os"])


@dataclass(frozen=True)
class Parts:
    """A log in three parts in order of time: 70 %, 10 %, 20 %."""

    train: pl.DataFrame
    valid: pl.DataFrame
    test: pl.DataFrame

    @classmethod
    def of(cls, log: pl.DataFrame) -> Parts:
        """Cut a log in time."""
        ordered = log.sort("click_time", maintain_order=True)
        a, b = int(0.7 * len(log)), int(0.8 * len(log))
        return cls(ordered[:a], ordered[a:b], ordered[b:])

    @property
    def before(self) -> pl.DataFrame:
        """The rows before the test part."""
        return pl.concat([self.train, self.valid])


def model(**parameters: Any) -> wm.ClickModel:
    """Return the model that is measured."""
    windows = [wm.count(by=key, within=within) for key in _KEYS for within in ("5m", "1h", "8h")]
    windows += [
        wm.distinct("channel", by="ip", within="8h"),
        wm.distinct("app", by=["ip", "device", "os"], within="8h"),
        wm.since_last(by=["ip", "device", "os"], within="1d"),
        wm.since_last(by=["ip", "app"], within="1d"),
    ]
    told: dict[str, Any] = {
        "time": "click_time",
        "label": "is_attributed",
        "label_time": "attributed_time",
        "categorical": CATEGORICAL,
        "windows": windows,
        "threads": 1,
    }
    return wm.ClickModel(**(told | parameters))


def report(sizes: Sizes) -> str:
    """Compare click models, and return a page in Markdown."""
    log = wm.simulate.clicks(sizes.click_rows, seed=1, base_rate=0.01).log
    pages = ["# Click models\n", _page("Simulated log, with bots", log)]
    path = os.environ.get(VARIABLE)
    if path is not None:
        pages.append(_page("A log of your own", pl.read_parquet(path)))
    return "\n\n".join(pages)


def _page(title: str, log: pl.DataFrame) -> str:
    parts = Parts.of(log)
    positives = [int(part["is_attributed"].sum()) for part in (parts.train, parts.valid, parts.test)]
    head = (
        f"## {title}: {len(log):,} clicks\n\nIn order of time: 70 % to learn from, 10 % to stop and "
        f"calibrate, 20 % to judge; {positives[0]}, {positives[1]} and {positives[2]} installs. 95 % "
        "intervals by 200 bootstrap replicates of test rows. One thread; CPU-s for features, fit and "
        "prediction.\n"
    )
    tables = [_comparison(parts), _ablation(parts), _future(parts)]
    return "\n\n".join([head, *tables])


def _comparison(parts: Parts) -> str:
    labels = parts.test["is_attributed"].to_numpy()
    rows = []
    for name, predicted in METHODS.items():
        start = time.process_time()
        chances = predicted(parts)
        spent = time.process_time() - start
        told = binary_metrics(labels, chances)
        named = ("roc_auc", "normalised_log_loss", "calibration_ratio")
        rows.append([name, *(_interval(told[metric]) for metric in named), f"{spent:.0f}"])
    return markdown(("model", "AUC", "normalised log loss", "Σp/Σy", "CPU-s"), rows)


def _ablation(parts: Parts) -> str:
    table = ablation(model(), parts.train, parts.valid, parts.test)
    rows = [
        [row["left_out"], str(row["features"]), _named(row, "roc_auc"), _named(row, "roc_auc_difference")]
        for row in table.iter_rows(named=True)
    ]
    return "Without one family of features:\n\n" + markdown(
        ("left out", "features", "AUC", "AUC of all minus this"), rows
    )


def _future(parts: Parts) -> str:
    table = future_columns(model(), parts.train, parts.valid, parts.test)
    rows = [[row["columns"], _named(row, "roc_auc")] for row in table.iter_rows(named=True)]
    return "With columns that look ahead:\n\n" + markdown(("columns", "AUC"), rows)


def _ours(**parameters: Any) -> Callable[[Parts], NDArray[np.float64]]:
    def predicted(parts: Parts) -> NDArray[np.float64]:
        return model(**parameters).fit(parts.train, parts.valid).predict(parts.test, parts.before)

    return predicted


METHODS: Mapping[str, Callable[[Parts], NDArray[np.float64]]] = {
    "logistic regression on one-hot": lambda parts: logistic_one_hot(
        model(), parts.train, parts.valid, parts.test
    ),
    "trees on raw columns": lambda parts: trees_raw(model(), parts.train, parts.valid, parts.test),
    "XGBoost, native categories": lambda parts: native_xgboost(parts.train, parts.valid, parts.test),
    "CatBoost, native categories": lambda parts: native_catboost(parts.train, parts.valid, parts.test),
    "ClickModel without windows": _ours(windows=()),
    "ClickModel, CatBoost": _ours(trees="catboost"),
    "ClickModel, XGBoost": _ours(),
}


def _interval(told: Mapping[str, Any]) -> str:
    return f"{told['value']:.4f} ({told['low']:.4f}–{told['high']:.4f})"


def _named(row: Mapping[str, Any], name: str) -> str:
    return f"{row[name]:.4f} ({row[f'{name}_low']:.4f}–{row[f'{name}_high']:.4f})"
