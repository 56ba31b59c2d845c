"""Tables of the evaluation as rows of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

Rows = list[dict[str, Any]]

_ALL = "(nothing)"


def ablation_rows(table: pl.DataFrame) -> Rows:
    """Return what each family is worth; the first row has all of them."""
    return [
        {
            "name": row["left_out"],
            "features": row["features"],
            "roc_auc": figure(row, "roc_auc"),
            "log_loss": figure(row, "log_loss"),
            "difference": None if row["left_out"] == _ALL else figure(row, "roc_auc_difference"),
            "log_loss_difference": None if row["left_out"] == _ALL else figure(row, "log_loss_difference"),
        }
        for row in table.to_dicts()
    ]


def learning_rows(table: pl.DataFrame) -> Rows:
    """Return the figures by amount of history."""
    return [
        {
            "share": row["share"],
            "rows": row["rows"],
            "positives": row["positives"],
            "roc_auc": figure(row, "roc_auc"),
            "log_loss": figure(row, "log_loss"),
        }
        for row in table.to_dicts()
    ]


def honesty_rows(table: pl.DataFrame) -> Rows:
    """Return the figures with columns that look ahead; the first row has none."""
    name = table.columns[0]
    return [
        {
            "name": row[name],
            "roc_auc": figure(row, "roc_auc"),
            "log_loss": figure(row, "log_loss"),
            "gain": _negative(figure(row, "roc_auc_difference")) if place else None,
        }
        for place, row in enumerate(table.to_dicts())
    ]


def figure(row: Mapping[str, Any], name: str) -> dict[str, float | None]:
    """Return value, low and high of a metric in a row.

    Examples
    --------
    >>> figure({"roc_auc": 0.9, "roc_auc_low": 0.8, "roc_auc_high": float("nan")}, "roc_auc")
    {'value': 0.9, 'low': 0.8, 'high': None}
    """
    keys = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {end: _finite(row.get(key)) for end, key in keys.items()}


def _negative(told: dict[str, float | None]) -> dict[str, float | None]:
    """Return a difference the other way round."""
    turned = {"value": told["value"], "low": told["high"], "high": told["low"]}
    return {end: None if value is None else -value for end, value in turned.items()}


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)
