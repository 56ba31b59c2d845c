"""What training makes small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from wanamaker.base.errors import InternalError

if TYPE_CHECKING:
    from wanamaker.nn.batch import Batch

Loss: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Logits and labels -> a loss for each label.

Logits have the shape of the labels, or one dimension more where a network says several numbers for each."""


def log_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the negative log-likelihood of each label, in nats.

    Raises
    ------
    InternalError
        If logits and labels differ in shape.

    Examples
    --------
    >>> import torch
    >>> log_loss(torch.tensor([0.0]), torch.tensor([1.0])).item()
    0.693
    """
    if logits.shape != labels.shape:
        raise _misfit(logits, labels)
    return binary_cross_entropy_with_logits(logits, labels, reduction="none")


def weighted_sum(loss: Loss, logits: Tensor, batch: Batch) -> Tensor:
    """Return the sum of the losses of a batch, each times its weight.

    Raises
    ------
    InternalError
        If the network does not answer in the shape of the labels.
    """
    labels, weights = batch.labels, batch.weights
    if labels is None or weights is None or logits.shape[: labels.ndim] != labels.shape:
        raise _misfit(logits, labels)
    return (loss(logits.float(), labels) * weights).sum()


def _misfit(logits: Tensor, labels: Tensor | None) -> InternalError:
    expected = None if labels is None else tuple(labels.shape)
    return InternalError(
        f"A network must give logits of the shape of the labels, {expected}. Got {tuple(logits.shape)}."
    )
