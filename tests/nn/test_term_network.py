"""Laws of the term network: batch mates change nothing, each term is encoded once, order counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.nn.batches import Batches
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.term_network import Expected, TermNetwork, TermReader, TermShape
from wanamaker.nn.training.devices import seeded
from wanamaker.nn.training.scores import scores

SHAPE = TermShape(words=8, past=["clicks"], static_numbers=["hour"], embedding=4, width=8)
WORDS = torch.tensor([[0, 0, 0], [2, 0, 0], [3, 4, 0], [4, 3, 0], [5, 6, 7], [0, 0, 0]], dtype=torch.int32)


def rows(lengths: list[int], seed: int = 0) -> Sequences:
    rng, steps, count = np.random.default_rng(seed), sum(lengths), len(lengths)
    return Sequences(
        offsets=np.concatenate(([0], np.cumsum(lengths))),
        numbers={"clicks": rng.normal(size=steps)},
        gaps=rng.integers(0, 10**6, steps),
        ages=rng.integers(0, 10**6, steps),
        static_codes={"term": rng.integers(1, 6, count)},
        static_numbers={"hour": rng.normal(size=count), "log_exposure": rng.normal(size=count)},
    )


def reader(shape: TermShape = SHAPE, vectors: torch.Tensor | None = None) -> TermReader:
    with seeded(0):
        network = TermNetwork(shape)
        with torch.no_grad():  # padding stays zero
            network.weights.weight[1:].normal_()
            network.line.weight.normal_()
    return TermReader(network, WORDS, vectors).eval()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=9), st.sampled_from(["none", "dispersion", "gate"]))
def test_batch_mates_and_padding_change_nothing(lengths: list[int], extra: str) -> None:
    asked = rows(lengths)
    made = Expected(reader(replace(SHAPE, extra=extra)))
    whole = scores(made, asked, device="cpu", threads=1)
    for row in range(len(lengths)):
        alone = scores(made, asked.take(np.array([row])), device="cpu", threads=1)
        assert alone[0] == pytest.approx(whole[row], abs=1e-5)


@pytest.mark.parametrize(("extra", "columns"), [("none", 1), ("dispersion", 2), ("gate", 2)])
def test_it_says_what_the_distribution_needs(extra: str, columns: int) -> None:
    batch = Batches(rows([3, 0, 2]), 3, shuffle=False).gather(np.arange(3))
    assert reader(replace(SHAPE, extra=extra))(batch).shape == (3, columns)


def test_exposure_multiplies_the_expectation() -> None:
    asked = rows([3, 0, 2])
    more = {
        **asked.static_numbers,
        "log_exposure": asked.static_numbers["log_exposure"] + np.float32(np.log(5)),
    }
    made = Expected(reader())
    plain, raised = (
        scores(made, one, device="cpu", threads=1) for one in (asked, replace(asked, static_numbers=more))
    )
    assert raised - plain == pytest.approx(np.log(5), abs=1e-5)


def test_the_gate_lowers_the_expectation_by_the_share_of_zeros() -> None:
    made = reader(replace(SHAPE, extra="gate"))
    batch = Batches(rows([2, 2]), 2, shuffle=False).gather(np.arange(2))
    with torch.inference_mode():
        told, expected = made(batch), Expected(made)(batch)
    wanted = (1 - torch.sigmoid(told[:, 1])) * told[:, 0].exp()
    assert expected.exp().numpy() == pytest.approx(wanted.numpy(), rel=1e-5)


def test_the_order_of_words_counts() -> None:
    asked = rows([0, 0])
    same = replace(
        asked,
        static_codes={"term": np.array([2, 3])},
        static_numbers={name: np.zeros(2, np.float32) for name in asked.static_numbers},
    )
    first, second = scores(Expected(reader()), same, device="cpu", threads=1)
    assert abs(first - second) > 1e-6


def test_attention_is_a_share_of_the_words_and_padding_has_none() -> None:
    with torch.inference_mode():
        pooled, weights = reader().network.text(WORDS.long())
    assert weights.sum(1).tolist() == pytest.approx([0.0, 1.0, 1.0, 1.0, 1.0, 0.0], abs=1e-6)
    assert (weights[WORDS == 0] == 0).all()
    assert (pooled[0] == 0).all()


def test_each_term_of_a_batch_is_encoded_once() -> None:
    texts = reader().texts(torch.tensor([4, 1, 4, 4]))
    assert texts.words.tolist() == [[2, 0, 0], [5, 6, 7]]
    assert texts.places.tolist() == [1, 0, 1, 1]
    assert reader().texts(torch.tensor([1])).words.shape == (1, 1)  # no wider than its longest term


def test_given_vectors_are_read() -> None:
    asked = rows([1, 2, 0])
    shape = replace(SHAPE, vectors=3)
    plain = scores(Expected(reader(shape, torch.zeros(6, 3))), asked, device="cpu", threads=1)
    other = scores(Expected(reader(shape, torch.ones(6, 3))), asked, device="cpu", threads=1)
    assert (np.abs(plain - other) > 1e-6).all()


def test_it_starts_near_the_rate_it_is_given() -> None:
    with seeded(0):
        network = TermNetwork(SHAPE)
    network.start_at(-3.0)
    asked = rows([3, 9, 1])
    asked = replace(asked, static_numbers={**asked.static_numbers, "log_exposure": np.zeros(3, np.float32)})
    found = scores(Expected(TermReader(network, WORDS)), asked, device="cpu", threads=1)
    assert found == pytest.approx(-3.0, abs=0.3)


def test_a_term_without_a_row_in_the_table_is_refused() -> None:
    asked = replace(rows([1]), static_codes={"term": np.array([9])})
    with pytest.raises(DataError, match=r"'term' must hold rows of the table of terms, below 6\. Got 9"):
        scores(Expected(reader()), asked, device="cpu")


def test_rows_without_a_term_or_an_exposure_are_refused() -> None:
    with pytest.raises(SchemaError, match="reads 'term' and 'log_exposure' of each row"):
        scores(Expected(reader()), replace(rows([1]), static_codes={}), device="cpu")
