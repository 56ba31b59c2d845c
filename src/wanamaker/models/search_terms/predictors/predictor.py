"""What every predictor does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples


class Predictor(Protocol):
    """Says how many conversions rows will have in the end."""

    name: ClassVar[str]

    def predict(self, rows: Examples) -> NDArray[np.float64]:
        """Return the expected conversions of each row, all of them reported, of shape (rows,)."""
        ...

    @property
    def chosen(self) -> dict[str, Any]:
        """What validation has chosen, as JSON has it; a fit on all rows takes it as given."""
        ...

    def save(self, folder: Path) -> None:
        """Write what it has learned into a folder of its own."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what `save` wrote."""
        ...
