"""How often a value stood in the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from wanamaker.base.parameters import OneOf
from wanamaker.features.categories.columns import Vocabulary, as_keys, canonical, gathered, key_name
from wanamaker.features.categories.encoder import Encoder, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_COUNT = "__count"


class FrequencyEncoder(Encoder):
    """How often a value, or a combination of values, stood in the training rows.

    Use it where being common or rare says something (a proxy's ip, an app of one user). It reads no label.
    Not for what was common *lately*: that is a window feature. A training row counts itself, so its value
    stands at least once; an unseen value and a null have 0.

    Parameters
    ----------
    columns
        Columns, or lists of columns for combinations.
    scale
        ``"log1p"``: ln(1 + count). ``"share"``: count over training rows. ``"count"``.

    Examples
    --------
    >>> import polars as pl
    >>> made = FrequencyEncoder(columns=["app"], scale="count").fit(pl.DataFrame({"app": [7, 7, 9]}))
    >>> made.features(pl.DataFrame({"app": [7, 9, 1]}))["frequency_app"].to_list()
    [2.0, 1.0, 0.0]
    """

    kind = "frequency"
    _constraints: ClassVar[Mapping[str, Constraint]] = {"scale": OneOf(("log1p", "share", "count"))}

    def __init__(self, *, columns: Sequence[str | Sequence[str]], scale: str = "log1p") -> None:
        self.columns = columns
        self.scale = scale

    def _reads(self) -> list[str]:
        return columns_of(as_keys(self.columns, "FrequencyEncoder"))

    def _ids(self) -> list[str]:
        return self._reads()

    def _names(self) -> list[str]:
        return [f"frequency_{key_name(key)}" for key in as_keys(self.columns, "FrequencyEncoder")]

    def _learn(self, frame: pl.DataFrame) -> None:
        held = canonical(frame, self._ids())
        self.rows_ = len(held)
        self.counts_ = [
            held.select(key).drop_nulls().group_by(key).agg(pl.len().cast(pl.Int64).alias(_COUNT)).sort(key)
            for key in as_keys(self.columns, "FrequencyEncoder")
        ]

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        held = canonical(frame, self._ids())
        counts = [gathered(table[_COUNT].to_numpy(), _known(table).codes(held)) for table in self.counts_]
        return pl.DataFrame(dict(zip(self._names(), map(self._scaled, counts), strict=True)))

    def _scaled(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        if self.scale == "count":
            return counts.astype(np.float64)
        return np.log1p(counts) if self.scale == "log1p" else counts / self.rows_

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        tables = {f"counts_{place}": table for place, table in enumerate(self.counts_)}
        return {"rows": self.rows_}, tables

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        self.rows_ = values["rows"]
        self.counts_ = list(tables.values())

    def _is_fitted(self) -> bool:
        return hasattr(self, "counts_")


def _known(table: pl.DataFrame) -> Vocabulary:
    return Vocabulary(table.drop(_COUNT))
