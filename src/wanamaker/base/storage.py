"""Files and directories that appear whole or not at all, and nothing that executes on loading."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import FileReadError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SYSTEM_ERROR = re.compile(r"os error (\d+)")  # as Polars quotes it
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; what is written there takes its place at the end.

    Raises
    ------
    OutputError
        If the directory cannot be made or the file cannot be written.
    """
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _output_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def new_directory(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary directory beside ``path``; it takes its place at the end, whole.

    Parameters
    ----------
    path
        Where the directory is to appear.
    overwrite
        Whether a directory that holds something may be replaced.

    Raises
    ------
    OutputError
        If ``path`` holds something and may not be replaced, or cannot be written.
    """
    refuse_occupied(path, overwrite=overwrite)
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}.part"
    try:
        temporary.mkdir(parents=True)
        yield temporary
        _take_place(temporary, path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _output_error(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_occupied(path: Path, *, overwrite: bool) -> None:
    """Refuse an output directory that holds something, unless it may be replaced.

    Raises
    ------
    OutputError
        If the directory is not empty, or the path is a file.
    """
    if path.exists() and not path.is_dir():
        message = f"The output must be a directory. {str(path)!r} is a file."
        raise OutputError(message, hint="Give another path.")
    if path.is_dir() and any(path.iterdir()) and not overwrite:
        message = f"The output directory {str(path)!r} is not empty."
        raise OutputError(
            message, hint="Give another directory, or --overwrite (overwrite=True) to replace it."
        )


def write_json(path: Path, content: Any) -> None:
    """Write values as JSON; numbers that are not finite are refused."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read values from JSON.

    Raises
    ------
    FileReadError
        If the file is absent or holds no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{str(path)!r} cannot be read as JSON: {error}."
        raise FileReadError(message) from error


def _take_place(temporary: Path, path: Path) -> None:
    """Put the new directory where the old one is; the old one goes last."""
    if not path.exists():
        temporary.rename(path)
        return
    old = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}.old"
    path.rename(old)
    try:
        temporary.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _output_error(path: Path, error: Exception) -> Exception:
    """Return the error to raise: what could not be written, where the system says so; else the same."""
    told = _SYSTEM_ERROR.search(str(error))
    code = error.errno if isinstance(error, OSError) else None
    code = int(told.group(1)) if code is None and told else code
    if isinstance(error, OutputError) or code is None:
        return error
    if code in _FULL:
        message = f"There is no room left to write {str(path)!r}; nothing was kept of it."
        return OutputError(
            message, hint=f"Free space on the disk of {os.fspath(path.parent)!r}, or give another path."
        )
    reason = os.strerror(code)
    return OutputError(
        f"{str(path)!r} cannot be written: {reason}.", hint="Check the path and its permissions."
    )
