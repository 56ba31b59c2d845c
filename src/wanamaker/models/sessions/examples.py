"""What a session model learns from: rows of steps with a label at each prefix that is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.base.ragged import row_numbers
from wanamaker.events.codes import mixed
from wanamaker.models.sessions.steps import Cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.steps import Steps
    from wanamaker.nn.sequences import Sequences

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

_WINDOWS_PER_LENGTH = 2
"""A session longer than is read has, per such length, so many more rows."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of steps, and at each step the answer and what it counts for.

    Parameters
    ----------
    cut
        The rows.
    labels, weights
        Of shape (steps,); a weight of 0 where nothing is asked. The weights of one session sum to 1.
    """

    cut: Cut
    labels: Flags
    weights: Floats

    @property
    def counted(self) -> Flags:
        """Whether a step counts, of shape (steps,)."""
        return self.weights > 0.0

    @property
    def positives(self) -> int:
        """Sessions that have a positive step that counts."""
        return self._sessions(self.labels)

    @property
    def negatives(self) -> int:
        """Sessions that have a negative step that counts."""
        return self._sessions(~self.labels)

    def _sessions(self, which: Flags) -> int:
        rows = row_numbers(self.cut.offsets)[which & self.counted]
        return len(np.unique(self.cut.owners[rows]))

    def sequences(self, steps: Steps, *, whole: bool = False) -> Sequences:
        """Return the rows as a network reads them, with labels.

        Parameters
        ----------
        steps
            What they were cut from.
        whole
            Whether there is one label per row, that of its last step, instead of one per step.
        """
        labels, weights = self.labels, self.weights
        if whole:
            labels, weights = labels[self.cut.lasts], weights[self.cut.lasts]
        return replace(
            steps.sequences(self.cut),
            labels=labels.astype(np.float32),
            weights=weights.astype(np.float32),
            per_step=not whole,
        )


def asked(sessions: Sessions, part: str) -> tuple[Flags, Flags]:
    """Return the answer after each event, and whether it may be asked for, of shape (events,) each.

    Raises
    ------
    DataError
        If the sessions have no labels.
    """
    if sessions.step_labels is not None:
        labels = sessions.step_labels
    elif sessions.labels is not None:
        labels = np.repeat(sessions.labels, sessions.lengths)
    else:
        message = f"The sessions of the {part} part have no labels."
        raise DataError(message, hint="Give label= or outcome= to sessions_from_events.")
    risk = np.ones(len(labels), dtype=np.bool_) if sessions.at_risk is None else sessions.at_risk
    return labels, risk


def prefix_examples(steps: Steps, sessions: Sessions, max_length: int, part: str) -> Examples:
    """Return every prefix as an example, those of one session weighing 1 together.

    The first events of a session make one row, with an answer at each step. Where a session is longer than
    is read, further rows end at later events and stand for the prefixes since the one before: each is read
    as it will be when scored, from its last events alone.

    Parameters
    ----------
    steps
        The sessions as they are read.
    sessions
        Whose labels are taken.
    max_length
        How many events are read.
    part
        The part's name, for messages.
    """
    labels, risk = asked(sessions, part)
    counts = np.add.reduceat(np.append(risk, False), steps.offsets[:-1]) * (steps.lengths > 0)
    everyone = np.arange(len(steps), dtype=np.int64)
    heads = steps.windows(everyone, np.minimum(steps.lengths, max_length), max_length)
    at = _answers(steps, sessions, heads, labels, risk)
    owners = heads.owners[row_numbers(heads.offsets)]
    first = Examples(heads, at[0], at[1] / np.maximum(counts[owners], 1))
    return _kept(_joined(first, _later(steps, labels, risk, counts, max_length)))


def whole_examples(steps: Steps, sessions: Sessions, max_length: int, part: str) -> Examples:
    """Return every whole session as one example: the answer after its last event."""
    labels, risk = asked(sessions, part)
    cut = steps.wholes(max_length)
    told, weights = _answers(steps, sessions, cut, labels, risk)
    last = np.zeros(len(weights), dtype=np.bool_)
    last[cut.lasts] = True
    return _kept(Examples(cut, told, weights * last))


def sampled(
    examples: Examples, keep_negatives: float, weight: float | None, seed: int
) -> tuple[Examples, float]:
    """Return examples with fewer negatives and heavier positives, and what that does to log-odds, undone.

    Parameters
    ----------
    examples
        As they are.
    keep_negatives
        The share of negatives that is kept. Where every prefix of a session has the session's label,
        whole sessions are drawn.
    weight
        Of a positive; None gives both classes the same weight in all.
    seed
        Of the draw.

    Returns
    -------
    tuple
        The examples, and the number to add to the log-odds of a model of them.
    """
    shift = 0.0
    negatives = float(examples.weights[~examples.labels].sum())
    if keep_negatives < 1.0:
        examples = _kept(_thinned(examples, keep_negatives, seed))
        left = float(examples.weights[~examples.labels].sum())
        shift += float(np.log(left / negatives)) if left else 0.0
        negatives = left
    if weight is None:
        weight = negatives / float(examples.weights[examples.labels].sum())
    heavier = np.where(examples.labels, weight, 1.0) * examples.weights
    return Examples(examples.cut, examples.labels, heavier), shift - float(np.log(weight))


def _thinned(examples: Examples, share: float, seed: int) -> Examples:
    rows = examples.cut.owners[row_numbers(examples.cut.offsets)]
    places = np.where(_one_label(examples, rows)[rows], rows, examples.cut.places)
    drawn = mixed(places.astype(np.uint64) ^ mixed(np.array([seed], dtype=np.uint64))) / np.float64(2.0**64)
    return Examples(
        examples.cut, examples.labels, np.where(examples.labels | (drawn < share), examples.weights, 0.0)
    )


def _one_label(examples: Examples, rows: NDArray[np.int64]) -> Flags:
    """Return whether a session has no positive step, of shape (sessions,)."""
    counts = np.bincount(rows, weights=examples.labels & examples.counted)
    return np.asarray(counts == 0)


def _answers(steps: Steps, sessions: Sessions, cut: Cut, labels: Flags, risk: Flags) -> tuple[Flags, Floats]:
    """Return the answer at each step of a cut and whether it is asked for; without events, the session's."""
    empty = cut.places == len(labels)
    of_session = sessions.labels if sessions.labels is not None else np.zeros(len(steps), dtype=np.bool_)
    owners = cut.owners[row_numbers(cut.offsets)]
    told = np.where(empty, of_session[owners], np.append(labels, False)[cut.places])
    open_ = np.where(empty, sessions.outcome is None, np.append(risk, False)[cut.places])
    return told, open_.astype(np.float64)


def _later(steps: Steps, labels: Flags, risk: Flags, counts: NDArray[np.int64], max_length: int) -> Examples:
    """Return rows that end at later events of long sessions; their last step alone counts."""
    stride = max(1, max_length // _WINDOWS_PER_LENGTH)
    beyond = np.maximum(steps.lengths - max_length, 0)
    places = np.flatnonzero(
        risk & (np.arange(len(risk)) >= np.repeat(steps.offsets[:-1] + max_length, steps.lengths))
    )
    owners = np.repeat(np.arange(len(steps)), steps.lengths)[places]
    stretch = (places - steps.offsets[:-1][owners] - max_length) // stride
    key = owners * (int(beyond.max(initial=0)) // stride + 1) + stretch
    ends = np.flatnonzero(np.append(np.diff(key) != 0, True)[: len(key)])
    sizes = np.diff(np.append(-1, ends))
    owners, places = owners[ends], places[ends]
    cut = steps.windows(owners, places - steps.offsets[:-1][owners] + 1, max_length)
    weights = np.zeros(len(cut.places))
    weights[cut.lasts] = sizes / np.maximum(counts[owners], 1)
    told = labels[cut.places] if len(cut.places) else np.zeros(0, dtype=np.bool_)
    return Examples(cut, told, weights)


def _joined(first: Examples, second: Examples) -> Examples:
    shifted = second.cut.offsets[1:] + first.cut.offsets[-1]
    cut = Cut(
        np.concatenate([first.cut.owners, second.cut.owners]),
        np.concatenate([first.cut.offsets, shifted]),
        np.concatenate([first.cut.places, second.cut.places]),
    )
    labels = np.concatenate([first.labels, second.labels])
    return Examples(cut, labels, np.concatenate([first.weights, second.weights]))


def _kept(examples: Examples) -> Examples:
    """Return the rows that have a step that counts, without the steps behind the last one of them."""
    cut = examples.cut
    rows = row_numbers(cut.offsets)
    last = np.full(len(cut.owners), -1, dtype=np.int64)
    counted = np.flatnonzero(examples.counted)
    last[rows[counted]] = counted
    steps = np.arange(len(rows)) <= last[rows]
    kept = last >= 0
    lengths = np.bincount(rows[steps], minlength=len(kept))[kept]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Examples(
        Cut(cut.owners[kept], offsets, cut.places[steps]), examples.labels[steps], examples.weights[steps]
    )
