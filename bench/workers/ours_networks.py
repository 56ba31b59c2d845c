"""Training a recurrent network on sessions: SESSIONS SECONDS THREADS DEVICE."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from networks_data import BATCH, KNOWN, RATE, WIDTH, sessions  # type: ignore[import-not-found]  # beside this script

from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.nn.batches import Batches
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.encoders import encoder
from wanamaker.nn.masks import last_states
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.steps import StepEncoder
from wanamaker.nn.training.loss import log_loss
from wanamaker.nn.training.options import Training
from wanamaker.nn.training.stepper import Stepper

if TYPE_CHECKING:
    from wanamaker.nn.batch import Batch

WARM = 10


class Network(torch.nn.Module):
    """An embedding, a GRU, and a layer on its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = StepEncoder({"event": Embedding(KNOWN + 2, WIDTH)})
        self.encoder = encoder("gru", WIDTH, WIDTH)
        self.out = torch.nn.Linear(WIDTH, 1)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return a logit for each session."""
        states = self.encoder(self.steps(batch), batch.mask)
        logits: torch.Tensor = self.out(last_states(states, batch.lengths))
        return logits.squeeze(-1)


def measured(sequences: Sequences, seconds: float, device: torch.device) -> dict[str, float]:
    """Train for so many seconds on one epoch's batches, as `Learner` does, and say how fast it went."""
    batches = Batches(sequences, BATCH, shuffle=True, device=device)
    training = Training(batch_size=BATCH, learning_rate=RATE, weight_decay=0.0)
    stepper = Stepper(Network(), training, log_loss, float(BATCH), device)
    for rows in batches.order()[:WARM]:
        stepper.step(batches.gather(rows), 1.0)
    seen, number, loading, losses = 0, 0, 0.0, torch.zeros((), device=device)
    begin = time.perf_counter()
    order = batches.order()
    ordering = time.perf_counter() - begin
    for rows in order:
        start = time.perf_counter()
        batch = batches.gather(rows)
        loading += time.perf_counter() - start
        losses += stepper.step(batch, 1.0)
        seen, number = seen + len(batch), number + 1
        if time.perf_counter() - begin > seconds:
            break
    loss = float(losses) / seen  # waits for a GPU
    spent = time.perf_counter() - begin
    share = (loading + ordering * number / len(order)) / spent
    return {"rate": seen / spent, "loss": loss, "batches": number, "loading": share}


def utilisation() -> subprocess.Popen[str]:
    """Ask the GPU how busy it is for some seconds."""
    command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "200"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Print sessions per second, the mean loss, and the share of time that went into batches."""
    count, seconds, threads, device = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    lengths, events, labels = sessions(count)
    sequences = Sequences(offsets=lengths_to_offsets(lengths), codes={"event": events}, labels=labels)
    asked = utilisation() if device == "cuda" else None
    answer = measured(sequences, seconds, torch.device(device))
    if asked is not None:
        asked.terminate()
        answer["busy"] = float(np.max([int(line) for line in asked.communicate()[0].split()]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
