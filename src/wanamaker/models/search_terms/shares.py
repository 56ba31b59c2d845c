"""What the text of a row does to its expectation, and what the numbers do: shares that add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples, Texts
    from wanamaker.models.search_terms.predictors.predictor import Predictor

    Floats = NDArray[np.float64]

_LEAST = 1e-9


class Effects(NamedTuple):
    """Log rates of rows, and how far text and numbers take them from the typical one, each of shape (rows,).

    ``logs = base + text + numbers``.
    """

    logs: Floats
    base: float
    text: Floats
    numbers: Floats


def effects_of(predictor: Predictor, rows: Examples, typical: Examples) -> Effects:
    """Return Shapley values of a game of two players: the text of a row, and all of its numbers.

    v(S) is the mean log rate if the players in S are the row's own, and the others those of a typical
    row, the same for both (interventional; Janzing et al. 2020). Each player's value is the mean of what it
    adds when it comes first and when it comes last.

    Parameters
    ----------
    predictor
        That is asked.
    rows
        That are explained.
    typical
        Rows of training.
    """
    logs = log_rates(predictor, rows)
    base = log_rates(predictor, typical)
    asked, places = np.unique(rows.terms, return_inverse=True)
    texts = rows.texts.take(asked)
    own_text, own_numbers = np.zeros(len(rows)), np.zeros(len(rows))
    for place in range(len(typical)):
        own_text += log_rates(predictor, with_texts(typical, texts, place))[places]
        own_numbers += log_rates(predictor, _with_text(rows, typical.texts, place))
    own_text, own_numbers = own_text / len(typical), own_numbers / len(typical)
    middle = float(base.mean())
    text = 0.5 * ((own_text - middle) + (logs - own_numbers))
    return Effects(logs, middle, text, logs - middle - text)


def log_rates(predictor: Predictor, rows: Examples) -> Floats:
    """Return the log of what is expected of each row if its exposure were 1, of shape (rows,)."""
    alone = replace(rows, exposure=np.ones(len(rows)))
    return np.asarray(np.log(np.maximum(predictor.predict(alone), _LEAST)))


def with_texts(rows: Examples, texts: Texts, place: int) -> Examples:
    """Return one row per text, each with everything else of the row at a place."""
    count = len(texts)
    many = rows.take(np.full(count, place, dtype=np.int64))
    return replace(many, texts=texts, terms=np.arange(count, dtype=np.int32))


def _with_text(rows: Examples, texts: Texts, place: int) -> Examples:
    """Return rows with the text at a place in the stead of theirs."""
    return replace(rows, texts=texts, terms=np.full(len(rows), place, dtype=np.int32))


def share_of_text(text: Floats, numbers: Floats) -> Floats:
    """Return the share of the text in what both move, whichever way; half where nothing moves.

    Examples
    --------
    >>> share_of_text(np.array([1.0, -3.0, 0.0]), np.array([1.0, 1.0, 0.0])).tolist()
    [0.5, 0.75, 0.5]
    """
    whole = np.abs(text) + np.abs(numbers)
    half = np.full(len(text), 0.5)
    return np.asarray(np.divide(np.abs(text), whole, out=half, where=whole > 0))
