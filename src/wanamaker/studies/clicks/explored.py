"""The training log as it is: rates by value and by hour, distributions, correlations, a map of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.features.categories.cat2vec import Cat2Vec
from wanamaker.models.click_parts import prepare_all
from wanamaker.stats.classification import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.models.click_model import ClickModel
    from wanamaker.studies.clicks.parts import Parts
    from wanamaker.studies.clicks.study import ClicksStudy

Rows = list[dict[str, Any]]

_TOP, _MAPPED = 15, 200
_BINS = 24
_DENSITIES, _CORRELATED = 12, 12
_MOST_SAMPLED = 50_000


def training_features(model: ClickModel, parts: Parts) -> pl.DataFrame:
    """Return the features of the training rows as the model reads them, each from what was known before."""
    _, part = prepare_all(model, parts.learnable("train"))
    return pl.DataFrame(part.matrix.values, schema=list(part.matrix.names))


def explored(
    study: ClicksStudy, parts: Parts, features: pl.DataFrame, ranked: Sequence[str]
) -> dict[str, Any]:
    """Return what the training rows look like.

    Parameters
    ----------
    study, parts
        The study, and its log.
    features
        The features of the training rows, as the model reads them.
    ranked
        Names of features, the most important first; the first ones are shown.
    """
    train, labels = parts.seen("train"), parts.labels_of("train")
    told: dict[str, Any] = {"rate": float(labels.mean()), "time_zone": study.features.time_zone}
    told["values"] = [
        row for column in study.columns.categorical for row in _by_value(train[column], labels)[:_TOP]
    ]
    told["hours"] = _by_hour(parts.times[parts.rows("train")], labels, study.features.time_zone)
    rows = _sampled(len(features))
    held, chosen = features[rows], labels[rows]
    told["densities"] = [_density(held[name], chosen) for name in ranked[:_DENSITIES]]
    told["densities"] = [one for one in told["densities"] if one is not None]
    if len(ranked) > 1:
        told["correlation"] = _correlation(held, list(ranked[:_CORRELATED]))
    if len(study.columns.categorical) > 1:
        vectors = Cat2Vec(columns=list(study.columns.categorical)).fit(train).vectors_
        told["vectors"] = _map(train, labels, vectors)
    return told


def _by_value(values: pl.Series, labels: NDArray[np.bool_]) -> Rows:
    frame = pl.DataFrame({"value": values.cast(pl.String).fill_null("(null)"), "label": labels})
    grouped = frame.group_by("value").agg(rows=pl.len(), positives=pl.col("label").sum())
    grouped = grouped.sort(["rows", "value"], descending=[True, False])
    return [{"column": values.name, **row} for row in _with_rates(grouped)]


def _by_hour(times: NDArray[np.int64], labels: NDArray[np.bool_], time_zone: str) -> Rows:
    moments = pl.Series("t", times).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(time_zone)
    frame = pl.DataFrame({"hour": moments.dt.hour(), "label": labels})
    return _with_rates(
        frame.group_by("hour").agg(rows=pl.len(), positives=pl.col("label").sum()).sort("hour")
    )


def _with_rates(grouped: pl.DataFrame) -> Rows:
    rows = grouped["rows"].to_numpy().astype(np.float64)
    rate = grouped["positives"].to_numpy() / rows
    low, high = wilson(rate, rows)
    return grouped.with_columns(rate=pl.Series(rate), low=pl.Series(low), high=pl.Series(high)).to_dicts()


def _sampled(rows: int) -> NDArray[np.int64]:
    """Return the rows themselves, or as many as charts need, evenly spread."""
    return np.unique(np.linspace(0, rows - 1, min(rows, _MOST_SAMPLED)).round().astype(np.int64))


def _density(values: pl.Series, labels: NDArray[np.bool_]) -> dict[str, Any] | None:
    """Return shares by bin of each outcome, or None where a feature has one value or an outcome no row."""
    numbers = values.cast(pl.Float64).to_numpy()
    finite = np.isfinite(numbers)
    numbers, won = numbers[finite], labels[finite]
    if not won.any() or won.all() or numbers.min() == numbers.max():
        return None
    low, high = np.quantile(numbers, [0.0, 0.999])
    if low == high:
        high = numbers.max()
    edges = np.linspace(low, high, _BINS + 1)
    shares = [
        np.histogram(np.minimum(held, high), edges)[0] / len(held) for held in (numbers[~won], numbers[won])
    ]
    return {
        "feature": values.name,
        "edges": [round(float(edge), 6) for edge in edges],
        "others": [round(float(share), 6) for share in shares[0]],
        "converted": [round(float(share), 6) for share in shares[1]],
        "missing": int((~finite).sum()),
    }


def _correlation(features: pl.DataFrame, names: list[str]) -> dict[str, Any]:
    ranks = features.select(
        pl.col(name).cast(pl.Float64).fill_nan(None).fill_null(-1.0).rank("average") for name in names
    ).to_numpy()
    spread = ranks.std(axis=0)
    kept = np.flatnonzero(spread > 0)
    matrix = np.corrcoef(ranks[:, kept], rowvar=False).reshape(len(kept), len(kept))
    return {
        "names": [names[place] for place in kept],
        "matrix": [[round(float(value), 4) for value in row] for row in matrix],
        "rows": len(features),
    }


def _map(
    train: pl.DataFrame, labels: NDArray[np.bool_], vectors: Mapping[str, pl.DataFrame]
) -> dict[str, Any]:
    """Return the first two principal axes of the vectors of each column's most frequent values."""
    points: Rows = []
    kept = []
    for column, table in vectors.items():
        counted = {row["value"]: row for row in _by_value(train[column], labels)[:_MAPPED]}
        names = table.to_series(0).cast(pl.String).to_list()
        known = [place for place, name in enumerate(names) if name in counted]
        numbers = _numbers(table)[known]
        if len(known) < 3 or numbers.shape[1] < 2:  # noqa: PLR2004
            continue
        centred = numbers - numbers.mean(axis=0)
        left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
        kept.append(float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-300)))
        for place, (x, y) in zip(known, left[:, :2] * sizes[:2], strict=True):
            row = counted[names[place]]
            points.append(
                {"column": column, "value": row["value"], "x": round(float(x), 5), "y": round(float(y), 5)}
                | {"rows": row["rows"], "rate": row["rate"]}
            )
    return {"points": points, "kept": float(np.mean(kept))} if points else {}


def _numbers(table: pl.DataFrame) -> NDArray[np.float64]:
    """Return the vectors of a table whose first column has the values."""
    held = table.to_series(1)
    if held.dtype.is_nested():
        return np.vstack([np.asarray(vector, dtype=np.float64) for vector in held.to_list()])
    return table[:, 1:].to_numpy().astype(np.float64)
