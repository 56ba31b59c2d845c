"""Stores by their address, such as ``memory://``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wanamaker.features.stores.layout import Layout
    from wanamaker.features.stores.store import Store

_TO_COME: Final = ("sqlite", "redis")


def store_of(address: str, layout: Layout) -> Store:
    """Return the store at an address, with nothing in it if it is new.

    Parameters
    ----------
    address
        ``"memory://"``: the memory of this process. ``"reference://"``: the slow and obvious one.
    layout
        What the events are.

    Raises
    ------
    ParameterError
        If there is no such kind of store, or the address says more than the kind understands.
    """
    if not isinstance(address, str):
        message = f"'store' must be an address such as 'memory://'. Got {address!r}."
        raise ParameterTypeError(message)
    scheme, found, rest = address.partition("://")
    if scheme in _TO_COME and found:
        message = f"The store {address!r} comes with the live service, and is not there yet."
        raise ParameterError(message, hint="Use 'memory://', with live.save(folder) to keep the state.")
    if not found or scheme not in STORES:
        message = f"'store' must be an address of a known kind. Got {address!r}."
        raise ParameterError(message, hint=nearest(scheme, [f"{name}://" for name in STORES]))
    if rest:
        message = f"A store of kind '{scheme}://' has nothing behind it. Got {address!r}."
        raise ParameterError(message, hint=f"Write '{scheme}://'.")
    return STORES[scheme](layout)


def _memory(layout: Layout) -> Any:
    from wanamaker.features.stores.memory import MemoryStore  # compiles on first use

    return MemoryStore(layout)


def _reference(layout: Layout) -> Any:
    from wanamaker.features.stores.reference import ReferenceStore

    return ReferenceStore(layout)


STORES: Mapping[str, Callable[[Layout], Store]] = {"memory": _memory, "reference": _reference}
"""Stores by scheme."""
