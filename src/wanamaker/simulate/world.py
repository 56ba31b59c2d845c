"""A simulated world: what was logged, and what is true in it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class World:
    """A log with its planted truth; what every simulator of this package returns.

    Parameters
    ----------
    kind
        Kind of study the world is for: ``journeys``, and others later.
    log
        The event log, as a real one would look.
    truth
        What is true: for ``journeys`` one row per channel, with its effect and its credit.
    parameters
        Everything the world was made from, seed included; values that JSON knows.
    """

    kind: str
    log: pl.DataFrame
    truth: pl.DataFrame
    parameters: Mapping[str, Any]

    def __repr__(self) -> str:
        return (
            f"World(kind={self.kind!r}, log={self.log.height} rows, truth={self.truth.height} rows, "
            f"seed={self.parameters.get('seed')})"
        )

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``log.parquet``, ``truth.parquet`` and ``world.json``, and return the folder.

        All three are first written beside their places and then renamed, so none is ever half-written;
        files of these names are replaced, others left alone.

        Raises
        ------
        OutputError
            If the folder cannot be made or a file cannot be written; nothing is left behind then.
        """
        target = Path(folder)
        suffix = f".{os.getpid()}.partial"
        partial = {
            name: target / f".{name}{suffix}" for name in ("log.parquet", "truth.parquet", "world.json")
        }
        try:
            target.mkdir(parents=True, exist_ok=True)
            self.log.write_parquet(partial["log.parquet"])
            self.truth.write_parquet(partial["truth.parquet"])
            partial["world.json"].write_text(self._json(), encoding="utf-8")
            for name, path in partial.items():
                path.replace(target / name)
        except (OSError, pl.exceptions.PolarsError) as error:
            message = f"The world could not be written to {str(target)!r}: {error}."
            raise OutputError(
                message, hint="Give a folder that can be written, with enough space."
            ) from error
        finally:
            _remove_all(partial.values())
        return target

    def _json(self) -> str:
        described = {"kind": self.kind, "parameters": dict(self.parameters)}
        return json.dumps(described, indent=2, allow_nan=False) + "\n"


def _remove_all(paths: Any) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # the folder itself is unusable; the first error says so
            return
