"""Vectors of categories: a row for padding, a row for the unknown, a row for each known one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import DataError
from wanamaker.nn.sequences import FIRST_KNOWN, PADDING, UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Embedding(torch.nn.Module):
    """A learned vector per category of a closed vocabulary.

    Row 0 is padding and stays zero. Row 1 is the unknown: while training, known categories are turned
    into it at random, so that it learns what is typical where nothing is known.

    Parameters
    ----------
    size
        Categories, those of padding and the unknown counted: known ones + 2.
    width
        Numbers of a vector.
    forget
        Share of known categories turned into the unknown while training.

    **Shape**

    * codes: (B, T) or (B,) integers from 0 to ``size`` - 1
    * out: (B, T, width) or (B, width)

    Examples
    --------
    >>> embedding = Embedding(5, 3)
    >>> embedding(torch.tensor([[2, 0]])).shape, embedding(torch.tensor([0])).tolist()
    (torch.Size([1, 2, 3]), [[0.0, 0.0, 0.0]])
    """

    def __init__(self, size: int, width: int, *, forget: float = 0.01) -> None:
        super().__init__()
        self.size, self.width, self.forget = size, width, forget
        self.rows = torch.nn.Embedding(size, width, padding_idx=PADDING)
        with torch.no_grad():
            self.rows.weight.mul_(width**-0.5)

    def forward(self, codes: Tensor) -> Tensor:
        """Return the vectors of the categories."""
        if self.training and self.forget:
            lost = (torch.rand(codes.shape, device=codes.device) < self.forget) & (codes >= FIRST_KNOWN)
            codes = codes.masked_fill(lost, UNKNOWN)
        vectors: Tensor = self.rows(codes)
        return vectors

    def check(self, name: str, codes: NDArray[np.int32]) -> None:
        """Refuse categories that have no row.

        Raises
        ------
        DataError
            If a category is ``size`` or more.
        """
        if len(codes) and int(codes.max()) >= self.size:
            message = f"{name!r} must hold categories from {UNKNOWN} to {self.size - 1}. Got {codes.max()}."
            raise DataError(message, hint=f"Write {UNKNOWN} for a category not seen in training.")
