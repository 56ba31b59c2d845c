"""Weights averaged over the latest steps: what is judged and kept in place of the last step's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.optim.swa_utils import AveragedModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from torch import Tensor

_HEAD_START = 10


def averaged(network: torch.nn.Module, steps: float) -> AveragedModel:
    """Return a network whose weights become an exponential mean of those of another.

    The last step of an epoch stands somewhere around the minimum, and which epoch looks best is chance; the
    mean stands nearer to it (Polyak and Juditsky 1992). While fewer steps have been taken than the mean
    reaches back, it follows more quickly, so that it is not held at where the network began.

    Parameters
    ----------
    network
        What is trained; it is not changed.
    steps
        How many steps the mean reaches back.
    """
    longest = 1.0 - 1.0 / max(steps, 1.0)

    def follow(means: Sequence[Tensor], weights: Sequence[Tensor], taken: Tensor | int) -> None:
        count = int(taken)
        share = 1.0 - min(longest, count / (_HEAD_START + count))
        for mean, weight in zip(means, weights, strict=True):
            mean.lerp_(weight, share)

    return AveragedModel(network, multi_avg_fn=follow)


def copied(network: torch.nn.Module) -> dict[str, Tensor]:
    """Return a network's weights, which do not change with it."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
