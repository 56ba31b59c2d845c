"""Reading an event log: a table, a file, a directory of parquet, or an ``s3://`` address."""

from __future__ import annotations

import os
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from wanamaker.base.errors import FileReadError, MissingExtraError
from wanamaker.base.frames import Native, from_native, require_columns
from wanamaker.events.memory import refuse_if_too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SUFFIXES: dict[str, str] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".tsv.gz": "tsv",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
}
"""File name ending to format."""

Result = TypeVar("Result")

_GUESS_ROWS = 10_000


def read_table(source: Any, columns: Sequence[str] | None = None, *, ids: Sequence[str] = ()) -> Native:
    """Return a table given as a frame of any kind or as a path.

    Parameters
    ----------
    source
        A polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, a path to a
        file (`SUFFIXES`), a directory of parquet files, or an ``s3://`` address of parquet.
    columns
        The columns that are needed; nothing else is read. None reads all.
    ids
        Columns that hold ids or names. In text files, which have no types, they are numbers only if
        every value is written as one, so that ``007`` and ``7`` stay apart.

    Raises
    ------
    SchemaError
        If a column is missing.
    FileReadError
        If the file is absent, damaged, or not what its suffix says.
    OutOfMemoryError
        If the columns would not fit into the memory that is free.
    """
    if not isinstance(source, str | os.PathLike):
        native = from_native(source)
        if columns is None:
            return native
        require_columns(columns, native.frame.columns)
        return Native(native.frame.select(list(dict.fromkeys(columns))), native.kind)
    lazy, where = scan_path(os.fspath(source), ids)
    frame = _collected(lazy, columns, where)
    told = [name for name in ids if name in frame.columns and frame[name].dtype == pl.String]
    return Native(frame.with_columns(_plain_numbers(frame[name]) for name in told), "polars")


def scan_path(path: str, ids: Sequence[str] = ()) -> tuple[pl.LazyFrame, str]:
    """Return a lazy reader of a file, a directory of parquet, or an ``s3://`` address.

    Raises
    ------
    FileReadError
        If there is nothing to read, or the suffix is unknown.
    MissingExtraError
        If an ``s3://`` address is given and the extra ``s3`` is not installed.
    """
    if path.startswith("s3://"):
        return _scan_s3(path), path
    place = Path(path)
    if not place.exists():
        message = f"A file or directory was expected at {path!r}. There is none."
        raise FileReadError(message, hint=_similar(place))
    if place.is_dir():
        return _scan_directory(place), path
    kind = format_of(place.name)
    if kind in _SEPARATORS:
        return _guarded(lambda _: _scan_text(path, _SEPARATORS[kind], ids), path, kind), path
    return _guarded(_SCANNERS[kind], path, kind), path


def format_of(name: str) -> str:
    """Return the format that a file's suffix stands for.

    Raises
    ------
    FileReadError
        If the suffix is unknown.

    Examples
    --------
    >>> format_of("clicks.csv.gz")
    'csv'
    """
    lowered = name.lower()
    for suffix, kind in SUFFIXES.items():
        if lowered.endswith(suffix):
            return kind
    message = f"A file ending in one of {', '.join(SUFFIXES)} was expected. Got {name!r}."
    raise FileReadError(message, hint="Rename the file after its format, or convert it to parquet.")


def _collected(lazy: pl.LazyFrame, columns: Sequence[str] | None, where: str) -> pl.DataFrame:
    schema = _guarded(lambda _: lazy.collect_schema(), where, _kind_of(where))
    if columns is not None:
        require_columns(columns, schema.names(), where)
        lazy = lazy.select(list(dict.fromkeys(columns)))
    refuse_if_too_large(lazy, where, of_columns=len(schema))
    return _guarded(lambda _: lazy.collect(engine="streaming"), where, _kind_of(where))


def _scan_directory(place: Path) -> pl.LazyFrame:
    files = sorted(place.rglob("*.parquet"))
    if not files:
        message = f"A directory of parquet files was expected at {str(place)!r}. It holds none."
        raise FileReadError(message, hint="Give the path of a file, or of a directory with .parquet files.")
    for file in files:
        _guarded(_SCANNERS["parquet"], str(file), "parquet")
    partitioned = any("=" in part for part in files[0].relative_to(place).parent.parts)
    return pl.scan_parquet(files, glob=False, hive_partitioning=partitioned)


def _scan_parquet(path: str) -> pl.LazyFrame:
    lazy = pl.scan_parquet(path, glob=False)
    lazy.collect_schema()
    return lazy


def _scan_text(path: str, separator: str, ids: Sequence[str]) -> pl.LazyFrame:
    if not path.endswith(".gz"):
        _refuse_binary(path)
    lazy = pl.scan_csv(path, separator=separator, infer_schema_length=_GUESS_ROWS, glob=False)
    _refuse_other_separator(lazy.collect_schema().names(), separator)
    texts = {name: pl.String for name in ids if name in lazy.collect_schema()}
    return pl.scan_csv(
        path, separator=separator, infer_schema_length=_GUESS_ROWS, glob=False, schema_overrides=texts
    )


def _refuse_other_separator(columns: Sequence[str], separator: str) -> None:
    other = next((mark for mark in ";,\t|" if mark != separator and mark in columns[0]), None)
    if len(columns) == 1 and other is not None:
        message = f"its columns are separated by {other!r} and not by {separator!r}"
        raise pl.exceptions.ComputeError(message)


def _plain_numbers(texts: pl.Series) -> pl.Series:
    """Return numbers if every text is a whole number in its usual form, else the texts."""
    numbers = texts.cast(pl.Int64, strict=False)
    same = (numbers.cast(pl.String) == texts) | texts.is_null()
    return numbers if same.fill_null(value=False).all() else texts


_SEPARATORS = {"csv": ",", "tsv": "\t"}
_SCANNERS: dict[str, Callable[[str], pl.LazyFrame]] = {
    "parquet": _scan_parquet,
    "arrow": lambda path: pl.scan_ipc(path, glob=False),
    "json lines": lambda path: pl.scan_ndjson(escape(path), infer_schema_length=_GUESS_ROWS),
}


def _refuse_binary(path: str) -> None:
    with Path(path).open("rb") as file:
        head = file.read(4096)
    if b"\0" in head or head.startswith((b"PAR1", b"ARROW1", b"\x1f\x8b")):
        message = "its first bytes are not text"
        raise pl.exceptions.ComputeError(message)


def _scan_s3(path: str) -> pl.LazyFrame:
    try:
        import s3fs
    except ImportError as error:
        msg = "Reading from s3://"
        raise MissingExtraError(msg, "s3") from error
    import pyarrow.dataset

    place = path.removeprefix("s3://").rstrip("/")

    def scan(_: str) -> pl.LazyFrame:
        dataset = pyarrow.dataset.dataset(place, filesystem=s3fs.S3FileSystem(), format="parquet")
        return pl.scan_pyarrow_dataset(dataset)

    return _guarded(scan, path, "parquet")


def _guarded(read: Callable[[str], Result], path: str, kind: str) -> Result:
    try:
        return read(path)
    except pl.exceptions.NoDataError as error:
        message = f"A log with at least one row was expected in {path!r}. The file is empty."
        raise FileReadError(message, hint="Write a header line and one row per event.") from error
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        message = f"{path!r} cannot be read as {kind}: {reason}."
        hint = "The file may be cut short, or its suffix may not say what it is; write it again."
        raise FileReadError(message, hint=hint) from error


def _kind_of(where: str) -> str:
    return format_of(where) if Path(where).is_file() else "parquet"


def _similar(place: Path) -> str:
    folder = place.parent
    if not folder.is_dir():
        return f"The directory {str(folder)!r} does not exist."
    names = sorted(entry.name for entry in folder.iterdir())[:8]
    return f"{str(folder)!r} holds: {', '.join(names) or 'nothing'}."
