"""The keys of a clicks study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from wanamaker.studies.config import Section, starting_at
from wanamaker.studies.sections import Data, DecisionOptions

if TYPE_CHECKING:
    from pathlib import Path


class Columns(Section):
    """Which column plays which role."""

    time: str
    label: str
    label_time: str | None = None
    id: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    time_unit: str = "auto"

    @field_validator("id", mode="before")
    @classmethod
    def _one_id(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class SplitOptions(Section):
    """How the log is split; shares of the rows for ``valid`` and ``test``."""

    by: Literal["time", "group", "random"] = "time"
    valid: float = Field(default=0.1, gt=0.0, lt=1.0)
    test: float = Field(default=0.2, gt=0.0, lt=1.0)
    gap: str = "0s"
    maturity: str | None = None
    column: str | None = None
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.by == "group") != (self.column is not None):
            message = "'column' names the group, and goes with by = \"group\" alone"
            raise ValueError(message)
        if self.valid + self.test >= 1.0:
            message = "'valid' and 'test' must leave something to learn from: their sum must be below 1"
            raise ValueError(message)
        idle = self.changed("seed") if self.by == "time" else self.changed("gap", "maturity")
        if idle:
            message = f'{idle[0]!r} does nothing with by = "{self.by}": leave it out'
            raise ValueError(message)
        return self

    def changed(self, *names: str) -> list[str]:
        """Return those of the keys that are not at their default."""
        return [name for name in names if getattr(self, name) != type(self).model_fields[name].default]


class FeatureOptions(Section):
    """What the model is told of a click beside its columns; see `wanamaker.ClickModel`.

    Windows that are left out become `wanamaker.studies.clicks.windows.usual_windows`.
    """

    windows: tuple[dict[str, Any], ...] | None = None
    target_means: Any = None
    target_prior: float | None = None
    frequencies: Any = None
    vectors: int | None = Field(default=None, ge=0)
    vector_method: str | None = None
    pair_vectors: tuple[tuple[str, ...], ...] | None = None
    codes: Any = None
    hour: bool = True
    time_zone: str = "UTC"
    resolution: str = "1s"


class ModelOptions(Section):
    """The model and its settings; what is left out stands at `wanamaker.ClickModel`'s default.

    With ``refit`` the model that is kept is fitted again, after it was tested, on all matured rows.
    """

    name: Literal["xgboost", "catboost"] | None = None
    learning_rate: float | None = None
    max_depth: int | None = None
    n_estimators: int | None = None
    min_child_weight: float | None = None
    reg_alpha: float | None = None
    reg_lambda: float | None = None
    subsample: float | None = None
    colsample_bytree: float | None = None
    early_stopping_rounds: int | None = None
    monotone: dict[str, int] | None = None
    interactions: tuple[tuple[str, ...], ...] = ()
    class_weight: float | Literal["balanced"] | None = None
    keep_negatives: float = 1.0
    calibration: str = "auto"
    folds: int | None = Field(default=None, ge=0)
    device: str = "auto"
    threads: int | None = None
    seed: int = Field(default=0, ge=0)
    refit: bool = True


class TuneOptions(Section):
    """How ``wanamaker tune`` searches; ``results`` is where it left what the report then shows."""

    trials: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0.0)
    folds: int = Field(default=3, ge=1)
    objective: Literal["log_loss", "roc_auc"] = "log_loss"
    space: dict[str, Any] | None = None
    pruner: Literal["median", "hyperband", "none"] = "median"
    storage: str | None = None
    workers: int = Field(default=1, ge=1)
    results: str | None = None


class EvaluationOptions(Section):
    """What is measured beside the metrics, and how sure the figures are."""

    bootstrap: int = Field(default=200, ge=0)
    baselines: bool = True
    ablation: bool = True
    learning_curve: bool = True
    honesty: bool = True
    audit: bool = True
    budgets: tuple[float, ...] = (0.001, 0.01, 0.05, 0.1, 0.2)
    explained: int = Field(default=2_000, ge=1)

    @field_validator("budgets")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0.0 < share <= 1.0 for share in value):
            message = "budgets are shares of the rows, above 0 and up to 1"
            raise ValueError(message)
        return value


class ReportOptions(Section):
    """What the report is called."""

    title: str = "Clicks"


class ClicksStudy(Section):
    """A clicks study: which click converts."""

    kind: Literal["clicks"] = "clicks"
    data: Data
    columns: Columns
    split: SplitOptions = Field(default_factory=SplitOptions)
    features: FeatureOptions = Field(default_factory=FeatureOptions)
    model: ModelOptions = Field(default_factory=ModelOptions)
    tune: TuneOptions = Field(default_factory=TuneOptions)
    evaluation: EvaluationOptions = Field(default_factory=EvaluationOptions)
    decision: DecisionOptions = Field(default_factory=DecisionOptions)
    report: ReportOptions = Field(default_factory=ReportOptions)

    @model_validator(mode="after")
    def _parts_are_split(self) -> Self:
        idle = self.split.changed("by", "test", "gap", "maturity", "column", "seed")
        if self.data.valid is not None:
            idle += self.split.changed("valid")
        if self.data.path is None and idle:
            message = f"'split.{idle[0]}' does nothing where the parts are given: leave it out"
            raise ValueError(message)
        return self

    def starting_at(self, folder: Path) -> ClicksStudy:
        """Return the same study with relative paths starting at a folder."""
        tune = self.tune
        places = {key: getattr(tune, key) for key in ("storage", "results")}
        moved = {key: starting_at(folder, path) for key, path in places.items() if path is not None}
        return self.model_copy(
            update={"data": self.data.starting_at(folder), "tune": tune.model_copy(update=moved)}
        )
