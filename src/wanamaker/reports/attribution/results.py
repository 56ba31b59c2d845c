"""What the attribution report is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class AttributionResults:
    """Everything that the attribution report shows.

    Parameters
    ----------
    title
        What was studied.
    credit
        The credit table (`wanamaker.attribution.credit.Credit.frame`).
    metadata
        How the credit came about (`Credit.metadata`).
    summary
        The journeys in numbers (`wanamaker.journeys.summary.Summary.as_dict`).
    notes
        Findings about the data, as dictionaries (`wanamaker.journeys.notes.Note.as_dict`).
    baseline
        How well lengths and gaps alone, without any channel, predict conversion: ``roc_auc`` and
        ``log_loss`` (each ``value``, ``low``, ``high``), ``test_journeys``, ``features``, and
        ``reason`` where it could not be found out. None if it was not tried.
    truth
        Rows of `wanamaker.evaluate_credit`, for simulated worlds only.
    details
        What methods found beside their credit (`Credit.details`): model, then goal (``""`` where there is
        only one), then removal effects, transitions, effects and the like.
    calibration
        Lift tests and what they changed, one row each (`Credit.calibration`); None if there were none.
    breakdowns
        Credit tables with one further column, named like the key: ``{"month": …, "country": …}``.
    audit
        Findings of the leakage audit (`wanamaker.audit`) as dictionaries; None where it did not apply.
    network
        What was found of the network: ``facts``, ``parts``, ``comparison`` (rows of `compared_journeys`),
        ``bins``, perhaps ``ablation`` and ``common_date``; None where there is none.
    replay
        ``rows`` of a budget replay and how it came about; None where there was none.
    """

    title: str
    credit: pl.DataFrame
    metadata: dict[str, Any]
    summary: dict[str, Any]
    notes: list[dict[str, Any]]
    baseline: dict[str, Any] | None = None
    truth: list[dict[str, Any]] | None = None
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    calibration: list[dict[str, Any]] | None = None
    breakdowns: dict[str, pl.DataFrame] = field(default_factory=dict)
    audit: list[dict[str, Any]] | None = None
    network: dict[str, Any] | None = None
    replay: dict[str, Any] | None = None
