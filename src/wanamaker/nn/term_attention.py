"""Which of a term's past days a term network looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.term_network import TermReader


class DayAttention(torch.nn.Module):
    """What each past day counts in the mean over them; weights of one row sum to 1.

    They say where the network looked, and not what a day did to the expectation.

    Parameters
    ----------
    reader
        A term network with the terms it is asked about.

    **Shape**

    * batch: B rows with at most T past days
    * out: (B, T)
    """

    def __init__(self, reader: TermReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, batch: Batch) -> Tensor:
        """Return the weight of each past day."""
        network = self.reader.network
        states = network.memory(network.past(batch), batch.mask)
        weights: Tensor = network.attention(states, batch.mask, batch.ages)[1]
        return weights[:, 0]
