"""How the networks learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.loss_curves import loss_figure
from wanamaker.reports.page import Block, Section

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults


def losses_section(results: SessionsResults) -> Section | None:
    """Return the loss by epoch of each network's best training."""
    held = {baseline_title(name): losses for name, losses in results.losses.items() if losses.get("curve")}
    if not held:
        return None
    blocks: list[Block] = [loss_figure(held)]
    lead = "Of each network, the training that did best on the validation sessions."
    return Section("losses", "How the networks learned", blocks, lead=lead, short="Loss curves")
