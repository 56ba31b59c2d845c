"""What holds for a whole sequence as one vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.embeddings import Embedding
    from wanamaker.nn.sequences import Sequences


class StaticEncoder(torch.nn.Module):
    """Categories and numbers of each sequence, side by side.

    Parameters
    ----------
    embeddings
        The embedding of each column of categories.
    numbers
        Columns of numbers that are read as they are.

    **Shape**

    * batch: B sequences
    * out: (B, width)
    """

    def __init__(self, embeddings: Mapping[str, Embedding], numbers: Sequence[str] = ()) -> None:
        super().__init__()
        self.names, self.numbers = tuple(embeddings), tuple(numbers)
        self.embeddings = torch.nn.ModuleList(embeddings.values())
        self.width = sum(one.width for one in embeddings.values()) + len(self.numbers)

    def forward(self, batch: Batch) -> Tensor:
        """Return one vector per sequence."""
        parts = [one(batch.static_codes[name]) for name, one in zip(self.names, self.embeddings, strict=True)]
        parts += [batch.static_numbers[name][:, None] for name in self.numbers]
        return (
            torch.cat(parts, dim=-1) if parts else batch.mask.new_zeros((len(batch), 0), dtype=torch.float32)
        )

    def check(self, sequences: Sequences) -> None:
        """Refuse sequences that lack a column or hold a category without a vector.

        Raises
        ------
        SchemaError
            If a column that is read is missing.
        DataError
            If a category is out of range.
        """
        missing = [name for name in self.names if name not in sequences.static_codes]
        missing += [name for name in self.numbers if name not in sequences.static_numbers]
        if missing:
            message = (
                f"The network reads {[*self.names, *self.numbers]} of each sequence. Missing: {missing}."
            )
            raise SchemaError(message)
        for name, one in zip(self.names, self.embeddings, strict=True):
            one.check(name, sequences.static_codes[name])  # type: ignore[operator]
