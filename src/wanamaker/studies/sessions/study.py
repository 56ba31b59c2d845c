"""The keys of a sessions study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from wanamaker.base.errors import nearest
from wanamaker.models.sessions.settings import CELLS
from wanamaker.studies.config import Section
from wanamaker.studies.sections import Data as LogData
from wanamaker.studies.sections import DecisionOptions
from wanamaker.studies.sessions.split_options import SplitOptions

if TYPE_CHECKING:
    from pathlib import Path


class Data(LogData):
    """Where the log is: one path that is split, or a path for each part.

    ``features`` is a table with one row per session, by the name of the session's column; ``truth`` is what
    was written beside a simulated log.
    """

    features: str | None = None


class Columns(Section):
    """Which column plays which role.

    With ``event`` the log has one row per event; without it, one row per session, and ``numeric`` and
    ``categorical`` are what is known of the session.
    """

    session: str | None = None
    time: str | None = None
    event: str | None = None
    label: str | None = None
    outcome: str | None = None
    horizon: int | None = Field(default=None, ge=1)
    user: str | None = None
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    time_unit: str = "auto"

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        for fault in (self._question(), self._form()):
            if fault:
                raise ValueError(fault)
        return self

    def _question(self) -> str | None:
        if (self.label is None) == (self.outcome is None):
            given = "both" if self.label is not None else "neither"
            return f"give 'label' (a column) or 'outcome' (an event to wait for), not {given}"
        if self.horizon is not None and self.outcome is None:
            return "'horizon' counts the steps to an 'outcome': it does nothing with 'label'"
        return None

    def _form(self) -> str | None:
        if self.event is not None:
            missing = [name for name in ("session", "time") if getattr(self, name) is None]
            return f"'event' needs {missing[0]!r} beside it" if missing else None
        if self.outcome is not None:
            return "'outcome' is a value of the column 'event', which is missing"
        if self.features:
            return "'features' go with 'event'; a table of sessions has 'numeric' and 'categorical'"
        if not (self.numeric or self.categorical):
            return "give 'event', or 'numeric' and 'categorical' columns of a table with one row per session"
        return None

    @property
    def has_events(self) -> bool:
        """Whether the log has one row per event."""
        return self.event is not None

    @property
    def read(self) -> list[str]:
        """The columns that are read of a log, each once."""
        single = (self.session, self.time, self.event, self.label, self.user)
        named = [name for name in single if name is not None]
        return list(dict.fromkeys([*named, *self.numeric, *self.categorical, *self.features]))


class ModelOptions(Section):
    """The networks that are compared, and their settings; see `wanamaker.SessionModel`.

    Every cell is fitted with ``seeds`` seeds, from ``seed`` on. With ``refit`` the model that is kept is
    fitted again, after it was tested, on all sessions.
    """

    cells: tuple[str, ...] | None = None
    seeds: int = Field(default=5, ge=1)
    seed: int = Field(default=0, ge=0)
    width: int | None = Field(default=None, ge=1)
    layers: int | None = Field(default=None, ge=1)
    bidirectional: bool | None = None
    max_length: int | None = Field(default=None, ge=1)
    prefixes: Literal["auto", "all", "last"] | None = None
    min_count: int | None = Field(default=None, ge=1)
    hashed: dict[str, int] | None = None
    dropout: float | None = Field(default=None, ge=0.0, lt=1.0)
    class_weight: float | Literal["balanced"] | None = None
    keep_negatives: float | None = Field(default=None, gt=0.0, le=1.0)
    calibration: str | None = None
    refit: bool = True

    @field_validator("cells")
    @classmethod
    def _known(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        unknown = next((cell for cell in value if cell not in CELLS), None)
        if unknown is not None:
            message = f"{unknown!r} is no known cell. {nearest(unknown, CELLS).rstrip('.')}"
            raise ValueError(message)
        if not value or len(set(value)) < len(value):
            message = "list each cell once, and at least one"
            raise ValueError(message)
        return value


class TrainingOptions(Section):
    """How a network is trained; what is left out stands at `wanamaker.Training`'s default."""

    epochs: int | None = Field(default=None, ge=1)
    batch_size: int | None = Field(default=None, ge=1)
    learning_rate: float | None = Field(default=None, gt=0.0)
    weight_decay: float | None = Field(default=None, ge=0.0)
    patience: int | None = Field(default=None, ge=1)
    clip: float | None = Field(default=None, gt=0.0)
    schedule: str | None = None
    warmup: float | None = Field(default=None, ge=0.0, le=1.0)
    average: float | None = Field(default=None, ge=0.0)
    precision: str | None = None
    device: str | None = None
    threads: int | None = Field(default=None, ge=1)

    @property
    def given(self) -> dict[str, Any]:
        """What is not left out."""
        return self.model_dump(exclude_none=True)


class EvaluationOptions(Section):
    """What is measured beside the metrics, and how sure the figures are.

    ``precision`` is the target for "from which event on are the flagged right often enough".
    """

    bootstrap: int = Field(default=200, ge=0)
    baselines: bool = True
    audit: bool = True
    prefixes: int = Field(default=30, ge=1)
    precision: float = Field(default=0.5, gt=0.0, lt=1.0)
    budgets: tuple[float, ...] = (0.01, 0.05, 0.1, 0.2)
    explained: int = Field(default=200, ge=1)

    @field_validator("budgets")
    @classmethod
    def _shares(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0.0 < share <= 1.0 for share in value):
            message = "budgets are shares of the rows, above 0 and up to 1"
            raise ValueError(message)
        return value


class ReportOptions(Section):
    """What the report is called."""

    title: str = "Sessions"


class SessionsStudy(Section):
    """A sessions study: which visit, or which moment of a visit, leads to what is asked for."""

    kind: Literal["sessions"] = "sessions"
    data: Data
    columns: Columns
    split: SplitOptions = Field(default_factory=SplitOptions)
    model: ModelOptions = Field(default_factory=ModelOptions)
    training: TrainingOptions = Field(default_factory=TrainingOptions)
    evaluation: EvaluationOptions = Field(default_factory=EvaluationOptions)
    decision: DecisionOptions = Field(default_factory=DecisionOptions)
    report: ReportOptions = Field(default_factory=ReportOptions)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for fault in (self._parts(), self._times(), self._cells()):
            if fault:
                raise ValueError(fault)
        return self

    def _parts(self) -> str | None:
        idle = self.split.changed("by", "train", "test", "gap", "column", "seed")
        if self.data.valid is not None:
            idle += self.split.changed("valid")
        if self.data.path is None and idle:
            return f"'split.{idle[0]}' does nothing where the parts are given: leave it out"
        return None

    def _times(self) -> str | None:
        if self.columns.time is None and self.data.path is not None and self.split.by == "time":
            return (
                'without columns.time there is nothing to split by: write [split] by = "column" or "random"'
            )
        return None

    def _cells(self) -> str | None:
        columns, model = self.columns, self.model
        if self.data.truth is not None and (not columns.has_events or columns.horizon is not None):
            return "'data.truth' is of whole sessions and of outcomes that follow ever: leave it out"
        if columns.has_events:
            if model.bidirectional and columns.outcome is not None:
                return "a bidirectional network reads later events, so it cannot answer after each of them"
            return None
        if model.cells is not None:
            return "'model.cells' are networks over events, of which there are none: leave it out"
        if self.data.features is not None:
            return "'data.features' goes with 'columns.event': without it the log is that table"
        return None

    @property
    def cells(self) -> tuple[str, ...]:
        """The networks that are compared; one where there are no events for them to differ in."""
        if not self.columns.has_events:
            return ("gru",)
        return self.model.cells or ("rnn", "gru", "lstm", "transformer")

    def starting_at(self, folder: Path) -> SessionsStudy:
        """Return the same study with relative paths starting at a folder."""
        return self.model_copy(update={"data": self.data.starting_at(folder)})
