"""Experiments in a simulated world: what a channel brings, measured by keeping it from some users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import IntegerIn, RealIn, check
from wanamaker.simulate.population import DAY, draw_population, streams_of
from wanamaker.simulate.setting import Setting
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_OWNER = "simulate.lift_tests"
_CONSTRAINTS: Mapping[str, Constraint] = {
    "holdout": RealIn(0.0, 1.0, open_at=("low", "high")),
    "seed": IntegerIn(0),
}
_APART = 3_141_592  # keeps the numbers of a test apart from those of a world with the same seed


def lift_tests(
    world: World,
    touches: Sequence[str] | None = None,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    holdout: float = 0.5,
    seed: int = 0,
) -> pl.DataFrame:
    """Run one randomised holdout test for each channel of a simulated world.

    The users of the period are split at random; for those held out the channel does not exist, nor do the
    touches that it would trigger. Who converts is drawn from the true model for both groups, anew for every
    test. The estimate is p₁ - p₀, the difference of the two conversion rates (exposed less held out), times
    N, the users of the period; its standard error is N √(p₁(1 - p₁)/n₁ + p₀(1 - p₀)/n₀). It estimates the
    ``removal`` of the world's truth, so the tests of several channels do not add up to the conversions.
    Use it to anchor credit to experiments; it knows no spill-over between users and no failed delivery.

    Parameters
    ----------
    world
        A world that `wanamaker.simulate.journeys` returned. Its users are drawn again from its parameters.
    touches
        The channels to test, one test each; None for all. A channel's test does not depend on the others.
    start, end
        First and last day of the period, both inclusive, in UTC: dates or their ISO form. A user belongs to
        the period in which the last of the user's potential touches lies. In a world observed in full that
        is the last row of the user in the log, with the conversion if there is one; in a world observed
        until conversion, a conversion may stand in the log some days earlier. None for no bound.
    holdout
        Share of the users that is held out, in (0, 1); one user at least is, and one is not.
    seed
        Seed of the splits and outcomes; the same seed in the same world gives the same results, bit for bit.

    Returns
    -------
    polars.DataFrame
        One row per test: ``touch``; ``start``, ``end`` (ISO dates, the first and last day of the log where
        no bound was given); ``conversions``, the incremental conversions of the channel among all users of
        the period, as estimated; ``standard_error`` of it (0 if nobody in either group converts).

    Raises
    ------
    ParameterError, ParameterTypeError
        If the world is of another kind, a channel unknown, the period outside of the log, or an option out
        of its range.

    Examples
    --------
    >>> from wanamaker.simulate import journeys
    >>> world = journeys(20_000, seed=1)
    >>> world.truth.filter(touch="shopping")["removal"].round(0).item()
    195.0
    >>> lift_tests(world, ["shopping"]).select(pl.col("conversions", "standard_error").round(0)).row(0)
    (226.0, 68.0)
    """
    check(_OWNER, {"holdout": holdout, "seed": seed}, _CONSTRAINTS)
    setting = _setting_of(world)
    names = [channel.name for channel in setting.channels]
    chosen = _checked_touches(touches, names)
    first, last = _checked_period(start, end, _days_of(world.log))
    population = draw_population(setting, streams_of(setting.seed))
    moments = population.last_moments
    here = np.ones(len(moments), dtype=np.bool_)
    if start is not None:
        here &= moments >= _midnight(first)
    if end is not None:
        here &= moments < _midnight(last) + DAY
    _refuse_too_few(int(here.sum()), first, last)
    exposed = population.conversion_probability()[here]
    # The world's seed takes part, so that equal tests of several worlds do not err alike.
    rng = np.random.default_rng([seed, setting.seed, _APART])
    streams = dict(zip(names, rng.spawn(len(names)), strict=True))
    results = []
    for name in chosen:
        held_out = population.conversion_probability(without=names.index(name))[here]
        results.append(_measured(exposed, held_out, holdout, streams[name]))
    estimates = pl.DataFrame(
        results, schema={"conversions": pl.Float64, "standard_error": pl.Float64}, orient="row"
    )
    told = pl.lit(first.isoformat()).alias("start"), pl.lit(last.isoformat()).alias("end")
    return estimates.select(pl.Series("touch", chosen, dtype=pl.String), *told, pl.all())


def _measured(
    exposed: NDArray[np.float64], held_out: NDArray[np.float64], holdout: float, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the estimate and standard error of one test, from each user's probability in either group."""
    users = len(exposed)
    size = min(max(round(holdout * users), 1), users - 1)
    out = rng.permutation(users) < size
    converts = rng.random(users) < np.where(out, held_out, exposed)
    rates, sizes = np.array([converts[~out].mean(), converts[out].mean()]), np.array([users - size, size])
    error = np.sqrt((rates * (1.0 - rates) / sizes).sum())
    return float(users * (rates[0] - rates[1])), float(users * error)


def _setting_of(world: World) -> Setting:
    given: object = world  # what the annotation promises is checked, not trusted
    hint = "world = wanamaker.simulate.journeys(n=100_000)"
    if not isinstance(given, World):
        message = f"The 'world' parameter of {_OWNER} must be a World. Got {type(given).__name__}."
        raise ParameterTypeError(message, hint=hint)
    if world.kind != "journeys":
        message = f"The 'world' parameter of {_OWNER} must be a world of journeys. Got kind {world.kind!r}."
        raise ParameterError(message, hint=hint)
    return Setting.of(world.parameters)


def _checked_touches(touches: Sequence[str] | None, names: list[str]) -> list[str]:
    """Return the channels to test."""
    if touches is None:
        return names
    given: object = touches
    listed = isinstance(given, Sequence) and not isinstance(given, str)
    if not listed or not all(isinstance(name, str) for name in touches):
        message = f"The 'touches' parameter of {_OWNER} must be a list of channels, or None. Got {touches!r}."
        raise ParameterTypeError(message, hint=f"touches=[{names[0]!r}]")
    for name in touches:
        if name not in names:
            message = f"The 'touches' parameter of {_OWNER} must name channels of the world. Got {name!r}."
            raise ParameterError(message, hint=nearest(name, names))
    if len(set(touches)) < len(touches) or not touches:
        message = f"The 'touches' parameter of {_OWNER} must name each channel once. Got {list(touches)}."
        raise ParameterError(message, hint="Leave 'touches' out for all channels.")
    return list(touches)


def _checked_period(
    start: str | date | None, end: str | date | None, days: tuple[date, date]
) -> tuple[date, date]:
    """Return the first and last day of the period, which must be days of the log."""
    first = days[0] if start is None else _day("start", start)
    last = days[1] if end is None else _day("end", end)
    if not days[0] <= first <= last <= days[1]:
        message = (
            f"The period of {_OWNER} must lie within the log, {days[0]} to {days[1]}, and end no earlier "
            f"than it starts. Got {first} to {last}."
        )
        raise ParameterError(message, hint=f"start='{days[0]}', end='{days[1]}'")
    return first, last


def _refuse_too_few(users: int, first: date, last: date) -> None:
    if users < 2:  # noqa: PLR2004
        message = f"Two users at least must belong to the period of {_OWNER}. Got {users}, {first} to {last}."
        raise ParameterError(message, hint="Leave 'start' and 'end' out for the whole log.")


def _day(name: str, given: str | date) -> date:
    message = f"The {name!r} parameter of {_OWNER} must be a date or its ISO form. Got {given!r}."
    hint = f"{name}='2025-01-31'"
    if isinstance(given, datetime) or not isinstance(given, str | date):
        raise ParameterTypeError(message, hint=hint)
    try:
        return date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError as error:
        raise ParameterError(message, hint=hint) from error


def _days_of(log: pl.DataFrame) -> tuple[date, date]:
    """Return the first and last day of a log, in UTC."""
    epoch, stamps = date(1970, 1, 1), log["timestamp"].to_numpy()
    first, last = int(stamps.min()) // DAY, int(stamps.max()) // DAY
    return epoch + timedelta(days=first), epoch + timedelta(days=last)


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
