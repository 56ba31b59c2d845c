"""Every prefix is an example, with the answer of what follows, and sessions weigh the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.sessions.worlds import log_of, sessions_of
from wanamaker.base.errors import DataError
from wanamaker.base.ragged import row_numbers
from wanamaker.models.sessions.examples import prefix_examples, sampled, whole_examples
from wanamaker.models.sessions.reader import Reader

LOG = log_of(60, seed=3)
LABELLED = sessions_of(LOG)
WITHIN = sessions_of(LOG, outcome="cart", horizon=2)
EVER = sessions_of(LOG, outcome="cart")
questions = pytest.mark.parametrize("sessions", [LABELLED, WITHIN, EVER], ids=["label", "within", "ever"])


def steps_of(sessions):
    return Reader.of(sessions, 1, {}).read(sessions)


@questions
@pytest.mark.parametrize("max_length", [1, 2, 5, 100])
def test_the_examples_of_a_session_weigh_one_together(sessions, max_length):
    found = prefix_examples(steps_of(sessions), sessions, max_length, "training")
    totals = np.zeros(len(sessions))
    np.add.at(totals, found.cut.owners[row_numbers(found.cut.offsets)], found.weights)
    assert np.allclose(totals[sessions.lengths > 0], 1.0)
    if sessions.outcome is not None:
        assert (totals[sessions.lengths == 0] == 0.0).all()


@questions
@pytest.mark.parametrize("max_length", [1, 3, 100])
def test_each_example_ends_at_its_prefix_and_reads_its_last_events(sessions, max_length):
    steps = steps_of(sessions)
    found = prefix_examples(steps, sessions, max_length, "training")
    answers = sessions.step_labels
    if answers is None:
        answers = np.repeat(sessions.labels, sessions.lengths)
    seen = set()
    for step in np.flatnonzero(found.counted):
        row = int(np.searchsorted(found.cut.offsets, step, side="right")) - 1
        owner, place = int(found.cut.owners[row]), int(found.cut.places[step])
        first = int(sessions.offsets[owner])
        read = found.cut.places[found.cut.offsets[row] : step + 1].tolist()
        assert read == list(range(max(first, place - max_length + 1), place + 1))
        assert found.labels[step] == answers[place]
        assert place not in seen
        seen.add(place)
    heads = {
        int(first) + place
        for first, length in zip(sessions.offsets, sessions.lengths, strict=False)
        for place in range(min(int(length), max_length))
    }
    assert heads <= seen


@questions
def test_a_whole_session_is_one_example_that_ends_with_it(sessions):
    found = whole_examples(steps_of(sessions), sessions, 4, "training")
    ends = sessions.offsets[1:][sessions.lengths > 0] - 1
    assert sorted(found.cut.places[found.counted].tolist()) == ends.tolist()
    assert (np.diff(found.cut.offsets) <= 4).all()


def test_a_session_without_events_is_one_step_with_its_own_label():
    sessions = LABELLED.prefix(0)
    found = prefix_examples(Reader.of(LABELLED, 1, {}).read(sessions), sessions, 5, "training")
    assert found.labels.tolist() == LABELLED.labels.tolist()
    assert (found.weights == 1.0).all()


def test_sessions_without_labels_are_refused_by_the_name_of_their_part():
    sessions = sessions_of(LOG.drop("bought"))
    with pytest.raises(DataError, match="The sessions of the validation part have no labels"):
        prefix_examples(steps_of(sessions), sessions, 5, "validation")


@questions
@given(share=st.floats(0.2, 1.0), weight=st.one_of(st.none(), st.floats(0.1, 9.0)), seed=st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_the_shift_undoes_what_sampling_and_weights_do_to_the_odds(sessions, share, weight, seed):
    whole = prefix_examples(steps_of(sessions), sessions, 5, "training")
    found, shift = sampled(whole, share, weight, seed)

    def odds(one):
        return one.weights[one.labels].sum() / one.weights[~one.labels].sum()

    if found.negatives:
        assert np.isclose(np.log(odds(found)) + shift, np.log(odds(whole)))
        assert weight is not None or np.isclose(odds(found), 1.0)


def test_sampling_keeps_every_positive_and_about_the_share_of_negatives():
    sessions = sessions_of(log_of(600, seed=1))
    whole = prefix_examples(steps_of(sessions), sessions, 5, "training")
    found, _ = sampled(whole, 0.3, 1.0, 0)
    assert found.positives == whole.positives
    assert 0.2 < found.negatives / whole.negatives < 0.4
    assert set(np.unique(found.cut.owners)) <= set(np.unique(whole.cut.owners))


def test_where_each_prefix_has_the_label_of_its_session_whole_sessions_are_drawn():
    sessions = sessions_of(log_of(200, seed=1))
    whole = prefix_examples(steps_of(sessions), sessions, 100, "training")
    found, _ = sampled(whole, 0.5, 1.0, 0)
    assert np.bincount(found.cut.owners).max() == 1
    lengths = dict(zip(found.cut.owners.tolist(), np.diff(found.cut.offsets).tolist(), strict=True))
    assert all(length == sessions.lengths[owner] for owner, length in lengths.items())
