"""Batches: padded to the longest, every row once, fair to every length."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.nn.made import LENGTHS, made
from wanamaker.nn.batches import Batches
from wanamaker.nn.buckets import BATCHES_PER_POOL, ordered_batches, shuffled_batches


@given(LENGTHS, st.integers(1, 5), st.booleans(), st.booleans())
def test_a_batch_holds_each_row_as_it_is_and_zeros_behind_it(lengths, size, shuffle, per_step):
    sequences = made(lengths, per_step=per_step)
    seen = []
    for batch in Batches(sequences, size, shuffle=shuffle):
        longest = max(*(lengths[row] for row in batch.rows), 1)
        assert batch.mask.shape == (len(batch), longest)
        for place, row in enumerate(batch.rows.tolist()):
            seen.append(row)
            steps = slice(sequences.offsets[row], sequences.offsets[row + 1])
            padded = {"touch": batch.codes["touch"], "price": batch.numbers["price"]}
            padded |= {"gaps": batch.gaps, "ages": batch.ages}
            flat = {**sequences.codes, **sequences.numbers, "gaps": sequences.gaps, "ages": sequences.ages}
            if per_step:
                padded |= {"labels": batch.labels, "weights": batch.weights}
                flat |= {"labels": sequences.labels, "weights": sequences.weights}
            else:
                assert batch.labels[place] == sequences.labels[row]
                assert batch.weights[place] == sequences.weights[row]
            for name, values in padded.items():
                rest = longest - lengths[row]
                assert values[place].tolist() == [*flat[name][steps].tolist(), *([0] * rest)]
            assert batch.mask[place].tolist() == [step < lengths[row] for step in range(longest)]
            assert batch.lengths[place] == lengths[row]
            assert batch.static_codes["device"][place] == sequences.static_codes["device"][row]
            assert batch.static_numbers["orders"][place] == sequences.static_numbers["orders"][row]
    assert sorted(seen) == list(range(len(lengths)))


@given(st.lists(st.integers(0, 40), max_size=200), st.integers(1, 7), st.integers(0, 9))
def test_every_row_comes_once_in_an_epoch_in_full_batches_but_one(lengths, size, seed):
    batches = shuffled_batches(np.array(lengths, dtype=np.int64), size, np.random.default_rng(seed))
    rows = np.concatenate([*batches, np.array([], dtype=np.int64)])
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert sorted(len(batch) for batch in batches)[1:] == [size] * (len(batches) - 1)
    assert len(batches) == -(-len(lengths) // size)


def test_the_same_seed_gives_the_same_order_and_another_epoch_another():
    sequences = made([3, 1, 4, 1, 5, 9, 2, 6] * 10)
    one, other = (Batches(sequences, 8, shuffle=True, seed=1) for _ in range(2))
    first = [rows.tolist() for rows in one.order()]
    assert first == [rows.tolist() for rows in other.order()]
    assert first == [rows.tolist() for rows in one.order()]
    one.set_epoch(1)
    second = [rows.tolist() for rows in one.order()]
    assert second != first
    assert {frozenset(rows) for rows in second} != {frozenset(rows) for rows in first}
    assert [rows.tolist() for rows in Batches(sequences, 8, shuffle=True, seed=2).order()] != first


def test_when_a_row_comes_and_with_how_many_does_not_depend_on_its_length():
    lengths = np.minimum(np.random.default_rng(0).geometric(0.1, 403), 50)
    epochs, size = 400, 10
    places, company = np.zeros(403), np.zeros(403)
    for epoch in range(epochs):
        batches = shuffled_batches(lengths, size, np.random.default_rng(epoch))
        for place, rows in enumerate(batches):
            places[rows] += place / (len(batches) - 1) / epochs
            company[rows] += (len(rows) < size) / epochs
    groups = np.digitize(lengths, [3, 8, 20])
    for group in range(4):
        rows = groups == group
        tolerance = 4 * 0.29 / np.sqrt(epochs)  # rows of one length come together: one draw per epoch
        assert places[rows].mean() == pytest.approx(0.5, abs=tolerance)
    # Any row may be in the small batch of 3, whatever its length, the rarest no more than thrice as often.
    shares = np.array([company[groups == group].mean() for group in range(4)])
    assert shares.max() < 3 * 3 / 403
    assert shares.min() > 3 / 403 / 3


def test_similar_lengths_stand_together():
    lengths = np.minimum(np.random.default_rng(0).geometric(1 / 12, 50_000), 300)
    batches = shuffled_batches(lengths, 256, np.random.default_rng(0))
    padded = sum(len(rows) * lengths[rows].max() for rows in batches)
    assert padded < 1.1 * lengths.sum()
    assert 256 * BATCHES_PER_POOL < 50_000  # more than one pool


@given(st.lists(st.integers(0, 40), min_size=1, max_size=100), st.integers(1, 20), st.integers(1, 200))
def test_a_scored_batch_stays_within_its_budget_or_is_one_row(lengths, size, budget):
    batches = ordered_batches(np.array(lengths), size, budget)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for rows in batches:
        assert len(rows) <= size
        assert len(rows) == 1 or len(rows) * max(lengths[row] for row in rows) <= budget


def test_a_batch_of_parts_is_the_batch():
    batch = next(iter(Batches(made([3, 1, 4, 1, 5]), 5, shuffle=True)))
    parts = [batch.part(0, 2), batch.part(2, 5)]
    assert torch.equal(torch.cat([part.codes["touch"] for part in parts]), batch.codes["touch"])
    assert torch.equal(torch.cat([part.weights for part in parts]), batch.weights)
    assert [len(part) for part in parts] == [2, 3]


def test_no_sequences_give_no_batches():
    assert list(Batches(made([]), 4, shuffle=True)) == []
    assert list(Batches(made([]), 4, shuffle=False)) == []


def test_sequences_without_labels_give_batches_without():
    from dataclasses import replace

    bare = replace(made([2, 1]), labels=None, weights=None, gaps=None, ages=None)
    batch = next(iter(Batches(bare, 2, shuffle=False)))
    assert (batch.labels, batch.weights, batch.gaps, batch.ages) == (None, None, None, None)
    labelled = replace(bare, labels=np.array([1.0, 0.0]))
    assert next(iter(Batches(labelled, 2, shuffle=False))).weights.tolist() == [1.0, 1.0]
