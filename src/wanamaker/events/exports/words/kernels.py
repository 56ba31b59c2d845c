"""Eight bytes of a text at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Place = int | np.integer[Any]

_LOW = 0x7F7F7F7F7F7F7F7F


@intrinsic
def _eight(_: Any, body: Any, place: Any) -> Any:
    """Load a number from where no number need begin."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        whole = context.get_value_type(types.uint64)
        where = builder.bitcast(builder.gep(array.data, [arguments[1]]), whole.as_pointer())
        return builder.load(where, align=1, typ=whole)

    return types.uint64(body, place), code


@njit(inline="always")
def eight(body: Bytes, place: Place) -> np.uint64:
    """Return eight bytes of a text as a number, the first byte lowest, wherever they begin."""
    return _eight(body, place)  # type: ignore[call-arg]


@njit(inline="always")
def upto_eight(body: Bytes, place: Place, end: Place) -> np.uint64:
    """Return the bytes from a place to an end, or the first eight of them, filled up with zeros."""
    size = min(end - place, 8)
    if place + 8 <= len(body):
        mask = (np.uint64(1) << np.uint64(8 * size)) - np.uint64(1)
        return eight(body, place) & (mask if size < 8 else ~np.uint64(0))
    word = np.uint64(0)
    for step in range(size):
        word |= np.uint64(body[place + step]) << np.uint64(8 * step)
    return word


@njit(inline="always")
def zeros(word: np.uint64) -> np.uint64:
    """Set the highest bit of each byte that is zero, and no other bit."""
    low = np.uint64(_LOW)
    return ~(((word & low) + low) | word | low)
