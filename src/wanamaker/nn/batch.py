"""A batch: sequences padded to the longest among them, as tensors."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Sequences side by side; padding stands at the end of each and holds zeros.

    **Shape**, with B sequences whose longest has T steps:

    * ``rows``: (B,) numbers of the sequences in what the batch was taken from
    * ``lengths``: (B,); ``mask``: (B, T), True at real steps
    * ``codes``, ``numbers``: (B, T) each; ``gaps``, ``ages``: (B, T) in seconds, or None
    * ``static_codes``, ``static_numbers``: (B,) each
    * ``labels``, ``weights``: (B,), or (B, T) with a label per step; None where there are no labels
    """

    rows: Tensor
    lengths: Tensor
    mask: Tensor
    codes: dict[str, Tensor]
    numbers: dict[str, Tensor]
    gaps: Tensor | None = None
    ages: Tensor | None = None
    static_codes: dict[str, Tensor]
    static_numbers: dict[str, Tensor]
    labels: Tensor | None = None
    weights: Tensor | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.mask.device

    def to(self, device: torch.device | str) -> Batch:
        """Return the batch on a device; itself if it is there."""
        if self.device == torch.device(device):
            return self
        return self._each(lambda tensor: tensor.to(device, non_blocking=True))

    def part(self, start: int, stop: int) -> Batch:
        """Return the sequences from ``start`` to ``stop``, padded as they are."""
        return self._each(lambda tensor: tensor[start:stop])

    def _each(self, change: Any) -> Batch:
        changed: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, dict):
                changed[one.name] = {name: change(tensor) for name, tensor in value.items()}
            elif value is not None:
                changed[one.name] = change(value)
        return replace(self, **changed)
