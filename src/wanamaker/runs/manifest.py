"""The manifest of a run: what is in it, and what made it."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import RunError
from wanamaker.base.storage import new_file, read_json, write_json
from wanamaker.base.version import version

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"

_PACKAGES = (
    *("numpy", "polars", "pyarrow", "numba", "scipy", "scikit-learn", "plotly"),
    *("xgboost", "xgboost-cpu", "catboost", "optuna", "torch", "pytorch-lightning", "safetensors"),
)
_CHUNK = 1 << 20


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Write the manifest of everything that lies in the folder.

    Parameters
    ----------
    folder
        The run directory, complete but for its manifest.
    facts
        Seed, rows, time span, fingerprint of the data, timings.
    """
    files = {name: file_digest(folder / name) for name in _file_names(folder)}
    content = {
        "wanamaker": version(),
        "python": platform.python_version(),
        "packages": _versions(),
        "created": datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **facts,
        "files": files,
    }
    write_json(folder / MANIFEST, content)


def rewrite_manifest(folder: Path, name: str) -> None:
    """Take one file of a run as it is now into its manifest."""
    manifest = read_json(folder / MANIFEST)
    manifest["files"][name] = file_digest(folder / name)
    with new_file(folder / MANIFEST) as file:
        write_json(file, manifest)


def verify_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run whose files are all as they were written.

    Raises
    ------
    RunError
        If there is no manifest, or a file is missing, changed, or was added.
    """
    if not (folder / MANIFEST).is_file():
        message = f"A run directory was expected at {str(folder)!r}; it has no {MANIFEST}."
        raise RunError(message, hint="Give the directory that 'wanamaker run' or 'wanamaker attribute' left.")
    manifest: dict[str, Any] = read_json(folder / MANIFEST)
    told = manifest.get("files", {})
    present = _file_names(folder)
    missing = sorted(set(told) - set(present))
    added = sorted(set(present) - set(told))
    changed = [name for name in sorted(set(told) & set(present)) if file_digest(folder / name) != told[name]]
    problems = [
        f"{kind}: {names}"
        for kind, names in (("missing", missing), ("changed", changed), ("added", added))
        if names
    ]
    if problems:
        message = f"The run {str(folder)!r} is not as it was written ({'; '.join(problems)})."
        raise RunError(message, hint="Run the study again, or restore the files.")
    return manifest


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _file_names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _versions() -> dict[str, str]:
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = installed(name)
        except PackageNotFoundError:
            continue
    return versions
