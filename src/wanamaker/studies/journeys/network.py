"""The network of a study: fitted on earlier journeys, judged on later ones, fitted again to give credit."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataWarning
from wanamaker.evaluation.journey_ablation import journey_ablation
from wanamaker.evaluation.journeys import (
    compared_journeys,
    journey_baselines,
    split_journeys,
    split_users,
)
from wanamaker.journeys.journeys import moments
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import choose_threshold
from wanamaker.studies.journeys.build import credits_of, new_model
from wanamaker.studies.journeys.common_date import compared_at, one_date
from wanamaker.studies.judged import Judged, reliability_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.method import Method
    from wanamaker.base.progress import Stopwatch
    from wanamaker.events.splits import Split
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.studies.attribution_study import AttributionStudy

    Floats = NDArray[np.float64]

NETWORK = "network"
"""The network's name among its baselines."""


@dataclass(frozen=True, eq=False)
class NetworkFound:
    """What a study found of its network.

    Parameters
    ----------
    model
        Gives credit, and is kept: fitted again on all journeys, or the one that was judged.
    judged
        Fitted on the training part alone.
    told
        What the report shows.
    metrics
        ``test``, ``valid`` and ``baselines``, as ``metrics.json`` has them.
    predictions
        One row per test journey.
    """

    model: JourneyModel
    judged: JourneyModel
    told: dict[str, Any]
    metrics: dict[str, Any]
    predictions: pl.DataFrame

    def methods(self, study: AttributionStudy, *, earlier: bool = False) -> list[Method]:
        """Return the attribution methods of the network; of the one that knows no test journey if asked."""
        model = self.judged if earlier else self.model
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)  # what speaks against it stands in the notes
            return [model.credit_method(kind) for kind in credits_of(study)]


def parts_of(study: AttributionStudy, journeys: Journeys) -> Split:
    """Return the parts of the journeys: by the time of their end; by user where a landmark sets the date."""
    shares: dict[str, Any] = study.split.model_dump()
    if journeys.observation.landmark is not None:
        return split_users(journeys, **shares)
    return split_journeys(journeys, **shares)


def find_network(study: AttributionStudy, journeys: Journeys, split: Split, clock: Stopwatch) -> NetworkFound:
    """Fit the network of a study, judge it, and fit it again.

    Raises
    ------
    DataError
        If the journeys are too few, or cannot be read.
    """
    date = one_date(study, journeys)
    model = new_model(study)
    parts = {name: journeys.take(rows) for name, rows in split.parts().items()}
    with clock.step("network"):
        model.fit(parts["train"], parts["valid"])
    predictions = {part: model.predict(parts[part]) for part in ("valid", "test")}
    with clock.step("network baselines"):
        baselines = _baselines(study, parts)
    with clock.step("network metrics", "judging the network"):
        told, metrics = _judged(study, parts, predictions, baselines)
    told |= {
        "metrics": metrics["test"],
        "facts": _facts(study, model),
        "parts": [_part(name, part) for name, part in parts.items()],
        "split_notes": list(split.notes),
    }
    if study.evaluation.ablation:
        with clock.step("network ablation"):
            told["ablation"] = _ablation(study, model, parts)
    if date is not None:
        with clock.step("network at one date"):
            told["common_date"] = compared_at(study, date)
    kept = model
    if study.network is not None and study.network.refit:
        with clock.step("network on all journeys"):
            kept = model.refit(journeys)
    return NetworkFound(kept, model, told, metrics, _table(parts["test"], predictions["test"]))


def _ablation(
    study: AttributionStudy, model: JourneyModel, parts: dict[str, Journeys]
) -> list[dict[str, Any]]:
    table = journey_ablation(
        model,
        parts["train"],
        parts["valid"],
        parts["test"],
        fitted=True,
        replicates=study.evaluation.bootstrap,
        seed=0 if study.network is None else study.network.seed,
    )
    return table.rename({"variant": "model"}).to_dicts()


def _baselines(study: AttributionStudy, parts: dict[str, Journeys]) -> dict[str, Floats]:
    if not study.evaluation.baselines:
        return {}
    options = study.network
    covariates = None if options is None else options.covariates
    threads = study.training.threads
    return journey_baselines(
        parts["train"], parts["valid"], parts["test"], covariates=covariates, threads=threads
    )


def _judged(
    study: AttributionStudy,
    parts: dict[str, Journeys],
    predictions: dict[str, Floats],
    baselines: dict[str, Floats],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the report shows of the predictions, and what stands in the metrics."""
    seed = 0 if study.network is None else study.network.seed
    labels = {name: parts[name].converted for name in predictions}
    threshold = float(choose_threshold(labels["valid"], predictions["valid"], "f1"))
    drawing = Resampling(study.evaluation.bootstrap, seed)
    judged = Judged(labels, predictions, parts["test"].users, drawing, threshold)
    table = compared_journeys(
        parts["test"],
        {NETWORK: predictions["test"], **baselines},
        NETWORK,
        replicates=study.evaluation.bootstrap,
        seed=seed,
    )
    told = {"comparison": table.to_dicts(), "bins": reliability_rows(judged)}
    metrics = {
        "test": judged.metrics("test"),
        "valid": judged.metrics("valid"),
        "threshold": threshold,
        "baselines": {name: judged.of(given) for name, given in baselines.items()},
    }
    return told, metrics


def _facts(study: AttributionStudy, model: JourneyModel) -> dict[str, Any]:
    """Return how the network came about."""
    learned = model.training_
    settings = model.get_params(deep=False)
    training = settings.pop("training").values()
    covariates = list(model.fitted_.reader.covariates)
    return {
        "settings": {**settings, "covariates": covariates},
        "training": {key: value for key, value in training.items() if isinstance(value, int | float | str)},
        "learned": learned,
        "refit": bool(study.network and study.network.refit),
        "credit": list(credits_of(study)),
    }


def _part(name: str, part: Journeys) -> dict[str, Any]:
    ended = None if part.ended is None else moments(part.ended)
    first, last = (None, None) if ended is None else (ended.min(), ended.max())
    return {
        "part": name,
        "journeys": len(part),
        "users": len(np.unique(part.users)),
        "conversions": float(part.conversions.sum()),
        "rate": float(part.converted.mean()),
        "start": None if first is None else str(first)[:10],
        "end": None if last is None else str(last)[:10],
    }


def _table(test: Journeys, predictions: Floats) -> pl.DataFrame:
    """Return the test journeys with their outcome and the prediction."""
    columns = [pl.Series("label", test.converted), pl.Series("prediction", predictions)]
    if test.ended is not None:
        columns.insert(0, moments(test.ended).alias("ended"))
    return test.table.with_columns(touches=pl.Series(test.lengths)).with_columns(columns)
