"""The interface of stores: all that live windows ask of the place where their state is kept.

A store holds the state of one set of windows, for one worker or several. Every method is atomic: what
another worker does comes before it or after it, never between. That is why it is the store that judges
whether an event is late: it alone knows the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Coded, Values

UNHELD, COUNTED, REPEATED = 0, 1, 2
"""What becomes of a label: its event is not held (any more), it counts, or it was known already."""

COUNTERS: Final = ("keys", "events", "ids", "evicted_keys", "dropped_events", "late_events")
"""What `Store.counters` tells: what is held now, then what was let go or came late since the start."""


class RefusedRowError(Exception):
    """A row that the store does not take. Nothing of the call was counted.

    Parameters
    ----------
    row
        Which row of the call.
    reason
        ``"late"``: the event is older than the lateness allows; ``"held"``: an event with this id is held;
        ``"early"``: the label became known before its event; ``"other"``: another time of the same label is
        known; ``"gone"``: the time asked for lies behind what is held.
    tick
        What the row's own tick is compared with: the newest event's, the event's, the other label's.
    """

    def __init__(self, row: int, reason: str, tick: int = 0) -> None:
        self.row = row
        self.reason = reason
        self.tick = tick
        super().__init__(f"row {row}: {reason} ({tick})")


class Store(Protocol):
    """Where the state of live windows is kept."""

    @property
    def clock(self) -> int | None:
        """The newest tick; None before the first event."""
        ...

    @property
    def nbytes(self) -> int:
        """How much memory the state takes in this process, in bytes; 0 where that is not known."""
        ...

    def agree(self, name: str, value: str | None) -> str | None:
        """Set a value once for all workers: the first to set it decides; None only asks for it.

        Returns what holds, None if nothing does.
        """
        ...

    def observe(self, events: Coded) -> Values:
        """For each event in order: read its features, then count it.

        The arrays that are returned may be written anew by the next call.

        Raises
        ------
        RefusedRowError
            If one is too late or its id is held; nothing is counted then.
        """
        ...

    def lookup(self, asked: Coded, groups: Sequence[int]) -> Values:
        """Return the features of some key groups for keys at their ticks, strictly before them.

        Raises
        ------
        RefusedRowError
            If a tick lies further behind the newest event than the lateness.
        """
        ...

    def label(self, ids: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
        """Make labels known, each at its tick; return for each `UNHELD`, `COUNTED` or `REPEATED`.

        Raises
        ------
        RefusedRowError
            If one cannot be; nothing is labelled then.
        """
        ...

    def evict(self) -> None:
        """Let go of all that no window can reach any more. Events do so by and by themselves."""
        ...

    def counters(self) -> dict[str, int]:
        """Return the `COUNTERS`."""
        ...

    def save(self, folder: Path) -> None:
        """Write the state into an existing folder, as files that hold values only."""
        ...

    def restore(self, folder: Path) -> None:
        """Take the state from what `save` wrote, in place of what is held."""
        ...
