"""Rows that two downloads both hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.exports.names import TEXTS
from wanamaker.events.exports.part import SKIPPED, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEPS = (None, "last", "all")
"""What ``keep=`` may be."""
_KEY = ("date", *TEXTS)


def without_repeats(parts: Sequence[Part], keep: str | None) -> list[Part]:
    """Return the parts with each term, day, campaign, ad group, keyword and match type in one of them only.

    Parameters
    ----------
    parts
        What each file holds.
    keep
        None refuses what two files hold, ``"last"`` keeps the rows of the later file, ``"all"`` keeps all
        rows.

    Raises
    ------
    DataError
        If two files hold the same and ``keep`` is None; names both.
    """
    if len(parts) == 1 or keep == "all":
        return list(parts)
    held = pl.concat([_keys(part, number) for number, part in enumerate(parts)], how="diagonal")
    names = [name for name in _KEY if name in held.columns]
    last = held.group_by(names).agg(
        pl.col("part").max().alias("last"), pl.col("part").n_unique().alias("parts")
    )
    repeated = last.filter(pl.col("parts") > 1).drop("parts")
    if repeated.is_empty():
        return list(parts)
    if keep is None:
        raise _refusal(parts, held.join(repeated, on=names, nulls_equal=True).sort("part", "line"), names)
    return [_kept(part, number, repeated, names, parts) for number, part in enumerate(parts)]


def _keys(part: Part, number: int) -> pl.DataFrame:
    rows = pl.concat([part.table, part.hidden])
    names = [name for name in _KEY if name in rows.columns]
    return rows.group_by(names).agg(pl.col("line").min()).with_columns(part=pl.lit(number, dtype=pl.Int32))


def _kept(part: Part, number: int, repeated: pl.DataFrame, names: list[str], parts: Sequence[Part]) -> Part:
    later = repeated.filter(pl.col("last") > number)
    both = [_split(frame, later, names) for frame in (part.table, part.hidden)]
    dropped = pl.concat([left_out for _, left_out in both])
    paths = pl.Series([f"repeated in {one.path!r}" for one in parts])
    told = pl.DataFrame(
        {
            "file": dropped["file"],
            "line": dropped["line"],
            "reason": paths.gather(dropped["last"]),
            "text": dropped["term"],
        },
        schema=SKIPPED,
    )
    return replace(
        part, table=both[0][0], hidden=both[1][0], skipped=pl.concat([part.skipped, told]).sort("line")
    )


def _split(frame: pl.DataFrame, later: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    full = frame.with_columns(
        pl.lit(None, dtype=later[name].dtype).alias(name) for name in names if name not in frame.columns
    )
    joined = full.join(later, on=names, how="left", nulls_equal=True, maintain_order="left")
    kept = joined["last"].is_null()
    return frame.filter(kept), joined.filter(~kept).select("file", "line", "last", "term")


def _refusal(parts: Sequence[Part], repeated: pl.DataFrame, names: list[str]) -> DataError:
    one = repeated.row(0, named=True)
    same = repeated.filter(pl.all_horizontal(pl.col(name).eq_missing(pl.lit(one[name])) for name in names))
    other = same.filter(pl.col("part") != one["part"]).row(0, named=True)
    count = repeated.select(names).n_unique()
    more = f" So do {count - 1:,} more." if count > 1 else ""
    day = f" on {one['date']}" if "date" in names else ""
    message = (
        f"{parts[one['part']].path!r} (line {one['line']}) and {parts[other['part']].path!r} (line "
        f"{other['line']}) both hold the term {one['term']!r}{day}, in the same campaign and ad group.{more} "
        "Their sum would count them twice."
    )
    hint = (
        'keep="last" takes such rows from the later file; keep="all" takes all, for pieces of one download.'
    )
    return DataError(message, hint=hint)
