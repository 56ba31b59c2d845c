"""Rows as a term network reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.nn.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.scales import Scales

_DAY = 86_400.0


def sequences_of(rows: Examples, scales: Scales, past_scales: Scales, logs: NDArray[np.float64]) -> Sequences:
    """Return the past days of each row as steps, and what is known of the row beside them.

    Parameters
    ----------
    rows
        Any; with labels or without.
    scales, past_scales
        Of their numbers, and of those of past days.
    logs
        What is added to the log rate of each row, of shape (rows,).
    """
    past, numbers = rows.past, scales.read(rows.numbers)
    steps = past_scales.read(past.numbers)
    gaps = np.zeros(len(past.ages), dtype=np.float32)
    gaps[1:] = np.maximum(past.ages[:-1] - past.ages[1:], 0.0) * _DAY
    gaps[past.offsets[:-1][np.diff(past.offsets) > 0]] = 0.0
    statics = {name: numbers[:, place] for place, name in enumerate(rows.names)}
    return Sequences(
        offsets=past.offsets,
        numbers={name: steps[:, place] for place, name in enumerate(past.names)},
        gaps=gaps,
        ages=past.ages * np.float32(_DAY),
        static_codes={"term": rows.terms + 1},
        static_numbers={**statics, "log_exposure": logs.astype(np.float32)},
        labels=None if rows.labels is None else rows.labels.astype(np.float32),
        weights=None if rows.labels is None else rows.weights.astype(np.float32),
    )
