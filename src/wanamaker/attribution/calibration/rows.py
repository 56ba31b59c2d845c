"""The rows of a credit table after calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NORMAL_95 = 1.96
_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Ends:
    """A number with its interval, each of shape (rows,)."""

    middle: Floats
    low: Floats
    high: Floats

    def times(self, factor: Floats | float) -> Ends:
        """Return the numbers times a factor, which may be below zero."""
        one, other = self.low * factor, self.high * factor
        return Ends(self.middle * factor, np.minimum(one, other), np.maximum(one, other))

    def below(self, amount: Floats) -> Ends:
        """Return the amount over the numbers; no interval where that of the numbers holds 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other, middle = amount / self.low, amount / self.high, amount / self.middle
        wide = (self.low <= 0) & (self.high >= 0)
        low, high = np.minimum(one, other), np.maximum(one, other)
        return Ends(middle, np.where(wide, np.nan, low), np.where(wide, np.nan, high))


def with_baseline(credit: Ends, total: float, variance: float) -> Ends:
    """Return numbers with the baseline behind them, which takes the rest of the total.

    Parameters
    ----------
    variance
        The sum of the variances of the numbers, which is that of the baseline.
    """
    rest, reach = total - credit.middle.sum(), NORMAL_95 * np.sqrt(variance)
    ends = (credit.middle, rest), (credit.low, rest - reach), (credit.high, rest + reach)
    return Ends(*(np.append(numbers, last) for numbers, last in ends))


def calibrated_rows(rows: pl.DataFrame, model: str, conversions: Ends, variances: Floats) -> pl.DataFrame:
    """Return the rows of a model with other conversions, and all that follows from them.

    Value goes with the conversions, at the mean value of those behind the touch (where the model credits
    about none, at that of all conversions); the baseline takes the rest. Costs stay. Rows that did not
    change are copied.

    Parameters
    ----------
    rows
        The model's rows: channels, baseline, and perhaps those without a touch.
    model
        What the new rows are called.
    conversions
        Of channels and baseline.
    variances
        Of the conversions of the channels.
    """
    count = len(conversions.middle)
    kept, cost = rows.head(count), rows["cost"].head(count).to_numpy()
    total = float(rows["conversions"].sum())
    value = _values(kept, conversions, variances)
    spent = np.where(cost > 0, cost, np.nan)
    measures = {
        "conversions": conversions,
        "share": conversions.times(1.0 / total),
        "value": value,
        "cpa": conversions.below(spent),
        "roas": value.times(1.0 / spent),
    }
    columns = {
        name + end: _defined(getattr(numbers, part)).alias(name + end)
        for name, numbers in measures.items()
        for end, part in (("", "middle"), ("_low", "low"), ("_high", "high"))
    }
    same = _unchanged(kept, conversions)
    table = pl.concat(
        [
            kept.with_columns(column.zip_with(~same, kept[name]) for name, column in columns.items()),
            rows[count:],
        ]
    )
    return table.with_columns(pl.lit(model).alias("model"))


def _unchanged(rows: pl.DataFrame, conversions: Ends) -> pl.Series:
    """Tell which rows have these conversions already, and their interval."""
    ends = (("", conversions.middle), ("_low", conversions.low), ("_high", conversions.high))
    alike = [rows[f"conversions{end}"].to_numpy() == numbers for end, numbers in ends]
    return pl.Series(np.logical_and.reduce(alike))


def _values(rows: pl.DataFrame, conversions: Ends, variances: Floats) -> Ends:
    """Return the value of channels and baseline, NaN where the journeys have none."""
    before, value = rows["conversions"].to_numpy(), rows["value"].cast(pl.Float64).to_numpy()
    total, everything = before.sum(), value.sum()
    credited = np.abs(before[:-1]) > _NOTHING * max(total, 1.0)
    means = np.full(len(variances), everything / max(total, _NOTHING))
    means[credited] = value[:-1][credited] / before[:-1][credited]
    channels = Ends(conversions.middle[:-1], conversions.low[:-1], conversions.high[:-1])
    return with_baseline(channels.times(means), float(everything), float((means**2 * variances).sum()))


def _defined(numbers: Floats) -> pl.Series:
    return pl.Series(np.where(np.isfinite(numbers), numbers, np.nan), dtype=pl.Float64).fill_nan(None)
