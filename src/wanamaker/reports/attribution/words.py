"""Words for methods that share a class with another kind, whose words would be wrong of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wanamaker.reports.attribution.kinds import Kind

WORDS: dict[Kind, dict[str, str]] = {
    "shapley_count": {
        "summary": "The same credit to every distinct touch of the journey: Shapley values of the game that "
        "counts conversions.",
        "misleads": "Sees converting journeys alone: a channel that does nothing but appear gets its share.",
    },
    "model": {
        "summary": "Each touch's mean contribution, over all orders, to what a function says of touches.",
        "misleads": "As good as the function: what that mistakes for an effect, this credits.",
    },
    "normalised": {
        "summary": "Incremental effects above zero, scaled to all conversions, without a baseline.",
        "misleads": "Credits touches with what would have come anyway: good for shares, not for levels.",
    },
}
"""``summary`` and ``misleads`` by kind, in place of those of the class."""
