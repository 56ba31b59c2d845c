"""The world of journeys: channels, noisy-or conversion, known truth, and switches that set traps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from wanamaker.simulate.channels import Channel, checked_channels, column
from wanamaker.simulate.outcome import draw_first_success, observed_ends
from wanamaker.simulate.population import draw_population, streams_of
from wanamaker.simulate.setting import Setting
from wanamaker.simulate.truth import true_credit
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.simulate.exposure import Touches

_VALUE_SPREAD = 0.8  # standard deviation of log revenue


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
    carry_over: bool = False,
    late: bool = False,
    intent_error: float = 0.0,
) -> World:
    """Simulate a log of touches and conversions in which the credit of every channel is known.

    Each user meets each channel independently, some several times, at moments spread evenly over three
    weeks; users who would have no touch are not drawn (exactly, so there are ``n`` in the log). Each touch
    converts with the effect of its channel, and with ``base_rate`` a user converts unprompted (the noisy-or
    model). Four switches, off by default and free to be combined, add what misleads methods on real logs:
    ``confounded``, ``observed``, ``carry_over`` and ``late``. Use it to see which attribution method finds
    the truth; the simplicity is the point, so do not take its size of an error for that on a real log.

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
    carry_over
        Whether the touches of some channels (`Channel.triggers`) bring about touches of others, within two
        days. Such a touch converts with the effect of its own channel and costs what its touches cost; it
        triggers nothing itself. Without either of the two channels it would not exist, so the truth
        divides what it achieves between them.
    late
        Whether some channels (`Channel.late`) come only in the last part of a user's time.
    intent_error
        Share of users, in [0, 1], whose column ``intent`` is another independent standard normal draw: the
        covariate is wrong for them. The truth stays. Needs ``confounded``.

    Returns
    -------
    World
        ``log``, in order of time: ``uid``, ``timestamp`` (Unix seconds), ``campaign``, ``conversion`` (1 on
        the touch that a conversion follows), ``value`` (revenue there, else null), ``cost`` (of the touch).
        ``truth``, one row per channel and ``(baseline)``: ``touch``, ``effect`` (probability per touch),
        ``conversions`` (Shapley value of the true model over the potential touches; the rows sum to the
        expected conversions), ``share`` of them, ``removal`` (expected conversions lost if the channel,
        and what it triggers, did not exist; does not add up), and ``cost`` (spend in the log).

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
    setting = Setting(
        n=n,
        seed=seed,
        confounded=confounded,
        observed=observed,
        channels=checked_channels(channels),
        base_rate=base_rate,
        intent_effect=intent_effect,
        mean_value=mean_value,
        start=start,
        days=days,
        within_days=within_days,
        carry_over=carry_over,
        late=late,
        intent_error=intent_error,
    )
    streams = streams_of(seed)
    population = draw_population(setting, streams)
    touches, chosen = population.touches, population.channels
    success = draw_first_success(touches, population.effects, population.base, streams["outcome"])
    ends = observed_ends(touches, success, until_conversion=observed == "until_conversion")
    value = np.where(success >= 0, _revenue(mean_value, n, streams["value"]), np.nan)
    intent = _seen_intent(population.intent, intent_error, streams["intent_error"])
    log = _log(touches, ends, population.begins, chosen, value=value, intent=intent)
    return World("journeys", log, _with_spend(true_credit(population), log, chosen), setting.parameters)


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


def _seen_intent(
    intent: NDArray[np.float64] | None, error: float, rng: np.random.Generator
) -> NDArray[np.float64] | None:
    """Return the intent as the log has it: for a share of the users another draw."""
    if intent is None or error == 0:
        return intent
    wrong = rng.permutation(len(intent)) < round(error * len(intent))
    return np.where(wrong, rng.standard_normal(len(intent)), intent)
