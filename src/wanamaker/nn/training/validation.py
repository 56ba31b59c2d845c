"""How well a network does on labels: what has to be there, and what its loss is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.errors import DataError
from wanamaker.nn.batches import Batches
from wanamaker.nn.training.devices import in_memory
from wanamaker.nn.training.loss import weighted_sum
from wanamaker.nn.training.scores import asked

if TYPE_CHECKING:
    import torch

    from wanamaker.nn.sequences import Sequences
    from wanamaker.nn.training.loss import Loss
    from wanamaker.nn.training.options import Training


class Validation:
    """The part that tells which epoch was best.

    Parameters
    ----------
    sequences
        With labels.
    training
        How many sequences are asked about at once.
    loss
        Logits and labels to a loss for each.
    device
        Where the network runs.
    """

    def __init__(self, sequences: Sequences, training: Training, loss: Loss, device: torch.device) -> None:
        self.size = training.batch_size
        self.batches = Batches(sequences, self.size, shuffle=False, device=device)
        self.loss, self.device = loss, device
        self.weight = total_weight(sequences)

    def mean_loss(self, network: torch.nn.Module) -> float:
        """Return the weighted mean of the losses, without dropout."""
        told = f"A batch of {self.size} of the validation part", f"Training(batch_size={self.size // 4 or 1})"
        with in_memory(*told), asked(network, self.device):
            return (
                sum(float(weighted_sum(self.loss, network(one), one)) for one in self.batches) / self.weight
            )


def total_weight(sequences: Sequences) -> float:
    """Return what all labels count for together."""
    if sequences.weights is not None:
        return float(sequences.weights.sum(dtype=float))
    return 0.0 if sequences.labels is None else float(len(sequences.labels))


def refuse_one_sided(part: str, sequences: Sequences) -> None:
    """Refuse a part without labels, without a positive or without a negative one that counts.

    Raises
    ------
    DataError
        That names the part.
    """
    if sequences.labels is None:
        message = f"The {part} part must have labels. It has none."
        raise DataError(message)
    labels = sequences.labels if sequences.weights is None else sequences.labels[sequences.weights > 0]
    for kind, there in (("positive", bool((labels > 0).any())), ("negative", bool((labels < 1).any()))):
        if not there:
            message = f"The {part} part must have a {kind} label that counts. None of {len(labels)} is."
            raise DataError(message, hint="Give more data, or cut the parts at another time.")
