"""``wanamaker tune``: better parameters for a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def tune(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study's file.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where trials and the tuned study are left; default runs/ and the file's name with -tuning.",
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", metavar="N", help="How many trials in all; default 100.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--seconds", metavar="S", help="Stop after so long, in this call.")
    ] = None,
    settings: options.Settings = None,
    as_json: options.AsJson = False,
) -> None:
    """Search for parameters on the training rows, and write the study that uses the best. Resumes."""
    from wanamaker.cli.output import show_tuning
    from wanamaker.studies.registry import tune_study

    given = {"tune.trials": trials, "tune.seconds": seconds}
    wanted = [f"{key}={value}" for key, value in given.items() if value is not None]
    show_tuning(tune_study(study, out, [*(settings or ()), *wanted]), as_json=as_json)
