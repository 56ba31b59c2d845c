"""The same in plain PyTorch: SESSIONS SECONDS THREADS padded|packed; see `ours_networks.py`."""

from __future__ import annotations

import json
import sys
import time

import torch
from networks_data import BATCH, KNOWN, RATE, WIDTH, sessions  # type: ignore[import-not-found]  # beside this script
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

WARM = 10
Row = tuple[Tensor, Tensor]


class Sessions(Dataset[Row]):
    """A session at a time."""

    def __init__(self, count: int) -> None:
        lengths, events, labels = sessions(count)
        self.rows = torch.split(torch.from_numpy(events), lengths.tolist())
        self.labels = torch.from_numpy(labels)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Row:
        return self.rows[row], self.labels[row]


def padded(rows: list[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """Return events padded to the longest, lengths and labels."""
    events, labels = zip(*rows, strict=True)
    lengths = torch.tensor([len(one) for one in events])
    return pad_sequence(list(events), batch_first=True), lengths, torch.stack(list(labels))


class Network(torch.nn.Module):
    """An embedding, a GRU, and a layer on its last state."""

    def __init__(self, *, packed: bool) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(KNOWN + 2, WIDTH, padding_idx=0)
        self.gru = torch.nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.out = torch.nn.Linear(WIDTH, 1)
        self.packed = packed

    def forward(self, events: Tensor, lengths: Tensor) -> Tensor:
        """Return a logit for each session."""
        values = self.embedding(events)
        if self.packed:
            packed = pack_padded_sequence(values, lengths, batch_first=True, enforce_sorted=False)
            last = self.gru(packed)[1][-1]
        else:
            states = self.gru(values)[0]
            last = states[torch.arange(len(states)), lengths - 1]
        logits: Tensor = self.out(last)
        return logits.squeeze(-1)


def main() -> None:
    """Print sessions per second and the mean loss."""
    count, seconds, threads = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = Network(packed=sys.argv[4] == "packed")
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits
    loader = DataLoader(Sessions(count), batch_size=BATCH, shuffle=True, collate_fn=padded)
    begin, seen, losses, number = 0.0, 0, 0.0, 0
    for number, (events, lengths, labels) in enumerate(loader, start=1 - WARM):
        if number == 1:
            begin = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_of(network(events, lengths), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if number > 0:
            seen += len(labels)
            losses += float(loss.detach()) * len(labels)
            if time.perf_counter() - begin > seconds:
                break
    spent = time.perf_counter() - begin
    print(json.dumps({"rate": seen / spent, "loss": losses / seen, "batches": number}))


if __name__ == "__main__":
    main()
