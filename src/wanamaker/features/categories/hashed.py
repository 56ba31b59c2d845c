"""Values thrown into a fixed number of buckets by a hash that never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from wanamaker.base.parameters import IntegerIn, OneOf
from wanamaker.events.codes import mixed, stable_hashes
from wanamaker.features.categories.columns import as_keys, canonical, key_name, same_family
from wanamaker.features.categories.encoder import Encoder, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint
    from wanamaker.features.categories.columns import Key

_MOST = 1 << 31


class HashedEncoder(Encoder):
    """Values thrown into buckets by a stable hash: nothing is remembered, and new values have a bucket too.

    Use it where values are too many to keep, or new ones come all the time. Different values may share a
    bucket. Training fixes only the types of the columns. The hash is the same in every process and every
    version; the column's name and the seed are part of it.

    Parameters
    ----------
    columns
        Columns, or lists of columns for combinations; (1, 11) and (11, 1) are hashed apart.
    buckets
        How many buckets.
    form
        ``"codes"``: per column the number of its bucket from 1, and 0 for a null. ``"bag"``: one column
        per bucket, to which each of the columns adds +1 or −1, a null nothing (Weinberger et al. 2009).
    seed
        Another seed throws values otherwise.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"app": [7, 9, None]})
    >>> HashedEncoder(columns=["app"], buckets=100).fit(log).features(log)["hashed_app"].to_list()
    [40, 32, 0]
    """

    kind = "hashed"
    _constraints: ClassVar[Mapping[str, Constraint]] = {
        "buckets": IntegerIn(1, _MOST),
        "form": OneOf(("codes", "bag")),
        "seed": IntegerIn(0, 2**63 - 1),
    }

    def __init__(
        self,
        *,
        columns: Sequence[str | Sequence[str]],
        buckets: int = 1024,
        form: str = "codes",
        seed: int = 0,
    ) -> None:
        self.columns = columns
        self.buckets = buckets
        self.form = form
        self.seed = seed

    def _reads(self) -> list[str]:
        return columns_of(as_keys(self.columns, "HashedEncoder"))

    def _ids(self) -> list[str]:
        return self._reads()

    def _names(self) -> list[str]:
        if self.form == "bag":
            return [f"hashed_{place}" for place in range(self.buckets)]
        return [f"hashed_{key_name(key)}" for key in as_keys(self.columns, "HashedEncoder")]

    def _learn(self, frame: pl.DataFrame) -> None:
        self.types_ = canonical(frame, self._ids()).clear()

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        held = canonical(frame, self._ids())
        held = pl.DataFrame([same_family(held[name], self.types_[name].dtype) for name in self._ids()])
        thrown = [self._thrown(held.select(key), key) for key in as_keys(self.columns, "HashedEncoder")]
        if self.form == "codes":
            made = [np.where(present, bucket + 1, 0) for bucket, _, present in thrown]
            return pl.DataFrame(dict(zip(self._names(), made, strict=True)))
        bag = np.zeros((len(held), self.buckets), dtype=np.int8 if len(thrown) < 128 else np.int32)  # noqa: PLR2004
        rows = np.arange(len(held))
        for bucket, sign, present in thrown:
            bag[rows[present], bucket[present]] += sign[present].astype(bag.dtype)
        return pl.DataFrame(bag, schema=self._names())

    def _thrown(
        self, held: pl.DataFrame, key: Key
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return the bucket of each row, its sign, and whether the key is there."""
        state = np.full(len(held), self.seed, dtype=np.uint64)
        for name in key:
            state = mixed(state ^ stable_hashes(pl.Series([name]))) ^ stable_hashes(held[name])
        state = mixed(state)
        bucket = (state >> np.uint64(1)) % np.uint64(self.buckets)
        sign = 1 - 2 * (state & np.uint64(1)).astype(np.int64)
        present = ~held.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
        return bucket.astype(np.int64), sign, present

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        return {}, {"types": self.types_}

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:  # noqa: ARG002
        self.types_ = tables["types"]

    def _is_fitted(self) -> bool:
        return hasattr(self, "types_")
