"""``wanamaker predict``: the predictions of a run for new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def predict(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory with a model.")],
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="Rows: a file, a directory of parquet, s3://….")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="The rows with a column prediction: .parquet, .csv, …."),
    ],
    history: Annotated[
        str | None,
        typer.Option("--history", metavar="LOG", help="The events before them, from which windows go on."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Predict new rows with the model of a run; rows and their order stay."""
    from wanamaker.cli.output import show
    from wanamaker.studies.predict import predict_file

    told = predict_file(run, source, out, history, overwrite=overwrite)
    lines = [*told.sentences(), f"predictions: {out}"]
    show(told.as_dict(), "\n".join(lines), as_json=as_json)
