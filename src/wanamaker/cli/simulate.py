"""``wanamaker simulate``: a log with planted truth, and pictures of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from wanamaker.cli import options

_EVERY, _JOURNEYS, _CLICKS = "Every kind", "Kind journeys", "Kind clicks"
_DAYS = "Length of a log of clicks; days in which the users of journeys start."


def simulate(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Kind of world: journeys or clicks.")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where log, truth, parameters and pictures are written."),
    ],
    rows: Annotated[int, typer.Option("--rows", metavar="N", help="How many journeys, or clicks.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the world.")] = 0,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First day.", rich_help_panel=_EVERY)
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", help=_DAYS, rich_help_panel=_EVERY)
    ] = None,
    base_rate: Annotated[
        float | None,
        typer.Option(
            "--base-rate",
            metavar="P",
            help="Share of clicks credited with an install; of users who convert unprompted.",
            rich_help_panel=_EVERY,
        ),
    ] = None,
    observed: Annotated[
        str | None,
        typer.Option(
            "--observed", metavar="HOW", help="full or until_conversion.", rich_help_panel=_JOURNEYS
        ),
    ] = None,
    confounded: Annotated[
        bool,
        typer.Option(
            "--confounded",
            help="A latent intent raises exposure and conversion.",
            rich_help_panel=_JOURNEYS,
        ),
    ] = False,
    intent_error: Annotated[
        float | None,
        typer.Option(
            "--intent-error",
            metavar="SHARE",
            help="Share of users whose intent is wrong in the log.",
            rich_help_panel=_JOURNEYS,
        ),
    ] = None,
    carry_over: Annotated[
        bool,
        typer.Option(
            "--carry-over",
            help="Touches of some channels trigger touches of others.",
            rich_help_panel=_JOURNEYS,
        ),
    ] = False,
    late: Annotated[
        bool,
        typer.Option(
            "--late", help="A channel without effect comes late in a journey.", rich_help_panel=_JOURNEYS
        ),
    ] = False,
    bots: Annotated[
        float | None,
        typer.Option("--bots", metavar="SHARE", help="Share of clicks by bots.", rich_help_panel=_CLICKS),
    ] = None,
    bot_rate: Annotated[
        float | None,
        typer.Option("--bot-rate", metavar="P", help="Install rate of bots.", rich_help_panel=_CLICKS),
    ] = None,
    injected: Annotated[
        float | None,
        typer.Option(
            "--injected",
            metavar="SHARE",
            help="Share of installs stolen by injected clicks.",
            rich_help_panel=_CLICKS,
        ),
    ] = None,
    drift: Annotated[
        float | None,
        typer.Option(
            "--drift", metavar="SD", help="Daily step of the apps' log rates.", rich_help_panel=_CLICKS
        ),
    ] = None,
    label_delay: Annotated[
        float | None,
        typer.Option(
            "--label-delay",
            metavar="SECONDS",
            help="Median time from click to install.",
            rich_help_panel=_CLICKS,
        ),
    ] = None,
    utc_offset: Annotated[
        int | None,
        typer.Option(
            "--utc-offset",
            metavar="HOURS",
            help="By how much people's clocks are ahead of UTC.",
            rich_help_panel=_CLICKS,
        ),
    ] = None,
    users: Annotated[
        int | None, typer.Option("--users", metavar="N", help="How many users.", rich_help_panel=_CLICKS)
    ] = None,
    ips: Annotated[
        int | None, typer.Option("--ips", metavar="N", help="How many networks.", rich_help_panel=_CLICKS)
    ] = None,
    apps: Annotated[
        int | None, typer.Option("--apps", metavar="N", help="How many apps.", rich_help_panel=_CLICKS)
    ] = None,
    channels: Annotated[
        int | None,
        typer.Option("--channels", metavar="N", help="How many channels.", rich_help_panel=_CLICKS),
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Whether pictures.html is drawn.")
    ] = True,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Simulate a log whose truth is known: who converts, and what made them."""
    from wanamaker.base.storage import refuse_occupied
    from wanamaker.cli.output import show
    from wanamaker.simulate.registry import write_world
    from wanamaker.studies.worlds.pictures import picture_world

    given = {
        "seed": seed,
        "start": start,
        "days": days,
        "base_rate": base_rate,
        "observed": observed,
        "confounded": confounded or None,
        "intent_error": intent_error,
        "carry_over": carry_over or None,
        "late": late or None,
        "bots": bots,
        "bot_rate": bot_rate,
        "injected": injected,
        "drift": drift,
        "label_delay": label_delay,
        "utc_offset": utc_offset,
        "users": users,
        "ips": ips,
        "apps": apps,
        "channels": channels,
    }
    refuse_occupied(out, overwrite=overwrite)
    write_world(kind, rows, out, given)
    if not pictures:
        (out / "pictures.html").unlink(missing_ok=True)  # of the world that was replaced
    show(*_told(out, picture_world(out) if pictures else None), as_json=as_json)


def _told(out: Path, pictures: Path | None) -> tuple[dict[str, Any], str]:
    """Return what was written, for programs and for people."""
    import polars as pl

    log, truth = out / "log.parquet", out / "truth.parquet"
    rows = int(pl.scan_parquet(log).select(pl.len()).collect().item())
    paths = {"log": log, "truth": truth} | ({} if pictures is None else {"pictures": pictures})
    told: dict[str, Any] = {name: str(path) for name, path in paths.items()} | {"rows": rows}
    lines = [f"{rows:,} rows: {log}", *(f"{name}: {path}" for name, path in paths.items() if name != "log")]
    return told, "\n".join(lines)
