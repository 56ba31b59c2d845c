"""The keys of an attribution study that speak of its network, and of the replay of budgets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from wanamaker.base.errors import nearest
from wanamaker.evaluation.budget_replay import BUDGETS
from wanamaker.studies.config import Section

CREDITS = ("counterfactual", "shapley", "attention", "incremental")
"""How a network can give credit; see `wanamaker.JourneyModel.credit_method`."""


class NetworkOptions(Section):
    """The network and its settings; see `wanamaker.JourneyModel`. What is left out stands at its default.

    ``covariates`` are those of the journeys if left out. ``credit`` lists the methods that stand beside the
    others in the credit table. With ``refit`` the network that gives credit is fitted again, after it was
    judged, on all journeys.
    """

    cell: str | None = None
    width: int | None = Field(default=None, ge=1)
    layers: int | None = Field(default=None, ge=1)
    attention: bool | None = None
    decay: bool | None = None
    dropout: float | None = Field(default=None, ge=0.0, lt=1.0)
    max_touches: int | None = Field(default=None, ge=1)
    covariates: tuple[str, ...] | None = None
    class_weight: float | Literal["balanced"] | None = None
    keep_negatives: float | None = Field(default=None, gt=0.0, le=1.0)
    calibration: str | None = None
    seed: int = Field(default=0, ge=0)
    credit: tuple[str, ...] = CREDITS
    refit: bool = True

    @field_validator("credit")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = next((name for name in value if name not in CREDITS), None)
        if unknown is not None:
            message = f"{unknown!r} is no way in which a network gives credit. "
            raise ValueError(message + nearest(unknown, CREDITS).rstrip("."))
        if len(set(value)) < len(value):
            message = "list each way of giving credit once"
            raise ValueError(message)
        return value

    @property
    def given(self) -> dict[str, Any]:
        """The settings of the model that are not left out."""
        return self.model_dump(exclude_none=True, exclude={"seed", "credit", "refit"})


class SplitOptions(Section):
    """Which journeys judge: the latest to end, whole users on one side; see `split_journeys`."""

    valid: float = Field(default=0.1, gt=0.0, lt=1.0)
    test: float = Field(default=0.2, gt=0.0, lt=1.0)


class CommonDate(Section):
    """Journeys seen up to one date, and conversions within ``horizon`` after it."""

    landmark: Any
    horizon: str


class EvaluationOptions(Section):
    """What is fitted beside the network to judge it, and how sure the figures are.

    ``common_date`` compares the network and its baselines once more on journeys that are all seen up to one
    date; ``true`` chooses the date and the horizon by the log.
    """

    bootstrap: int = Field(default=200, ge=0)
    baselines: bool = True
    ablation: bool = False
    common_date: bool | CommonDate = False

    @field_validator("common_date", mode="before")
    @classmethod
    def _one_form(cls, value: Any) -> Any:
        if isinstance(value, dict) and set(value) != {"landmark", "horizon"}:
            message = "write true, false, or { landmark = …, horizon = … } with both and nothing else"
            raise ValueError(message)
        return value


class ReplayOptions(Section):
    """The replay of budgets; see `wanamaker.evaluation.budget_replay.budget_replay`.

    Credit is of the earlier journeys, and the test journeys are replayed. Intervals are drawn as often, and
    from the same seed, as those of the credit. Methods are compared with ``last``, else with the first.
    """

    budgets: tuple[float, ...] = BUDGETS
    allocation: Literal["roi", "credit"] = "roi"
    capped: bool = True

    @field_validator("budgets")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or not all(0.0 < share <= 1.0 for share in value):
            message = "budgets are shares of what was spent, above 0 and at most 1, and at least one"
            raise ValueError(message)
        return value
