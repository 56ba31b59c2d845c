"""Everything that is known of a step as one vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import SchemaError
from wanamaker.nn.gaps import LogGaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.embeddings import Embedding
    from wanamaker.nn.sequences import Sequences


class StepEncoder(torch.nn.Module):
    """Categories, numbers and the gap to the step before, side by side.

    Parameters
    ----------
    embeddings
        The embedding of each column of categories.
    numbers
        Columns of numbers that are read as they are.
    gaps
        Whether the gaps are read (`wanamaker.nn.gaps.LogGaps`).
    width
        Width of a linear layer over all of it; without one, everything is handed on side by side.

    **Shape**

    * batch: B sequences of at most T steps
    * out: (B, T, width), zeros at padding only without a linear layer

    Examples
    --------
    >>> from wanamaker.nn.embeddings import Embedding
    >>> StepEncoder({"touch": Embedding(5, 8)}, gaps=True).width
    11
    """

    def __init__(
        self,
        embeddings: Mapping[str, Embedding],
        numbers: Sequence[str] = (),
        *,
        gaps: bool = False,
        width: int | None = None,
    ) -> None:
        super().__init__()
        self.names, self.numbers = tuple(embeddings), tuple(numbers)
        self.embeddings = torch.nn.ModuleList(embeddings.values())
        self.gaps = LogGaps() if gaps else None
        found = sum(one.width for one in embeddings.values()) + len(self.numbers)
        found += LogGaps.width if gaps else 0
        self.linear = None if width is None else torch.nn.Linear(found, width)
        self.width = found if width is None else width

    def forward(self, batch: Batch) -> Tensor:
        """Return the steps as vectors."""
        parts = [one(batch.codes[name]) for name, one in zip(self.names, self.embeddings, strict=True)]
        parts += [batch.numbers[name][..., None] for name in self.numbers]
        if self.gaps is not None and batch.gaps is not None:
            parts.append(self.gaps(batch.gaps))
        values = parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1)  # (batch, steps, all)
        out: Tensor = values if self.linear is None else self.linear(values)
        return out

    def check(self, sequences: Sequences) -> None:
        """Refuse sequences that lack a column or hold a category without a vector.

        Raises
        ------
        SchemaError
            If a column that is read is missing.
        DataError
            If a category is out of range.
        """
        for kind, wanted, found in (
            ("categories", self.names, sequences.codes),
            ("numbers", self.numbers, sequences.numbers),
        ):
            missing = [name for name in wanted if name not in found]
            if missing:
                message = f"The network reads {kind} of steps named {list(wanted)}. Missing: {missing}."
                raise SchemaError(message)
        if self.gaps is not None and sequences.gaps is None:
            message = "The network reads the gaps between steps. The sequences have none."
            raise SchemaError(message)
        for name, one in zip(self.names, self.embeddings, strict=True):
            one.check(name, sequences.codes[name])  # type: ignore[operator]
