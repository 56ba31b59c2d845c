"""Attention pooling: weights, padding, decay."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.base.errors import ParameterError
from wanamaker.nn.attention import AttentionPooling
from wanamaker.nn.training.devices import seeded

LENGTHS = st.lists(st.integers(0, 6), min_size=1, max_size=5)
POOLINGS = [(1, False), (2, False), (1, True), (4, True)]


def pooling(heads: int, *, decay: bool) -> AttentionPooling:
    with seeded(2):
        return AttentionPooling(8, heads=heads, decay=decay)


def steps(lengths: list[int], more: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    longest = max(*lengths, 1)
    with seeded(3):
        states, ages = torch.randn(len(lengths), longest, 8), torch.rand(len(lengths), longest) * 1e6
    mask = torch.arange(longest + more) < torch.tensor(lengths)[:, None]
    rest = torch.randn(len(lengths), more, 8) * 1e3
    return torch.cat((states, rest), 1), mask, torch.cat((ages, rest[..., 0].abs()), 1)


@pytest.mark.parametrize(("heads", "decay"), POOLINGS)
@given(lengths=LENGTHS, more=st.integers(0, 4))
@settings(max_examples=25)
def test_padding_weighs_exactly_nothing_and_changes_nothing(heads, decay, lengths, more):
    network = pooling(heads, decay=decay)
    with torch.no_grad():
        plain, weights = network(*steps(lengths))
        pooled, padded = network(*steps(lengths, more))
    torch.testing.assert_close(pooled, plain, atol=1e-6, rtol=0)
    mask = steps(lengths, more)[1][:, None].expand_as(padded)
    assert not padded[~mask].any()
    assert weights.shape == (len(lengths), heads, max(*lengths, 1))
    there = (torch.tensor(lengths) > 0).float()[:, None].expand(-1, heads)
    torch.testing.assert_close(padded.sum(-1), there, atol=1e-6, rtol=0)


@pytest.mark.parametrize(("heads", "decay"), POOLINGS)
def test_an_empty_sequence_is_pooled_to_zero_and_trains(heads, decay):
    network = pooling(heads, decay=decay)
    pooled, weights = network(*steps([0, 3]))
    assert not pooled[0].any()
    assert not weights[0].any()
    pooled.sum().backward()
    assert all(bool(weight.grad.isfinite().all()) for weight in network.parameters())


@pytest.mark.parametrize("heads", [1, 2])
def test_a_weighted_mean_by_hand_is_the_pooled_state(heads):
    network = pooling(heads, decay=True)
    states, mask, ages = steps([4])
    pooled, weights = network(states, mask, ages)
    scores = torch.tanh(states[0] @ network.hidden.weight.T + network.hidden.bias) @ network.score.weight.T
    rates = torch.log1p(torch.exp(network.decay.raw))
    scores = scores - ages[0][:, None] / 86_400 * rates
    by_hand = torch.softmax(scores, dim=0)
    torch.testing.assert_close(weights[0], by_hand.T)
    parts = [by_hand[:, head] @ part for head, part in enumerate(states[0].chunk(heads, dim=-1))]
    torch.testing.assert_close(pooled[0], torch.cat(parts))


def test_older_steps_count_less_and_the_rate_is_learned():
    network = pooling(1, decay=True)
    same = torch.ones(1, 3, 8)
    _, weights = network(same, torch.ones(1, 3, dtype=torch.bool), torch.tensor([[2e6, 1e6, 0.0]]))
    first, second, third = weights[0, 0].tolist()
    assert first < second < third
    assert second / third == pytest.approx(float(torch.exp(-network.decay.rates.detach() * 1e6 / 86_400)))
    weights[0, 0, 2].backward()
    assert network.decay.raw.grad.abs() > 0


def test_the_order_of_steps_does_not_matter_to_pooling_alone():
    network = pooling(2, decay=True)
    states, mask, ages = steps([5])
    turned = torch.tensor([3, 0, 4, 1, 2])
    torch.testing.assert_close(
        network(states[:, turned], mask, ages[:, turned])[0], network(states, mask, ages)[0]
    )


def test_heads_that_do_not_share_the_width_are_refused():
    with pytest.raises(ParameterError, match=r"multiple of heads \(3\). Got 8.\nHint: width=9"):
        AttentionPooling(8, heads=3)
