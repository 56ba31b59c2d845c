"""What moved the expectation of each row, and of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.models.search_terms.fitted import Asked, spread
from wanamaker.models.search_terms.shares import effects_of, share_of_text

if TYPE_CHECKING:
    from datetime import date

    from wanamaker.models.search_terms.fitted import Fitted


def explained(fitted: Fitted, frame: Any, history: Any, as_of: date | int | None) -> pl.DataFrame:
    """Return one row per row of the frame; see `SearchTermModel.explain`."""
    asked = fitted.asked(frame, history, as_of)
    found = effects_of(fitted.chosen, asked.rows, fitted.typical)
    expected = fitted.chosen.predict(asked.rows)
    text = share_of_text(found.text, found.numbers)
    by_day = pl.DataFrame(
        {
            "term": asked.days.terms.gather(asked.days.codes),
            "date": asked.days.dates,
            "exposure": asked.rows.exposure,
            "rate": np.exp(found.logs),
            "typical_rate": np.full(len(asked.days), np.exp(found.base)),
            "text_effect": found.text,
            "number_effect": found.numbers,
            "text_share": text,
            "number_share": 1.0 - text,
        }
    )
    rows = by_day[asked.days.rows]
    return rows.insert_column(2, pl.Series("expected", spread(expected, asked)))


def shared(fitted: Fitted, asked: Asked) -> pl.DataFrame:
    """Return what text and numbers move over all rows; see `SearchTermModel.shares`."""
    found = effects_of(fitted.chosen, asked.rows, fitted.typical)
    moved = [float(np.abs(part).mean()) if len(part) else 0.0 for part in (found.text, found.numbers)]
    text = float(share_of_text(np.array([moved[0]]), np.array([moved[1]]))[0])
    return pl.DataFrame(
        {"part": ["text", "numbers"], "share": [text, 1.0 - text], "mean_effect": moved},
    )
