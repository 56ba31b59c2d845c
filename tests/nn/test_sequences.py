"""Ragged sequences: what they take, what they refuse, and what is left after cutting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nn.made import LENGTHS, made
from wanamaker.base.errors import DataError
from wanamaker.nn.sequences import Sequences


def rows_of(sequences: Sequences, values: np.ndarray) -> list[list[float]]:
    return [part.tolist() for part in np.split(values, sequences.offsets[1:-1])]


@given(LENGTHS, st.data(), st.booleans())
def test_taking_rows_takes_their_steps_and_their_own_values(lengths, data, per_step):
    sequences = made(lengths, per_step=per_step)
    rows = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=15)), dtype=np.int64)
    taken = sequences.take(rows)
    for name in ("codes", "numbers"):
        for key, values in getattr(sequences, name).items():
            wanted = [rows_of(sequences, values)[row] for row in rows]
            assert rows_of(taken, getattr(taken, name)[key]) == (wanted or [[]])
    for name in ("gaps", "ages", *(("labels", "weights") if per_step else ())):
        wanted = [rows_of(sequences, getattr(sequences, name))[row] for row in rows]
        assert rows_of(taken, getattr(taken, name)) == (wanted or [[]])
    np.testing.assert_array_equal(taken.static_codes["device"], sequences.static_codes["device"][rows])
    if not per_step:
        np.testing.assert_array_equal(taken.labels, sequences.labels[rows])


@given(LENGTHS, st.integers(1, 10), st.booleans())
def test_the_last_steps_are_kept_and_the_labels_with_them(lengths, most, per_step):
    sequences = made(lengths, per_step=per_step)
    cut = sequences.last(most)
    wanted = [values[-most:] for values in rows_of(sequences, sequences.codes["touch"])]
    assert rows_of(cut, cut.codes["touch"]) == wanted
    if per_step:
        assert rows_of(cut, cut.labels) == [values[-most:] for values in rows_of(sequences, sequences.labels)]
    else:
        np.testing.assert_array_equal(cut.labels, sequences.labels)


OFFSETS = np.array([0, 2, 2, 5])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"codes": {"touch": [2, 3, 4]}}, r"'touch' must have 5 values, one per step. Got shape \(3,\)"),
        (
            {"codes": {"touch": [2, 3, 4, 0, 2]}},
            "a category of 1 or more everywhere. Got 0 at step 1 of sequence 2",
        ),
        (
            {"numbers": {"price": [1, 2, np.nan, 1, 1]}},
            "'price' .* finite number .* Got nan at step 0 of sequence 2",
        ),
        ({"numbers": {"price": [1, -np.inf, 1, 1, 1]}}, "Got -inf at step 1 of sequence 0"),
        (
            {"gaps": [0, -1, 0, 0, 0]},
            "'gaps' .* a finite number of 0 or more .* Got -1.0 at step 1 of sequence 0",
        ),
        ({"static_numbers": {"age": [1, np.nan, 1]}}, "'age' .* Got nan at sequence 1"),
        ({"labels": [1, 0, 1, 0, 1]}, "'labels' must have 3 values, one per sequence.*\nHint: per_step=True"),
        ({"labels": [1, 0, 1], "per_step": True}, "'labels' must have 5 values, one per step"),
    ],
)
def test_a_column_that_cannot_be_read_is_refused_with_its_place(columns, message):
    with pytest.raises(DataError, match=message):
        Sequences(offsets=OFFSETS, **columns)


@pytest.mark.parametrize("offsets", [[], [1, 2], [0, 3, 2]])
def test_offsets_that_are_none_are_refused(offsets):
    with pytest.raises(DataError, match="start with 0 and never fall"):
        Sequences(offsets=np.array(offsets))
