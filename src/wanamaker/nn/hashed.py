"""Vectors of categories of an open vocabulary, by hashing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.nn.sequences import PADDING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_PRIME = 2_147_483_647
_MULTIPLIERS = (1_640_531_527, 1_013_904_223)  # fixed, so that a saved network reads codes the same way


class HashedEmbedding(torch.nn.Module):
    """A learned vector for any category: the sum of two rows that its code is hashed to.

    For vocabularies that are too large to keep or never complete. Two categories share a vector only if
    both their rows fall together; with a closed vocabulary `wanamaker.nn.embeddings.Embedding` is better.

    Parameters
    ----------
    buckets
        Rows that categories are hashed to.
    width
        Numbers of a vector.

    **Shape**

    * codes: (B, T) or (B,) integers of 0 or more, 0 for padding
    * out: (B, T, width) or (B, width)

    Examples
    --------
    >>> embedding = HashedEmbedding(1000, 3)
    >>> embedding(torch.tensor([[2_000_000_000, 0]])).shape
    torch.Size([1, 2, 3])
    """

    def __init__(self, buckets: int, width: int) -> None:
        super().__init__()
        self.buckets, self.width = buckets, width
        self.rows = torch.nn.Embedding(buckets + 1, width, padding_idx=PADDING)
        with torch.no_grad():
            self.rows.weight.mul_((2 * width) ** -0.5)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the vectors of the categories."""
        vectors: Tensor = sum(self.rows(self._row(codes, one)) for one in _MULTIPLIERS)
        return vectors

    def _row(self, codes: Tensor, multiplier: int) -> Tensor:
        row = (codes * multiplier) % _PRIME % self.buckets + 1
        return torch.where(codes == PADDING, PADDING, row)

    def check(self, name: str, codes: NDArray[np.int32]) -> None:
        """Take every category."""
