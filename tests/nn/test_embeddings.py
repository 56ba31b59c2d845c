"""Vectors of categories, closed and open."""

from __future__ import annotations

import pytest
import torch

from tests.nn.made import Net, made, sample
from wanamaker.base.errors import DataError, SchemaError
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.training.devices import seeded
from wanamaker.nn.training.options import Training
from wanamaker.nn.training.scores import scores
from wanamaker.nn.training.train import train


def test_padding_stays_zero_and_every_other_vector_learns():
    part = sample(400, 0)
    network = Net("gru")
    train(network, part, None, Training(epochs=1, threads=1, weight_decay=0.1))
    rows = network.steps.embeddings[0].rows.weight
    assert not rows[0].any()
    assert bool(rows[1:].any(dim=1).all())


def test_the_unknown_is_learned_from_known_categories_that_are_forgotten_at_random():
    with seeded(0):
        embedding = Embedding(5, 3, forget=0.2)
        codes = torch.full((100, 100), 3)
        codes[:, 50:] = 0
        vectors = embedding(codes)
    unknown = (vectors == embedding.rows.weight[1]).all(-1)
    assert float(unknown[:, :50].float().mean()) == pytest.approx(0.2, abs=0.03)
    assert not vectors[:, 50:].any()
    assert torch.equal(embedding.eval()(codes[:1, :1])[0, 0], embedding.rows.weight[3])


def test_a_category_without_a_vector_is_refused_before_any_work():
    sequences = made([2, 3])
    sequences.codes["touch"][3] = 99
    for work in (lambda: scores(Net(), sequences), lambda: train(Net(), sequences, None, Training(epochs=1))):
        with pytest.raises(
            DataError, match=r"'touch' must hold categories from 1 to 7. Got 99.\nHint: Write 1"
        ):
            work()


def test_a_column_that_is_missing_is_refused_before_any_work():
    sequences = made([2, 3])
    del sequences.numbers["price"]
    with pytest.raises(SchemaError, match=r"numbers of steps named \['price'\]. Missing: \['price'\]"):
        scores(Net(), sequences)
    sequences = made([2, 3])
    del sequences.static_codes["device"]
    with pytest.raises(SchemaError, match=r"of each sequence. Missing: \['device'\]"):
        scores(Net(), sequences)
