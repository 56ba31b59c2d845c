"""``wanamaker simulate``: a log with planted truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wanamaker.cli import options


def simulate(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Kind of world: journeys.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where log, truth and parameters are written.")
    ],
    rows: Annotated[int, typer.Option("--rows", metavar="N", help="How many journeys.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the world.")] = 0,
    observed: Annotated[
        str, typer.Option("--observed", metavar="HOW", help="full or until_conversion.")
    ] = "full",
    confounded: Annotated[
        bool, typer.Option("--confounded", help="A latent intent raises exposure and conversion.")
    ] = False,
    intent_error: Annotated[
        float,
        typer.Option(
            "--intent-error", metavar="SHARE", help="Share of users whose intent is wrong in the log."
        ),
    ] = 0.0,
    carry_over: Annotated[
        bool, typer.Option("--carry-over", help="Touches of some channels trigger touches of others.")
    ] = False,
    late: Annotated[
        bool, typer.Option("--late", help="A channel without effect comes late in a journey.")
    ] = False,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Simulate a log whose truth is known: who converts, and what made them."""
    from wanamaker.base.storage import refuse_occupied
    from wanamaker.cli.output import show
    from wanamaker.simulate.registry import simulate_world

    refuse_occupied(out, overwrite=overwrite)
    world = simulate_world(
        kind,
        rows,
        seed=seed,
        observed=observed,
        confounded=confounded,
        intent_error=intent_error,
        carry_over=carry_over,
        late=late,
    )
    world.write(out)
    told = {"log": str(out / "log.parquet"), "truth": str(out / "truth.parquet"), "rows": len(world.log)}
    show(told, f"{len(world.log):,} rows: {told['log']}\ntruth: {told['truth']}", as_json=as_json)
