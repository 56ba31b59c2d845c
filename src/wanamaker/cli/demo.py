"""``wanamaker demo``: every study that runs without an optional part, on simulated logs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the demo's runs are written.")
    ] = Path("runs/demo"),
    quick: Annotated[bool, typer.Option("--quick", help="Smaller logs and fewer replicates.")] = False,
    networks: Annotated[
        bool, typer.Option("--all", help="Also the studies that train networks; needs the extra 'deep'.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Simulate logs, run the studies on them, and say where the reports are. Replaces an earlier demo."""
    from wanamaker.cli.output import show
    from wanamaker.studies.demo import run_demo

    reports = run_demo(out, quick=quick, networks=networks)
    lines = "\n".join(f"{study}: {page}" for study, page in reports.items())
    show({study: str(page) for study, page in reports.items()}, lines, as_json=as_json)
