"""Sequences and networks for the tests of this floor."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.nn.attention import AttentionPooling
from wanamaker.nn.batch import Batch
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.encoders import encoder
from wanamaker.nn.masks import last_states
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.statics import StaticEncoder
from wanamaker.nn.steps import StepEncoder
from wanamaker.nn.training.devices import seeded

KNOWN = 6
LENGTHS = st.lists(st.integers(0, 9), min_size=1, max_size=12)
ENCODERS = (
    ("rnn", False),
    ("gru", False),
    ("lstm", False),
    ("gru", True),
    ("lstm", True),
    ("transformer", False),
)
CAUSAL = tuple(cell for cell, bidirectional in ENCODERS if not bidirectional)


def made(lengths: Any, seed: int = 0, *, per_step: bool = False) -> Sequences:
    """Sequences of the given lengths with every kind of column.

    A sequence is positive if a step of category 3 comes straight after one of category 2.
    """
    rng = np.random.default_rng(seed)
    offsets = lengths_to_offsets(np.asarray(lengths, dtype=np.int64))
    rows, steps = len(lengths), int(offsets[-1])
    codes = rng.integers(1, KNOWN + 2, steps).astype(np.int32)
    reached = _reached(offsets, codes)
    ends = np.concatenate((reached, [False]))[offsets[1:] - 1] & (np.diff(offsets) > 0)
    return Sequences(
        offsets=offsets,
        codes={"touch": codes},
        numbers={"price": rng.normal(size=steps)},
        gaps=rng.exponential(3600.0, steps),
        ages=rng.exponential(86_400.0, steps),
        static_codes={"device": rng.integers(1, 4, rows)},
        static_numbers={"orders": rng.normal(size=rows)},
        labels=reached if per_step else ends,
        weights=rng.uniform(0.5, 2.0, steps if per_step else rows),
        per_step=per_step,
    )


def _reached(offsets: NDArray[np.int64], codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether 2, 3 has been seen in the sequence up to each step."""
    found = np.zeros(len(codes), dtype=bool)
    for start, stop in pairwise(offsets):
        own = codes[start:stop]
        found[start:stop][1:] = np.logical_or.accumulate((own[1:] == 3) & (own[:-1] == 2))
    return found


def sample(rows: int, seed: int, *, per_step: bool = False) -> Sequences:
    """Sequences of random lengths, some of them empty."""
    lengths = np.minimum(np.random.default_rng(seed).geometric(0.2, rows) - 1, 20)
    return made(lengths, seed, per_step=per_step)


class Net(torch.nn.Module):
    """Every building block in one network."""

    def __init__(
        self,
        cell: str = "gru",
        *,
        bidirectional: bool = False,
        attention: bool = False,
        per_step: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.steps = StepEncoder({"touch": Embedding(KNOWN + 2, 6)}, ["price"], gaps=True, width=8)
        self.encoder = encoder(cell, 8, 16, layers=2, bidirectional=bidirectional, dropout=dropout)
        width = self.encoder.width
        self.attention = AttentionPooling(width, heads=2, decay=True) if attention else None
        self.statics = StaticEncoder({"device": Embedding(4, 2)}, ["orders"])
        self.out = torch.nn.Linear(width + self.statics.width, 1)
        self.per_step = per_step

    def forward(self, batch: Batch) -> Tensor:
        states = self.encoder(self.steps(batch), batch.mask)
        known = self.statics(batch)
        if self.per_step:
            known = known[:, None].expand(*states.shape[:2], -1)
            return self.out(torch.cat((states, known), -1)).squeeze(-1)
        if self.attention is None:
            pooled = last_states(states, batch.lengths)
        else:
            pooled, _ = self.attention(states, batch.mask, batch.ages)
        return self.out(torch.cat((pooled, known), -1)).squeeze(-1)


def net(*args: Any, seed: int = 0, **options: Any) -> Net:
    """A network whose first weights follow from the seed."""
    with seeded(seed):
        return Net(*args, **options)


def same_weights(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    """Whether two networks have the same weights to the bit."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(first, second) for first, second in pairs)
