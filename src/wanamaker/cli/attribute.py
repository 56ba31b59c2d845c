"""``wanamaker attribute``: credit for a log, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from wanamaker.base.errors import ParameterError
from wanamaker.cli import options

Text = str | None
_LOG, _WINDOW, _RESULT = "Columns of a log", "Journeys", "Credit"


def _column(*names: str, help: str) -> Any:  # noqa: A002
    return typer.Option(*names, metavar="COLUMN", help=help, rich_help_panel=_LOG)


def _journeys(*names: str, help: str, metavar: str | None = None) -> Any:  # noqa: A002
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_WINDOW)


def _credit(*names: str, help: str, metavar: str | None = None) -> Any:  # noqa: A002
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_RESULT)


def attribute(
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="Log or paths: a file, a directory of parquet, s3://….")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the run directory is to appear.")],
    user: Annotated[Text, _column("--user", help="The user; default uid, or none with --journey.")] = None,
    time: Annotated[Text, _column("--time", help="The time; default timestamp.")] = None,
    touch: Annotated[Text, _column("--touch", help="Channel or campaign; default campaign.")] = None,
    converted: Annotated[
        Text, _column("--converted", help="Flag of a conversion, 0/1; default conversion.")
    ] = None,
    conversion_id: Annotated[
        Text, _column("--conversion-id", help="Which rows speak of one conversion.")
    ] = None,
    conversion_time: Annotated[
        Text, _column("--conversion-time", help="When the conversion happened.")
    ] = None,
    journey: Annotated[Text, _column("--journey", help="Which journey a row belongs to.")] = None,
    event: Annotated[
        Text, _column("--event", help="Kind of event, where conversions are rows of their own.")
    ] = None,
    kind: Annotated[Text, _column("--kind", help="Kind of touch, for lookbacks by kind.")] = None,
    value: Annotated[Text, _column("--value", help="Value of a conversion.")] = None,
    cost: Annotated[Text, _column("--cost", help="Cost of a touch.")] = None,
    covariate: Annotated[
        list[str] | None, _column("--covariate", help="Attribute of the user; repeat.")
    ] = None,
    path: Annotated[
        Text, _column("--path", help="Aggregated paths, such as 'a > b', in place of a log.")
    ] = None,
    nulls: Annotated[Text, _column("--nulls", help="With --path: journeys that did not convert.")] = None,
    conversions: Annotated[
        list[str] | None,
        _journeys(
            "--conversions",
            metavar="NAME",
            help="With --event: its values that are conversions. With --path: the column of counts.",
        ),
    ] = None,
    touch_events: Annotated[
        list[str] | None,
        _journeys("--touch-events", metavar="NAME", help="With --event: its values that are touches."),
    ] = None,
    separator: Annotated[
        Text, _journeys("--separator", metavar="TEXT", help="With --path: between names; default >.")
    ] = None,
    time_unit: Annotated[
        Text, _journeys("--time-unit", metavar="UNIT", help="Of numeric times: auto, s, ms, us, ns.")
    ] = None,
    lookback: Annotated[
        Text,
        _journeys(
            "--lookback", metavar="DURATION", help="Such as 30d, none, or click=30d,view=1d; default 30d."
        ),
    ] = None,
    max_touches: Annotated[
        int | None, _journeys("--max-touches", help="Keep the last so many touches.")
    ] = None,
    collapse: Annotated[
        bool, _journeys("--collapse", help="Count the same touch several times in a row once.")
    ] = False,
    observed: Annotated[
        Text, _journeys("--observed", metavar="HOW", help="until_conversion (default) or full.")
    ] = None,
    censor_at: Annotated[
        Text, _journeys("--censor-at", metavar="TIME", help="Leave out everything from then on.")
    ] = None,
    landmark: Annotated[
        Text,
        _journeys(
            "--landmark",
            metavar="T0,HORIZON",
            help="Touches before T0, conversions within the horizon after.",
        ),
    ] = None,
    models: Annotated[
        list[str] | None,
        _credit(
            "--models", metavar="NAMES", help="Methods, with commas or repeated; default all that apply."
        ),
    ] = None,
    bootstrap: Annotated[
        int | None, _credit("--bootstrap", metavar="N", help="Replicates; 0 for no intervals; default 200.")
    ] = None,
    seed: Annotated[int | None, _credit("--seed", help="Seed of the replicates; default 0.")] = None,
    by: Annotated[
        list[str] | None,
        _credit("--by", metavar="NAME", help="Also split by day, week, month or a covariate; repeat."),
    ] = None,
    title: Annotated[Text, _credit("--title", help="Title of the report.")] = None,
    truth: Annotated[
        Text, _credit("--truth", metavar="FILE", help="Planted truth of a simulated log.")
    ] = None,
    lift_tests: Annotated[
        Text,
        _credit("--lift-tests", metavar="FILE", help="Experiments that incremental credit is anchored to."),
    ] = None,
    settings: options.Settings = None,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Give every touch of a log its credit, and leave a run directory with the report."""
    given = dict(locals())
    from wanamaker.cli.output import show_attribution
    from wanamaker.studies.attribution import run_attribution
    from wanamaker.studies.attribution_study import AttributionStudy
    from wanamaker.studies.config import validated, with_settings

    content = with_settings(_content(given), settings or ())
    study = validated(AttributionStudy, content, "wanamaker attribute")
    show_attribution(run_attribution(study, out, overwrite=overwrite), as_json=as_json)


_SECTIONS = {
    "data": {"source": "path", "truth": "truth", "lift_tests": "lift_tests"},
    "columns": {
        name: name
        for name in (
            *("user", "time", "touch", "converted", "conversion_id", "conversion_time", "journey"),
            *("event", "kind", "value", "cost", "path", "nulls"),
        )
    },
    "journeys": {
        name: name
        for name in ("touch_events", "separator", "time_unit", "max_touches", "observed", "lookback")
    },
    "attribution": {"models": "models", "bootstrap": "bootstrap", "seed": "seed", "by": "by"},
    "report": {"title": "title"},
}
"""Section of a study to the options that fill it: option to key."""


def _content(given: dict[str, Any]) -> dict[str, Any]:
    """Return the study that the options describe, with only what was given."""
    for name in ("covariate", "conversions", "touch_events", "models", "by"):
        given[name] = options.names(given[name]) or None
    for name, read in (("censor_at", options.moment), ("landmark", options.landmark)):
        given[name] = None if given[name] is None else read(given[name])
    content: dict[str, Any] = {
        section: {key: given[option] for option, key in keys.items() if given[option] is not None}
        for section, keys in _SECTIONS.items()
    }
    extra = {
        "censor_at": given["censor_at"],
        "landmark": given["landmark"],
        "collapse": given["collapse"] or None,
    }
    content["journeys"] |= {key: value for key, value in extra.items() if value is not None}
    if given["lookback"] is not None:
        content["journeys"]["lookback"] = options.lookback(given["lookback"])
    if given["covariate"] is not None:
        content["columns"]["covariates"] = given["covariate"]
    if given["conversions"] is not None:
        _place_conversions(content, given["conversions"], paths=given["path"] is not None)
    return {"kind": "attribution", **{section: keys for section, keys in content.items() if keys}}


def _place_conversions(content: dict[str, Any], names: list[str], *, paths: bool) -> None:
    """Put ``--conversions`` where it belongs: the column of counts of paths, or values of an event."""
    if not paths:
        content["journeys"]["conversions"] = names
        return
    if len(names) > 1:
        message = f"With --path, --conversions names one column of counts. Got {names}."
        raise ParameterError(message, hint=f"Write --conversions {names[0]}.")
    content["columns"]["conversions"] = names[0]
