"""What all encoders do with padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def blanked(values: Tensor, mask: Tensor) -> Tensor:
    """Return the values with zeros at padding.

    **Shape**: values (B, T, width), mask (B, T) -> (B, T, width)
    """
    return values.masked_fill(~mask[..., None], 0.0)


def reversed_steps(values: Tensor, mask: Tensor) -> Tensor:
    """Return each sequence from its last step to its first; padding stays where it is.

    **Shape**: values (B, T, width), mask (B, T) -> (B, T, width)

    Examples
    --------
    >>> values = torch.tensor([[[1.0], [2.0], [0.0]]])
    >>> reversed_steps(values, torch.tensor([[True, True, False]])).squeeze().tolist()
    [2.0, 1.0, 0.0]
    """
    ahead = torch.arange(mask.shape[1], device=mask.device)
    places = torch.where(mask, mask.sum(1, keepdim=True) - 1 - ahead, ahead)
    return values.gather(1, places[..., None].expand_as(values))


def last_states(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the state after the last step of each sequence; zeros where there is none.

    **Shape**: states (B, T, width), lengths (B,) -> (B, width)

    Examples
    --------
    >>> last_states(torch.tensor([[[1.0], [2.0]], [[3.0], [0.0]]]), torch.tensor([2, 0])).squeeze().tolist()
    [2.0, 0.0]
    """
    if not states.shape[1]:
        return states.new_zeros((len(states), states.shape[2]))
    places = (lengths - 1).clamp(min=0)
    found = states[torch.arange(len(states), device=states.device), places]
    return found * (lengths > 0)[:, None]
