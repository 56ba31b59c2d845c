"""Laws of the journey network: padding changes nothing, attention is a share, order counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from wanamaker.nn.batches import Batches
from wanamaker.nn.encoders import CELLS
from wanamaker.nn.journey_network import TOUCH, JourneyNetwork, JourneyShape, Weights
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.training.devices import seeded

SHAPE = JourneyShape(touches=6, static_sizes={"kind": 4}, static_numbers=["intent"], width=8, embedding=4)


def sequences(lengths: list[int], seed: int = 0) -> Sequences:
    rng, steps, count = np.random.default_rng(seed), sum(lengths), len(lengths)
    return Sequences(
        offsets=np.concatenate(([0], np.cumsum(lengths))),
        codes={TOUCH: rng.integers(2, 6, steps)},
        gaps=rng.integers(0, 10**6, steps),
        ages=rng.integers(0, 10**6, steps),
        static_codes={"kind": rng.integers(2, 4, count)},
        static_numbers={"intent": rng.normal(size=count)},
    )


def network(shape: JourneyShape = SHAPE) -> JourneyNetwork:
    with seeded(0):
        return JourneyNetwork(shape).eval()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("attention", [True, False])
def test_padding_changes_nothing(cell: str, attention: bool) -> None:
    made = network(replace(SHAPE, cell=cell, attention=attention))
    batches = Batches(sequences([3, 9, 1]), 3, shuffle=False)
    with torch.inference_mode():
        alone = made(batches.gather(np.array([0])))
        beside = made(batches.gather(np.array([0, 1, 2])))
    assert alone[0].item() == pytest.approx(beside[0].item(), abs=1e-6)


def test_attention_is_a_share_and_padding_has_none() -> None:
    batch = Batches(sequences([3, 9, 1]), 3, shuffle=False).gather(np.array([0, 1, 2]))
    with torch.inference_mode():
        weights = Weights(network())(batch)
    assert weights.sum(1).tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)
    assert (weights[~batch.mask] == 0).all()
    assert weights[2, 0].item() == pytest.approx(1.0)


@pytest.mark.parametrize("cell", CELLS)
def test_order_counts(cell: str) -> None:
    plain = sequences([5])
    turned = replace(plain, codes={TOUCH: plain.codes[TOUCH][::-1]})
    made = network(replace(SHAPE, cell=cell))
    found = [made(Batches(one, 1, shuffle=False).gather(np.array([0]))) for one in (plain, turned)]
    assert abs(found[0].item() - found[1].item()) > 1e-6


def test_it_starts_near_the_rate_it_is_given() -> None:
    made = network()
    made.start_at(-2.0)
    batch = Batches(sequences([3, 9, 1]), 3, shuffle=False).gather(np.array([0, 1, 2]))
    with torch.inference_mode():
        assert made(batch).numpy() == pytest.approx(-2.0, abs=0.6)
