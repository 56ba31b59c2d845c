"""Vectors of categories, closed and open."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.nn.made import Net, made, sample
from wanamaker.base.errors import DataError, SchemaError
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.hashed import HashedEmbedding
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.steps import StepEncoder
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


def test_the_same_code_has_the_same_hashed_vector_and_others_differ():
    with seeded(0):
        embedding = HashedEmbedding(500, 4)
    codes = torch.randint(1, 2**31 - 1, (1000,))
    vectors = embedding(codes)
    assert torch.equal(vectors, embedding(codes))
    assert len(torch.unique(vectors, dim=0)) > 980  # one row each would leave about 430
    assert not embedding(torch.zeros(3, dtype=torch.int64)).any()


def test_hashed_categories_spread_over_all_rows():
    embedding = HashedEmbedding(64, 2)
    codes = torch.arange(1, 64 * 200)
    for multiplier in (1_640_531_527, 1_013_904_223):
        counts = torch.bincount(embedding._row(codes, multiplier), minlength=65)
        assert counts[0] == 0
        assert 0.5 < counts[1:].min() / 200 <= counts[1:].max() / 200 < 2


def test_hashed_vectors_learn_a_vocabulary_that_is_not_known():
    rng = np.random.default_rng(0)
    names = rng.integers(10, 2**31 - 1, 300)
    codes = rng.choice(names, 6000)
    labels = np.isin(codes, names[:150])
    part = Sequences(offsets=np.arange(6001), codes={"item": codes}, labels=labels)

    class Hashed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.steps = StepEncoder({"item": HashedEmbedding(2000, 8)})
            self.out = torch.nn.Linear(8, 1)

        def forward(self, batch):
            return self.out(self.steps(batch)[:, 0]).squeeze(-1)

    network = Hashed()
    train(network, part, None, Training(epochs=8, learning_rate=0.02, threads=1))
    assert ((scores(network, part) > 0) == labels).mean() > 0.95


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
