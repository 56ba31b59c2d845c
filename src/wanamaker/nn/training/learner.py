"""The loop over epochs, and what it remembers between them."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from wanamaker.base.errors import ParameterError
from wanamaker.base.progress import track
from wanamaker.nn.batches import Batches
from wanamaker.nn.training.average import averaged, copied
from wanamaker.nn.training.checkpoint import Checkpoint, optimizer_tensors, restore_optimizer, under
from wanamaker.nn.training.schedule import rate_at
from wanamaker.nn.training.stepper import Stepper
from wanamaker.nn.training.validation import total_weight

if TYPE_CHECKING:
    from wanamaker.nn.sequences import Sequences
    from wanamaker.nn.training.loss import Loss
    from wanamaker.nn.training.options import Training
    from wanamaker.nn.training.validation import Validation


class Learner:
    """Trains a network epoch by epoch, and keeps its best weights.

    Parameters
    ----------
    network
        What is trained, in place.
    sequences
        What is learned from.
    validation
        What tells which epoch was best; None for the last.
    training
        How.
    loss
        Logits and labels to a loss for each.
    device
        Where it runs.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        sequences: Sequences,
        validation: Validation | None,
        training: Training,
        loss: Loss,
        device: torch.device,
    ) -> None:
        self.network, self.validation, self.training, self.device = network, validation, training, device
        size = training.batch_size
        self.batches = Batches(sequences, size, shuffle=True, seed=training.seed, device=device)
        self.weight = total_weight(sequences)
        scale = self.weight * size / len(sequences)
        self.stepper = Stepper(network, training, loss, scale, device)
        steps = training.average * len(self.batches)
        self.average = averaged(network, steps) if training.average else None
        self.curve: list[dict[str, Any]] = []
        self.best_epoch = 0
        self.best = copied(network)

    @property
    def judged(self) -> torch.nn.Module:
        """The network that is asked: with the weights of the last step, or with their mean."""
        return self.network if self.average is None else self.average.module

    @property
    def notes(self) -> list[str]:
        """What a reader of the model should know."""
        halved = "A batch did not fit into the memory of the GPU: each was learned in two halves."
        return [halved] if self.stepper.parts > 1 else []

    @property
    def stopped(self) -> bool:
        """Whether the validation part has got no better for as many epochs as there is patience."""
        if self.validation is None or self.training.patience is None:
            return False
        return len(self.curve) - self.best_epoch >= self.training.patience

    def run(self, made_by: dict[str, Any]) -> None:
        """Train until the last epoch, or until it gets no better; leave the best weights."""
        kept = self.training.checkpoint
        checkpoint = None if kept is None else Checkpoint(Path(kept), made_by)
        if checkpoint is not None:
            self._resume(checkpoint)
        while len(self.curve) < self.training.last_epoch and not self.stopped:
            self._epoch(len(self.curve))
            if checkpoint is not None:
                self._keep(checkpoint)
        self.network.load_state_dict(self.best)

    def _epoch(self, epoch: int) -> None:
        began = time.perf_counter()
        learned = self._learn(epoch)
        if not math.isfinite(learned):
            message = f"The loss is not a finite number any more in epoch {epoch + 1}. Got {learned}."
            raise ParameterError(message, hint=f"learning_rate={self.training.learning_rate / 10:g}")
        judged = None if self.validation is None else self.validation.mean_loss(self.judged)
        told = {"epoch": epoch + 1, "train_loss": learned, "valid_loss": judged}
        self.curve.append({**told, "seconds": time.perf_counter() - began})
        if judged is None or not self.best_epoch or judged < self.curve[self.best_epoch - 1]["valid_loss"]:
            self.best_epoch, self.best = epoch + 1, copied(self.judged)

    def _learn(self, epoch: int) -> float:
        """Take a step on each batch of the epoch; return the mean loss before each step."""
        self.network.train()
        self.batches.set_epoch(epoch)
        total, training = torch.zeros((), device=self.device), self.training
        order = self.batches.order()
        told = f"training, epoch {epoch + 1} of at most {training.last_epoch}"
        shown = track(order, told) if training.progress == "auto" else order
        for number, rows in enumerate(shown, start=epoch * len(order)):
            rate = rate_at(number, training.epochs * len(order), training.schedule, training.warmup)
            total += self.stepper.step(self.batches.gather(rows), rate)
            if self.average is not None:
                self.average.update_parameters(self.network)
        return float(total) / self.weight

    def _keep(self, checkpoint: Checkpoint) -> None:
        tensors = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"best.{name}": value for name, value in self.best.items()}
        tensors |= optimizer_tensors(self.stepper.optimizer)
        if self.average is not None:
            tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        tensors |= {"random.cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            tensors |= {"random.cuda": torch.cuda.get_rng_state(self.device)}
        parts = self.stepper.parts
        checkpoint.write(tensors, {"curve": self.curve, "best_epoch": self.best_epoch, "parts": parts})

    def _resume(self, checkpoint: Checkpoint) -> None:
        found = checkpoint.read()
        if found is None:
            return
        tensors, state = found
        self.network.load_state_dict(under("network", tensors))
        self.best = under("best", tensors)
        restore_optimizer(self.stepper.optimizer, tensors)
        if self.average is not None:
            self.average.load_state_dict(under("average", tensors))
        torch.set_rng_state(tensors["random.cpu"])
        if "random.cuda" in tensors and self.device.type == "cuda":
            torch.cuda.set_rng_state(tensors["random.cuda"], self.device)
        self.curve, self.best_epoch = state["curve"], state["best_epoch"]
        self.stepper.parts = state["parts"]
