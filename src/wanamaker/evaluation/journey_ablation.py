"""What each part of a journey network is worth: the same network without it, on the same test journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.progress import track
from wanamaker.evaluation.journeys.compared import compared_journeys
from wanamaker.models.journeys.journey_model import JourneyModel
from wanamaker.models.journeys.settings import CELLS, covariates_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.journeys.journeys import Journeys

_WIDTH_UNIT = 8
"""Widths that a transformer takes are multiples of this."""

AS_GIVEN = "as given"
"""The row of the model as it is."""


def journey_ablation(
    model: JourneyModel,
    train: Journeys,
    valid: Journeys | None,
    test: Journeys,
    *,
    fitted: bool = False,
    replicates: int = 200,
    seed: int = 0,
) -> pl.DataFrame:
    """Return how well a journey model predicts without each of its parts, and with other cells.

    Every row is a network of its own, trained with the same options on the same journeys. One fit each: a
    difference within its interval, which tells of the test journeys alone, may as well be one of the seed.

    Parameters
    ----------
    model
        Gives the settings; is not changed.
    train, valid
        As in `JourneyModel.fit`.
    test
        Later journeys, one outcome per row; those without a touch are left out.
    fitted
        Whether the model was fitted on these parts already, which saves one fit.
    replicates, seed
        Of the bootstrap over users.

    Returns
    -------
    polars.DataFrame
        The columns of `compared_journeys`, the model's as ``variant``: first ``as given``, which differences
        are from; then ``without attention``, ``without decay``, ``without covariates`` as far as the model
        has them, and ``cell gru`` and so on. Behind them ``parameters``, ``epochs``, ``best_epoch``,
        ``seconds`` and ``under_trained``.

    Raises
    ------
    UserError
        As `JourneyModel.fit` does.
    """
    judged = test.take(np.flatnonzero(test.lengths > 0))
    found, rows = {}, []
    for name, settings in track(list(variants(model, train).items()), "variants", lambda one: one[0]):
        one = model if fitted and not settings else _fitted(model, settings, train, valid)
        found[name] = one.predict(judged)
        rows.append({"variant": name, **_told(one)})
    table = compared_journeys(judged, found, AS_GIVEN, replicates=replicates, seed=seed)
    schema = {"under_trained": pl.String}
    told = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)
    return table.rename({"model": "variant"}).join(told, on="variant", how="left", maintain_order="left")


def _fitted(
    model: JourneyModel, settings: Mapping[str, Any], train: Journeys, valid: Journeys | None
) -> JourneyModel:
    return JourneyModel(**{**model.get_params(deep=False), **settings}).fit(train, valid)


def _told(model: JourneyModel) -> dict[str, Any]:
    learned = model.training_
    told = {name: learned[name] for name in ("parameters", "best_epoch", "seconds", "under_trained")}
    return {**told, "epochs": len(learned["curve"])}


def variants(model: JourneyModel, journeys: Journeys) -> Mapping[str, Mapping[str, Any]]:
    """Return by name the settings in which each variant differs from the model.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b"], "total_conversions": [1]})
    >>> list(variants(JourneyModel(cell="gru"), journeys))
    ['as given', 'without attention', 'cell rnn', 'cell lstm', 'cell transformer']
    """
    found: dict[str, dict[str, Any]] = {AS_GIVEN: {}}
    if model.attention:
        found["without attention"] = {"attention": False}
    if model.attention and model.decay and journeys.times is not None:
        found["without decay"] = {"decay": False}
    if covariates_of(model, journeys):
        found["without covariates"] = {"covariates": []}
    cells = [cell for cell in CELLS if cell != model.cell]
    if model.width % _WIDTH_UNIT:
        cells = [cell for cell in cells if cell != "transformer"]
    return found | {f"cell {cell}": {"cell": cell} for cell in cells}
