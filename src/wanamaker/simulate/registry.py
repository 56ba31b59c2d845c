"""The kinds of world by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.simulate.clicks.world import clicks
from wanamaker.simulate.clicks.write import write_clicks
from wanamaker.simulate.journeys import journeys
from wanamaker.simulate.search_terms.world import search_terms
from wanamaker.simulate.search_terms.write import write_search_terms
from wanamaker.simulate.sessions.world import sessions
from wanamaker.simulate.sessions.write import write_sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wanamaker.simulate.world import World


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of world.

    Parameters
    ----------
    simulate
        Makes a world in memory, from the number of rows and options.
    write
        Writes one to a folder, from the number of rows, the folder and options.
    options
        Options that are numbers, texts or switches; the command line takes them.
    """

    simulate: Callable[..., World]
    write: Callable[..., Path]
    options: tuple[str, ...]


def _write_journeys(n: int, folder: Path, **options: Any) -> Path:
    return journeys(n, **options).write(folder)


_EVERY_KIND = ("seed", "start", "days", "base_rate")
_OF_JOURNEYS = ("observed", "confounded", "intent_error", "carry_over", "late")
_OF_CLICKS = (
    "bots",
    "bot_rate",
    "injected",
    "drift",
    "label_delay",
    "utc_offset",
    "users",
    "ips",
    "apps",
    "channels",
)
_OF_SESSIONS = (
    "order_effect",
    "time_effect",
    "price_effect",
    "feature_effect",
    "user_effect",
    "habit",
    "mean_length",
    "longest",
    "users",
    "products",
    "purchase_event",
)
_OF_SEARCH_TERMS = (
    "words",
    "terms",
    "word_effect",
    "bigrams",
    "term_effect",
    "season",
    "dispersion",
    "zero_inflation",
    "useless",
    "delay",
    "hidden",
    "fractional",
)

WORLDS: dict[str, Kind] = {
    "journeys": Kind(journeys, _write_journeys, _EVERY_KIND + _OF_JOURNEYS),
    "clicks": Kind(clicks, write_clicks, _EVERY_KIND + _OF_CLICKS),
    "sessions": Kind(sessions, write_sessions, _EVERY_KIND + _OF_SESSIONS),
    "search_terms": Kind(search_terms, write_search_terms, _EVERY_KIND + _OF_SEARCH_TERMS),
}
"""The kinds of world that there are."""


def kind_named(kind: str) -> Kind:
    """Return a kind of world.

    Raises
    ------
    ParameterError
        If there is no such kind.
    """
    if kind not in WORLDS:
        message = f"Unknown kind of world: {kind!r}."
        raise ParameterError(message, hint=nearest(kind, WORLDS))
    return WORLDS[kind]


def simulate_world(kind: str, n: int, **parameters: Any) -> World:
    """Simulate a world of a kind.

    Raises
    ------
    ParameterError
        If there is no such kind, or an option is not right.
    """
    return kind_named(kind).simulate(n, **parameters)


def write_world(kind: str, n: int, folder: Path, options: Mapping[str, Any]) -> Path:
    """Simulate a world of a kind and write it, without holding it in memory where that is possible.

    Parameters
    ----------
    kind
        Name of the kind.
    n
        Number of journeys, clicks, sessions or rows of search terms.
    folder
        Where ``log.parquet``, ``truth.parquet`` and ``world.json`` are written.
    options
        Options of the kind; None stands for an option that was not given.

    Raises
    ------
    ParameterError
        If there is no such kind, or an option does not apply to it or is not right.
    OutputError
        If the folder cannot be written.
    """
    chosen = kind_named(kind)
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in chosen.options:
            message = f"The option '--{name.replace('_', '-')}' does not apply to a world of {kind}."
            raise ParameterError(message, hint=f"Options of {kind}: {', '.join(_flags(chosen.options))}.")
    return chosen.write(n, folder, **given)


def _flags(options: tuple[str, ...]) -> list[str]:
    return [f"--{name.replace('_', '-')}" for name in options]
