"""Weights on disk."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.nn.made import ENCODERS, net, same_weights, sample
from wanamaker.base.errors import FileReadError, RunError
from wanamaker.nn.files import load_weights, save_weights
from wanamaker.nn.training.scores import scores


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
def test_a_network_read_again_gives_the_same_scores_to_the_bit(tmp_path, cell, bidirectional):
    one = net(cell, bidirectional=bidirectional, attention=True, seed=1)
    other = net(cell, bidirectional=bidirectional, attention=True, seed=2)
    save_weights(one, tmp_path / "weights.safetensors")
    load_weights(other, tmp_path / "weights.safetensors")
    assert same_weights(one, other)
    part = sample(50, 0)
    np.testing.assert_array_equal(scores(one, part, threads=1), scores(other, part, threads=1))
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]


def test_weights_of_another_network_are_refused_and_the_difference_shown(tmp_path):
    save_weights(torch.nn.Sequential(torch.nn.Linear(3, 2)), tmp_path / "w")
    network = torch.nn.Sequential(torch.nn.Linear(4, 2, bias=False))
    before = network[0].weight.clone()
    with pytest.raises(RunError) as caught:
        load_weights(network, tmp_path / "w")
    assert "0.weight: expected (2, 4), found (2, 3)" in str(caught.value)
    assert "0.bias: expected nothing, found (2,)" in str(caught.value)
    assert torch.equal(network[0].weight, before)


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_a_file_that_holds_no_weights_is_refused(tmp_path, content):
    path = tmp_path / "w.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileReadError, match="cannot be read"):
        load_weights(torch.nn.Linear(1, 1), path)
