"""Window features of a log that does not fit into memory.

The log is read in pieces. Its rows are spilled to parts on disk, such that all rows of a key are in one part
and one part fits into memory; each part gives its features; and a second reading of the log puts them back
beside its rows. Key groups that share columns share their parts (`bundles_of`).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.base.progress import status, track
from wanamaker.base.storage import new_file
from wanamaker.base.threads import cores
from wanamaker.events.memory import memory_limit
from wanamaker.features.batch.bundles import bundles_of
from wanamaker.features.batch.spill import Stream, Writers, parts_of, split_by
from wanamaker.features.batch.transform import ORDERING, window_columns
from wanamaker.features.windows.events import NEVER, WindowEvents, refuse_late_history
from wanamaker.features.windows.reading import cast, shared_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wanamaker.features.batch.bundles import Bundle
    from wanamaker.features.batch.pieces import Pieces
    from wanamaker.features.windows.plan import Plan

_TICK, _KNOWN, _NEW = "(tick)", "(known)", "(new)"
_SHARE = 0.4
"""The share of the free memory that one part may take."""
_FEATURE = 12.0
"""Bytes per row that a feature takes, with what is made on the way to it."""
_FILES = 800
"""Files that are open at once, at most."""


@dataclass(frozen=True)
class Job:
    """What is computed, and where the parts lie meanwhile.

    Parameters
    ----------
    plan
        The windows.
    bundles
        Their key groups, gathered by the parts that they can share.
    log
        The rows whose features are wanted.
    past
        Earlier rows that windows go on from; None if there are none.
    folder
        Where parts are spilled.
    parts
        How many parts each bundle has.
    types
        The type of each column of keys and values in the parts: one for history and the log.
    """

    plan: Plan
    bundles: list[Bundle]
    log: Pieces
    past: Pieces | None
    folder: Path
    parts: int
    types: Mapping[str, pl.DataType]

    def files(self, bundle: int, what: str) -> list[Path]:
        """Return the files of the parts of a bundle."""
        return [self.folder / f"{bundle}-{part}-{what}.parquet" for part in range(self.parts)]


def write_features(plan: Plan, log: Pieces, out: Path, past: Pieces | None = None) -> int:
    """Write a log with its features to a parquet file, and return its rows.

    Needs room on the disk of ``out`` for the columns and features of every key group. Memory stays below
    what `memory_limit` allows, unless a single key has more rows than would fit.

    Parameters
    ----------
    plan
        What is computed.
    log
        The log; rows keep their order.
    out
        A parquet file; it appears whole or not at all.
    past
        Earlier events, with labels; the log's own are not used then.

    Raises
    ------
    ParameterError
        If ``out`` is no parquet file.
    SchemaError
        If a column has integers of 128 bits.
    DataError
        If a value cannot be used, or history reaches beyond the log's first event.
    """
    if out.suffix not in {".parquet", ".pq"}:
        message = f"The features of a large log are written as parquet. Got {out.name!r}."
        raise ParameterError(message, hint=f"Give {out.with_suffix('.parquet').name!r}.")
    types = shared_types(plan, log.schema if past is None else past.schema, log.schema)
    _refuse_unwritable({**log.schema, **types})
    with new_file(out) as temporary, TemporaryDirectory(dir=out.parent, prefix=".windows.") as folder:
        bundles = bundles_of(plan)
        job = Job(plan, bundles, log, past, Path(folder), parts_for(bundles, log, past), types)
        with status("spilling the log"):
            _spill(job)
        steps = [(bundle, part) for bundle in range(len(bundles)) for part in range(job.parts)]
        for bundle, part in track(steps, "windows", lambda step: " ".join(bundles[step[0]].by)):
            _compute(job, bundle, part)
        with status("writing features"):
            return _merge(job, temporary)


def parts_for(bundles: Sequence[Bundle], log: Pieces, past: Pieces | None = None) -> int:
    """Return how many parts keep each below its share of the memory."""
    rows = log.rows + (0 if past is None else past.rows)
    widest = max(
        log.width(bundle.columns)
        + _FEATURE * len(bundle.plan.names)
        + ORDERING * min(cores(), len(bundle.plan.groups))
        for bundle in bundles
    )
    needed = max(rows * widest / (_SHARE * memory_limit()), rows / np.iinfo(np.int32).max)
    return min(int(np.ceil(max(needed, 1.0))), max(1, _FILES // len(bundles)))


def _refuse_unwritable(types: Mapping[str, pl.DataType]) -> None:
    wide = [name for name, dtype in types.items() if dtype in (pl.Int128, pl.UInt128)]
    if wide:
        message = f"Integers of 128 bits cannot be spilled. The column {wide[0]!r} has them"
        message += ", or would take them to hold both those of history and of the log."
        hint = f"Cast it first, for example pl.col({wide[0]!r}).cast(pl.Int64), or to pl.String."
        raise SchemaError(message, hint=hint)


# --- Spilling the log ------------------------------------------------------------------------------


def _spill(job: Job) -> None:
    """Write the rows of each key group to their parts: past rows first, then new ones."""
    latest: list[int] = []
    first: list[int] = []
    with ExitStack() as stack:
        pairs = [
            (bundle, stack.enter_context(Writers(job.files(place, "log"))))
            for place, bundle in enumerate(job.bundles)
        ]
        for events, new in _all_events(job):
            if len(events.ticks):
                (first if new else latest).append(int(events.ticks.min() if new else events.ticks.max()))
            for bundle, writers in pairs:
                rows = _spilled(job, bundle, events, new=new)
                writers.add(rows, parts_of(rows.select(bundle.by), job.parts))
    if latest and first:
        refuse_late_history(max(latest), min(first), job.plan.resolution)


def _all_events(job: Job) -> Iterator[tuple[WindowEvents, bool]]:
    if job.past is not None:
        for events in job.past.events():
            yield events, False
    for events in job.log.events():
        yield events, True


def _spilled(job: Job, bundle: Bundle, events: WindowEvents, *, new: bool) -> pl.DataFrame:
    """Return what the parts of a bundle keep of some events."""
    kept = cast(events.frame, {name: job.types[name] for name in bundle.columns}).get_columns()
    kept += [pl.Series(_TICK, events.ticks), pl.repeat(new, len(events.ticks), eager=True).alias(_NEW)]
    if bundle.plan.has_rates:
        known = np.full(len(events.ticks), NEVER) if events.known is None else events.known
        kept.append(pl.Series(_KNOWN, known))
    return pl.DataFrame(kept)


# --- Computing a part ------------------------------------------------------------------------------


def _compute(job: Job, bundle: int, part: int) -> None:
    """Write the features of the new rows of one part, and remove the part."""
    source, target = job.files(bundle, "log")[part], job.files(bundle, "features")[part]
    if not source.exists():
        return
    rows = pl.read_parquet(source, glob=False)
    source.unlink()
    known = rows[_KNOWN].to_numpy() if _KNOWN in rows.columns else None
    events = WindowEvents(rows.drop(_TICK, _KNOWN, _NEW, strict=False), rows[_TICK].to_numpy(), known)
    skipped = int((~rows[_NEW]).sum())
    try:
        made = window_columns(job.bundles[bundle].plan, events)
    except DataError as error:
        message = f"{error.message} Rows count within a part of the log."
        raise DataError(message, hint=error.hint) from error
    features = pl.DataFrame(made).slice(skipped)
    size = max(4096, job.log.piece // job.parts)
    features.write_parquet(target, compression="lz4", statistics=False, row_group_size=size)


# --- Putting features beside their rows ------------------------------------------------------------


def _merge(job: Job, out: Path) -> int:
    """Write the log with the features of all groups, in its order."""
    import pyarrow.parquet as pq

    bundles = [
        (bundle.by, [Stream(file) for file in job.files(place, "features")])
        for place, bundle in enumerate(job.bundles)
    ]
    writer, rows = None, 0
    try:
        for frame in job.log.frames():
            parts = [
                _features(streams, cast(frame, {name: job.types[name] for name in by}))
                for by, streams in bundles
            ]
            made = pl.concat(parts, how="horizontal").select(job.plan.names)
            table = frame.with_columns(made.get_columns()).to_arrow()
            writer = writer or pq.ParquetWriter(out, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            rows += len(frame)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _features(streams: list[Stream], keys: pl.DataFrame) -> pl.DataFrame:
    """Return the features of one bundle for rows with some keys: each takes the next of its part."""
    if len(streams) == 1:
        return streams[0].take(len(keys))
    order, lengths = split_by(parts_of(keys, len(streams)), len(streams))
    taken = [stream.take(int(length)) for stream, length in zip(streams, lengths, strict=True) if length]
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return pl.concat(taken)[back]
