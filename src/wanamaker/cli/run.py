"""``wanamaker run``: a study from its file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def run(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study's file.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Run directory; default runs/ and the file's name."),
    ] = None,
    settings: options.Settings = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Answer a study that a TOML file describes, and leave a run directory."""
    from wanamaker.cli.output import show_outcome
    from wanamaker.studies.registry import run_study

    show_outcome(run_study(study, out, settings or (), overwrite=overwrite), as_json=as_json)
