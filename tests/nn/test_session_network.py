"""The laws of masks and of order, for the network of a session model and for the bag."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wanamaker.nn.bag import Bag
from wanamaker.nn.batches import Batches
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.session_network import SessionNetwork, SessionShape
from wanamaker.nn.training.devices import seeded

CELLS = ("rnn", "gru", "lstm", "transformer", "bag")
each_cell = pytest.mark.parametrize("cell", CELLS)


def network_of(cell: str, **more) -> SessionNetwork:
    with seeded(0):
        shape = SessionShape(
            step_sizes={"event": 6},
            step_numbers=["price"],
            static_sizes={"device": 4},
            static_numbers=["age"],
            gaps=True,
            cell=cell,
            width=8,
            **more,
        )
        return SessionNetwork(shape).eval()


def sequences_of(lengths, seed=0) -> Sequences:
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    count, steps = len(lengths), int(offsets[-1])
    gaps = rng.exponential(100.0, steps)
    gaps[offsets[:-1][np.diff(offsets) > 0]] = 0.0
    return Sequences(
        offsets=offsets,
        codes={"event": rng.integers(1, 6, steps)},
        numbers={"price": rng.normal(size=steps)},
        gaps=gaps,
        static_codes={"device": rng.integers(1, 4, count)},
        static_numbers={"age": rng.normal(size=count)},
    )


def odds(network, sequences, rows):
    batch = Batches(sequences, len(rows), shuffle=False).gather(np.asarray(rows))
    with torch.inference_mode():
        return network(batch)


@pytest.mark.parametrize(
    ("cell", "bidirectional"), [*((cell, False) for cell in CELLS), *((cell, True) for cell in CELLS[:3])]
)
def test_padding_changes_nothing(cell, bidirectional):
    network, sequences = network_of(cell, bidirectional=bidirectional), sequences_of([3, 11, 1, 7])
    together = odds(network, sequences, [0, 1, 2, 3])
    for row, length in enumerate(sequences.lengths):
        alone = odds(network, sequences, [row])[0]
        beside = together[row] if bidirectional else together[row, :length]
        assert torch.allclose(alone, beside, atol=1e-6)


@each_cell
def test_later_steps_change_nothing_that_was_said_before(cell):
    network, sequences = network_of(cell), sequences_of([9])
    first = odds(network, sequences, [0])
    sequences.codes["event"][6:] = 1
    sequences.numbers["price"][6:] = 50.0
    second = odds(network, sequences, [0])
    assert torch.allclose(first[0, :6], second[0, :6], atol=1e-6)
    assert not torch.allclose(first[0, 6:], second[0, 6:], atol=1e-3)


@each_cell
def test_order_changes_what_a_cell_says_and_not_what_a_bag_says(cell):
    network, sequences = network_of(cell), sequences_of([8])
    before = odds(network, sequences, [0])[0, -1]
    for columns in (sequences.codes, sequences.numbers):
        for values in columns.values():
            values[:] = values[::-1].copy()
    after = odds(network, sequences, [0])[0, -1]
    assert torch.allclose(before, after, atol=1e-6) == (cell == "bag")


def test_what_is_known_of_a_session_and_each_column_of_its_steps_is_read():
    network, sequences = network_of("gru"), sequences_of([5])
    before = odds(network, sequences, [0])
    for values in (
        sequences.static_codes["device"],
        sequences.static_numbers["age"],
        sequences.codes["event"],
        sequences.numbers["price"],
        sequences.gaps,
    ):
        kept = values.copy()
        values[-1] = 1 if values[-1] != 1 else 2
        assert not torch.allclose(odds(network, sequences, [0]), before, atol=1e-6)
        values[:] = kept


def test_a_bag_steps_as_it_reads_whole_sequences():
    values, mask = torch.randn(3, 6, 4), torch.ones(3, 6, dtype=torch.bool)
    bag, memory = Bag(4), None
    whole = bag(values, mask)
    for place in range(6):
        state, memory = bag.step(values[:, place], memory)
        assert torch.allclose(state, whole[:, place], atol=1e-6)
    assert torch.allclose(whole[:, 5, :4], values.mean(1), atol=1e-6)


def test_without_steps_it_is_a_perceptron_on_what_is_known():
    with seeded(0):
        network = SessionNetwork(SessionShape(static_numbers=["age"], width=8)).eval()
    assert network.encoder is None
    sequences = Sequences(offsets=np.arange(4), static_numbers={"age": np.array([0.0, 1.0, 0.0])})
    found = odds(network, sequences, [0, 1, 2])
    assert found.shape == (3, 1)
    assert found[0, 0] == found[2, 0] != found[1, 0]
