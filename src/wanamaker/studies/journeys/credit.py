"""The network's credit beside that of the other methods, in one table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from wanamaker.attribution.credit import Credit
    from wanamaker.reports.attribution import AttributionResults
    from wanamaker.studies.journeys.network import NetworkFound


def beside(credit: Credit, network: Credit) -> Credit:
    """Return the credit of both, the network's last."""
    methods = {**credit.metadata["methods"], **network.metadata["methods"]}
    left_out = {**credit.metadata["left_out"], **network.metadata["left_out"]}
    return replace(
        credit,
        frame=pl.concat([credit.frame, network.frame]),
        metadata={**credit.metadata, "methods": methods, "left_out": left_out},
        details={**credit.details, **network.details},
    )


def with_network(results: AttributionResults, network: NetworkFound) -> AttributionResults:
    """Return what the report shows, with the network and what speaks against it."""
    facts = network.told["facts"]
    doubt = facts["learned"]["under_trained"]
    notes = (
        []
        if doubt is None
        else [{"code": "under_trained", "severity": "warning", "message": f"{_LEAD} {doubt}"}]
    )
    notes += [{"code": "network", "severity": "info", "message": told} for told in _plain_notes(facts)]
    return replace(results, notes=[*notes, *results.notes], network=network.told)


def _plain_notes(facts: dict[str, Any]) -> list[str]:
    learned = facts["learned"]
    return [f"The network: {told}" for told in learned["notes"] if told != learned["under_trained"]]


_LEAD = "The network is not to be believed, nor is its credit."
