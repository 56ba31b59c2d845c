"""What is asked of a session at each step: whether the outcome follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wanamaker.base.ragged import lengths_to_offsets, row_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ever(NamedTuple):
    """What is left of the sequences, as places and offsets, and the answer for each step and session."""

    places: NDArray[np.int64]
    offsets: NDArray[np.int64]
    step_labels: NDArray[np.bool_]
    labels: NDArray[np.bool_]


def ever(offsets: NDArray[np.int64], happened: NDArray[np.bool_]) -> Ever:
    """Ask whether the outcome follows at all.

    The first outcome of a session and all that comes after it leave: whoever is asked after the
    outcome has been told. Every event that stays stands before the outcome, so that the answer is
    the same at each.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    happened
        Whether an event is the outcome, of shape (events,).
    """
    rows = row_numbers(offsets)
    places = np.flatnonzero(happened)[::-1]
    ends = offsets[1:].copy()
    ends[rows[places]] = places  # backwards, so that the first of a session is written last
    labels = np.zeros(len(ends), dtype=np.bool_)
    labels[rows[places]] = True
    kept = np.flatnonzero(np.arange(len(happened)) < ends[rows])
    return Ever(kept, lengths_to_offsets(ends - offsets[:-1]), labels[rows[kept]], labels)


def within(offsets: NDArray[np.int64], happened: NDArray[np.bool_], horizon: int) -> NDArray[np.bool_]:
    """Ask whether the outcome is among the next ``horizon`` events of the session.

    Every event stays, also the outcome. A session that ends before the horizon does has no further
    events, so the answer is no.
    """
    places = np.flatnonzero(happened)
    after = np.searchsorted(places, np.arange(len(happened)), side="right")
    upcoming = np.append(places, np.iinfo(np.int64).max)[after]
    reach = np.minimum(np.arange(len(happened)) + horizon, offsets[1:][row_numbers(offsets)] - 1)
    return upcoming <= reach
