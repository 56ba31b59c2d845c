"""The states that journeys pass through, and the transitions between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

_PLAIN = 131_072
_TOUCHES_PER_CODE = 16
_CODES_PER_TOUCH = 2
_LARGEST_INT32 = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Runs:
    """The different runs of at most so many touches that stand behind some touch of a journey.

    Every run is that of one touch fewer before its last touch, and that last touch. A run near a
    journey's start is shorter than the others.

    Parameters
    ----------
    prefixes
        The run before the last touch, among the runs that are one shorter; -1 for none.
    lasts
        Code of the last touch.
    suffixes
        The run without its first touch, if it is of full length, among the runs that are one
        shorter; of runs of one touch -1.
    codes
        ``(prefix + 1) * touch names + last``, ascending; None where they are 0, 1, 2, …
    """

    prefixes: NDArray[np.int64]
    lasts: NDArray[np.int64]
    suffixes: NDArray[np.int64]
    codes: NDArray[np.int64] | None

    def __len__(self) -> int:
        return len(self.lasts)

    @staticmethod
    def of_one(names: int) -> Runs:
        """Return the runs of one touch: one per name."""
        none = np.full(names, -1, dtype=np.int64)
        return Runs(none, np.arange(names, dtype=np.int64), none, None)

    def longer(self, codes: NDArray[np.int64] | None, space: int, names: int) -> Runs:
        """Return the runs of one touch more that have these codes; None for all 0 … space - 1."""
        every = np.arange(space, dtype=np.int64) if codes is None else codes
        prefixes, lasts = every // names - 1, every % names
        shorter = np.where(prefixes < 0, -1, self.suffixes[prefixes])
        wanted = (shorter + 1) * names + lasts
        found = wanted if self.codes is None else np.searchsorted(self.codes, wanted)
        return Runs(prefixes, lasts, found, codes)


@dataclass(frozen=True, eq=False)
class Links:
    """Transitions from state to other states, ordered by one end; those from a state to itself left out.

    Parameters
    ----------
    offsets
        Where each state's transitions begin, of shape (states + 1,).
    neighbours
        The state at the other end, of shape (links,).
    places
        The number of each transition, of shape (links,).
    """

    offsets: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    places: NDArray[np.int64]

    @staticmethod
    def of(ends: NDArray[np.int64], others: NDArray[np.int64], count: int) -> Links:
        """Return the links by the state at ``ends``; -1 at an end is no state."""
        places = np.flatnonzero((ends >= 0) & (others >= 0) & (ends != others))
        places = places[np.argsort(ends[places], kind="stable")]
        offsets = np.searchsorted(ends[places], np.arange(count + 1))
        return Links(offsets, others[places].astype(np.int32), places)


@dataclass(frozen=True, eq=False)
class States:
    """The states of a chain, and where each journey passes and ends.

    Parameters
    ----------
    names
        Touch names.
    levels
        Runs of at most 1, 2, … touches. The last but one are the states; the last are the
        transitions, each from its prefix (-1: the start) to its suffix.
    offsets
        Where each journey's touches begin, of shape (journeys + 1,).
    steps
        The transition that arrives at each touch, of shape (touches,).
    ends
        The state of each journey's last touch, of shape (journeys,); how many states there are for
        a journey without a touch.
    """

    names: tuple[str, ...]
    levels: tuple[Runs, ...]
    offsets: NDArray[np.int64]
    steps: NDArray[np.integer]
    ends: NDArray[np.int64]

    @staticmethod
    def of(journeys: Journeys, order: int) -> States:
        """Return the states of the chain of an order: the last ``order`` touches, or as many as there are."""
        names = len(journeys.names)
        held = journeys.lengths > 0
        starts, lasts = journeys.offsets[:-1][held], journeys.offsets[1:][held] - 1
        levels = [Runs.of_one(names)]
        runs: NDArray[np.integer] = journeys.touches
        for _ in range(order - 1):
            runs, longer = _longer(runs, levels[-1], journeys.touches, starts, names)
            levels.append(longer)
        ends = np.full(len(journeys), len(levels[-1]), dtype=np.int64)
        ends[held] = runs[lasts]
        runs, longer = _longer(runs, levels[-1], journeys.touches, starts, names)
        return States(journeys.names, (*levels, longer), journeys.offsets, runs, ends)

    def __len__(self) -> int:
        return len(self.levels[-2])

    @property
    def order(self) -> int:
        """How many touches a state remembers at most."""
        return len(self.levels) - 1

    @property
    def lasts(self) -> NDArray[np.int64]:
        """Code of the last touch of each state, of shape (states,)."""
        return self.levels[-2].lasts

    @property
    def sources(self) -> NDArray[np.int64]:
        """The state that each transition leaves, -1 for the start, of shape (transitions,)."""
        return self.levels[-1].prefixes

    @property
    def targets(self) -> NDArray[np.int64]:
        """The state that each transition reaches, of shape (transitions,)."""
        return self.levels[-1].suffixes

    @cached_property
    def inward(self) -> Links:
        """Transitions by the state they reach."""
        return Links.of(self.targets, self.sources, len(self))

    @cached_property
    def outward(self) -> Links:
        """Transitions by the state they leave."""
        return Links.of(self.sources, self.targets, len(self))

    def texts(self) -> list[str]:
        """Return each state as text, such as ``"a > b"``."""
        texts = list(self.names)
        for runs in self.levels[1:-1]:
            pairs = zip(runs.prefixes.tolist(), runs.lasts.tolist(), strict=True)
            texts = [
                self.names[last] if prefix < 0 else f"{texts[prefix]} > {self.names[last]}"
                for prefix, last in pairs
            ]
        return texts


def _longer(
    runs: NDArray[np.integer],
    below: Runs,
    touches: NDArray[np.int32],
    starts: NDArray[np.int64],
    names: int,
) -> tuple[NDArray[np.integer], Runs]:
    """Return the run of one touch more that ends at each touch, of shape (touches,), and all such runs.

    Parameters
    ----------
    runs
        The run among ``below`` that ends at each touch, of shape (touches,).
    starts
        Where each journey that has touches begins.
    """
    space = (len(below) + 1) * names
    codes: NDArray[Any] = np.zeros(len(touches), dtype=np.int32 if space <= _LARGEST_INT32 else np.int64)
    codes[1:] = runs[:-1]
    codes[1:] += 1
    codes *= names
    codes[starts] = 0
    codes += touches
    if below.codes is None and space <= min(_PLAIN, len(touches) // _TOUCHES_PER_CODE):
        return codes, below.longer(None, space, names)
    places, distinct = _numbered(codes, space)
    return places, below.longer(distinct, space, names)


def _numbered(codes: NDArray[np.integer], space: int) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """Return the rank of each code among the different ones, and these in ascending order."""
    if space > _CODES_PER_TOUCH * len(codes):
        distinct, places = np.unique(codes, return_inverse=True)
        return places, distinct.astype(np.int64)
    seen = np.zeros(space, dtype=np.bool_)
    seen[codes] = True
    distinct = np.flatnonzero(seen)
    ranks = np.empty(space, dtype=np.int32)
    ranks[distinct] = np.arange(len(distinct), dtype=np.int32)
    return ranks[codes], distinct
