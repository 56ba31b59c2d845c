"""Budgets replayed: credit of the earlier journeys, spent on the later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.attribute import attribute
from wanamaker.base.errors import DataError
from wanamaker.evaluation.budget_replay import budget_replay

if TYPE_CHECKING:
    from wanamaker.attribution.method import Method
    from wanamaker.events.splits import Split
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.studies.attribution_study import AttributionStudy


def replayed(
    study: AttributionStudy, journeys: Journeys, split: Split, network: list[Method]
) -> dict[str, Any] | None:
    """Replay the test journeys under smaller budgets that follow the credit of train and valid.

    Parameters
    ----------
    network
        The network's methods, of a network that has not seen the test journeys.

    Returns
    -------
    dict
        ``rows`` of the table, money without credit last; ``left_out``: why a method is not in it; how many
        ``journeys`` and ``conversions`` were replayed, and what they ``cost``; ``reference``, the method that
        the others are compared with, and ``replicates``. None if nothing is replayed.
    """
    options = study.replays
    if options is None:
        return None
    earlier = journeys.take(np.sort(np.concatenate([split.train, split.valid])))
    later = journeys.take(split.test)
    more: dict[str, Any] = {"allocation": options.allocation, "capped": options.capped}
    tables, left_out = _credits(study, earlier, network)
    fit = []
    for credit in tables:
        try:
            budget_replay(later, credit, options.budgets[:1], **more, replicates=0)
            fit.append(credit)
        except DataError as error:
            left_out[str(credit["model"][0])] = error.message
    if not fit:
        return {"rows": [], "left_out": left_out}
    more |= {"reference": _reference(fit), "replicates": study.attribution.bootstrap}
    table = budget_replay(later, pl.concat(fit), options.budgets, **more, seed=study.attribution.seed)
    return {
        "rows": table.to_dicts(),
        "left_out": left_out,
        "journeys": len(later),
        "conversions": float(later.conversions.sum()),
        "cost": 0.0 if later.ledger is None else float(later.ledger.amounts.sum()),
        **more,
    }


def _reference(fit: list[pl.DataFrame]) -> str:
    """Return the method that the others are compared with: the last touch, or the first there is."""
    models = [str(credit["model"][0]) for credit in fit]
    return "last" if "last" in models else models[0]


def _credits(
    study: AttributionStudy, earlier: Journeys, network: list[Method]
) -> tuple[list[pl.DataFrame], dict[str, str]]:
    """Return the credit of each method by the earlier journeys."""
    options = study.attribution
    plain = attribute(earlier, options.models, 0, options.seed, parameters=study.methods)
    whole = [plain.frame, attribute(earlier, network, 0, options.seed).frame] if network else [plain.frame]
    frame = pl.concat(whole)
    tables = [part for _, part in frame.group_by("model", maintain_order=True)]
    return tables, dict(plain.metadata["left_out"])
