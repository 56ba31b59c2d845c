"""The arrays of all key groups, from one array of their addresses.

A call that passes this directory in place of seven arrays for each key group takes a tenth of the time:
handing an array over costs more than counting an event. Inside, arrays are bare pointers: numba counts no
references to them and does not look whether an index is negative. Who calls keeps the arrays alive, and
writes the directory and the rooms in the state anew when one has moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import njit, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.features.stores.state.types import Floats, Group, Ints


def _pointer_to(kind: Any) -> Any:
    """Return the function of kernels that takes an address for a pointer."""

    @intrinsic
    def at(context: Any, address: Any) -> Any:  # noqa: ARG001
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(kind)(types.int64), code  # type: ignore[no-untyped-call]

    return at


words_at: Callable[[int], Ints] = _pointer_to(types.int64)
"""Return the 64-bit integers at an address."""

reals_at: Callable[[int], Floats] = _pointer_to(types.float64)
"""Return the 64-bit floats at an address."""


@njit(cache=True, nogil=True)
def opened(directory: NDArray[np.int64], group: int) -> Group:
    """Return the arrays of a key group, in the order of `places`."""
    return (
        words_at(directory[group, 0]),
        words_at(directory[group, 1]),
        words_at(directory[group, 2]),
        words_at(directory[group, 3]),
        words_at(directory[group, 4]),
        words_at(directory[group, 5]),
        words_at(directory[group, 6]),
    )


@njit(cache=True, nogil=True)
def row_of(array: NDArray[np.int64], row: int) -> Ints:
    """Return the words of a row from its first column on; array of shape (columns, rows, …), without gaps."""
    return words_at(array.ctypes.data + array.strides[1] * row)


@njit(cache=True, nogil=True)
def reals_of(array: NDArray[np.float64], row: int) -> Floats:
    """Return the floats of a row from its first column on; array of shape (columns, rows)."""
    return reals_at(array.ctypes.data + array.strides[1] * row)


@njit(cache=True, nogil=True)
def apart(array: NDArray[Any]) -> int:
    """Return how many words there are from one column to the next."""
    return array.strides[0] >> 3
