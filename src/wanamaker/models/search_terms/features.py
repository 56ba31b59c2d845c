"""What numbers tell: by how much predictions get worse without them, and how far they move them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.models.search_terms.judging import judged
from wanamaker.models.search_terms.shares import log_rates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.predictors.predictor import Predictor

    Floats = NDArray[np.float64]

PAST, TEXT = "(past days)", "(text)"
"""What is not a number of its own: the days before as a sequence, and the words of the term."""


def feature_table(
    predictor: Predictor, rows: Examples, means: Floats, *, most_rows: int, seed: int
) -> pl.DataFrame:
    """Return what each number tells; see `SearchTermModel.features`.

    Parameters
    ----------
    predictor
        That is asked.
    rows
        With labels.
    means
        Of the numbers among training rows.
    most_rows, seed
        How many rows are read, drawn by the seed if there are more.
    """
    rng = np.random.default_rng(seed)
    if len(rows) > most_rows:
        rows = rows.take(np.sort(rng.choice(len(rows), most_rows, replace=False)))
    before = judged(predictor.predict(rows), rows)["poisson_deviance"]
    logs = log_rates(predictor, rows)
    order = rng.permutation(len(rows))
    told = []
    for name, shuffled, typical in _changed(rows, means, order):
        worse = judged(predictor.predict(shuffled), rows)["poisson_deviance"] - before
        moved = None if typical is None else float(np.abs(logs - log_rates(predictor, typical)).mean())
        told.append({"feature": name, "permutation": worse, "counterfactual": moved})
    schema = {"feature": pl.String, "permutation": pl.Float64, "counterfactual": pl.Float64}
    return pl.DataFrame(told, schema=schema).sort(["permutation", "feature"], descending=[True, False])


def _changed(
    rows: Examples, means: Floats, order: NDArray[np.int64]
) -> Iterator[tuple[str, Examples, Examples | None]]:
    """Yield each feature with the rows where it is shuffled, and those where it is typical."""
    for place, name in enumerate(rows.names):
        yield name, _with(rows, place, rows.numbers[order, place]), _with(rows, place, float(means[place]))
    yield PAST, replace(rows, past=rows.past.take(order)), _without_past(rows)
    yield TEXT, replace(rows, terms=rows.terms[order]), None


def _with(rows: Examples, place: int, values: NDArray[np.float32] | float) -> Examples:
    numbers = rows.numbers.copy()
    numbers[:, place] = values
    return replace(rows, numbers=numbers)


def _without_past(rows: Examples) -> Examples:
    past = rows.past
    nothing = replace(
        past,
        offsets=np.zeros(len(rows) + 1, dtype=np.int64),
        numbers=past.numbers[:0],
        ages=past.ages[:0],
    )
    return replace(rows, past=nothing)
