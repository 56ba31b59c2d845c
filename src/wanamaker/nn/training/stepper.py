"""One step of training: forward, backward, clip, update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import OutOfMemoryError
from wanamaker.nn.training.devices import mixed_precision
from wanamaker.nn.training.loss import weighted_sum

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.training.loss import Loss
    from wanamaker.nn.training.options import Training


class Stepper:
    """Takes steps on batches; after one that did not fit into memory, each batch is learned in two halves.

    The gradients of the halves are added up, so that a step learns the same in one piece or two.
    Lightning's Fabric moves, scales and clips; see decision 0017.

    Parameters
    ----------
    network
        What is trained.
    training
        Learning rate, weight decay, clipping, precision.
    loss
        Logits and labels to a loss for each.
    scale
        What the sum of a batch's losses is divided by: the expected weight of a full batch. It is the same
        for every batch, so that a row counts the same whichever rows stand beside it.
    device
        Where it runs.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        training: Training,
        loss: Loss,
        scale: float,
        device: torch.device,
    ) -> None:
        from lightning_fabric import Fabric

        self.network, self.training, self.loss, self.scale = network, training, loss, scale
        self.parts = 1
        mixed = mixed_precision(training.precision, device)
        self.fabric = Fabric(
            accelerator=device.type, devices=1, precision="bf16-mixed" if mixed else "32-true"
        )
        network.to(device)
        optimizer = torch.optim.AdamW(
            network.parameters(), lr=training.learning_rate, weight_decay=training.weight_decay, fused=True
        )
        self.moved, self.optimizer = self.fabric.setup(network, optimizer)

    def step(self, batch: Batch, rate: float) -> Tensor:
        """Learn from a batch at a share of the learning rate; return the sum of its losses.

        Raises
        ------
        OutOfMemoryError
            If half a batch does not fit into the memory of the GPU.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = self.training.learning_rate * rate
        total = self._gradients(batch)
        if self.training.clip is not None:
            self.fabric.clip_gradients(
                self.moved, self.optimizer, max_norm=self.training.clip, error_if_nonfinite=False
            )
        self.optimizer.step()
        return total

    def _gradients(self, batch: Batch) -> Tensor:
        try:
            return self._in_parts(batch)
        except torch.cuda.OutOfMemoryError as error:
            if self.parts > 1 or len(batch) < 2:  # noqa: PLR2004
                raise self._too_large(batch) from error
        # Outside of the handler, since the error holds on to what did not fit.
        self.parts = 2
        torch.cuda.empty_cache()
        return self._gradients(batch)

    def _in_parts(self, batch: Batch) -> Tensor:
        self.optimizer.zero_grad()
        size = -(-len(batch) // self.parts)
        total = torch.zeros((), device=batch.device)
        for start in range(0, len(batch), size):
            part = batch if self.parts == 1 else batch.part(start, start + size)
            with self.fabric.autocast():  # its own call would look through the batch at every step
                loss = weighted_sum(self.loss, self.network(part), part)
            self.fabric.backward(loss / self.scale)
            total += loss.detach()
        return total

    def _too_large(self, batch: Batch) -> OutOfMemoryError:
        size, longest = batch.mask.shape
        message = f"Half a batch of {size} sequences of up to {longest} steps does not fit into the GPU."
        smaller = max(self.training.batch_size // 4, 1)
        hint = f"Training(batch_size={smaller}), a smaller max_length or width, or Training(device='cpu')."
        return OutOfMemoryError(message, hint=hint)
