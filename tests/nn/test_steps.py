"""Steps and what holds for a sequence, as vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.nn.made import KNOWN, made
from wanamaker.base.errors import SchemaError
from wanamaker.nn.batches import Batches
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.gaps import LogGaps
from wanamaker.nn.statics import StaticEncoder
from wanamaker.nn.steps import StepEncoder


def encoder(width: int | None = None) -> StepEncoder:
    return StepEncoder({"touch": Embedding(KNOWN + 2, 5)}, ["price"], gaps=True, width=width).eval()


def test_a_step_is_all_that_is_known_of_it_side_by_side():
    network = encoder()
    batch = next(iter(Batches(made([4, 2]), 2, shuffle=False)))
    values = network(batch)
    assert values.shape == (2, 4, network.width)
    assert network.width == 5 + 1 + 3
    torch.testing.assert_close(values[..., :5], network.embeddings[0](batch.codes["touch"]))
    torch.testing.assert_close(values[..., 5], batch.numbers["price"])
    torch.testing.assert_close(values[..., 6:9], network.gaps(batch.gaps))
    assert encoder(7)(batch).shape == (2, 4, 7)


def test_steps_one_at_a_time_are_the_steps_of_the_whole():
    network = encoder(6)
    batch = next(iter(Batches(made([5]), 1, shuffle=False)))
    whole = network(batch)
    for step in range(5):
        one = replace(
            batch,
            mask=batch.mask[:, step : step + 1],
            codes={name: values[:, step : step + 1] for name, values in batch.codes.items()},
            numbers={name: values[:, step : step + 1] for name, values in batch.numbers.items()},
            gaps=batch.gaps[:, step : step + 1],
        )
        torch.testing.assert_close(network(one)[:, 0], whole[:, step], atol=1e-6, rtol=0)


def test_longer_gaps_are_larger_on_every_scale_and_the_scales_learn():
    network = LogGaps()
    gaps = torch.tensor([[0.0, 1.0, 60.0, 3600.0, 86_400.0, 2.6e6]])
    values = network(gaps)
    assert not values[0, 0].any()
    assert bool((values.diff(dim=1) > 0).all())
    assert float(values.max().detach()) < 3
    values.sum().backward()
    assert bool((network.scales.grad.abs() > 0).all())


def test_a_network_without_gaps_refuses_none_and_one_with_gaps_does():
    bare = replace(made([3]), gaps=None)
    StepEncoder({"touch": Embedding(KNOWN + 2, 5)}).check(bare)
    with pytest.raises(SchemaError, match=r"reads the gaps between steps. The sequences have none"):
        encoder().check(bare)


def test_what_holds_for_a_sequence_stands_side_by_side():
    sequences = made([4, 0, 2])
    network = StaticEncoder({"device": Embedding(4, 3)}, ["orders"]).eval()
    batch = Batches(sequences, 3, shuffle=False).gather(np.arange(3))
    values = network(batch)
    assert values.shape == (3, network.width) == (3, 4)
    torch.testing.assert_close(values[:, 3], torch.from_numpy(sequences.static_numbers["orders"]))
    assert StaticEncoder({})(batch).shape == (3, 0)
