"""An encoder that does not see in which order steps came: the yardstick for those that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.nn.masks import blanked

if TYPE_CHECKING:
    from torch import Tensor

    Memory = list[Tensor]


class Bag(torch.nn.Module):
    """The mean of the steps so far, beside how many there were.

    Whatever it tells, counts tell as well. An encoder that is worth its name beats it wherever order
    matters; where it does not, order does not.

    Parameters
    ----------
    inputs
        Width of the steps.

    **Shape**

    * values: (B, T, inputs); mask: (B, T)
    * out: (B, T, inputs + 1), zeros at padding

    Examples
    --------
    >>> bag, mask = Bag(1), torch.ones(1, 2, dtype=torch.bool)
    >>> bag(torch.tensor([[[1.0], [3.0]]]), mask)[0, 1].tolist()[0]
    2.0
    """

    causal = True

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.width = inputs + 1

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """Return the state after each step."""
        counts = torch.arange(1, values.shape[1] + 1, device=values.device, dtype=values.dtype)
        means = values.cumsum(1) / counts[:, None]
        logs = counts.log()[:, None].expand(*values.shape[:2], 1)
        return blanked(torch.cat((means, logs), dim=-1), mask)

    def step(self, values: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """Return the states after one more step, and what has to be kept for the next.

        Parameters
        ----------
        values
            The step, of shape (B, inputs).
        memory
            What the step before returned; None at the start.
        """
        one = torch.ones(1, len(values), 1, device=values.device, dtype=values.dtype)
        sums, counts = (values[None], one) if memory is None else (memory[0] + values, memory[1] + one)
        return torch.cat((sums / counts, counts.log()), dim=-1)[0], [sums, counts]
