"""Peers, each with its pinned versions in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path


class PeerError(RuntimeError):
    """A peer cannot be installed or imported."""


@dataclass(frozen=True)
class Peer:
    """Another package to compare with.

    Parameters
    ----------
    name
        Its import name.
    requirements
        What pip installs: the peer and what it runs on, all pinned.
    """

    name: str
    requirements: tuple[str, ...]

    @property
    def home(self) -> Path:
        """The virtual environment; git ignores it."""
        return ROOT / f".venv-bench-{self.name.lower()}"

    @property
    def title(self) -> str:
        """The peer's name and version, for tables."""
        return self.requirements[0].replace("==", " ")

    def python(self) -> Path:
        """Return the interpreter of the peer's environment, made when missing.

        Raises
        ------
        PeerError
            If the peer cannot be installed or imported; says what pip said.
        """
        stamp = self.home / "bench-requirements.txt"
        wanted = "\n".join(self.requirements)
        python = self.home / "bin" / "python"
        if not (python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
            self._install(python)
            stamp.write_text(wanted, encoding="utf-8")
        return python

    def _install(self, python: Path) -> None:
        print(f"installing {self.title} into {self.home.name} …", file=sys.stderr, flush=True)
        self._step([sys.executable, "-m", "venv", "--clear", str(self.home)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        self._step([*pip, *self.requirements])
        self._step([str(python), "-c", f"import {self.name}"])

    def _step(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
            message = (
                f"The peer {self.title} could not be set up: {' '.join(command[1:])} failed.\n{said}\n"
                f"Hint: pip must reach a package index that has {', '.join(self.requirements)}."
            )
            raise PeerError(message)


CHANNEL_ATTRIBUTION = Peer(
    "ChannelAttribution",
    # Its wheel fails at import without matplotlib.
    ("ChannelAttribution==2.2.5", "matplotlib==3.11.2", "numpy==2.4.6", "pandas==3.1.1"),
)
DUCKDB = Peer("duckdb", ("duckdb==2.0.0",))
KERAS = Peer("keras", ("keras==3.15.1", "tensorflow-cpu==2.21.0", "numpy==2.4.6"))
MARKETING_ATTRIBUTION_MODELS = Peer(
    "mam",
    (
        *("marketing-attribution-models==2.1.1", "numpy==2.4.6", "pandas==3.1.1"),
        *("polars==2.1.0", "pyarrow==26.0.1", "scipy==1.17.1", "plotly==7.1.0"),
    ),
)
RIVER = Peer("river", ("river==0.26.1", "polars==2.1.0"))
