"""``wanamaker simulate``: a log with planted truth, and pictures of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from wanamaker.cli import options, term_world

_EVERY, _JOURNEYS, _CLICKS, _SESSIONS = "Every kind", "Kind journeys", "Kind clicks", "Kind sessions"
_DAYS = "Length of a log of clicks or search terms; days in which users of journeys, and sessions, start."

_OF_THE_COMMAND = ("kind", "out", "rows", "pictures", "overwrite", "as_json")
"""What is said to the command; every other flag is an option of the world."""


def simulate(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Kind of world: journeys, clicks, sessions or search_terms.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where log, truth, parameters and pictures are written."),
    ],
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", help="How many journeys, clicks, sessions or rows.")
    ] = 100_000,
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
            help="Share of clicks credited with an install; of users who convert unprompted; of sessions "
            "with a purchase; conversions per click.",
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
        int | None,
        typer.Option(
            "--users", metavar="N", help="How many users (clicks, sessions).", rich_help_panel=_CLICKS
        ),
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
    order_effect: Annotated[
        float | None,
        typer.Option(
            "--order-effect",
            metavar="LOGIT",
            help="What the last pair adds if the view came first, and takes if the cart did.",
            rich_help_panel=_SESSIONS,
        ),
    ] = None,
    time_effect: Annotated[
        float | None,
        typer.Option(
            "--time-effect",
            metavar="LOGIT",
            help="What it adds if it was made slowly, and takes if in haste.",
            rich_help_panel=_SESSIONS,
        ),
    ] = None,
    price_effect: Annotated[
        float | None,
        typer.Option(
            "--price-effect",
            metavar="LOGIT",
            help="What a standard deviation of the log price takes.",
            rich_help_panel=_SESSIONS,
        ),
    ] = None,
    feature_effect: Annotated[
        float | None,
        typer.Option(
            "--feature-effect",
            metavar="FACTOR",
            help="Factor of what device, source and weekend add.",
            rich_help_panel=_SESSIONS,
        ),
    ] = None,
    user_effect: Annotated[
        float | None,
        typer.Option(
            "--user-effect", metavar="SD", help="Spread of the users' own logits.", rich_help_panel=_SESSIONS
        ),
    ] = None,
    habit: Annotated[
        float | None,
        typer.Option(
            "--habit",
            metavar="SHARE",
            help="Correlation of the orders of two pairs of a session.",
            rich_help_panel=_SESSIONS,
        ),
    ] = None,
    mean_length: Annotated[
        float | None,
        typer.Option(
            "--mean-length", metavar="N", help="Mean events of a session.", rich_help_panel=_SESSIONS
        ),
    ] = None,
    longest: Annotated[
        int | None,
        typer.Option("--longest", metavar="N", help="Most events of a session.", rich_help_panel=_SESSIONS),
    ] = None,
    products: Annotated[
        int | None,
        typer.Option("--products", metavar="N", help="How many products.", rich_help_panel=_SESSIONS),
    ] = None,
    purchase_event: Annotated[
        bool,
        typer.Option(
            "--purchase-event",
            help="A purchase is also an event, the last of its session.",
            rich_help_panel=_SESSIONS,
        ),
    ] = False,
    words: term_world.Words = None,
    terms: term_world.Terms = None,
    word_effect: term_world.WordEffect = None,
    bigrams: term_world.Bigrams = None,
    term_effect: term_world.TermEffect = None,
    season: term_world.Season = None,
    dispersion: term_world.Dispersion = None,
    zero_inflation: term_world.ZeroInflation = None,
    useless: term_world.Useless = None,
    delay: term_world.Delay = None,
    hidden: term_world.Hidden = None,
    fractional: term_world.Fractional = False,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Whether pictures.html is drawn.")
    ] = True,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Simulate a log whose truth is known: who converts or buys, and what made them."""
    given = {name: value for name, value in locals().items() if name not in _OF_THE_COMMAND}
    from wanamaker.base.storage import refuse_occupied
    from wanamaker.cli.output import show
    from wanamaker.simulate.registry import write_world
    from wanamaker.studies.worlds.pictures import picture_world

    refuse_occupied(out, overwrite=overwrite)
    write_world(kind, rows, out, {name: None if value is False else value for name, value in given.items()})
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
