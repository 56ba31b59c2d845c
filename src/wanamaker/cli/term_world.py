"""The options of a world of search terms on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

_PANEL = "Kind search_terms"

Words = Annotated[
    int | None,
    typer.Option("--words", metavar="N", help="How many different words.", rich_help_panel=_PANEL),
]
Terms = Annotated[
    int | None,
    typer.Option("--terms", metavar="N", help="How many different search terms.", rich_help_panel=_PANEL),
]
WordEffect = Annotated[
    float | None,
    typer.Option(
        "--word-effect",
        metavar="FACTOR",
        help="Factor of what words and pairs of words do.",
        rich_help_panel=_PANEL,
    ),
]
Bigrams = Annotated[
    int | None,
    typer.Option(
        "--bigrams",
        metavar="N",
        help="How many pairs of words have an effect of their own.",
        rich_help_panel=_PANEL,
    ),
]
TermEffect = Annotated[
    float | None,
    typer.Option(
        "--term-effect",
        metavar="SD",
        help="Spread of what a term's words do not tell.",
        rich_help_panel=_PANEL,
    ),
]
Season = Annotated[
    float | None,
    typer.Option(
        "--season",
        metavar="FACTOR",
        help="Factor of what weekdays and the time of the year do.",
        rich_help_panel=_PANEL,
    ),
]
Dispersion = Annotated[
    float | None,
    typer.Option(
        "--dispersion",
        metavar="VARIANCE",
        help="Of the gamma factor on a row's conversions.",
        rich_help_panel=_PANEL,
    ),
]
ZeroInflation = Annotated[
    float | None,
    typer.Option(
        "--zero-inflation",
        metavar="SHARE",
        help="Share of rows whose conversions are lost.",
        rich_help_panel=_PANEL,
    ),
]
Useless = Annotated[
    float | None,
    typer.Option(
        "--useless", metavar="SHARE", help="Share of terms that never convert.", rich_help_panel=_PANEL
    ),
]
Delay = Annotated[
    str | None,
    typer.Option(
        "--delay",
        metavar="DURATION",
        help="Mean time from click to conversion, such as 5d.",
        rich_help_panel=_PANEL,
    ),
]
Hidden = Annotated[
    float | None,
    typer.Option(
        "--hidden",
        metavar="SHARE",
        help="Share of clicks of terms that are not named.",
        rich_help_panel=_PANEL,
    ),
]
Fractional = Annotated[
    bool, typer.Option("--fractional", help="Conversions are credited in part.", rich_help_panel=_PANEL)
]
