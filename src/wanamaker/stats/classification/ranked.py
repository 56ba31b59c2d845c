"""Labelled predictions from the highest to the lowest, with their weights, a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]

_CELLS = 1 << 18
"""Weights held at once: rows of a piece times columns."""


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Some rows in a row, from the highest prediction to the lowest.

    Parameters
    ----------
    start
        How many rows come before.
    labels, predictions
        Of shape (rows,).
    last
        Whether the row is the last with its prediction, of shape (rows,).
    weights
        Of shape (rows, columns).
    """

    start: int
    labels: NDArray[np.bool_]
    predictions: Floats
    last: NDArray[np.bool_]
    weights: Floats


@dataclass(frozen=True, eq=False)
class Ranked:
    """Labelled predictions from the highest to the lowest.

    The first column of weights is the sample itself; the others, if any, are replicates. Replicates are
    drawn piece by piece, so memory does not grow with their number.

    Parameters
    ----------
    order
        The rows as the caller has them, of shape (rows,).
    labels, predictions
        Of shape (rows,), in that order.
    weights
        Of shape (rows,) or (rows, columns), as the caller has them; None where each row counts once.
    keys
        What is resampled together, of shape (rows,), as the caller has them.
    resampling
        None where no replicates are drawn.
    """

    order: NDArray[np.intp]
    labels: NDArray[np.bool_]
    predictions: Floats
    weights: Floats | None = None
    keys: NDArray[np.uint64] | None = None
    resampling: Resampling | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def columns(self) -> int:
        """How many columns of weights there are."""
        if self.weights is not None and self.weights.ndim > 1:
            return int(self.weights.shape[1])
        return 1 if self.resampling is None else 1 + self.resampling.replicates

    @property
    def sample_weights(self) -> Floats:
        """The first column of weights, of shape (rows,), from the highest prediction to the lowest."""
        if self.weights is None:
            return np.ones(len(self))
        first = self.weights if self.weights.ndim == 1 else self.weights[:, 0]
        return np.asarray(first[self.order])

    def tie_starts(self) -> NDArray[np.intp]:
        """Return the first row of each distinct prediction, and the number of rows at the end."""
        changes = np.flatnonzero(self.predictions[1:] != self.predictions[:-1]) + 1
        return np.concatenate([[0] if len(self) else [], changes, [len(self)]]).astype(np.intp)

    def pieces(self) -> Iterator[Piece]:
        """Yield all rows, a piece at a time."""
        rows = max(256, _CELLS // self.columns)
        for start in range(0, len(self), rows):
            here = slice(start, min(start + rows, len(self)))
            after = self.predictions[here.start + 1 : here.stop + 1]
            last = np.ones(here.stop - here.start, dtype=np.bool_)
            last[: len(after)] = self.predictions[here.start : here.start + len(after)] != after
            yield Piece(
                start, self.labels[here], self.predictions[here], last, self._weights(self.order[here])
            )

    def _weights(self, rows: NDArray[np.intp]) -> Floats:
        own = None if self.weights is None else self.weights[rows]
        if self.resampling is None or self.keys is None or self.resampling.replicates == 0:
            own = np.ones(len(rows)) if own is None else own
            return own if own.ndim > 1 else own[:, None]
        drawn = self.resampling.weights(self.keys[rows], np.ones(len(rows)))
        return drawn if own is None else drawn * own[:, None]


def ranked(
    labels: ArrayLike,
    predictions: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    resampling: Resampling | None = None,
    keys: NDArray[np.uint64] | None = None,
) -> Ranked:
    """Check labels, predictions and weights, and order them from the highest prediction to the lowest.

    Parameters
    ----------
    labels
        True and False, or 1 and 0, of shape (rows,).
    predictions
        Finite numbers, of shape (rows,).
    weights
        From 0, of shape (rows,) or, without resampling, (rows, columns); None where each row counts once.
    resampling
        How replicates are drawn; None for none.
    keys
        What is resampled together: the user or group of each row. None where rows are resampled one by
        one; rows then get their replicates by rank, so that the order in which they come changes nothing.

    Raises
    ------
    DataError
        If a label is neither 0 nor 1, a prediction is not finite, or a weight is below 0.
    ParameterError
        If the shapes do not match.
    """
    scores = _numbers("prediction", predictions)
    outcomes = as_labels(labels)
    _same_rows("predictions", scores, outcomes)
    shares = None if weights is None else _numbers("weight", weights)
    if shares is not None:
        _same_rows("weights", shares, outcomes)
        _refuse(shares < 0.0, shares, "weight", "a number from 0")
    if resampling is None or resampling.replicates == 0 or keys is not None:
        order = np.argsort(-scores, kind="stable")
    else:
        order = rank_order(outcomes, (scores,), shares)
        keys = np.empty(len(order), dtype=np.uint64)
        keys[order] = np.arange(len(order), dtype=np.uint64)
    if keys is not None:
        _same_rows("keys", keys, outcomes)
    return Ranked(order, outcomes[order], scores[order], shares, keys, resampling)


def rank_order(
    labels: NDArray[np.bool_], scores: tuple[Floats, ...], weights: Floats | None
) -> NDArray[np.intp]:
    """Return the rows from the highest score to the lowest, ties by the next score, the label, the weight.

    Rows that tie in everything are alike, so it does not matter which comes first.
    """
    least = [labels] if weights is None else [weights, labels]
    return np.lexsort((*least, *(-score for score in reversed(scores))))


def as_labels(labels: ArrayLike) -> NDArray[np.bool_]:
    """Return labels as True and False.

    Raises
    ------
    DataError
        If a label is neither 0 nor 1.
    """
    values = np.asarray(labels)
    if values.dtype == np.bool_ and values.ndim == 1:
        return values
    numbers = np.atleast_1d(np.asarray(values, dtype=np.float64))
    _refuse((numbers != 0.0) & (numbers != 1.0), numbers, "label", "0 or 1")
    return np.asarray(numbers == 1.0)


def as_probabilities(predictions: ArrayLike) -> Floats:
    """Return predictions as numbers, refusing those outside of 0 to 1.

    Raises
    ------
    DataError
        If a prediction is no probability.
    """
    values = _numbers("prediction", predictions)
    _refuse((values < 0.0) | (values > 1.0), values, "prediction", "a probability, from 0 to 1")
    return values


def _numbers(name: str, values: ArrayLike) -> Floats:
    numbers = np.asarray(values, dtype=np.float64)
    _refuse(~np.isfinite(numbers), numbers, name, "a finite number")
    return numbers


def _refuse(bad: NDArray[np.bool_], values: Floats, name: str, wanted: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))[0])
        count = int(bad.sum())
        more = f" ({count} such values)" if count > 1 else ""
        message = f"Each {name} must be {wanted}. Row {row}: {values[row]!s}{more}."
        raise DataError(message, hint="Rows are counted from 0.")


def _same_rows(name: str, values: NDArray[np.generic], labels: NDArray[np.bool_]) -> None:
    if len(values) != len(labels):
        message = f"{name!r} must have one value per label. Got {len(values)} for {len(labels)} labels."
        raise ParameterError(message, hint="Give arrays over the same rows.")
