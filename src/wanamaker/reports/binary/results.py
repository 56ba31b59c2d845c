"""What the shared sections read."""

from __future__ import annotations

from typing import Any, Protocol

Rows = list[dict[str, Any]]


class BinaryResults(Protocol):
    """Results of a study that predicts the probability of a yes or no."""

    @property
    def facts(self) -> dict[str, Any]:
        """How the numbers came about."""
        ...

    @property
    def metrics(self) -> dict[str, Any]:
        """``test``, ``valid`` and ``baselines``, each with figures by name."""
        ...

    @property
    def calibration(self) -> dict[str, Any]:
        """``method``, ``why`` and ``bins``."""
        ...

    @property
    def curves(self) -> dict[str, Any]:
        """``roc`` and ``pr``, by model."""
        ...

    @property
    def gains(self) -> Rows:
        """What the best share of the rows holds."""
        ...

    @property
    def decision(self) -> dict[str, Any]:
        """The threshold, and what it and others do."""
        ...

    @property
    def noun(self) -> str:
        """What one row is, such as ``"click"``."""
        ...

    def part(self, name: str) -> dict[str, Any]:
        """Return the row of one part of the log."""
        ...


class PlantedResults(BinaryResults, Protocol):
    """Results that may stand beside a planted truth."""

    @property
    def truth(self) -> dict[str, Any] | None:
        """``roc_auc`` and ``rank_correlation`` of the true probabilities of a simulated log; else None."""
        ...
