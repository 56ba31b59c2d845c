"""Features as a store gives them, in the form that the caller gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.features.stores.layout import INTEGER_KINDS, NULL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Layout, Values
    from wanamaker.features.windows.plan import Ask


class Answers:
    """Turns values into dicts and columns.

    Parameters
    ----------
    layout
        The windows.
    real
        For each summed column whether it held a number that is no integer.
    """

    def __init__(self, layout: Layout, real: Mapping[str, bool]) -> None:
        plan = layout.plan
        self._names = plan.names
        self._real = real
        asks = sorted((ask for group in plan.groups for ask in group.asks), key=lambda ask: ask.place)
        self._asks: tuple[Ask, ...] = tuple(asks)
        self._ints, self._floats = layout.int_places, layout.float_places

    def one(self, values: Values) -> dict[str, int | float | None]:
        """Return the features of the only row, by name."""
        whole: list[int] = values.ints.ravel().tolist()
        ints: Sequence[int | None] = whole
        if NULL in whole:
            ints = [None if value == NULL else value for value in whole]
        if not self._floats:
            return dict(zip(self._names, ints, strict=False))
        floats: list[float] = values.floats.ravel().tolist()
        return {ask.name: self._value(ask, ints, floats) for ask in self._asks}

    def many(self, values: Values, schema: Mapping[str, pl.DataType]) -> list[pl.Series]:
        """Return the features as columns."""
        return [self.column(ask, values, schema) for ask in self._asks]

    def column(self, ask: Ask, values: Values, schema: Mapping[str, pl.DataType]) -> pl.Series:
        """Return one feature as a column: Int32 for counts, Int64 for totals of integers, else Float64."""
        if ask.kind in INTEGER_KINDS:
            return _nulled(ask.name, values.ints[self._ints[ask.place]]).cast(pl.Int32)
        floats = values.floats[self._floats[ask.place]]
        if ask.kind == "total" and not self._real[ask.column or ""]:
            ints = values.ints[self._ints[ask.place]]
            beyond = (ints == NULL) & ~np.isnan(floats)
            if not schema.get(ask.column or "", pl.Int64()).is_float() and not beyond.any():
                return _nulled(ask.name, ints)
        return pl.Series(ask.name, floats, nan_to_null=True)

    def _value(self, ask: Ask, ints: Sequence[int | None], floats: Sequence[float]) -> int | float | None:
        whole = ints[self._ints[ask.place]] if ask.place in self._ints else None
        if ask.kind in INTEGER_KINDS:
            return whole
        real = floats[self._floats[ask.place]]
        if whole is not None and not self._real[ask.column or ""] and float(whole) == real:
            return whole
        return real if real == real else None  # noqa: PLR0124 (NaN)


def _nulled(name: str, ints: NDArray[np.int64]) -> pl.Series:
    found = pl.Series(name, ints)
    null = ints == NULL
    return found.set(pl.Series(null), None) if null.any() else found
