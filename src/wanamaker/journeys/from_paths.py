"""Journeys from aggregated paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.events.codes import mixed
from wanamaker.events.columns import as_amounts
from wanamaker.events.reading import read_table
from wanamaker.journeys.events import refuse_reserved
from wanamaker.journeys.journeys import Journeys
from wanamaker.journeys.notes import Note, warn
from wanamaker.journeys.observation import Observation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.observation import Observed


_CHUNK = 50_000
"""Paths split at once; splitting all at once would hold every name as text."""


def journeys_from_paths(
    paths: Any,
    path: str = "path",
    conversions: str = "total_conversions",
    value: str | None = None,
    nulls: str | None = None,
    sep: str = ">",
    *,
    observed: Observed = "until_conversion",
) -> Journeys:
    """Read journeys that are already put together as paths, with counts.

    Use it for the exports of other attribution tools; from a raw log `journeys_from_events` keeps
    times, users, costs and lookback, which paths do not have. Methods that need times do not apply,
    and intervals resample by the counts, as if every journey were another user's.

    Parameters
    ----------
    paths
        A table or a path, one row per path (a path may stand in several rows).
    path
        Column with the names in order, such as ``"search > email > search"``; names are trimmed. A
        blank path has no touch: its conversions become ``(unattributed)``.
    conversions
        Column with how many journeys of this path converted; fractions are allowed.
    value
        Column with the value of all conversions of the row.
    nulls
        Column with how many journeys of this path did not convert.
    sep
        What stands between two names.
    observed
        ``"until_conversion"``: paths of converting journeys stop at the conversion; ``"full"``: what was
        seen does not depend on the conversion. See `Observation`.

    Raises
    ------
    SchemaError
        If a column is missing or has a type its role does not allow.
    DataError
        If there are no rows, a count is negative, or a name within a path is empty; names the row.

    Examples
    --------
    >>> paths = pl.DataFrame({"path": ["a > b", "b"], "total_conversions": [3, 1]})
    >>> journeys_from_paths(paths)
    Journeys(2 journeys, 3 touches of 2 kinds, 4 conversions)
    """
    if not isinstance(sep, str) or not sep.strip():
        message = f"'sep' must be the text between two names. Got {sep!r}."
        raise ParameterError(message, hint="Write sep='>'.")
    columns = [name for name in (path, conversions, value, nulls) if name is not None]
    source = pl.DataFrame(paths) if isinstance(paths, dict) else paths
    native = read_table(source, columns)
    frame = native.frame
    if frame.is_empty():
        message = "A table with at least one path was expected. Got an empty table."
        raise DataError(message, hint="Check the file, or the filter that made it.")
    touches, offsets, names = _split(frame[path], sep)
    converted = as_amounts(frame[conversions], "conversions")
    missed = np.zeros(len(frame)) if nulls is None else as_amounts(frame[nulls], "nulls")
    worth = None if value is None else as_amounts(frame[value], "value", signed=True)
    if worth is not None:
        _refuse_idle_value(frame[str(value)], worth, converted)
    notes = _notes(names, offsets, converted)
    warn(notes)
    return Journeys(
        names=names,
        touches=touches,
        offsets=offsets,
        conversions=converted,
        nulls=missed,
        users=mixed(np.arange(len(frame), dtype=np.uint64)),
        table=pl.DataFrame({"journey": pl.int_range(len(frame), dtype=pl.Int64, eager=True)}),
        uncut=np.diff(offsets),
        observation=Observation(observed=observed, lookback=None, users_given=False, form="paths"),
        values=worth,
        notes=tuple(notes),
        grouped=True,
        kind=native.kind,
    )


def _split(paths: pl.Series, sep: str) -> tuple[NDArray[np.int32], NDArray[np.int64], tuple[str, ...]]:
    if paths.dtype not in (pl.String, pl.Categorical, pl.Null):
        message = f"The path column {paths.name!r} must hold text. Got type {paths.dtype}."
        hint = "Write paths as 'search > email', or use journeys_from_events for a log."
        raise SchemaError(message, hint=hint)
    codes, lengths, found = _coded(paths.cast(pl.String).fill_null(""), sep.strip())
    trimmed = {code: name.strip() for code, name in found.items()}
    names = sorted(set(trimmed.values()) - {""})
    refuse_reserved(names)
    ranks = {name: rank for rank, name in enumerate(names)} | {"": -1}
    places = np.array([ranks[trimmed[code]] for code in range(len(trimmed))], dtype=np.int32)
    touches = places[codes]
    if "" in trimmed.values():
        blank = np.add.reduceat(touches < 0, lengths_to_offsets(lengths)[:-1])
        bad = (blank > 0) & (lengths > 1)
        if bad.any():
            _refuse_empty_name(paths, int(np.argmax(bad)), sep)
        lengths = lengths - blank
        touches = touches[touches >= 0]
    return touches, lengths_to_offsets(lengths), tuple(names)


def _coded(text: pl.Series, sep: str) -> tuple[NDArray[np.uint32], NDArray[np.int64], dict[int, str]]:
    """Return the code of every untrimmed name, the names of each path, and the name of each code."""
    kind = pl.Categorical(pl.Categories.random())
    found: dict[int, str] = {}
    codes, lengths = [], []
    for start in range(0, len(text), _CHUNK):
        lists = text.slice(start, _CHUNK).str.split(sep)
        flat = lists.explode().cast(kind)
        distinct = flat.unique()
        found.update(zip(distinct.to_physical().to_list(), distinct.cast(pl.String).to_list(), strict=True))
        lengths.append(lists.list.len().to_numpy())
        codes.append(flat.to_physical().to_numpy())
    return np.concatenate(codes), np.concatenate(lengths).astype(np.int64), found


def _refuse_empty_name(paths: pl.Series, row: int, sep: str) -> NoReturn:
    message = f"Column {paths.name!r}, row {row}: {paths[row]!r} has an empty name between separators."
    hint = f"A name must not contain {sep!r}; write the paths with another separator and give it as sep."
    raise DataError(message, hint=hint)


def _refuse_idle_value(told: pl.Series, worth: NDArray[np.float64], converted: NDArray[np.float64]) -> None:
    idle = (worth != 0) & (converted == 0)
    if idle.any():
        row = int(np.argmax(idle))
        message = f"Column {told.name!r}, row {row}: a value of {told[row]!r} without a conversion."
        raise DataError(message, hint="The value is that of the row's conversions; give their number too.")


def _notes(names: tuple[str, ...], offsets: NDArray[np.int64], converted: NDArray[np.float64]) -> list[Note]:
    notes = []
    lonely = float(converted[np.diff(offsets) == 0].sum())
    if lonely:
        message = f"{lonely:,.10g} conversions have a blank path; they are kept as (unattributed)."
        notes.append(Note("unattributed", "info", message, int(lonely)))
    if len(names) == 1:
        message = f"There is only one touch, {names[0]!r}: every method gives it all credit."
        notes.append(Note("one_touch_name", "warning", message, 1))
    return notes
