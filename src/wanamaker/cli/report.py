"""``wanamaker report``: the report of a run, drawn again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")],
    as_json: options.AsJson = False,
) -> None:
    """Draw the report of a run again from its results, and say where it is."""
    from wanamaker.cli.output import show
    from wanamaker.runs.load import load_run
    from wanamaker.studies.registry import redraw_report

    page = redraw_report(load_run(run))
    show({"report": str(page)}, f"report: {page}", as_json=as_json)
