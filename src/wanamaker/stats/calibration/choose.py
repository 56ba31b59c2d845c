"""Which calibration map the data can bear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import DataError, ParameterError, nearest
from wanamaker.stats.calibration.beta import Beta
from wanamaker.stats.calibration.identity import Identity
from wanamaker.stats.calibration.isotonic import Isotonic
from wanamaker.stats.calibration.logits import scarcer, training_rows
from wanamaker.stats.calibration.platt import FEWEST, Platt
from wanamaker.stats.calibration.shift import Shift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.calibration.map import CalibrationMap

    Floats = NDArray[np.float64]

MAPS: Mapping[str, type[CalibrationMap]] = {
    kind.kind: kind for kind in (Identity, Shift, Platt, Beta, Isotonic)
}

ENOUGH = 200
"""Positives, and negatives, below which no curve can be judged (Van Calster et al. 2016)."""

_COMPARED = ("platt", "beta", "isotonic")  # from the fewest free numbers to the most


@dataclass(frozen=True)
class Choice:
    """A fitted calibration map and why it was chosen.

    Parameters
    ----------
    map
        Fitted on all rows.
    reason
        One sentence for the report.
    losses
        Cross-validated log loss of each kind compared; empty where none was.
    """

    map: CalibrationMap
    reason: str
    losses: dict[str, float] = field(default_factory=dict)


def choose_calibration(
    predictions: ArrayLike,
    labels: ArrayLike,
    kind: str = "auto",
    *,
    weights: ArrayLike | None = None,
    folds: int = 5,
) -> Choice:
    """Fit the calibration map that is asked for, or that the number of positives can bear.

    Parameters
    ----------
    predictions, labels, weights
        Rows that the model has not learned from, of shape (rows,).
    kind
        ``"none"``, ``"shift"``, ``"platt"``, ``"beta"``, ``"isotonic"``, or ``"auto"``: below 20 positives
        (or negatives) the level alone is fitted (`Shift`); below 200 it is Platt's two numbers; from 200 on
        Platt, beta and isotonic are compared by cross-validated log loss, and the simplest within one
        standard error of the best is taken (Breiman et al. 1984).
    folds
        For the comparison, from 2.

    Raises
    ------
    ParameterError
        If the kind is unknown.

    Examples
    --------
    >>> choose_calibration([0.1] * 95 + [0.5] * 5, [0] * 95 + [1] * 5).map.kind
    'shift'
    """
    _check(kind, folds)
    if kind != "auto":
        return Choice(MAPS[kind].fit(predictions, labels, weights), f"{kind!r} was asked for.")
    values, outcomes, shares = training_rows(predictions, labels, weights)
    few = scarcer(outcomes, shares)
    scarce = "positives" if outcomes.sum() <= (~outcomes).sum() else "negatives"
    if few < ENOUGH:
        chosen = "shift" if few < FEWEST else "platt"
        what = "the level alone is" if chosen == "shift" else "Platt's two numbers are"
        reason = f"{few} {scarce} are too few for more: {what} fitted."
        return Choice(MAPS[chosen].fit(values, outcomes, shares), reason)
    chosen, losses = _compared(values, outcomes, shares, folds)
    reason = f"{chosen!r} is the simplest map whose cross-validated log loss is within one standard error."
    return Choice(MAPS[chosen].fit(values, outcomes, shares), reason, losses)


def cross_fitted(
    predictions: ArrayLike,
    labels: ArrayLike,
    kind: str = "auto",
    *,
    weights: ArrayLike | None = None,
    folds: int = 5,
) -> Floats:
    """Return calibrated predictions, each from a map fitted on the other folds.

    For metrics on the very rows that the map is fitted on. Every fold has its share of positives, and the
    order of the rows changes nothing.

    Parameters
    ----------
    predictions, labels, weights, kind, folds
        As in `choose_calibration`.

    Examples
    --------
    >>> cross_fitted([0.5] * 100, [1] * 10 + [0] * 90, "shift").round(1)[[0, 99]].tolist()
    [0.1, 0.1]
    """
    _check(kind, folds)
    values, outcomes, shares = training_rows(predictions, labels, weights)
    fold = _folds(values, outcomes, shares, folds)
    calibrated = np.empty(len(values))
    for place in range(folds):
        here = fold == place
        if here.any():
            learned = ~here if not here.all() else here
            chosen = choose_calibration(
                values[learned], outcomes[learned], kind, weights=shares[learned], folds=folds
            )
            calibrated[here] = chosen.map(values[here])
    return calibrated


def calibration_from_state(state: Mapping[str, Any]) -> CalibrationMap:
    """Return the map that `CalibrationMap.to_state` described.

    Raises
    ------
    DataError
        If the state describes no map.

    Examples
    --------
    >>> calibration_from_state({"kind": "platt", "slope": 2.0, "intercept": 0.0})([0.5]).tolist()
    [0.5]
    """
    parameters = dict(state)
    kind = parameters.pop("kind", None)
    if kind not in MAPS:
        message = f"A calibration map must have a known 'kind'. Got {kind!r}."
        raise DataError(message, hint=nearest(str(kind), MAPS))
    numbers = {
        name: np.array(value, dtype=np.float64) if isinstance(value, list) else float(value)
        for name, value in parameters.items()
    }
    try:
        return MAPS[kind](**numbers)
    except TypeError as error:
        message = f"A calibration map of kind {kind!r} does not have the numbers {sorted(numbers)}."
        raise DataError(message) from error


def _compared(
    values: Floats, outcomes: NDArray[np.bool_], weights: Floats, folds: int
) -> tuple[str, dict[str, float]]:
    """Return the simplest kind within one standard error of the best, and the loss of each."""
    total = float(weights.sum())
    row_losses = {}
    for kind in _COMPARED:
        calibrated = cross_fitted(values, outcomes, kind, weights=weights, folds=folds)
        row_losses[kind] = -np.where(outcomes, np.log(calibrated), np.log1p(-calibrated))
    losses = {kind: float(weights @ loss) / total for kind, loss in row_losses.items()}
    best = min(losses, key=lambda kind: losses[kind])
    for kind in _COMPARED:
        excess = row_losses[kind] - row_losses[best]
        mean = losses[kind] - losses[best]
        error = float(np.sqrt(weights**2 @ (excess - mean) ** 2)) / total
        if mean <= error:
            return kind, losses
    return best, losses


def _folds(values: Floats, outcomes: NDArray[np.bool_], weights: Floats, folds: int) -> NDArray[np.int64]:
    """Return the fold of each row, drawn within each class and by rank, so that row order changes nothing.

    Drawn, not dealt out rank by rank: folds that are alike in every stretch hide what a map learned by heart.
    """
    order = np.lexsort((weights, values, outcomes))
    negatives = len(values) - int(outcomes.sum())
    random = np.random.default_rng(0)
    fold = np.empty(len(values), dtype=np.int64)
    for rows in (order[:negatives], order[negatives:]):
        fold[rows] = random.permutation(len(rows)) % folds
    return fold


def _check(kind: str, folds: int) -> None:
    if kind != "auto" and kind not in MAPS:
        message = f"'calibration' must name a kind of map. Got {kind!r}."
        raise ParameterError(message, hint=nearest(kind, [*MAPS, "auto"]))
    if folds < 2:  # noqa: PLR2004
        message = f"'folds' must be a whole number from 2. Got {folds!r}."
        raise ParameterError(message, hint="5 is usual.")
