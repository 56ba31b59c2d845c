"""A few training rows that stand for all of them: what is typical."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.models.search_terms.examples import Examples, Past, Sums, Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.models.search_terms.predictors.predictor import Predictor

COUNT = 16
"""How many rows are kept."""

_MOST_ROWS = 50_000


def typical_of(rows: Examples, predictor: Predictor, count: int = COUNT) -> Examples:
    """Return rows at evenly spaced ranks of their rate, so that they spread as all of them do.

    Parameters
    ----------
    rows
        Of training.
    predictor
        Says the rates by which they are ranked.
    count
        How many.
    """
    some = rows.take(np.arange(0, len(rows), -(-len(rows) // _MOST_ROWS)))
    order = np.argsort(predictor.predict(some) / some.exposure, kind="stable")
    ranks = ((np.arange(count) + 0.5) / count * len(order)).astype(np.int64)
    chosen = some.take(order[ranks])
    return replace(
        chosen,
        texts=rows.texts.take(chosen.terms),
        terms=np.arange(count, dtype=np.int32),
        labels=None,
    )


def to_state(rows: Examples) -> dict[str, Any]:
    """Return rows without labels as JSON has them."""
    vectors = rows.texts.vectors
    return {
        "texts": {
            "offsets": rows.texts.offsets.tolist(),
            "codes": rows.texts.codes.tolist(),
            "size": rows.texts.size,
            "vectors": None if vectors is None else vectors.tolist(),
        },
        "terms": rows.terms.tolist(),
        "numbers": rows.numbers.tolist(),
        "names": list(rows.names),
        "past": {
            "offsets": rows.past.offsets.tolist(),
            "numbers": rows.past.numbers.tolist(),
            "ages": rows.past.ages.tolist(),
            "names": list(rows.past.names),
        },
        "sums": {
            "conversions": rows.sums.conversions.tolist(),
            "exposure": rows.sums.exposure.tolist(),
            "week": rows.sums.week.tolist(),
        },
        "exposure": rows.exposure.tolist(),
    }


def from_state(state: Mapping[str, Any]) -> Examples:
    """Return the rows that `to_state` described."""
    texts, past, sums = state["texts"], state["past"], state["sums"]
    vectors = texts["vectors"]
    names = tuple(past["names"])
    ones = np.ones(len(state["terms"]))
    return Examples(
        texts=Texts(
            offsets=np.asarray(texts["offsets"], dtype=np.int64),
            codes=np.asarray(texts["codes"], dtype=np.int32),
            size=int(texts["size"]),
            vectors=None if vectors is None else np.asarray(vectors, dtype=np.float32),
        ),
        terms=np.asarray(state["terms"], dtype=np.int32),
        numbers=np.asarray(state["numbers"], dtype=np.float32),
        names=tuple(state["names"]),
        past=Past(
            offsets=np.asarray(past["offsets"], dtype=np.int64),
            numbers=np.asarray(past["numbers"], dtype=np.float32).reshape(-1, len(names)),
            ages=np.asarray(past["ages"], dtype=np.float32),
            names=names,
        ),
        sums=Sums(**{name: np.asarray(values, dtype=np.float64) for name, values in sums.items()}),
        exposure=np.asarray(state["exposure"], dtype=np.float64),
        shares=ones,
        weights=ones,
    )
