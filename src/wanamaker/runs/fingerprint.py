"""The fingerprint of the data that a run learned from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from wanamaker.runs.manifest import file_digest


def fingerprint(source: str) -> str | None:
    """Return a SHA-256 over a file, or over the names and contents of a directory's parquet files.

    None for data that does not lie on this file system.
    """
    place = Path(source)
    if place.is_file():
        return file_digest(place)
    if not place.is_dir():
        return None
    digest = hashlib.sha256()
    for file in sorted(place.rglob("*.parquet")):
        digest.update(file.relative_to(place).as_posix().encode() + b"\0" + file_digest(file).encode())
    return digest.hexdigest()
