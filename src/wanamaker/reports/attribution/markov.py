"""The Markov chains behind the credit: removal effects of every order, and the transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.removal import removal_blocks
from wanamaker.reports.attribution.setting import listed
from wanamaker.reports.attribution.transitions import transition_table
from wanamaker.reports.numbers import count
from wanamaker.reports.page import Block, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View


def markov_section(view: View) -> Section | None:
    """Return the section, or None without a chain."""
    chains = {model: view.details(model) for model in view.models}
    chains = {model: found for model, found in chains.items() if _is_chain(found)}
    if not chains:
        return None
    blocks: list[Block] = [
        *view.goal_chooser("markov-choice"),
        Prose((_sizes(chains),)),
        *removal_blocks(view, chains),
        transition_table(view, next(iter(chains.values()))),
    ]
    lead = (
        "Each chain takes the last touches of a journey for all there is to know of what comes next. A "
        "touch gets credit in proportion to its removal effect: what the chain would lose if every "
        "visit to the touch ended the journey."
    )
    return Section("markov", "The Markov chain behind the credit", blocks, lead=lead, short="Markov chain")


def _is_chain(found: dict[str, dict[str, Any]]) -> bool:
    return any(details.get("removal_effects") is not None for details in found.values())


def _sizes(chains: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Say how many states each chain has, over all goals the largest."""
    told = []
    for model, found in chains.items():
        order = next(iter(found.values()))["order"]
        states = max(details["states"] for details in found.values())
        memory = "the last touch" if order == 1 else f"the last {count(order)} touches"
        told.append(f"{model} remembers {memory} ({count(states)} states)")
    return f"{listed(told)}."
