"""When effects of touches cannot be told apart, whatever the method: reasons, for those that compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.regression import Rows

_NOTHING_LEFT = 1e-9


def not_comparable(journeys: Journeys) -> str | None:
    """Return why converting and other journeys cannot be compared touch by touch, or None if they can.

    Journeys without a touch do not count: they are in a log only if they converted.
    """
    counted = np.where(journeys.lengths > 0, journeys.conversions + journeys.nulls, 0.0)
    total = counted.sum()
    if not np.where(journeys.lengths > 0, journeys.nulls, 0.0).sum() > 0:
        return "no journey with a touch did not convert, so there is nothing to compare with"
    if not np.where(journeys.lengths > 0, journeys.conversions, 0.0).sum() > 0:
        return "no journey with a touch converts"
    if len(journeys.names) > total:
        return (
            f"there are more touches ({len(journeys.names):,}) than journeys ({total:,.10g}), so their "
            "effects cannot be told apart"
        )
    sets = journeys.sets
    within = np.bincount(sets.members, counted[sets.rows], len(journeys.names))
    always = np.flatnonzero(within >= total * (1 - 1e-12))
    if len(always):
        return f"{journeys.names[always[0]]!r} is in every journey, so nothing shows what happens without it"
    return None


def refuse_no_level(rows: Rows, weights: NDArray[np.float64], exposures: int) -> None:
    """Refuse rows in which the touches always add up to the same, so that no baseline can be told from them.

    Parameters
    ----------
    exposures
        Columns below are exposures to touches.

    Raises
    ------
    DataError
        If the constant is a sum of the columns, as it is where every journey has exactly one touch.
    """
    from wanamaker.stats.regression.kernels import regression_pass

    nothing = np.zeros(1 + rows.width)
    _, _, products = regression_pass(rows.sparse, weights, np.zeros(len(rows)), nothing, logistic=False)
    touches = slice(1, exposures + 1)
    explained = np.linalg.lstsq(products[touches, touches], products[touches, 0], rcond=1e-10)[0]
    left = products[0, 0] - products[0, touches] @ explained
    if left <= _NOTHING_LEFT * products[0, 0]:
        message = (
            "Effects of touches cannot be told from a baseline: the touches of every journey add up to the "
            "same, as where each journey has exactly one."
        )
        raise DataError(message, hint="Ask rules, or 'markov', of such journeys; or give longer journeys.")
