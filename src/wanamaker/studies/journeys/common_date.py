"""The same comparison on journeys that are all seen up to one date."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, DataWarning, ParameterError, UserError
from wanamaker.evaluation.journeys import compared_journeys, journey_baselines, split_users
from wanamaker.events.times import exact_iso, moment_micros
from wanamaker.journeys.from_events import journeys_from_events
from wanamaker.studies.journeys.build import new_model
from wanamaker.studies.journeys.options import CommonDate

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.studies.attribution_study import AttributionStudy

SINCE = "days since last touch"
"""The covariate that tells the network what lengths and gaps tell the baselines: how old the journey is."""

_PART, _DAY = 0.25, 86_400_000_000


@dataclass(frozen=True, eq=False)
class OneDate:
    """Journeys seen up to a landmark, and conversions within a horizon after it.

    Parameters
    ----------
    landmark, horizon
        The date, and how long after it conversions count.
    seen
        The journeys; None where there is nothing to compare.
    parts
        ``train``, ``valid`` and ``test``, by a hash of the user: all are seen at the same date.
    reason
        Why there is nothing to compare.
    """

    landmark: Any
    horizon: str
    seen: Journeys | None = None
    parts: tuple[Journeys, ...] = ()
    reason: str | None = None


def one_date(study: AttributionStudy, journeys: Journeys) -> OneDate | None:
    """Build the journeys of a study as they were seen at one date; None if that is not asked for.

    Raises
    ------
    ParameterError
        If the date was given, and no journeys can be compared there.
    """
    if not study.evaluation.common_date:
        return None
    landmark, horizon = _chosen(study, journeys)
    try:
        seen = _with_age(_built(study, landmark, horizon))
        split = split_users(seen, **study.split.model_dump())
    except UserError as error:
        if isinstance(study.evaluation.common_date, CommonDate):
            message = f"evaluation.common_date: nothing can be compared at {landmark}. {error.message}"
            hint = "Choose a date with touches before it, and conversions within the horizon after it."
            raise ParameterError(message, hint=hint) from error
        return OneDate(landmark, horizon, reason=error.message)
    return OneDate(landmark, horizon, seen, tuple(seen.take(rows) for rows in split.parts().values()))


def compared_at(study: AttributionStudy, date: OneDate) -> dict[str, Any]:
    """Compare network and baselines on journeys seen up to a landmark, by conversions after it.

    Where journeys stop at their conversion, lengths and gaps give the outcome away. Seen up to one date they
    cannot: what is told apart here is who will convert, not who has.

    Returns
    -------
    dict
        ``landmark``, ``horizon``, ``journeys``, ``conversions``, ``test_journeys``, ``test_conversions`` and
        the rows of ``comparison``; or the ``reason`` why there is none.
    """
    told = {"landmark": str(date.landmark), "horizon": date.horizon}
    if date.seen is None:
        return told | {"reason": date.reason}
    try:
        return told | _compared(study, date.seen, date.parts)
    except DataError as error:
        return told | {"reason": error.message}


def _compared(study: AttributionStudy, seen: Journeys, parts: tuple[Journeys, ...]) -> dict[str, Any]:
    train, valid, test = parts
    model = new_model(study)
    if model.covariates != "auto":
        model.set_params(covariates=[*model.covariates, SINCE])
    found = {"network": model.fit(train, valid).predict(test)}
    if study.evaluation.baselines:
        read = [name for name in seen.covariates if name != SINCE]
        options = study.network
        chosen = read if options is None or options.covariates is None else options.covariates
        found |= journey_baselines(train, valid, test, covariates=chosen, threads=study.training.threads)
    replicates = study.evaluation.bootstrap
    return {
        "journeys": len(seen),
        "conversions": int(seen.converted.sum()),
        "test_journeys": len(test),
        "test_conversions": int(test.converted.sum()),
        "under_trained": model.training_["under_trained"],
        "comparison": compared_journeys(test, found, "network", replicates=replicates).to_dicts(),
    }


def _chosen(study: AttributionStudy, journeys: Journeys) -> tuple[Any, str]:
    """Return the date and the horizon; unless they are given, three quarters into the log, and the rest."""
    given = study.evaluation.common_date
    if isinstance(given, CommonDate):
        return given.landmark, given.horizon
    observation = journeys.observation
    start, end = int(observation.start or 0), int(observation.end or 0)
    days = max(1, int((end - start) * _PART // _DAY))
    return exact_iso(end - days * _DAY), f"{days}d"


def _built(study: AttributionStudy, landmark: Any, horizon: str) -> Journeys:
    """Build the journeys of the study once more, seen up to the landmark."""
    roles = study.columns.model_dump(exclude={"path", "conversions", "nulls"})
    options = study.journeys.model_dump(exclude={"separator", "observed", "landmark"})
    lookback: Any = study.journeys.lookback
    options |= {"lookback": lookback, "landmark": (landmark, horizon)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the study has given them of this log
        return journeys_from_events(study.data.path, **roles, **options)


def _with_age(journeys: Journeys) -> Journeys:
    """Return the journeys with a covariate that says how many days ago their last touch was."""
    held = journeys.lengths > 0
    ago = np.full(len(journeys), np.nan)
    landmark = journeys.observation.landmark
    if landmark is not None and journeys.times is not None:
        last = journeys.times[journeys.offsets[1:][held] - 1]
        ago[held] = (moment_micros(landmark[0], "landmark T0") - last) / _DAY
    table = journeys.table.with_columns(pl.Series(SINCE, ago).fill_nan(None))
    return replace(journeys, table=table, covariates=(*journeys.covariates, SINCE))
