"""The keys of an attribution study."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_serializer, field_validator, model_validator

from wanamaker.studies.config import Section, starting_at
from wanamaker.studies.journeys.options import (
    EvaluationOptions,
    NetworkOptions,
    ReplayOptions,
    SplitOptions,
)
from wanamaker.studies.sessions.study import TrainingOptions


class Data(Section):
    """Where the log is; its lift tests, if there are any; for a simulated one, its planted truth."""

    path: str
    truth: str | None = None
    lift_tests: str | None = None

    def starting_at(self, folder: Path) -> Data:
        """Return the same places with relative paths starting at a folder."""
        places = self.model_dump(exclude_none=True)
        return Data(**{name: starting_at(folder, path) for name, path in places.items()})

    def resolved(self) -> Data:
        """Return the same places with paths that do not depend on where they are read from."""
        return self.starting_at(Path.cwd())


class Columns(Section):
    """Which column plays which role; see `wanamaker.journeys_from_events` and `…_from_paths`."""

    user: str | None = None
    time: str = "timestamp"
    touch: str = "campaign"
    converted: str | None = None
    conversion_id: str | None = None
    conversion_time: str | None = None
    journey: str | None = None
    event: str | None = None
    kind: str | None = None
    value: str | None = None
    cost: str | None = None
    covariates: tuple[str, ...] = ()
    path: str | None = None
    conversions: str | None = None
    nulls: str | None = None


class JourneyOptions(Section):
    """How journeys are built; TOML has no null, so no limit of the lookback is written ``"none"``."""

    time_unit: str = "auto"
    conversions: tuple[str, ...] = ()
    touch_events: tuple[str, ...] = ()
    lookback: str | dict[str, str] | None = "30d"
    max_touches: int | None = None
    collapse: bool = False
    observed: Literal["until_conversion", "full"] | None = None
    censor_at: Any = None
    landmark: tuple[Any, str] | None = None
    separator: str = ">"

    @field_validator("lookback", mode="before")
    @classmethod
    def _no_lookback(cls, value: Any) -> Any:
        return None if value == "none" else value

    @field_serializer("lookback")
    def _told_lookback(self, value: str | dict[str, str] | None) -> str | dict[str, str]:
        return "none" if value is None else value


class AttributionOptions(Section):
    """Which methods credit the touches, and how sure the figures are."""

    models: tuple[str, ...] | None = None
    bootstrap: int = Field(default=200, ge=0)
    seed: int = Field(default=0, ge=0)
    by: tuple[str, ...] = ()


class ReportOptions(Section):
    """What the report is called."""

    title: str = "Attribution"


class AttributionStudy(Section):
    """An attribution study: which touch earned the conversions.

    ``methods`` holds parameters by method, such as ``time_decay = { half_life = "3d" }``. A network is fitted
    where there is a section ``network``, and budgets are replayed where there is a section ``replay``, or a
    network and costs.
    """

    kind: Literal["attribution"] = "attribution"
    data: Data
    columns: Columns = Field(default_factory=Columns)
    journeys: JourneyOptions = Field(default_factory=JourneyOptions)
    attribution: AttributionOptions = Field(default_factory=AttributionOptions)
    methods: dict[str, dict[str, Any]] = Field(default_factory=dict)
    network: NetworkOptions | None = None
    training: TrainingOptions = Field(default_factory=TrainingOptions)
    split: SplitOptions = Field(default_factory=SplitOptions)
    evaluation: EvaluationOptions = Field(default_factory=EvaluationOptions)
    replay: ReplayOptions | None = None
    report: ReportOptions = Field(default_factory=ReportOptions)

    @model_validator(mode="after")
    def _nothing_idle(self) -> Self:
        if self.network is None:
            for name, given, default in (
                ("training", self.training, TrainingOptions()),
                ("evaluation", self.evaluation, EvaluationOptions()),
            ):
                if given != default:
                    message = f"[{name}] is for a network, and there is no section [network]"
                    raise ValueError(message)
        if self.network is None and self.replay is None and self.split != SplitOptions():
            message = "[split] is for a network or a replay, and there is neither [network] nor [replay]"
            raise ValueError(message)
        if self.split.valid + self.split.test >= 1.0:
            message = "[split] must leave journeys to learn from: valid and test together are below 1"
            raise ValueError(message)
        return self

    @property
    def replays(self) -> ReplayOptions | None:
        """How budgets are replayed; None if they are not."""
        if self.replay is None and self.network is not None and self.columns.cost is not None:
            return ReplayOptions()
        return self.replay

    def starting_at(self, folder: Path) -> AttributionStudy:
        """Return the same study with relative paths starting at a folder."""
        return self.model_copy(update={"data": self.data.starting_at(folder)})
