"""Asking a network: the logits of sequences, in their order."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from wanamaker.nn.batches import Batches
from wanamaker.nn.training.devices import chosen_device, cpu_threads, in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.sequences import Sequences


def scores(
    network: torch.nn.Module,
    sequences: Sequences,
    *,
    batch_size: int = 1024,
    device: str = "auto",
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Return what a network says of each sequence, or of each step.

    Parameters
    ----------
    network
        Gives logits of shape (B,), or (B, T) with one per step.
    sequences
        What is scored; labels are not read.
    batch_size
        Sequences scored at once, at most.
    device
        ``"auto"``, ``"cpu"`` or ``"cuda"``.
    threads
        Threads of the CPU; as many as torch takes if left out.

    Returns
    -------
    numpy.ndarray
        Logits in the order of the sequences, of shape (sequences,), or (steps,) for a network that answers
        at every step.

    Raises
    ------
    SchemaError, DataError
        If the sequences lack a column that the network reads, or hold a category out of range.
    OutOfMemoryError
        If a batch does not fit into the memory of the GPU.
    """
    refuse_misfit(network, sequences)
    where = chosen_device(device)
    told = f"A batch of {batch_size} sequences", "A smaller batch_size, or device='cpu'."
    with in_memory(*told), cpu_threads(threads), asked(network, where):
        batches = Batches(sequences, batch_size, shuffle=False, device=where)
        found = [_placed(sequences, batch, network(batch)) for batch in batches]
    out = np.empty(sum(len(places) for places, _ in found), dtype=np.float64)
    for places, logits in found:
        out[places] = logits
    return out


@contextmanager
def asked(network: torch.nn.Module, device: torch.device) -> Iterator[None]:
    """Keep a network on a device, without dropout or gradients, while it lasts."""
    training = network.training
    home = next((weight.device for weight in network.parameters()), torch.device("cpu"))
    network.to(device).eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.to(home).train(training)


def refuse_misfit(network: torch.nn.Module, sequences: Sequences) -> None:
    """Let each part of the network that reads sequences check that it can.

    Raises
    ------
    SchemaError, DataError
        If a column is missing or a category is out of range.
    """
    from wanamaker.nn.statics import StaticEncoder
    from wanamaker.nn.steps import StepEncoder
    from wanamaker.nn.term_network import TermReader

    for part in network.modules():
        if isinstance(part, StepEncoder | StaticEncoder | TermReader):
            part.check(sequences)


def _placed(
    sequences: Sequences, batch: Batch, logits: torch.Tensor
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return logits in a row, and the sequence or the step that each is of."""
    rows, told = batch.rows.cpu().numpy(), logits.float().cpu().numpy()
    if told.ndim == 1:
        return rows, told
    mask = batch.mask.cpu().numpy()
    places = sequences.offsets[rows][:, None] + np.arange(mask.shape[1])
    return places[mask], told[mask]
