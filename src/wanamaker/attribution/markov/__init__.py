"""Credit by the removal effects of a Markov chain."""

from wanamaker.attribution.markov.chain import Chain
from wanamaker.attribution.markov.method import Markov

__all__ = ["Chain", "Markov"]
