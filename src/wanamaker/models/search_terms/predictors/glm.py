"""A Poisson regression on numbers and the words of the term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import polars as pl

from wanamaker.base.errors import FileReadError
from wanamaker.models.search_terms.design import Design
from wanamaker.models.search_terms.judging import deviance
from wanamaker.models.search_terms.scales import Scales

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples

    Floats = NDArray[np.float64]

SPREADS = (0.05, 0.15, 0.5, 1.5)
"""Standard deviations that coefficients are expected to have, from which validation chooses."""

_FILE = "glm.parquet"
_HIGHEST = 15.0
_MOST_STEPS = 200
_MOST_ROWS = 300_000


@dataclass(frozen=True, eq=False)
class Glm:
    """``log rate = b + c · x + Σ b_w``, by penalised likelihood (ridge), exposure as the offset.

    Numbers are scaled by training rows; each known word of the term stands for 1, once. The ridge is the
    prior that coefficients are normal around 0; its spread is chosen by the deviance of validation rows.

    Parameters
    ----------
    intercept, numbers, words
        Coefficients: the log rate of a typical row, of numbers, and of words, of shape (known words,).
    scales
        Of the numbers.
    spread
        The standard deviation of the prior.
    """

    name: ClassVar[str] = "glm"

    intercept: float
    numbers: Floats
    words: Floats
    scales: Scales
    spread: float

    @classmethod
    def fit(cls, train: Examples, valid: Examples | None, chosen: dict[str, Any] | None = None) -> Self:
        """Fit with each spread, from the tightest, and keep the one that validation likes best.

        Parameters
        ----------
        train, valid
            Labelled rows. The spread is compared on 300,000 training rows at most.
        chosen
            What was chosen before; then validation rows are not read.
        """
        scales = Scales.of(train.numbers)
        if chosen is not None or valid is None:
            spread = SPREADS[1] if chosen is None else float(chosen["spread"])
            return cls._of(Design.of(train, scales).fitted(spread), scales, spread)
        every = -(-len(train) // _MOST_ROWS)
        design = Design.of(train.take(np.arange(0, len(train), every)), scales)
        start, found = None, []
        for spread in SPREADS:
            start = design.fitted(spread, start)
            one = cls._of(start, scales, spread)
            found.append((deviance(one, valid), spread, start))
        _, spread, start = min(found, key=lambda one: one[0])
        if every > 1:
            start = Design.of(train, scales).fitted(spread, start)
        return cls._of(start, scales, spread)

    @classmethod
    def _of(cls, point: Floats, scales: Scales, spread: float) -> Self:
        columns = len(scales.means)
        return cls(float(point[0]), point[1 : columns + 1], point[columns + 1 :], scales, spread)

    def predict(self, rows: Examples) -> Floats:
        """Return the expected conversions of each row, of shape (rows,)."""
        logs = self.intercept + self.scales.read(rows.numbers) @ self.numbers.astype(np.float32)
        logs = logs + (rows.texts.present @ self.words)[rows.terms]
        return np.asarray(np.exp(np.minimum(logs, _HIGHEST)) * rows.exposure, dtype=np.float64)

    @property
    def chosen(self) -> dict[str, Any]:
        """The spread of the prior."""
        return {"spread": self.spread}

    def save(self, folder: Path) -> None:
        """Write the coefficients as parquet."""
        kinds = ["intercept"] + ["number"] * len(self.numbers) + ["word"] * len(self.words)
        table = pl.DataFrame(
            {
                "kind": kinds,
                "coefficient": np.concatenate([[self.intercept], self.numbers, self.words]),
                "mean": [None, *self.scales.means.tolist(), *[None] * len(self.words)],
                "scale": [None, *self.scales.spreads.tolist(), *[None] * len(self.words)],
                "spread": [self.spread] * len(kinds),
            },
            schema_overrides={"mean": pl.Float64, "scale": pl.Float64},
        )
        table.write_parquet(folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what `save` wrote.

        Raises
        ------
        FileReadError
            If the file is absent or damaged.
        """
        try:
            table = pl.read_parquet(folder / _FILE)
            numbers = table.filter(pl.col("kind") == "number")
            scales = Scales(numbers["mean"].to_numpy(), numbers["scale"].to_numpy())
            return cls._of(table["coefficient"].to_numpy(), scales, float(table["spread"][0]))
        except (OSError, KeyError, pl.exceptions.PolarsError) as error:
            message = f"{str(folder / _FILE)!r} cannot be read as a Poisson regression."
            raise FileReadError(message, hint="The model was not saved whole; save it again.") from error
