"""Fitting the models of a study: at each origin, without some terms, and with other seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.progress import track
from wanamaker.evaluation.search_terms.held_out import term_keys
from wanamaker.evaluation.search_terms.sums import Terms
from wanamaker.models.search_terms.settings import PREDICTORS
from wanamaker.stats.bootstrap import Resampling
from wanamaker.studies.search_terms.build import term_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.search_terms.origins import Origin
    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.studies.search_terms.parts import Parts
    from wanamaker.studies.search_terms.study import SearchTermsStudy

    Floats = NDArray[np.float64]

EXPOSURE = "exposure"
READ_WORDS = ("network", "glm", "trees")
"""Predictors that read the words of a term, and so can say what a word does."""


@dataclass(frozen=True, eq=False)
class Tested:
    """Rows that were tested, with what each predictor said of them.

    Parameters
    ----------
    origin
        When.
    rows
        Term days with what happened.
    expected
        Name of a predictor to the final conversions it expects, each of shape (rows,).
    exposure
        What rates are multiplied with, of shape (rows,).
    shares
        Which share of the conversions is in the report, of shape (rows,).
    rate
        Conversions per exposure of the training rows.
    """

    origin: Origin
    rows: pl.DataFrame
    expected: dict[str, Floats]
    exposure: Floats
    shares: Floats
    rate: float

    @property
    def observed(self) -> Floats:
        """Reported conversions."""
        return self.rows["conversions"].to_numpy().astype(np.float64)

    @property
    def blind(self) -> Floats:
        """What a rate that knows no terms expects to be reported."""
        return self.rate * self.exposure * self.shares

    @property
    def day(self) -> NDArray[np.int64]:
        """The day of each row."""
        return self.rows["date"].to_physical().to_numpy().astype(np.int64)

    def reported(self, name: str) -> Floats:
        """Return what a predictor expects to be reported of each row."""
        return self.expected[name] * self.shares


@dataclass(frozen=True, eq=False)
class Fits:
    """What was fitted.

    Parameters
    ----------
    model
        Of the last origin: the one that is kept.
    valid, test
        Its validation and its test days.
    earlier
        The test days of the origins before.
    unseen
        Test days of terms that training did not have, one entry per round.
    networks
        Models of the last origin that ask the network, one per seed.
    first_choice
        What the model of the first origin told of the losses that were tried; None where one was given.
    """

    model: SearchTermModel
    valid: Tested
    test: Tested
    earlier: list[Tested]
    unseen: list[Tested]
    networks: list[SearchTermModel]
    first_choice: dict[str, float] | None

    @property
    def names(self) -> list[str]:
        """The predictors that could be fitted."""
        return [name for name in PREDICTORS if name in self.test.expected]

    @property
    def rolling(self) -> list[Tested]:
        """The test days of all origins, in order."""
        return [*self.earlier, self.test]


def fit_all(study: SearchTermsStudy, parts: Parts) -> Fits:
    """Fit the models of a study, and let each predict what it is tested on.

    Raises
    ------
    MissingExtraError
        If the predictor that is asked for needs a part that is not installed.
    DataError
        If a part cannot be learned from.
    """
    jobs = [("origin", place) for place in range(len(parts.origins))]
    jobs += [("unseen terms", place) for place in range(study.split.rounds if parts.folds is not None else 0)]
    jobs += [("seed", place) for place in range(1, study.model.seeds)]
    loss, choice = study.model.loss, None
    held: dict[str, list[Any]] = {"origin": [], "unseen terms": [], "seed": []}
    for kind, place in track(jobs, "fitting", lambda job: f"{job[0]} {job[1] + 1}"):
        if kind == "seed" and "network" not in held["origin"][-1].fitted_.predictors:
            continue
        model = _fitted(study, parts, kind, place, loss)
        if loss == "auto" and model.training_["loss"] is not None:
            loss, choice = str(model.training_["loss"]), model.training_["losses"]
        held[kind].append(model if kind != "unseen terms" else _unseen(parts, model, place))
    origins = list(zip(parts.origins, held["origin"], strict=True))
    last, model = origins[-1]
    networks = [asking(model, "network")] if "network" in model.fitted_.predictors else []
    return Fits(
        model=model,
        valid=asked_of(parts, model, last, "valid"),
        test=asked_of(parts, model, last, "test"),
        earlier=[asked_of(parts, one, origin, "test") for origin, one in origins[:-1]],
        unseen=held["unseen terms"],
        networks=[*networks, *held["seed"]],
        first_choice=choice,
    )


def asked_of(
    parts: Parts,
    model: SearchTermModel,
    origin: Origin,
    part: str,
    keep: NDArray[np.bool_] | None = None,
    known: NDArray[np.bool_] | None = None,
) -> Tested:
    """Return rows with what a model says of them, each from what lies before its day.

    Parameters
    ----------
    parts, model, origin, part
        Which rows.
    keep
        Those of the log to test.
    known
        Those of the log that are history; None for all.
    """
    rows = parts.part(origin, part, keep)
    history = parts.within(origin.first, origin.days(part)[1], known)
    told = model.predictions(rows, history, as_of=parts.as_of)
    names = [name for name in PREDICTORS if name in told.columns]
    return Tested(
        origin,
        rows,
        {name: told[name].to_numpy() for name in names},
        told[EXPOSURE].to_numpy(),
        parts.shares(rows["date"]),
        blind_rate(parts, model, origin, known),
    )


def blind_rate(
    parts: Parts, model: SearchTermModel, origin: Origin, known: NDArray[np.bool_] | None = None
) -> float:
    """Return the conversions per exposure of the training days, or of some rows, as far as reported."""
    train = parts.part(origin, "train", known)
    unit = model.fitted_.reader.exposure.unit
    counted = float((train[unit].to_numpy() * parts.shares(train["date"])).sum())
    return float(train["conversions"].sum()) / max(counted, 1e-12)


def terms_of(told: list[Tested], study: SearchTermsStudy) -> Terms:
    """Return the terms of rows, as a bootstrap draws them again."""
    names = pl.concat([one.rows["term"] for one in told])
    return Terms(term_keys(names), Resampling(study.evaluation.bootstrap, study.model.seed))


def reader_of(model: SearchTermModel) -> str:
    """Return the predictor that explains: the one that is asked, else the best that reads words."""
    told = model.training_["predictors"]
    if model.predictor_ in READ_WORDS:
        return str(model.predictor_)
    return min((name for name in READ_WORDS if name in told), key=lambda name: told[name]["poisson_deviance"])


def asking(model: SearchTermModel, name: str) -> SearchTermModel:
    """Return the same fitted model, that asks the predictor with this name."""
    again = type(model)(**model.get_params(deep=False))
    again._keep(replace(model.fitted_, winner=name), model.training_)
    return again


def _fitted(study: SearchTermsStudy, parts: Parts, kind: str, place: int, loss: str) -> SearchTermModel:
    origin = parts.origins[place] if kind == "origin" else parts.origins[-1]
    seed = study.model.seed + (place if kind == "seed" else 0)
    keep = None
    if kind == "unseen terms" and parts.folds is not None:
        keep = parts.folds != place
    model = term_model(study, parts, seed=seed, loss=loss, predictor="network" if kind == "seed" else None)
    train, valid = (parts.part(origin, name, keep) for name in ("train", "valid"))
    return model.fit(train, valid, as_of=parts.report_date)


def _unseen(parts: Parts, model: SearchTermModel, place: int) -> Tested:
    assert parts.folds is not None  # noqa: S101 (for the type checker)
    new = parts.folds == place
    return asked_of(parts, model, parts.origins[-1], "test", new, ~new)
