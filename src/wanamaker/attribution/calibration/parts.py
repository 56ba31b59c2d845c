"""Calibrated credit by period or segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.attribution.calibration.calibrate import CALIBRATED, SOURCE, behind_source
from wanamaker.attribution.calibration.rows import NORMAL_95, Ends, calibrated_rows, with_baseline
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST_SHARE = 1.5
_NOTHING = 1e-9


def calibrated_parts(parts: pl.DataFrame, by: str, whole: pl.DataFrame) -> pl.DataFrame:
    """Return a table of credit by parts with the rows of `CALIBRATED` behind those of the model.

    What calibration changed of a channel's credit is spread over the parts as its credit is, so that the
    parts sum to the whole; where that is about 0 or of both signs, as the credit of all channels is, signs
    left out. The baseline of a part takes the rest. Intervals move with the credit and keep their width.

    Parameters
    ----------
    parts
        Credit split by ``by``.
    whole
        The calibrated credit of all journeys together.
    """
    names = parts.filter(model=SOURCE)["touch"].unique(maintain_order=True).to_list()
    names = [name for name in names if name not in (BASELINE, UNATTRIBUTED)]
    split = parts.filter(model=SOURCE).partition_by(by, maintain_order=True)
    credit = np.array([_of(part, names) for part in split])
    changes = _of(whole.filter(model=CALIBRATED), names) - _of(whole.filter(model=SOURCE), names)
    moves = _shares(credit) * changes
    return behind_source(parts, pl.concat([_moved(*pair) for pair in zip(split, moves, strict=True)]))


def _of(rows: pl.DataFrame, names: list[str]) -> Floats:
    known = dict(rows.select("touch", "conversions").iter_rows())
    return np.array([known[name] for name in names])


def _shares(credit: Floats) -> Floats:
    """Return the share of each part in what changed of each channel, in the shape of the credit given."""
    sums, sizes = credit.sum(axis=0), np.abs(credit).sum(axis=1)
    plain = (sizes / sizes.sum() if sizes.sum() > 0 else np.full(len(credit), 1 / len(credit)))[:, None]
    sound = np.abs(sums) > _NOTHING * max(sizes.sum(), 1.0)
    shares = credit / np.where(sound, sums, 1.0)
    sound &= ((shares >= 0) & (shares <= _MOST_SHARE)).all(axis=0)
    return np.where(sound, shares, plain)


def _moved(rows: pl.DataFrame, moves: Floats) -> pl.DataFrame:
    channels = rows.head(len(moves))
    ends = (channels[f"conversions{end}"].to_numpy() + moves for end in ("", "_low", "_high"))
    after = Ends(*ends)
    variances = ((after.high - after.low) / (2 * NORMAL_95)) ** 2
    total = float(rows.filter(pl.col("touch") != UNATTRIBUTED)["conversions"].sum())
    return calibrated_rows(rows, CALIBRATED, with_baseline(after, total, float(variances.sum())), variances)
