"""From journeys to credit: one method per file."""

from wanamaker.attribution.attribute import attribute
from wanamaker.attribution.credit import Credit
from wanamaker.attribution.custom import Custom
from wanamaker.attribution.first import First
from wanamaker.attribution.incremental import Incremental
from wanamaker.attribution.last import Last
from wanamaker.attribution.last_non_direct import LastNonDirect
from wanamaker.attribution.linear import Linear
from wanamaker.attribution.markov import Markov
from wanamaker.attribution.method import JourneyMethod, Method
from wanamaker.attribution.position import Position
from wanamaker.attribution.registry import METHODS
from wanamaker.attribution.shapley import Shapley
from wanamaker.attribution.time_decay import TimeDecay
from wanamaker.attribution.w_shaped import WShaped

__all__ = [
    "METHODS",
    "Credit",
    "Custom",
    "First",
    "Incremental",
    "JourneyMethod",
    "Last",
    "LastNonDirect",
    "Linear",
    "Markov",
    "Method",
    "Position",
    "Shapley",
    "TimeDecay",
    "WShaped",
    "attribute",
]
