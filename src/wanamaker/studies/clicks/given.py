"""Parts that came as tables of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.events.splits import Split

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def given_split(
    sizes: dict[str, int],
    times: NDArray[np.int64],
    labels: NDArray[np.bool_],
    known: NDArray[np.int64] | None,
    valid: float,
) -> Split:
    """Return the split of parts that stand one after the other.

    Parameters
    ----------
    sizes
        Rows by part, in the order in which they stand; without ``valid``, the latest share of ``train``
        becomes it.
    times, labels
        Of all rows.
    known
        When labels became known, or None.
    valid
        The share of ``train`` that becomes ``valid`` where that is not given.

    Raises
    ------
    DataError
        If a part has no rows.
    """
    empty = next((part for part, held in sizes.items() if not held), None)
    if empty is not None:
        message = f"The {empty} part must hold rows with and without a conversion. It has no rows."
        raise DataError(message, hint=f"Give another {empty} table.")
    ends = np.cumsum(list(sizes.values()))
    rows = {part: np.arange(end - sizes[part], end) for part, end in zip(sizes, ends, strict=True)}
    if "valid" not in rows:
        rows["train"], rows["valid"] = _cut(rows["train"], times, valid)
    first = {part: int(times[held].min()) for part, held in rows.items() if len(held)}
    late = np.zeros(len(times), dtype=bool)
    for part, following in (("train", "valid"), ("valid", "test")):
        if known is not None and times[rows[part]].max() < first[following]:
            late[rows[part]] = labels[rows[part]] & (known[rows[part]] >= first[following])
    return Split(
        by="given",
        train=rows["train"],
        valid=rows["valid"],
        test=rows["test"],
        boundaries=(first["valid"], first["test"]),
        late=np.flatnonzero(late),
    )


def _cut(
    rows: NDArray[np.int64], times: NDArray[np.int64], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut the latest rows off, at a time, so that rows of one moment stay together."""
    ordered = np.sort(times[rows])
    boundary = ordered[min(len(ordered) - 1, int(len(ordered) * (1 - share)))]
    return rows[times[rows] < boundary], rows[times[rows] >= boundary]


def sizes_of(frames: dict[str, pl.DataFrame]) -> dict[str, int]:
    """Return how many rows each part has."""
    return {part: len(frame) for part, frame in frames.items()}
