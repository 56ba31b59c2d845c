"""The keys of a search-terms study."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812, TC003 (pydantic reads it when the program runs)
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, field_validator, model_validator

from wanamaker.base.errors import nearest
from wanamaker.models.search_terms.settings import LOSSES, PREDICTORS
from wanamaker.studies.config import Section, starting_at
from wanamaker.studies.sessions.study import TrainingOptions

if TYPE_CHECKING:
    from pathlib import Path


class Data(Section):
    """Where the log is: exports as they were downloaded, or tables; for a simulated one, its truth."""

    path: str | tuple[str, ...]
    truth: str | None = None

    @field_validator("path")
    @classmethod
    def _some(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not value or (isinstance(value, tuple) and len(set(value)) < len(value)):
            message = "give the path of the export, or a list of different ones"
            raise ValueError(message)
        return value

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the log, one or more."""
        return (self.path,) if isinstance(self.path, str) else self.path

    def starting_at(self, folder: Path) -> Self:
        """Return the same places with relative paths starting at a folder."""
        paths = tuple(starting_at(folder, path) for path in self.paths)
        truth = None if self.truth is None else starting_at(folder, self.truth)
        return type(self)(path=paths[0] if len(paths) == 1 else paths, truth=truth)


class Columns(Section):
    """The names that columns have in the file, where they are not those of the English report."""

    term: str | None = None
    date: str | None = None
    campaign: str | None = None
    impressions: str | None = None
    clicks: str | None = None
    cost: str | None = None
    conversions: str | None = None
    value: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """Role to name, of those that are given."""
        return dict(self.model_dump(exclude_none=True))


class ReadingOptions(Section):
    """How exports are read; see `wanamaker.read_search_terms`. Tables are read as they are."""

    dates: str = "auto"
    decimal: Literal["auto", ".", ","] = "auto"
    currency: str | None = None
    encoding: str = "auto"
    keep: Literal["last", "all"] | None = None
    totals: Literal["check", "tell"] = "check"


class SplitOptions(Section):
    """The days and terms that models are tested on.

    At each of ``origins`` days the models learn from what lies before, and are tested on the ``horizon``
    days that follow; the last origin is the test of the run. ``valid`` days choose and stop; ``gap`` days
    before an origin are left out, since their conversions were not all known on it. Terms in a share of
    ``unseen`` are kept out of training and tested as new ones, ``rounds`` times with different terms.
    """

    origins: int = Field(default=3, ge=1)
    horizon: int | None = Field(default=None, ge=1)
    valid: int | None = Field(default=None, ge=1)
    gap: int | Literal["auto"] = "auto"
    unseen: float = Field(default=0.2, ge=0.0, le=0.5)
    rounds: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.gap, int) and self.gap < 0:
            message = "'gap' is a number of days from 0, or \"auto\""
            raise ValueError(message)
        if self.unseen and self.rounds > round(1.0 / self.unseen):
            message = (
                f"a share of {self.unseen:g} of the terms gives {round(1.0 / self.unseen)} rounds at most"
            )
            raise ValueError(message)
        return self


class FeatureOptions(Section):
    """What is read of a term and its past; see `wanamaker.SearchTermModel`.

    ``vectors`` is a table with the terms and columns of numbers, such as sentence vectors.
    """

    windows: tuple[int, ...] = (1, 7, 28)
    history: int = Field(default=28, ge=1, le=366)
    known_ahead: tuple[Literal["impressions", "clicks", "cost"], ...] = ()
    exposure: Literal["auto", "clicks", "impressions", "expected"] = "auto"
    holidays: tuple[Date, ...] = ()
    campaign: bool = True
    min_count: int = Field(default=3, ge=1)
    max_words: int = Field(default=20, ge=1, le=1000)
    vectors: str | None = None


class ModelOptions(Section):
    """The models, and which of them is kept.

    With ``predictor = "auto"`` the one with the lowest deviance on the validation days of the last origin
    answers `predict`. With ``loss = "auto"`` the network's loss is chosen on those of the first origin.
    ``seeds`` networks are trained at the last origin. With ``refit`` the model that is kept is fitted again,
    after it was tested, on all days whose conversions are known well enough.
    """

    predictor: str = "auto"
    loss: str = "auto"
    width: int = Field(default=32, ge=1, le=4096)
    embedding: int = Field(default=32, ge=1, le=4096)
    keep_zeros: float = Field(default=1.0, gt=0.0, le=1.0)
    seeds: int = Field(default=3, ge=1)
    seed: int = Field(default=0, ge=0)
    refit: bool = True

    @field_validator("predictor")
    @classmethod
    def _known_predictor(cls, value: str) -> str:
        return _one_of(value, ("auto", *PREDICTORS), "predictor")

    @field_validator("loss")
    @classmethod
    def _known_loss(cls, value: str) -> str:
        return _one_of(value, LOSSES, "loss")


class DelayOptions(Section):
    """How conversions come in after the day of the click.

    ``mean`` is that of an exponential delay, such as "5d"; ``report`` a report of conversions by days to
    conversion. Days are matured by it; those of which less than ``least`` is known are left out. Without
    either all counts as known on the day after; ``maturity`` then says how many days before the report are
    left out. ``as_of`` is the day of the report; the day after the log's last if it is not given.
    """

    mean: str | None = None
    report: str | None = None
    same_day: float = Field(default=0.5, gt=0.0, le=1.0)
    maturity: int = Field(default=0, ge=0)
    least: float = Field(default=0.1, ge=0.0, lt=1.0)
    as_of: Date | None = None

    @model_validator(mode="after")
    def _one_curve(self) -> Self:
        if self.mean is not None and self.report is not None:
            message = "give 'mean' or 'report', not both: each says how conversions come in"
            raise ValueError(message)
        return self


class EvaluationOptions(Section):
    """What is measured beside the metrics, and how sure the figures are.

    A term is in the list of those to stop paying for if its conversions per cost lie below ``limit`` (a
    quarter of the account's if it is not given) with this ``confidence``; a word is ranked if it is in
    ``min_terms`` different terms. ``explained`` is how many test rows are explained, ``permutations`` how
    many random shifts of a series say what chance alone would do.
    """

    bootstrap: int = Field(default=200, ge=0)
    audit: bool = True
    confidence: float = Field(default=0.9, gt=0.5, lt=1.0)
    limit: float | None = Field(default=None, gt=0.0)
    min_terms: int = Field(default=3, ge=1)
    explained: int = Field(default=1000, ge=1)
    permutations: int = Field(default=300, ge=20)


class ReportOptions(Section):
    """What the report is called."""

    title: str = "Search terms"


class SearchTermsStudy(Section):
    """A search-terms study: how many conversions a term will bring on a day, and which are not worth it."""

    kind: Literal["search_terms"] = "search_terms"
    data: Data
    columns: Columns = Field(default_factory=Columns)
    reading: ReadingOptions = Field(default_factory=ReadingOptions)
    split: SplitOptions = Field(default_factory=SplitOptions)
    features: FeatureOptions = Field(default_factory=FeatureOptions)
    model: ModelOptions = Field(default_factory=ModelOptions)
    training: TrainingOptions = Field(default_factory=TrainingOptions)
    delay: DelayOptions = Field(default_factory=DelayOptions)
    evaluation: EvaluationOptions = Field(default_factory=EvaluationOptions)
    report: ReportOptions = Field(default_factory=ReportOptions)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        told = self.features
        if told.exposure in ("clicks", "impressions") and told.exposure not in told.known_ahead:
            message = (
                f"features.exposure = {told.exposure!r} needs the day's {told.exposure} when it is "
                "predicted: name it in features.known_ahead, or write exposure = 'expected'"
            )
            raise ValueError(message)
        return self

    def starting_at(self, folder: Path) -> SearchTermsStudy:
        """Return the same study with relative paths starting at a folder."""

        def moved(path: str | None) -> str | None:
            return None if path is None else starting_at(folder, path)

        return self.model_copy(
            update={
                "data": self.data.starting_at(folder),
                "features": self.features.model_copy(update={"vectors": moved(self.features.vectors)}),
                "delay": self.delay.model_copy(update={"report": moved(self.delay.report)}),
            }
        )


def _one_of(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        message = f"{value!r} is no known {what}. {nearest(value, known).rstrip('.')}"
        raise ValueError(message)
    return value
