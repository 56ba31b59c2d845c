"""Journeys from an event log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.durations import positive_micros
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError
from wanamaker.events.reading import read_table
from wanamaker.events.times import exact_iso, moment_micros, resolve_unit
from wanamaker.journeys.build import Stream, build, concatenate, ordered_stream
from wanamaker.journeys.conversions import declared, flagged, identified, with_goals
from wanamaker.journeys.designs import censored, landmarked, until_conversion
from wanamaker.journeys.events import Conversions, Events, read_events
from wanamaker.journeys.journeys import NO_TIME, Journeys
from wanamaker.journeys.notes import Note, warn
from wanamaker.journeys.observation import Observation
from wanamaker.journeys.quality import log_notes, result_notes
from wanamaker.journeys.roles import Roles

if TYPE_CHECKING:
    from wanamaker.base.durations import Duration
    from wanamaker.journeys.observation import Lookback, Observed


def journeys_from_events(
    log: Any,
    *,
    user: str | None = None,
    time: str = "timestamp",
    touch: str = "campaign",
    converted: str | None = None,
    time_unit: str = "auto",
    conversion_id: str | None = None,
    conversion_time: str | None = None,
    journey: str | None = None,
    event: str | None = None,
    conversions: Sequence[str] = (),
    touch_events: Sequence[str] = (),
    kind: str | None = None,
    value: str | None = None,
    cost: str | None = None,
    covariates: Sequence[str] = (),
    lookback: Lookback = "30d",
    max_touches: int | None = None,
    collapse: bool = False,
    observed: Observed | None = None,
    censor_at: Any = None,
    landmark: tuple[Any, Duration] | None = None,
) -> Journeys:
    """Build journeys from a log of touches and conversions.

    All touches of a user up to and including a conversion are one journey; after a conversion a new
    one begins; touches after the last conversion, or of users who never convert, are a journey
    without a conversion. Touches at the same time keep the log's order. Use it for raw logs; for
    paths that another tool has already put together use `journeys_from_paths`.

    The log tells conversions in one of three forms: a flag on the touch that the conversion follows
    (``converted``, the default; with ``conversion_id`` where the flag is repeated on every touch
    before one conversion); rows of their own (``event`` and ``conversions``); or journeys that are
    already identified (``journey`` and one label per journey in ``converted``).

    Parameters
    ----------
    log
        A polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, or a path.
        One row per event, in any order.
    user
        Column with the user; ``"uid"`` if left out. With ``journey`` it may be left out: each
        journey is then its own user.
    time
        Column with the time: datetimes, dates, ISO 8601 strings, or numbers.
    touch
        Column with the touch's name (channel or campaign).
    converted
        Column with the flag, boolean or 0/1; ``"conversion"`` if left out.
    time_unit
        Unit of numeric times: ``"s"``, ``"ms"``, ``"us"``, ``"ns"``, or ``"auto"`` by their size.
    conversion_id, conversion_time
        Columns that tell which rows speak of one conversion, and when it happened.
    journey
        Column that says which journey each row belongs to (within a user, where one is given).
    event, conversions, touch_events
        Column with the kind of event; its values that are conversions (each is a goal of its own,
        with journeys of its own; default: the values that never come with a touch); its values
        that are touches (default: every other row with a touch).
    kind
        Column with the kind of touch, such as click or view, for a lookback by kind.
    value, cost
        Columns with the value of a conversion and the cost of a touch, in one currency.
    covariates
        Columns with attributes of the user, taken at the journey's first touch.
    lookback
        How long before the conversion touches belong (``"30d"``; None for no limit; a dict by
        kind). Where there is no conversion, and with ``journey``, measured from the last touch.
    max_touches
        Keep the last so many touches of a journey; its label stays. None keeps all.
    collapse
        Count the same touch several times in a row once, at its last time.
    observed
        ``"until_conversion"`` (default) or ``"full"``: see `Observation`.
    censor_at
        Leave out every event from this time on, so that all users are cut at one date.
    landmark
        ``(T0, horizon)``: one journey per user, of the touches before T0 (within the lookback),
        converted if a conversion falls in [T0, T0 + horizon).

    Raises
    ------
    SchemaError
        If a column is missing or has a type its role does not allow.
    DataError
        If the log is empty or a value cannot be used; names the row.
    ParameterError
        If options contradict each other or are out of range.

    Examples
    --------
    >>> log = pl.DataFrame({"uid": [7, 7, 7], "timestamp": [10, 20, 30],
    ...                     "campaign": ["search", "email", "social"], "conversion": [0, 1, 0]})
    >>> journeys_from_events(log).to_frame()["touches"].to_list()
    [['search', 'email'], ['social']]
    """
    by_journey = journey is not None
    roles = Roles(
        user=user if user is not None or by_journey else "uid",
        time=time,
        touch=touch,
        converted=converted if converted is not None or event is not None else "conversion",
        conversion_id=conversion_id,
        conversion_time=conversion_time,
        journey=journey,
        event=event,
        conversions=tuple(str(event) for event in _names(conversions, "conversions")),
        touch_events=tuple(str(event) for event in _names(touch_events, "touch_events")),
        kind=kind,
        value=value,
        cost=cost,
        covariates=_names(covariates, "covariates"),
    )
    observation = Observation(
        observed=observed or ("until_conversion" if landmark is None else "full"),
        lookback=lookback,
        max_touches=max_touches,
        collapse=collapse,
        censor_at=censor_at,
        landmark=tuple(landmark) if isinstance(landmark, list) else landmark,
        users_given=user is not None or not by_journey,
        form=roles.form,
    )
    native = read_table(log, roles.columns, ids=roles.ids)
    if native.frame.is_empty():
        message = "A log with at least one row was expected. Got an empty log."
        raise DataError(message, hint="Check the file, or the filter that made it.")
    journeys = _built(native.frame, roles, observation, time_unit)
    warn(journeys.notes)
    return replace(journeys, kind=native.kind)


def _names(names: Sequence[str], parameter: str) -> tuple[str, ...]:
    if isinstance(names, str):
        message = f"{parameter!r} must be a list of names. Got {names!r}."
        raise ParameterError(message, hint=f"Write {parameter}=[{names!r}].")
    if not isinstance(names, Sequence):
        message = f"{parameter!r} must be a list of names. Got {names!r}."
        raise ParameterTypeError(message, hint=f"Write {parameter}=['name'], or leave it out.")
    return tuple(names)


def _built(frame: pl.DataFrame, roles: Roles, observation: Observation, time_unit: str) -> Journeys:
    unit = resolve_unit(frame[roles.time], time_unit)
    events = read_events(frame, roles, unit)
    roles, notes = with_goals(events, roles)
    goals = list(roles.conversions) or [""]
    all_found = [_found(events, roles, unit, goal) for goal in goals]
    events = _without_conversion_rows(events, roles)
    observation = _resolved(observation, unit)
    parts: list[Journeys] = []
    stream = ordered_stream(events, all_found[0])
    notes += log_notes(events, roles, observation, all_found, stream)
    for found in all_found:
        ordered = stream if found is all_found[0] else None
        journeys, more = _one_goal(events, found, roles, observation, ordered)
        parts.append(journeys)
        notes += more
    journeys = parts[0] if len(parts) == 1 else concatenate(parts, goals)
    told = [
        moment
        for part in parts
        for moment in (part.observation.start, part.observation.end)
        if moment is not None
    ]
    if told:
        observation = replace(observation, start=min(told), end=max(told))
    return replace(journeys, observation=observation, notes=(*notes, *result_notes(journeys)))


def _found(events: Events, roles: Roles, unit: str, goal: str) -> Conversions:
    if roles.form == "events":
        return declared(events, roles, unit, goal)
    return identified(events, roles, unit) if roles.form == "journeys" else flagged(events, roles, unit)


def _without_conversion_rows(events: Events, roles: Roles) -> Events:
    if roles.event is None:
        return events
    kinds = events.frame[roles.event].cast(pl.String).str.strip_chars()
    no_touch = kinds.is_in(list(roles.conversions)).fill_null(value=False)
    if roles.touch_events:
        no_touch |= ~kinds.is_in(list(roles.touch_events)).fill_null(value=False)
    return events.without(no_touch.to_numpy())


def _resolved(observation: Observation, unit: str) -> Observation:
    """Return the options with their moments as ISO 8601, so that a reader need not know the log's unit."""
    censor_at, landmark = observation.censor_at, observation.landmark
    if censor_at is not None:
        censor_at = exact_iso(moment_micros(censor_at, "censor_at", unit))
    if landmark is not None:
        landmark = (exact_iso(moment_micros(landmark[0], "landmark T0", unit)), landmark[1])
    return replace(observation, censor_at=censor_at, landmark=landmark)


def _span(events: Events, found: Conversions) -> tuple[int | None, int | None]:
    """Return the first and last time of what is left of the log."""
    bounds: list[int] = []
    touched = pl.Series(events.touches >= 0)
    for times in (pl.Series(events.times).filter(touched), pl.Series(found.times)):
        known = times.filter(times != NO_TIME)
        bounds += [] if known.is_empty() else [int(known.min()), int(known.max())]  # type: ignore[arg-type]
    return (min(bounds), max(bounds)) if bounds else (None, None)


def _one_goal(
    events: Events,
    found: Conversions,
    roles: Roles,
    observation: Observation,
    stream: Stream | None = None,
) -> tuple[Journeys, list[Note]]:
    """Cut the journeys of one goal; ``stream`` is the ordered log, where it is at hand already."""
    notes: list[Note] = []
    reference, given = NO_TIME, (events, found)
    if roles.form == "journeys":
        events, notes = until_conversion(events, found)
    if observation.censor_at is not None:
        events, found, more = censored(events, found, moment_micros(observation.censor_at, "censor_at"))
        notes += more
    if observation.landmark is not None:
        reference = moment_micros(observation.landmark[0], "landmark T0")
        horizon = positive_micros(observation.landmark[1], "landmark horizon")
        events, found, more = landmarked(events, found, reference, horizon)
        notes += more
    start, end = _span(events, found)
    observation = replace(observation, start=start, end=end)
    changed = given[0] is not events or given[1] is not found
    if stream is None or changed:
        stream = ordered_stream(events, found)
    return build(events, found, stream, roles, observation, reference), notes
