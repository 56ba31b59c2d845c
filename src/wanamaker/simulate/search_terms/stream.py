"""The log of a world of search terms some days at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.simulate.search_terms.draws import draw_day
from wanamaker.simulate.search_terms.plan import generator_of_day, plan_of
from wanamaker.simulate.search_terms.tables import rows_of_days
from wanamaker.simulate.search_terms.tally import Tally
from wanamaker.simulate.search_terms.truth import EMPTY, truth_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from wanamaker.simulate.search_terms.setting import TermSetting

_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some days of a world.

    Parameters
    ----------
    log
        Their rows.
    truth
        What is true of the whole world, with the last days; before, it has no rows.
    """

    log: pl.DataFrame
    truth: pl.DataFrame


def stretches_of(setting: TermSetting) -> int:
    """Return in how many stretches a world is made.

    Examples
    --------
    >>> from wanamaker.simulate.search_terms.setting import TermSetting
    >>> stretches_of(TermSetting(n=1_000_000, days=180))
    10
    """
    return len(range(0, setting.days, _days_at_once(setting)))


def chunks(setting: TermSetting) -> Iterator[Chunk]:
    """Give the log of a world some days at a time, and its truth at the end.

    Each day has a source of randomness of its own, so that the log is the same however it is cut.
    """
    plan, at_once = plan_of(setting), _days_at_once(setting)
    tally = Tally(plan)
    for first in range(0, setting.days, at_once):
        drawn = [
            (day, draw_day(plan, day, generator_of_day(setting, day)))
            for day in range(first, min(first + at_once, setting.days))
        ]
        for day, draws in drawn:
            tally.add(day, draws)
        last = first + at_once >= setting.days
        yield Chunk(rows_of_days(plan, drawn), truth_of(plan, tally) if last else EMPTY)


def _days_at_once(setting: TermSetting) -> int:
    return max(1, _ROWS_AT_ONCE * setting.days // setting.n)
