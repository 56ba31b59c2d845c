"""Sequences as batches, gathered whole from tensors that are already in memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from wanamaker.nn.batch import Batch
from wanamaker.nn.buckets import ordered_batches, shuffled_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from wanamaker.nn.sequences import Sequences

BUDGET = 2**19
"""Places of a batch that is only scored, padding included."""


class Batches:
    """The batches of an epoch, one after the other.

    Parameters
    ----------
    sequences
        What is read.
    batch_size
        Sequences of a batch; the last ones may be fewer.
    shuffle
        Whether rows come in an order drawn anew for each epoch (`set_epoch`); else by length.
    seed
        Of the order: the same seed and epoch give the same batches.
    budget
        Places (sequences × longest) of a batch when not shuffled; `BUDGET` if left out.
    device
        Where the columns are kept and gathered.

    Examples
    --------
    >>> from wanamaker.nn.sequences import Sequences
    >>> sequences = Sequences(offsets=np.array([0, 2, 2, 5]), codes={"touch": np.array([2, 3, 2, 2, 1])})
    >>> [batch.codes["touch"].tolist() for batch in Batches(sequences, 2, shuffle=False)]
    [[[0, 0], [2, 3]], [[2, 2, 1]]]
    """

    def __init__(
        self,
        sequences: Sequences,
        batch_size: int,
        *,
        shuffle: bool,
        seed: int = 0,
        budget: int | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.sequences, self.lengths = sequences, sequences.lengths
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.budget = BUDGET if budget is None else budget
        self.epoch = 0
        self._columns = _Columns(sequences, torch.device(device))

    def set_epoch(self, epoch: int) -> None:
        """Draw the order of this epoch from now on."""
        self.epoch = epoch

    def order(self) -> list[NDArray[np.int64]]:
        """Return the rows of each batch of the epoch."""
        if not self.shuffle:
            return ordered_batches(self.lengths, self.batch_size, self.budget)
        return shuffled_batches(self.lengths, self.batch_size, np.random.default_rng([self.seed, self.epoch]))

    def __len__(self) -> int:
        if self.shuffle:
            return math.ceil(len(self.sequences) / self.batch_size)
        return len(self.order())

    def __iter__(self) -> Iterator[Batch]:
        for rows in self.order():
            yield self.gather(rows)

    def gather(self, rows: NDArray[np.int64]) -> Batch:
        """Return the given rows as a batch."""
        longest = int(self.lengths[rows].max(initial=1))  # recurrent cells take no sequences of no steps
        return self._columns.gather(torch.from_numpy(rows), longest)


class _Columns:
    """The columns of sequences as tensors, each with one place of zeros at its end for padding."""

    def __init__(self, sequences: Sequences, device: torch.device) -> None:
        self.device = device
        self.offsets = torch.from_numpy(sequences.offsets).to(device)
        self.static_codes = self._held(sequences.static_codes)
        self.static_numbers = self._held(sequences.static_numbers)
        self.steps = sequences.steps
        self.code_names, self.number_names = tuple(sequences.codes), tuple(sequences.numbers)
        self.codes = self._side_by_side(list(sequences.codes.values()), torch.int32)
        times = {"gaps": sequences.gaps, "ages": sequences.ages}
        self.time_names = tuple(name for name, values in times.items() if values is not None)
        kept = [values for values in times.values() if values is not None]
        labels, weights = sequences.labels, sequences.weights
        if labels is not None and weights is None:
            weights = np.ones_like(labels)
        self.labelled = labels is not None
        self.per_step = self.labelled and sequences.per_step
        marks = [] if labels is None or weights is None else [labels, weights]
        self.marks = None if self.per_step or not marks else torch.from_numpy(np.stack(marks, 1)).to(device)
        floats = [*sequences.numbers.values(), *kept, *(marks if self.per_step else [])]
        self.floats = self._side_by_side(floats, torch.float32)

    def _held(self, columns: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
        return {name: torch.from_numpy(values).to(self.device) for name, values in columns.items()}

    def _side_by_side(self, columns: Sequence[NDArray[Any]], kind: torch.dtype) -> Tensor:
        made = torch.zeros((self.steps + 1, len(columns)), dtype=kind)
        for number, values in enumerate(columns):
            made[: self.steps, number] = torch.from_numpy(values)
        return made.to(self.device)

    def gather(self, rows: Tensor, longest: int) -> Batch:
        rows = rows.to(self.device)
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        ahead = torch.arange(longest, device=self.device)
        mask = ahead < lengths[:, None]  # (batch, steps)
        places = torch.where(mask, starts[:, None] + ahead, self.steps)
        codes = self.codes[places].long().unbind(-1)
        floats = list(self.floats[places].unbind(-1))
        numbers = {name: floats.pop(0) for name in self.number_names}
        times = {name: floats.pop(0) for name in self.time_names}
        marks = floats if self.per_step else []
        if self.marks is not None:
            marks = list(self.marks[rows].unbind(-1))
        labels, weights = marks if self.labelled else (None, None)
        return Batch(
            rows=rows,
            lengths=lengths,
            mask=mask,
            codes=dict(zip(self.code_names, codes, strict=True)),
            numbers=numbers,
            gaps=times.get("gaps"),
            ages=times.get("ages"),
            static_codes={name: values[rows].long() for name, values in self.static_codes.items()},
            static_numbers={name: values[rows] for name, values in self.static_numbers.items()},
            labels=labels,
            weights=weights,
        )
