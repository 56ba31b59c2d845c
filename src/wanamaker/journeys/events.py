"""The three forms of a log, brought into one: events with owner, time, touch and conversion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.codes import dense_codes, stable_hashes
from wanamaker.events.columns import as_amounts, as_ids, as_names
from wanamaker.events.times import epoch_micros
from wanamaker.journeys.journeys import BASELINE, NO_TIME, UNATTRIBUTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from wanamaker.journeys.roles import Roles

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Conversions:
    """Conversions of a log, one entry each.

    Parameters
    ----------
    rows
        The log's row that tells of the conversion.
    times
        When it happened, microseconds since the epoch.
    after
        True where the conversion follows its own row (no time of its own): it then comes right
        after that row, whatever else happened in the same microsecond.
    value_rows
        The row that tells its value, where that is another one.
    """

    rows: Ints
    times: Ints
    after: bool
    value_rows: Ints | None = None

    def take(self, chosen: NDArray[np.bool_]) -> Conversions:
        """Return the chosen conversions."""
        valued = None if self.value_rows is None else self.value_rows[chosen]
        return Conversions(self.rows[chosen], self.times[chosen], self.after, valued)


@dataclass(frozen=True, eq=False)
class Events:
    """A log in the form that journeys are cut from; arrays have one value per row of the log.

    Parameters
    ----------
    frame
        The log's columns.
    owners
        Whose journey each row belongs to.
    keys
        One row per owner: ``user``, and ``journey`` where the log has it.
    hashes
        The resampling key of each owner's user.
    times
        Microseconds since the epoch, `NO_TIME` where not known.
    touches
        Code of the touch, -1 where the row is none.
    names
        Touch names by code.
    nameless
        Whether a row has no touch name; a blank one is none.
    """

    frame: pl.DataFrame
    owners: Ints
    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    times: Ints
    touches: NDArray[np.int32]
    names: tuple[str, ...]
    nameless: NDArray[np.bool_]
    costs: NDArray[np.float64] | None = None
    values: NDArray[np.float64] | None = None
    kinds: pl.Series | None = None

    def without(self, rows: NDArray[np.bool_]) -> Events:
        """Return the events with some rows no longer touches."""
        return replace(self, touches=np.where(rows, np.int32(-1), self.touches).astype(np.int32))


def read_events(frame: pl.DataFrame, roles: Roles, time_unit: str) -> Events:
    """Bring the columns of a log into the form that journeys are cut from.

    Raises
    ------
    SchemaError
        If a column has a type that its role does not allow.
    DataError
        If a time, a cost or a value cannot be used; names the row.
    """
    micros = epoch_micros(frame[roles.time], time_unit).fill_null(NO_TIME).to_numpy()
    touches, names = _touch_codes(as_names(frame[roles.touch], "touch"))
    costs = None if roles.cost is None else as_amounts(frame[roles.cost], "cost")
    values = None if roles.value is None else as_amounts(frame[roles.value], "value", signed=True)
    kinds = None if roles.kind is None else as_names(frame[roles.kind], "kind")
    owners, keys, hashes = _owners(frame, roles)
    known = (micros != NO_TIME) & _known_owners(keys, roles)[owners]
    nameless = touches < 0
    touches = np.where(known, touches, np.int32(-1)).astype(np.int32)
    return Events(frame, owners, keys, hashes, micros, touches, names, nameless, costs, values, kinds)


def refuse_reserved(names: Iterable[str]) -> None:
    """Refuse touch names that stand for something else in a credit table.

    Raises
    ------
    DataError
        If a touch is called ``(unattributed)`` or ``(baseline)``.
    """
    for name in names:
        if name in (UNATTRIBUTED, BASELINE):
            message = f"A touch must not be called {name!r}, which stands for a row of the credit table."
            raise DataError(message, hint="Rename it in the log, for example to 'baseline'.")


def _touch_codes(names: pl.Series) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Code touch names in alphabetical order, so that the log's order does not matter."""
    distinct = names.drop_nulls().unique().sort()
    known = tuple(distinct.to_list())
    refuse_reserved(known)
    codes = names.cast(pl.Enum(distinct)).to_physical().cast(pl.Int32).fill_null(-1)
    return codes.to_numpy(), known


def _owners(frame: pl.DataFrame, roles: Roles) -> tuple[Ints, pl.DataFrame, NDArray[np.uint64]]:
    named = {"user": roles.user, "journey": roles.journey}
    keys = {role: as_ids(frame[name], role) for role, name in named.items() if name is not None}
    owners, distinct = dense_codes(list(keys.values()))
    distinct.columns = list(keys)
    return owners, distinct, stable_hashes(distinct[:, 0])


def _known_owners(keys: pl.DataFrame, roles: Roles) -> NDArray[np.bool_]:
    column = "user" if roles.journey is None else "journey"
    return keys[column].is_not_null().to_numpy()
