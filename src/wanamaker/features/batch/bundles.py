"""Key groups that are computed from the same parts of a log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wanamaker.features.windows.plan import KeyGroup, Plan
from wanamaker.features.windows.reading import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Bundle:
    """Key groups that have all columns of one of them: rows that share its key share a part.

    Parameters
    ----------
    by
        The columns that all have, which are the key of one of them.
    plan
        Their windows alone.
    """

    by: tuple[str, ...]
    plan: Plan

    @property
    def columns(self) -> list[str]:
        """The columns that are read, without times and labels."""
        return columns_of(self.plan)


def bundles_of(plan: Plan) -> list[Bundle]:
    """Gather key groups into as few bundles as their columns allow.

    Examples
    --------
    >>> from wanamaker.features.windows.definitions import count
    >>> from wanamaker.features.windows.plan import plan_of
    >>> keys = (["ip", "app"], ["ip"], ["user"], ["ip", "os"])
    >>> plan = plan_of([count(by=key, within="5m") for key in keys], 1_000_000)
    >>> [(bundle.by, bundle.plan.names) for bundle in bundles_of(plan)]
    [(('ip',), ('count_ip_app_5m', 'count_ip_5m', 'count_ip_os_5m')), (('user',), ('count_user_5m',))]
    """
    gathered: dict[tuple[str, ...], list[KeyGroup]] = {}
    for group in sorted(plan.groups, key=lambda group: len(group.by)):
        home = next((by for by in gathered if set(by) <= set(group.by)), group.by)
        gathered.setdefault(home, []).append(group)
    return [
        Bundle(by, _alone([group for group in plan.groups if group in groups], plan))
        for by, groups in gathered.items()
    ]


def _alone(groups: Sequence[KeyGroup], plan: Plan) -> Plan:
    """Return the plan of some groups alone, its features in their order."""
    asks = [ask for group in groups for ask in group.asks]
    places = {ask.place: place for place, ask in enumerate(asks)}
    moved = tuple(
        replace(group, asks=tuple(replace(ask, place=places[ask.place]) for ask in group.asks))
        for group in groups
    )
    return Plan(moved, tuple(ask.name for ask in asks), plan.resolution)
