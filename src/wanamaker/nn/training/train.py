"""Training a network: epochs, early stopping, the best weights at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wanamaker.nn.training.checkpoint import digest_of_sequences, digest_of_weights
from wanamaker.nn.training.devices import chosen_device, cpu_threads, seeded
from wanamaker.nn.training.learner import Learner
from wanamaker.nn.training.loss import log_loss
from wanamaker.nn.training.scores import refuse_misfit
from wanamaker.nn.training.validation import Validation, refuse_one_sided

if TYPE_CHECKING:
    import torch

    from wanamaker.nn.sequences import Sequences
    from wanamaker.nn.training.loss import Loss
    from wanamaker.nn.training.options import Training


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What is known of a training.

    Attributes
    ----------
    curve
        One entry per epoch: ``epoch`` (from 1), ``train_loss``, ``valid_loss`` (None without a validation
        part), ``seconds``.
    best_epoch
        The epoch whose weights were kept.
    stopped
        Whether training ended early because the validation part got no better.
    seconds
        Wall-clock seconds of all epochs, those before an interruption included.
    notes
        What a reader of the model should know.
    """

    curve: list[dict[str, Any]]
    best_epoch: int
    stopped: bool
    seconds: float
    notes: list[str] = field(default_factory=list)


def train(
    network: torch.nn.Module,
    train: Sequences,
    valid: Sequences | None,
    training: Training,
    *,
    loss: Loss = log_loss,
    two_sided: bool = True,
) -> Trained:
    """Train a network, and leave it with its best weights, on the CPU.

    The best epoch is the one with the lowest loss on the validation part.

    Parameters
    ----------
    network
        Gives logits of shape (B,), or (B, T) for sequences with a label per step, or with one dimension more
        for a loss that reads several numbers of each. Changed in place.
    train
        What is learned from, with labels.
    valid
        What tells when to stop; None trains all epochs and keeps the last weights.
    training
        How.
    loss
        Logits and labels to a loss for each label.
    two_sided
        Whether each part must have a positive and a negative label; counts need not.

    Raises
    ------
    DataError
        If labels are missing, a part has no positive or no negative label, or a category is out of range.
    SchemaError
        If a column that the network reads is missing.
    OutOfMemoryError
        If not even half a batch fits into the memory of the GPU.
    RunError
        If the checkpoint was left by another training.
    """
    for name, part in (("training", train), ("validation", valid)):
        if part is not None:
            refuse_misfit(network, part)
            if two_sided:
                refuse_one_sided(name, part)
    device = chosen_device(training.device)
    with cpu_threads(training.threads), seeded(training.seed):
        validation = None if valid is None else Validation(valid, training, loss, device)
        learner = Learner(network, train, validation, training, loss, device)
        learner.run(_made_by(network, train, valid, training))
    network.to("cpu").eval()
    return Trained(
        curve=learner.curve,
        best_epoch=learner.best_epoch,
        stopped=learner.stopped,
        seconds=sum(epoch["seconds"] for epoch in learner.curve),
        notes=learner.notes,
    )


def _made_by(
    network: torch.nn.Module, train: Sequences, valid: Sequences | None, training: Training
) -> dict[str, Any]:
    """Return what tells this training from another; empty if nothing is kept."""
    if training.checkpoint is None:
        return {}
    fleeting = ("checkpoint", "progress", "threads", "device")
    options = {name: value for name, value in training.values().items() if name not in fleeting}
    return {
        **options,
        "training part": digest_of_sequences(train),
        "validation part": digest_of_sequences(valid),
        "first weights": digest_of_weights(network),
    }
