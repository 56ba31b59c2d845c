"""The simplest world of journeys: independent channels, noisy-or conversion, known truth."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check
from wanamaker.simulate.channels import Channel, checked_channels, column, raise_odds, reach_of_users
from wanamaker.simulate.exposure import Touches, draw_counts, draw_touches
from wanamaker.simulate.outcome import draw_first_success, observed_ends
from wanamaker.simulate.truth import noisy_or_truth
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_DAY = 86_400
_VALUE_SPREAD = 0.8  # standard deviation of log revenue
_STREAMS = ("intent", "exposure", "start", "moment", "outcome", "value")

_CONSTRAINTS: Mapping[str, Constraint] = {
    "n": IntegerIn(1, 100_000_000),
    "seed": IntegerIn(0),
    "confounded": Boolean(),
    "observed": OneOf(("full", "until_conversion")),
    "base_rate": RealIn(0.0, 1.0, open_at=("high",)),
    "intent_effect": RealIn(-20.0, 20.0),
    "mean_value": RealIn(0.0, open_at=("low",)),
    "days": IntegerIn(1),
    "within_days": IntegerIn(1),
}


def journeys(
    n: int = 100_000,
    *,
    seed: int = 0,
    confounded: bool = False,
    observed: Literal["full", "until_conversion"] = "full",
    channels: Sequence[Channel] | None = None,
    base_rate: float = 0.008,
    intent_effect: float = 1.5,
    mean_value: float = 60.0,
    start: str | date = "2025-01-01",
    days: int = 60,
    within_days: int = 21,
) -> World:
    """Simulate a log of touches and conversions in which the credit of every channel is known.

    Each user meets each channel independently, some several times, at moments spread evenly over three
    weeks; users who would have no touch are not drawn (exactly, so there are ``n`` in the log). Each touch
    converts with the effect of its channel, and with ``base_rate`` a user converts unprompted (the noisy-or
    model). Use it to see which attribution method finds the truth; the simplicity is the point, so do not
    take its size of an error for that on a real log.

    Parameters
    ----------
    n
        Number of users; each has one journey.
    seed
        Seed of everything; the same seed gives the same log, bit for bit.
    confounded
        Whether a latent intent, standard normal over users, raises both the log-odds of meeting some
        channels (`Channel.intent`) and of converting unprompted. The log then has the column ``intent``.
    observed
        ``"full"``: all touches are seen, and the last one of a converting user carries the flag.
        ``"until_conversion"``: the journey stops at its first success, which carries the flag. For one
        seed the potential touches, the users who convert, and so the truth (but its costs) are the same.
    channels
        The channels; None for ten, of which retargeting and direct have no effect.
    base_rate
        Probability of converting unprompted, in [0, 1); of a user of average intent if confounded.
    intent_effect
        By how much one standard deviation of intent raises the log-odds of converting unprompted.
    mean_value
        Mean revenue of a conversion, in currency; log-normal.
    start
        First day, in UTC: a date or its ISO form. A datetime is taken to the second.
    days, within_days
        Users start within the first ``days``; their touches lie within ``within_days`` from there.

    Returns
    -------
    World
        ``log``, in order of time: ``uid``, ``timestamp`` (Unix seconds), ``campaign``, ``conversion`` (1 on
        the touch that a conversion follows), ``value`` (revenue there, else null), ``cost`` (of the touch).
        ``truth``, one row per channel and ``(baseline)``: ``touch``, ``effect`` (probability per touch),
        ``conversions`` (Shapley value of the true model over the potential touches; the rows sum to the
        expected conversions), ``share`` of them, ``removal`` (expected conversions lost if the channel
        did not exist; does not add up), and ``cost`` (spend in the log).

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of its range or of the wrong type.

    Examples
    --------
    >>> world = journeys(1000, seed=1)
    >>> world.truth.select("touch", pl.col("share").round(3)).rows()[-2:]
    [('affiliate', 0.051), ('(baseline)', 0.123)]
    """
    options = {"n": n, "seed": seed, "confounded": confounded, "observed": observed, "base_rate": base_rate}
    options |= {"intent_effect": intent_effect, "mean_value": mean_value}
    options |= {"days": days, "within_days": within_days}
    check("simulate.journeys", options, _CONSTRAINTS)
    chosen, begin = checked_channels(channels), _unix_seconds(start)
    _check_conversions_exist(chosen, base_rate)
    streams = dict(zip(_STREAMS, np.random.default_rng(seed).spawn(len(_STREAMS)), strict=True))

    intent = streams["intent"].standard_normal(n) if confounded else None
    base = np.full(n, base_rate) if intent is None else raise_odds(base_rate, intent_effect * intent)
    counts = draw_counts(reach_of_users(chosen, intent), column(chosen, "frequency"), n, streams["exposure"])
    begins = begin + streams["start"].integers(0, days * _DAY, n)
    touches = draw_touches(counts, within_days * _DAY, streams["moment"])
    effects = column(chosen, "effect")
    success = draw_first_success(touches, effects, base, streams["outcome"])
    ends = observed_ends(touches, success, until_conversion=observed == "until_conversion")
    value = _revenue(mean_value, n, streams["value"])
    log = _log(touches, ends, begins, chosen, value=np.where(success >= 0, value, np.nan), intent=intent)
    truth = noisy_or_truth([channel.name for channel in chosen], effects, counts, base)
    described = {"start": str(start), "channels": [asdict(channel) for channel in chosen]}
    return World("journeys", log, _with_spend(truth, log, chosen), options | described)


def _log(
    touches: Touches,
    ends: NDArray[np.int64],
    begins: NDArray[np.int64],
    channels: tuple[Channel, ...],
    *,
    value: NDArray[np.float64],
    intent: NDArray[np.float64] | None,
) -> pl.DataFrame:
    """Return the touches up to each user's end, by time; ``value`` is NaN for users without conversion."""
    seen = np.flatnonzero(np.arange(len(touches.user)) <= ends[touches.user])
    timestamp = begins[touches.user[seen]] + touches.seconds[seen]
    by_time = np.argsort(timestamp, kind="stable")
    seen, timestamp = seen[by_time], timestamp[by_time]
    user, channel = touches.user[seen], touches.channel[seen]
    earned = np.where(seen == ends[user], value[user], np.nan)
    names = pl.Series([one.name for one in channels], dtype=pl.String)
    data = {
        "uid": pl.Series(user + 1),
        "timestamp": pl.Series(timestamp),
        "campaign": names.gather(pl.Series(channel)),
        "conversion": pl.Series((~np.isnan(earned)).astype(np.int8)),
        "value": pl.Series(earned, nan_to_null=True),
        "cost": pl.Series(column(channels, "cost")[channel]),
    }
    return pl.DataFrame(data if intent is None else data | {"intent": pl.Series(intent[user])})


def _with_spend(truth: pl.DataFrame, log: pl.DataFrame, channels: tuple[Channel, ...]) -> pl.DataFrame:
    """Add ``cost``, the spend in the log; touches times cost, so that no order of summing can change it."""
    touched = dict(log["campaign"].value_counts().iter_rows())
    spend = [touched.get(channel.name, 0) * channel.cost for channel in channels]
    return truth.with_columns(pl.Series("cost", [*spend, 0.0], dtype=pl.Float64))


def _revenue(mean: float, users: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw what each user would spend, in whole cents and one cent at least."""
    drawn = rng.lognormal(np.log(mean) - _VALUE_SPREAD**2 / 2, _VALUE_SPREAD, users)
    return np.maximum(drawn.round(2), 0.01)


def _check_conversions_exist(channels: tuple[Channel, ...], base_rate: float) -> None:
    if base_rate == 0 and not column(channels, "effect").any():
        message = "A channel 'effect' or the 'base_rate' of a world must be above 0. Got 0 for all."
        raise ParameterError(message, hint="Leave 'base_rate' at its default, 0.008.")


def _unix_seconds(start: str | date) -> int:
    """Return a date, its ISO form or a datetime as Unix seconds; UTC where no zone is given."""
    if not isinstance(start, str | date):
        message = f"The 'start' parameter of simulate.journeys must be a date or its ISO form. Got {start!r}."
        raise ParameterTypeError(message, hint="start='2025-01-01'")
    try:
        moment = datetime.fromisoformat(start if isinstance(start, str) else start.isoformat())
    except ValueError as error:
        message = f"The 'start' parameter of simulate.journeys must be an ISO date. Got {start!r}."
        raise ParameterError(message, hint="start='2025-01-01'") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
