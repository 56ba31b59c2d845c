"""The parts of a split, in the order in which they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined

_ROLES = {
    "train": ("train", "training", "fit", "learn", "tr"),
    "valid": ("valid", "validation", "val", "dev", "eval", "evaluation", "early_stopping"),
    "test": ("test", "testing", "holdout", "hold_out", "heldout", "te"),
}
"""What parts are called; other names (numbers of folds) have no order but that of their times."""

MOST_PARTS = 20
"""A column with more distinct values is no split."""


@dataclass(frozen=True)
class Part:
    """One part of a split.

    Parameters
    ----------
    name
        Its name in the table.
    rows
        Mask over all rows.
    role
        ``"train"``, ``"valid"``, ``"test"``, or None where its name does not tell.
    """

    name: str
    rows: NDArray[np.bool_]
    role: str | None


def parts_of(examined: Examined, times: NDArray[np.float64] | None = None) -> list[Part]:
    """Return the parts, train first; parts of unknown role by their median time, or as they come."""
    if examined.split is None:
        return []
    values = examined.whole[examined.split].cast(pl.String)
    names = values.drop_nulls().unique(maintain_order=True).to_list()
    parts = [Part(name, (values == name).fill_null(value=False).to_numpy(), role_of(name)) for name in names]
    places = {role: place for place, role in enumerate(_ROLES)}
    if all(part.role for part in parts):
        return sorted(parts, key=lambda part: places[str(part.role)])
    if times is None:
        return parts
    return sorted(parts, key=lambda part: _median(times[part.rows]))


def _median(times: NDArray[np.float64]) -> float:
    known = times[~np.isnan(times)]
    return float(np.median(known)) if len(known) else np.inf


def role_of(name: str) -> str | None:
    """Return what a part's name says it is for.

    Examples
    --------
    >>> role_of("Validation"), role_of("fold 3")
    ('valid', None)
    """
    folded = name.strip().lower().replace("-", "_").replace(" ", "_")
    return next((role for role, names in _ROLES.items() if folded in names), None)


def held_out(examined: Examined) -> NDArray[np.bool_]:
    """Return the rows (a mask over ``frame``) that predictions are judged on: test, else valid, else all."""
    parts = parts_of(examined)
    for role in ("test", "valid"):
        for part in parts:
            rows = part.rows[examined.positions]
            if part.role == role and rows.any():
                return rows
    return np.ones(len(examined.frame), dtype=bool)
