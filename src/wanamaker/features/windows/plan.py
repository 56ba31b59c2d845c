"""Windows in ticks, gathered by their key: what both paths, batch and live, work from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.features.windows.window import Window


@dataclass(frozen=True, slots=True)
class Ask:
    """One window of a key group, in ticks.

    At tick t it aggregates the events with ``t - start <= tick < t - end``; with ``arrived`` also those
    of tick t that came earlier (``end`` is 0 then).

    Parameters
    ----------
    place
        Its place among all features of the plan.
    name, kind, column
        As defined.
    start, end
        In ticks; ``end`` has what must be matured in it.
    arrived
        Whether peers of the same tick count that came earlier.
    prior, mean
        Of a rate. ``mean`` is None until it is fitted.
    """

    place: int
    name: str
    kind: str
    column: str | None
    start: int
    end: int
    arrived: bool
    prior: float
    mean: float | None


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """All windows of one key: the key's columns, sorted, and what is asked of it."""

    by: tuple[str, ...]
    asks: tuple[Ask, ...]

    @property
    def longest(self) -> int:
        """How many ticks back its windows reach."""
        return max(ask.start for ask in self.asks)

    def columns(self, *kinds: str) -> tuple[str, ...]:
        """Return the columns that its windows of these kinds aggregate, each once, in order."""
        found = (ask.column for ask in self.asks if ask.kind in kinds and ask.column is not None)
        return tuple(dict.fromkeys(found))

    @property
    def has_rates(self) -> bool:
        """Whether labels are read."""
        return any(ask.kind == "rate" for ask in self.asks)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is computed: key groups in order of first appearance, and the names of all features in order."""

    groups: tuple[KeyGroup, ...]
    names: tuple[str, ...]
    resolution: int

    @property
    def longest(self) -> int:
        """How many ticks back the longest window reaches."""
        return max(group.longest for group in self.groups)

    @property
    def keys(self) -> tuple[str, ...]:
        """All columns of keys, each once."""
        return tuple(dict.fromkeys(column for group in self.groups for column in group.by))

    def columns(self, *kinds: str) -> tuple[str, ...]:
        """Return the columns that windows of these kinds aggregate, each once, in order."""
        return tuple(dict.fromkeys(column for group in self.groups for column in group.columns(*kinds)))

    @property
    def has_rates(self) -> bool:
        """Whether labels are read."""
        return any(group.has_rates for group in self.groups)


def plan_of(windows: Sequence[Window], resolution: int) -> Plan:
    """Return windows in ticks of a resolution, gathered by key.

    Parameters
    ----------
    windows
        The definitions.
    resolution
        Microseconds per tick.

    Raises
    ------
    ParameterError
        If a window is no whole number of ticks.
    """
    gathered: dict[tuple[str, ...], list[Ask]] = {}
    for place, window in enumerate(windows):
        gathered.setdefault(tuple(sorted(window.by)), []).append(_ask(place, window, resolution))
    groups = tuple(KeyGroup(by, tuple(asks)) for by, asks in gathered.items())
    return Plan(groups, tuple(window.name for window in windows), resolution)


def _ask(place: int, window: Window, resolution: int) -> Ask:
    start = _ticks(window, "within", window.within_micros, resolution)
    end = _ticks(window, "after", window.after_micros, resolution)
    matured = _ticks(window, "matured", window.matured_micros, resolution)
    return Ask(
        place=place,
        name=window.name,
        kind=window.kind,
        column=window.column,
        start=start,
        # An event as old as 'matured' counts: tick <= t - matured is tick < t - (matured - 1).
        end=max(end, matured - 1),
        arrived=window.peers == "arrived",
        prior=window.prior,
        mean=window.mean,
    )


def _ticks(window: Window, name: str, micros: int, resolution: int) -> int:
    ticks, rest = divmod(micros, resolution)
    if rest:
        told = getattr(window, name)
        message = f"{window.name}: {name!r} must be a multiple of the resolution, "
        message += f"{resolution / 1e6:g} s. Got {told!r}."
        raise ParameterError(message, hint="Give a finer resolution, such as resolution='1ms'.")
    return ticks
