"""Which journeys are learned from, which watched, and what each counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.events.codes import mixed
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.reader import Reader
    from wanamaker.models.journeys.reading import Reading

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Part:
    """Examples of one part of the journeys.

    A row that stands for many journeys gives two examples: the journeys that converted and those that did
    not. Journeys without a touch give none: they are in a log only if they converted.

    Parameters
    ----------
    reading
        What the network reads.
    labels, weights
        0 or 1, and how many journeys each example stands for.
    users
        A key of each example's user.
    """

    reading: Reading
    labels: Floats
    weights: Floats
    users: NDArray[np.uint64]

    @classmethod
    def of(cls, journeys: Journeys, reader: Reader, name: str) -> Part:
        """Return the examples of a part.

        Raises
        ------
        DataError
            If no journey has a touch, or all have the same outcome.
        """
        held = journeys.lengths > 0
        won = np.flatnonzero(held & (journeys.conversions > 0))
        lost = np.flatnonzero(held & (journeys.nulls > 0))
        _refuse_one_sided(name, held, won, lost)
        rows = np.concatenate([won, lost])
        labels = np.repeat([1.0, 0.0], [len(won), len(lost)])
        weights = np.concatenate([journeys.conversions[won], journeys.nulls[lost]])
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        return cls(reader.read(journeys).take(rows), labels[order], weights[order], journeys.users[rows])

    @property
    def positives(self) -> float:
        """Converting journeys."""
        return float(self.weights @ self.labels)

    @property
    def total(self) -> float:
        """Journeys."""
        return float(self.weights.sum())

    def take(self, rows: NDArray[np.int64]) -> Part:
        """Return some of the examples."""
        return Part(self.reading.take(rows), self.labels[rows], self.weights[rows], self.users[rows])


def cut_off(journeys: Journeys, share: float = 0.1, seed: int = 0) -> tuple[Journeys, Journeys, str]:
    """Return the journeys to learn from, those to stop and calibrate by, and how they were chosen.

    A user's journeys stay together, and belong where the last of them ends. The users whose last journey
    ended latest are put aside, about as many as have that share of the journeys; where no times are
    known, users drawn at random. When a journey ended serves to sort it, and is nothing that a network
    reads.

    Parameters
    ----------
    journeys
        With their outcomes.
    share
        Of the journeys, above 0 and below 1.
    seed
        Of the draw.

    Raises
    ------
    DataError
        If there are not two users to part.
    """
    keys, users = np.unique(journeys.users, return_inverse=True)
    if len(keys) < 2:  # noqa: PLR2004
        message = f"Journeys of two users or more are needed to put some aside. Got {len(keys)}."
        raise DataError(message, hint="Give more journeys, or a validation part: fit(train, valid).")
    ended = journeys.ended
    if ended is not None and bool((ended != NO_TIME).all()):
        latest = np.full(len(keys), np.iinfo(np.int64).min)
        np.maximum.at(latest, users, ended)
        ranks = np.argsort(latest, kind="stable")
        note = "The validation part is the users whose last journey ended among the latest."
    else:
        ranks = np.argsort(mixed(keys ^ np.uint64(seed)), kind="stable")
        note = "No times are known: the validation part is users drawn at random, not the latest."
    counts = np.bincount(users, minlength=len(keys))[ranks]
    held = np.cumsum(counts[::-1])
    aside = int(np.clip(np.argmin(np.abs(held - share * counts.sum())) + 1, 1, len(keys) - 1))
    later = np.zeros(len(keys), dtype=np.bool_)
    later[ranks[len(keys) - aside :]] = True
    return journeys.take(~later[users]), journeys.take(later[users]), note


def _refuse_one_sided(
    name: str, held: NDArray[np.bool_], won: NDArray[np.int64], lost: NDArray[np.int64]
) -> None:
    if not held.any():
        message = f"The {name} part must have journeys with touches. Got {len(held):,} journeys, none with."
        raise DataError(message, hint="Check the touch column, the lookback and the period.")
    if len(won) and len(lost):
        return
    found = "converted" if len(won) else "did not convert"
    message = (
        f"The {name} part must have journeys of both outcomes. All {int(held.sum()):,} with a touch {found}."
    )
    hint = (
        "Give journeys that did not convert too (nulls= of journeys_from_paths)."
        if len(won)
        else "Give a longer part, or check the conversion column."
    )
    raise DataError(message, hint=hint)
