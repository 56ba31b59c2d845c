"""``wanamaker features``: a log with its window features."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def features(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC.toml", help="Time, windows and labels; or a study that has them.")
    ],
    log: Annotated[
        str, typer.Argument(metavar="LOG", help="The log: a file, a directory of parquet, s3://….")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the log with its features is written.")
    ],
    history: Annotated[
        str | None,
        typer.Option("--history", metavar="LOG", help="Earlier events that the windows go on from."),
    ] = None,
    train: Annotated[
        str | None,
        typer.Option("--train", metavar="LOG", help="What rates without mean = … are learned from."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Add window features to every row of a log, from its strict past."""
    from wanamaker.cli.output import show
    from wanamaker.events.writing import refuse_unwritable
    from wanamaker.features.spec_files import window_features_from_file
    from wanamaker.features.to_file import write_windows

    refuse_unwritable(out, overwrite=overwrite)
    windows = window_features_from_file(spec)
    if train is not None:
        windows.fit(train)
    rows = write_windows(windows, log, out, history, overwrite=overwrite)
    told = {"out": str(out), "rows": rows, "features": windows.names, "fingerprint": windows.fingerprint}
    show(told, f"{rows:,} rows with {len(windows.names)} features: {out}", as_json=as_json)
