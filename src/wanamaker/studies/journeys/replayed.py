"""Budgets replayed: credit of the earlier journeys, spent on the later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.attribute import attribute
from wanamaker.base.errors import DataError
from wanamaker.evaluation.budget_replay import AS_SPENT, EVENLY, budget_replay

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
        ``rows`` of the table, the references last; ``left_out``: why a method is not in it; how many
        ``journeys`` and ``conversions`` were replayed, and what they ``cost``. None if nothing is replayed.
    """
    options = study.replays
    if options is None:
        return None
    earlier = journeys.take(np.sort(np.concatenate([split.train, split.valid])))
    later = journeys.take(split.test)
    tables, left_out = _credits(study, earlier, network)
    more: dict[str, Any] = {"allocation": options.allocation, "capped": options.capped}
    found: list[pl.DataFrame] = []
    for credit in tables:
        try:
            found.append(budget_replay(later, credit, options.budgets, **more))
        except DataError as error:
            left_out[str(credit["model"][0])] = error.message
    if not found:
        return {"rows": [], "left_out": left_out}
    references = found[0].filter(pl.col("model").is_in([AS_SPENT, EVENLY]))
    rows = [table.filter(~pl.col("model").is_in([AS_SPENT, EVENLY])) for table in found]
    return {
        "rows": pl.concat([*rows, references]).to_dicts(),
        "left_out": left_out,
        "journeys": len(later),
        "conversions": float(later.conversions.sum()),
        "cost": 0.0 if later.ledger is None else float(later.ledger.amounts.sum()),
        **more,
    }


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
