"""A seventh of the conversions of the last seven days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples

_DAYS = 7.0


@dataclass(frozen=True)
class LastWeek:
    """The term's conversions of the last 7 days, as known the day before, spread over 7 days.

    What a spreadsheet would say: the yardstick for everything that is learned.
    """

    name: ClassVar[str] = "last_week"

    @property
    def chosen(self) -> dict[str, Any]:
        """Nothing is chosen."""
        return {}

    def predict(self, rows: Examples) -> NDArray[np.float64]:
        """Return the expected conversions of each row, of shape (rows,)."""
        return rows.sums.week / _DAYS

    def save(self, folder: Path) -> None:
        """Write nothing: nothing is learned."""

    @classmethod
    def load(cls, folder: Path) -> Self:  # noqa: ARG003 (as the others)
        """Return what `save` wrote."""
        return cls()
