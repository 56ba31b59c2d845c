"""A simulated world: what was logged, and what is true in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanamaker.base.storage import new_file, write_json

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import polars as pl


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class World:
    """A log with its planted truth; what every simulator of this package returns.

    Parameters
    ----------
    kind
        Kind of study the world is for: ``journeys``, ``clicks``, ``sessions`` or ``search_terms``.
    log
        The event log, as a real one would look.
    truth
        What is true: for ``journeys`` one row per channel, with its effect and its credit; for ``clicks``
        and ``sessions`` one row per row of the log; for ``search_terms`` one per word, pair, term and day.
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

        All three are first written beside their places and then renamed, so that none is ever
        half-written; files of these names are replaced, others left alone.

        Raises
        ------
        OutputError
            If the folder cannot be made or a file cannot be written.
        """
        target = Path(folder)
        with new_file(target / "log.parquet") as log:
            self.log.write_parquet(log)
            with new_file(target / "truth.parquet") as truth:
                self.truth.write_parquet(truth)
                with new_file(target / "world.json") as told:
                    write_json(told, {"kind": self.kind, "parameters": dict(self.parameters)})
        return target
