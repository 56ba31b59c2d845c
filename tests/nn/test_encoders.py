"""Laws that every encoder of sequences keeps."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nn.made import CAUSAL, ENCODERS
from wanamaker.base.errors import ParameterError
from wanamaker.nn.encoders import CELLS, encoder
from wanamaker.nn.masks import last_states
from wanamaker.nn.training.devices import seeded

LENGTHS = st.lists(st.integers(0, 7), min_size=1, max_size=5)


def new(cell: str, *, bidirectional: bool = False, layers: int = 2) -> torch.nn.Module:
    with seeded(1):
        return encoder(cell, 3, 8, layers=layers, bidirectional=bidirectional).eval()


def padded(lengths: list[int], more: int, filler: float, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Random steps, the same for every ``more``, with ``filler`` in the padding."""
    longest = max(*lengths, 1)
    with seeded(seed):
        values = torch.randn(len(lengths), longest, 3)
    values = torch.cat((values, torch.zeros(len(lengths), more, 3)), dim=1)
    mask = torch.arange(longest + more) < torch.tensor(lengths)[:, None]
    return values.masked_fill(~mask[..., None], filler), mask


def test_every_cell_is_under_test():
    assert {cell for cell, _ in ENCODERS} == set(CELLS)


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
@given(lengths=LENGTHS, more=st.integers(0, 5), filler=st.sampled_from([0.0, 1e3, -7.0]))
@settings(max_examples=20)
def test_padding_changes_nothing(cell, bidirectional, lengths, more, filler):
    network = new(cell, bidirectional=bidirectional)
    with torch.no_grad():
        plain = network(*padded(lengths, 0, 0.0))
        longer = network(*padded(lengths, more, filler))
    longest = plain.shape[1]
    torch.testing.assert_close(longer[:, :longest], plain, atol=1e-6, rtol=0)
    assert not longer[:, longest:].any()
    _, mask = padded(lengths, 0, 0.0)
    assert not plain[~mask].any()


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
@given(lengths=LENGTHS)
@settings(max_examples=15)
def test_padding_has_no_gradient(cell, bidirectional, lengths):
    network = new(cell, bidirectional=bidirectional)
    values, mask = padded(lengths, 2, 1.0)
    values.requires_grad_()
    network(values, mask).square().sum().backward()
    assert not values.grad[~mask].any()
    assert bool(values.grad[mask].isfinite().all())


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
@given(lengths=LENGTHS)
@settings(max_examples=15)
def test_a_row_alone_is_as_within_a_batch(cell, bidirectional, lengths):
    network = new(cell, bidirectional=bidirectional)
    values, mask = padded(lengths, 0, 0.0)
    with torch.no_grad():
        together = network(values, mask)
        for row, length in enumerate(lengths):
            keep = max(length, 1)
            alone = network(values[row : row + 1, :keep], mask[row : row + 1, :keep])
            torch.testing.assert_close(alone[0], together[row, :keep], atol=1e-6, rtol=0)


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
def test_the_order_of_steps_matters(cell, bidirectional):
    network = new(cell, bidirectional=bidirectional)
    values, mask = padded([6], 0, 0.0)
    turned = values.clone()
    turned[:, [1, 3]] = values[:, [3, 1]]
    with torch.no_grad():
        states, other = network(values, mask), network(turned, mask)
    assert (states[:, -1] - other[:, -1]).abs().max() > 1e-3


@pytest.mark.parametrize("cell", CAUSAL)
@given(length=st.integers(2, 8), data=st.data())
@settings(max_examples=20)
def test_what_comes_later_changes_no_earlier_state(cell, length, data):
    network = new(cell)
    cut = data.draw(st.integers(1, length - 1))
    values, mask = padded([length, length], 0, 0.0)
    values[1, :cut] = values[0, :cut]
    with torch.no_grad():
        states = network(values, mask)
    assert network.causal
    torch.testing.assert_close(states[0, :cut], states[1, :cut], atol=1e-6, rtol=0)
    assert not torch.allclose(states[0, cut:], states[1, cut:], atol=1e-4)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_both_directions_see_what_comes_later(cell):
    network = new(cell, bidirectional=True, layers=1)
    values, mask = padded([5, 5], 0, 0.0)
    values[1, :4] = values[0, :4]
    with torch.no_grad():
        states = network(values, mask)
    assert not network.causal
    assert (states[0, 0] - states[1, 0]).abs().max() > 1e-5
    torch.testing.assert_close(states[0, :4, :8], states[1, :4, :8], atol=1e-6, rtol=0)


@pytest.mark.parametrize("cell", CAUSAL)
@given(length=st.integers(1, 12))
@settings(max_examples=12)
def test_one_step_at_a_time_gives_the_states_of_the_whole(cell, length):
    network = new(cell)
    values, mask = padded([length, length], 0, 0.0)
    with torch.no_grad():
        whole = network(values, mask)
        memory = None
        for step in range(length):
            state, memory = network.step(values[:, step], memory)
            torch.testing.assert_close(state, whole[:, step], atol=2e-6, rtol=0)


def test_an_encoder_that_reads_backwards_takes_no_single_steps():
    with pytest.raises(ParameterError, match="bidirectional=False"):
        new("gru", bidirectional=True).step(torch.zeros(1, 3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "gtu"}, "Unknown cell: 'gtu'.\nHint: Did you mean 'gru'"),
        ({"cell": "transformer", "bidirectional": True}, "A transformer here only looks back"),
        (
            {"cell": "transformer", "width": 12},
            "must be a multiple of 2 × heads .8.. Got 12.\nHint: width=16",
        ),
    ],
)
def test_an_encoder_that_cannot_be_is_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        encoder(**{"inputs": 3, "width": 8, **options})


def test_the_last_state_of_an_empty_sequence_is_zero():
    values, mask = padded([0, 3, 2], 2, 5.0)
    states = new("gru")(values, mask)
    found = last_states(states, mask.sum(1))
    assert not found[0].any()
    assert torch.equal(found[1], states[1, 2])
    assert torch.equal(found[2], states[2, 1])


def test_the_forget_gates_of_a_new_lstm_are_open():
    bias = new("lstm", layers=1).ahead[0].bias_ih_l0
    assert bias.tolist() == [0.0] * 8 + [1.0] * 8 + [0.0] * 16
