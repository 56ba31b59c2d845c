"""How near the predictions come to the planted probabilities of a simulated log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import spoken
from wanamaker.reports.numbers import number
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.binary.results import PlantedResults


def truth_section(results: PlantedResults) -> Section | None:
    """Return the ceiling, and how rows of each kind were scored; None where the truth is not known."""
    truth = results.truth
    if not truth:
        return None
    facts = (
        (
            "AUC of the truth",
            spoken(truth["roc_auc"]),
            "What the true probabilities reach on the test rows; no model can expect more. "
            f"This study: {spoken(results.metrics['test']['roc_auc'])}.",
        ),
        ("Rank correlation", number(truth["rank_correlation"], 2), "Of the predictions with the truth."),
    )
    blocks: list[Block] = [Facts(facts)]
    if truth.get("kinds"):
        blocks.append(_kinds(truth["kinds"]))
    lead = f"This log was simulated, so the true probability of every {results.noun} is known."
    return Section("truth", "Against the planted truth", blocks, lead=lead, short="Truth")


def _kinds(rows: list[dict[str, object]]) -> Table:
    columns = (
        Column("kind", "Kind of click", "name"),
        Column("rows", "Test rows", "number"),
        Column("truth", "True probability, mean", "percent", 2),
        Column("prediction", "Prediction, mean", "percent", 2),
        Column("rate", "Converted", "percent", 2),
    )
    return Table("kinds-table", "By kind of click", from_rows("kinds", rows, list(rows[0])), columns)
