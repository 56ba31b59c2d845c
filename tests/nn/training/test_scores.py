"""Scores: in order, the same however they are asked for, and leaving the network as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.nn.made import CAUSAL, ENCODERS, Net, made, net, sample
from wanamaker.base.errors import OutOfMemoryError
from wanamaker.nn.batches import Batches
from wanamaker.nn.training.devices import cpu_threads, seeded
from wanamaker.nn.training.scores import scores


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
def test_scores_do_not_depend_on_batches_and_come_in_order(cell, bidirectional):
    network = net(cell, bidirectional=bidirectional, attention=True)
    part = sample(40, 1)
    whole = scores(network, part, threads=1)
    assert whole.dtype == np.float64
    assert whole.shape == (40,)
    np.testing.assert_allclose(scores(network, part, batch_size=3), whole, atol=1e-6)
    alone = [scores(network, part.take(np.array([row])))[0] for row in range(40)]
    np.testing.assert_allclose(alone, whole, atol=1e-6)
    order = np.random.default_rng(0).permutation(40)
    np.testing.assert_allclose(scores(network, part.take(order)), whole[order], atol=1e-6)


@pytest.mark.parametrize("cell", CAUSAL)
def test_scores_per_step_are_those_of_each_prefix(cell):
    network, prefix_network = net(cell, per_step=True), net(cell)
    prefix_network.load_state_dict(network.state_dict())
    part = sample(20, 2)
    told = scores(network, part, batch_size=7)
    assert told.shape == (part.steps,)
    for row in range(20):
        start, stop = part.offsets[row : row + 2]
        one = part.take(np.array([row]))
        for length in range(1, stop - start + 1):
            ends = made([length])
            prefix = type(one)(
                offsets=ends.offsets,
                codes={"touch": one.codes["touch"][:length]},
                numbers={"price": one.numbers["price"][:length]},
                gaps=one.gaps[:length],
                static_codes=one.static_codes,
                static_numbers=one.static_numbers,
            )
            assert told[start + length - 1] == pytest.approx(scores(prefix_network, prefix)[0], abs=2e-6)


def test_asking_changes_nothing_about_the_network():
    network = net(dropout=0.5).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    part = sample(30, 3)
    state = torch.get_rng_state()
    np.testing.assert_array_equal(scores(network, part, threads=1), scores(network, part, threads=1))
    assert network.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_no_sequences_have_no_scores():
    assert scores(Net(), made([])).shape == (0,)


def test_only_empty_sequences_have_scores():
    assert np.isfinite(scores(Net(attention=True), made([0, 0]))).all()


def test_threads_and_seeds_are_put_back():
    before, state = torch.get_num_threads(), torch.get_rng_state()
    with cpu_threads(1), seeded(5):
        first = torch.rand(1)
    assert torch.get_num_threads() == before
    assert torch.equal(torch.get_rng_state(), state)
    with seeded(5):
        assert torch.rand(1) == first


def test_a_batch_that_does_not_fit_says_what_to_set(monkeypatch):
    def full(*_):
        message = "CUDA out of memory."
        raise torch.cuda.OutOfMemoryError(message)

    network = net()
    monkeypatch.setattr(network, "forward", full)
    with pytest.raises(
        OutOfMemoryError, match=r"A batch of 50 .* GPU.\nHint: A smaller batch_size, or device='cpu'"
    ):
        scores(network, sample(60, 0), batch_size=50)


def test_a_batch_on_its_own_device_is_itself():
    batch = next(iter(Batches(made([2]), 1, shuffle=False)))
    assert batch.to("cpu") is batch
    assert batch.to("meta").device == torch.device("meta")
