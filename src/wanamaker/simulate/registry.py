"""The kinds of world by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.simulate.journeys import journeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanamaker.simulate.world import World

WORLDS: dict[str, Callable[..., World]] = {"journeys": journeys}
"""Kind to the function that simulates it."""


def simulate_world(kind: str, n: int, **parameters: Any) -> World:
    """Simulate a world of a kind.

    Raises
    ------
    ParameterError
        If there is no such kind.
    """
    if kind not in WORLDS:
        message = f"Unknown kind of world: {kind!r}."
        raise ParameterError(message, hint=nearest(kind, WORLDS))
    return WORLDS[kind](n, **parameters)
