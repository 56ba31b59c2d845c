"""Splits: parts never overlap, respect time and gap, and use no label before it was known."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wanamaker.base.errors import DataError, ParameterError, SchemaError, UserError
from wanamaker.events.splits import split_by_group, split_by_time, split_random, time_folds

HOUR = 3_600_000_000
SECOND = 1_000_000


@st.composite
def logs(draw):
    """Times in seconds with ties, and when labels came, for some of the rows."""
    size = draw(st.integers(3, 60))
    times = draw(st.lists(st.integers(0, draw(st.sampled_from([5, 200]))), min_size=size, max_size=size))
    delays = draw(
        st.lists(st.one_of(st.none(), st.integers(0, 20), st.integers(0, 200)), min_size=size, max_size=size)
    )
    came = [None if delay is None else time + delay for time, delay in zip(times, delays, strict=True)]
    moments = np.array(times, dtype=np.int64) * SECOND
    return moments, pl.Series(
        [None if moment is None else moment * SECOND for moment in came], dtype=pl.Int64
    )


def split_or_none(*args, **kwargs):
    try:
        return split_by_time(*args, **kwargs)
    except UserError:
        return None


@given(logs(), st.integers(0, 30), st.sampled_from([None, 0, 5, 40]))
def test_parts_are_apart_in_time_by_the_gap_and_hold_every_row_once(log, gap, maturity):
    times, came = log
    young = None if maturity is None else f"{maturity}s"
    split = split_or_none(times, valid=0.2, test=0.3, gap=f"{gap}s", label_times=came, maturity=young)
    assume(split is not None)
    everything = [split.train, split.valid, split.test, split.in_gap, split.immature]
    assert sorted(np.concatenate(everything).tolist()) == list(range(len(times)))
    assert all((np.diff(rows) > 0).all() for rows in everything)
    starts = split.boundaries
    for rows, start in ((split.train, starts[0]), (split.valid, starts[1])):
        assert (times[rows] < start - gap * SECOND).all() or gap == 0
        assert (times[rows] < start).all()
    assert (times[split.valid] >= starts[0]).all()
    assert (times[split.test] >= starts[1]).all()
    assert set(starts) <= set(times.tolist())


@given(logs(), st.sampled_from([None, 5, 40]))
def test_known_labels_are_those_that_had_come_before_the_next_part(log, maturity):
    times, came = log
    young = None if maturity is None else f"{maturity}s"
    split = split_or_none(times, valid=0.2, test=0.3, label_times=came, maturity=young)
    assume(split is not None)
    labels = came.is_not_null().to_numpy()
    known = split.known(labels)
    for rows, start in ((split.train, split.boundaries[0]), (split.valid, split.boundaries[1])):
        for row in rows:
            assert known[row] == (came[int(row)] is not None and came[int(row)] < start)
            if maturity is not None:
                assert start - times[row] >= maturity * SECOND
    np.testing.assert_array_equal(known[split.test], labels[split.test])


@given(logs())
def test_what_is_learned_from_does_not_depend_on_what_came_later(log):
    """Changing every label that came from the boundary on leaves the training rows and their labels alone."""
    times, came = log
    split = split_or_none(times, valid=0.2, test=0.3, label_times=came)
    assume(split is not None)
    start = split.boundaries[0]
    future = came.is_not_null() & (came >= start)
    other = pl.Series(
        [None if gone else moment for gone, moment in zip(future, came, strict=True)], dtype=pl.Int64
    )
    again = split_by_time(times, valid=0.2, test=0.3, label_times=other)
    np.testing.assert_array_equal(split.train, again.train)
    before = split.known(came.is_not_null().to_numpy())[split.train]
    np.testing.assert_array_equal(before, again.known(other.is_not_null().to_numpy())[again.train])


@given(logs(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(log, random):
    times, came = log
    order = list(range(len(times)))
    random.shuffle(order)
    split = split_or_none(times, valid=0.2, test=0.3, gap="3s", label_times=came)
    assume(split is not None)
    again = split_by_time(times[order], valid=0.2, test=0.3, gap="3s", label_times=came[order])
    for name in ("train", "valid", "test", "in_gap", "immature", "late"):
        assert sorted(np.array(order)[getattr(again, name)]) == getattr(split, name).tolist(), name
    assert split.boundaries == again.boundaries


def test_shares_are_those_asked_for_without_ties():
    split = split_by_time(np.arange(1_000) * SECOND)
    assert [len(rows) for rows in split.parts().values()] == [700, 100, 200]
    assert split.test[0] == 800
    assert split.notes == ()


def test_a_tie_at_a_boundary_stays_whole_on_the_nearer_side():
    times = np.array([0] * 6 + [1] * 2 + [2] * 2) * SECOND
    split = split_by_time(times, valid=0.15, test=0.25)
    assert (len(split.train), len(split.valid), len(split.test)) == (6, 2, 2)
    days = np.repeat(np.arange(10), 100) * 24 * HOUR
    split = split_by_time(days, valid=0.12, test=0.17)
    assert [len(rows) for rows in split.parts().values()] == [700, 100, 200]


def test_rows_in_the_gap_and_late_labels_are_told():
    times = np.arange(100) * HOUR
    labels = np.zeros(100, dtype=bool)
    labels[[5, 10, 65, 66, 90, 95]] = True
    came = np.where(labels, times + 6 * HOUR, 0)
    came[95] = times[95] + 100 * HOUR
    split = split_by_time(times, gap="2h", labels=labels, label_times=came)
    assert split.in_gap.tolist() == [68, 69, 78, 79]
    assert split.late.tolist() == [65, 66]
    assert split.known(labels).nonzero()[0].tolist() == [5, 10, 90, 95]
    assert split.notes[0] == "4 rows in the gap of 2h before a boundary are left out."
    assert split.notes[1].startswith("2 positives became known only after the next part had begun")
    assert "known within 5d" in split.notes[1]
    ripe = split_by_time(times, labels=labels, label_times=came, maturity="6h")
    assert ripe.late.tolist() == []
    assert ripe.immature.tolist() == [65, 66, 67, 68, 69, 75, 76, 77, 78, 79]
    assert "10 rows younger than 6h" in ripe.notes[0]


def test_the_last_rows_of_the_log_are_too_young_to_judge_by():
    split = split_by_time(np.arange(100) * HOUR, maturity="5h")
    assert split.test.tolist() == list(range(80, 95))
    assert split.train.tolist() == list(range(66))


def test_a_row_is_old_enough_when_its_age_is_the_maturity():
    times = np.array([0, 1, 5, 6, 7, 10, 11, 12, 20, 30], dtype=np.int64)
    split = split_by_time(times, valid=0.3, test=0.2, maturity=timedelta(microseconds=5))
    assert split.boundaries == (10, 20)
    assert split.train.tolist() == [0, 1, 2]
    again = split_by_time(times, valid=0.3, test=0.2, maturity=timedelta(microseconds=4))
    assert again.train.tolist() == [0, 1, 2, 3]


def test_a_label_that_comes_when_the_next_part_begins_is_not_known():
    times = np.arange(10) * SECOND
    came = pl.Series([6 * SECOND, 7 * SECOND] + [None] * 8, dtype=pl.Int64)
    assert split_by_time(times, label_times=came).late.tolist() == [1]


def test_times_may_be_datetimes_and_label_times_null():
    times = pl.Series([datetime(2026, 1, day) for day in range(1, 11)])
    split = split_by_time(times, label_times=pl.Series([None] * 10))
    assert split.names(10).to_list() == ["train"] * 7 + ["valid"] + ["test"] * 2
    assert split.boundaries[0] == 1_767_830_400_000_000


def test_rows_of_no_part_have_no_name():
    split = split_by_time(np.arange(10) * HOUR, valid=0.2, test=0.2, gap="1h")
    assert split.names(11).to_list() == ["train"] * 5 + [None, "valid", None, "test", "test", None]


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"valid": 0.0}, "'valid' must be a share of the rows above 0 and below 1. Got 0.0"),
        ({"test": 1.5}, "'test' must be a share of the rows above 0 and below 1. Got 1.5"),
        ({"valid": 0.5, "test": 0.5}, r"must leave rows to learn from. Got 0.5 \+ 0.5"),
    ],
)
def test_shares_that_make_no_sense_are_named(shares, message):
    for split in (
        lambda: split_by_time(np.arange(10), **shares),
        lambda: split_by_group(pl.Series(range(10)), **shares),
        lambda: split_random(10, **shares),
    ):
        with pytest.raises(ParameterError, match=message):
            split()


def test_too_few_times_are_refused():
    with pytest.raises(
        ParameterError, match=r"3 parts need rows at 3 times or more, spread evenly. Got 50 rows at 2"
    ):
        split_by_time(np.repeat([0, 1], 25))
    with pytest.raises(ParameterError, match=r"Got 0 rows at 0 times"):
        split_by_time(np.array([], dtype=np.int64))


def test_an_empty_part_names_what_emptied_it():
    with pytest.raises(ParameterError, match=r"'valid' part of the split is empty; 40 rows are in gaps"):
        split_by_time(np.arange(100) * HOUR, gap="30h")
    with pytest.raises(
        ParameterError, match=r"'train' part of the split is empty; .* too young for their label"
    ):
        split_by_time(np.arange(100) * HOUR, maturity="80h")


def test_a_part_with_one_class_is_refused():
    times = np.arange(100) * SECOND
    labels = np.arange(100) < 50
    with pytest.raises(DataError, match=r"'test' part must have rows of both classes. All 20 are negative"):
        split_by_time(times, labels=labels)
    with pytest.raises(
        DataError, match=r"'train' part must have rows of both classes. All 70 are positive[.]"
    ):
        split_by_time(times, labels=np.arange(100) < 90)
    late = np.where(np.arange(100) % 10 == 0, times + 75 * SECOND, 0)
    with pytest.raises(
        DataError, match=r"'train' .* All 70 are negative \(7 positives were not known in time\)"
    ):
        split_by_time(times, labels=np.arange(100) % 10 == 0, label_times=late)


def test_labels_and_their_times_must_fit_each_other():
    times = np.arange(10) * SECOND
    with pytest.raises(
        DataError, match=r"label cannot come before its event. Row 3: label 1970-01-01T00:00:01Z"
    ):
        split_by_time(times, label_times=pl.Series([None] * 3 + [SECOND] + [None] * 6, dtype=pl.Int64))
    with pytest.raises(DataError, match=r"needs the time at which it became known. Row 2 has none"):
        split_by_time(times, labels=times == 2 * SECOND, label_times=pl.Series([None] * 10, dtype=pl.Int64))
    with pytest.raises(DataError, match=r"Each label must be 0 or 1. Row 0: 2"):
        split_by_time(times, labels=[2] * 10)
    with pytest.raises(ParameterError, match=r"'labels' must have one value per row. Got 3 for 10 rows"):
        split_by_time(times, labels=[0, 1, 0])
    with pytest.raises(ParameterError, match=r"'label_times' must have one value per row. Got 1 for 10 rows"):
        split_by_time(times, label_times=pl.Series([SECOND]))


def test_times_that_cannot_be_used_are_named():
    with pytest.raises(DataError, match=r"Row 1 has none"):
        split_by_time(pl.Series([0, None, 2]))
    with pytest.raises(
        SchemaError, match=r"'times' must be whole microseconds since the epoch. Got type Float64"
    ):
        split_by_time(np.arange(10.0))
    with pytest.raises(ParameterError, match=r"'gap' must not be below zero"):
        split_by_time(np.arange(10) * SECOND, gap=timedelta(seconds=-1))


@given(logs(), st.integers(1, 4), st.sampled_from([None, 50]))
def test_folds_learn_from_ever_more_of_the_past_and_are_judged_on_what_follows(log, count, known):
    times, came = log
    known_before = None if known is None else known * SECOND
    try:
        folds = time_folds(times, count, gap="2s", label_times=came, known_before=known_before)
    except UserError:
        assume(False)
    labels = came.is_not_null().to_numpy()
    judged = np.concatenate([fold.valid for fold in folds])
    assert len(np.unique(judged)) == len(judged)
    for earlier, later in pairwise(folds):
        assert set(earlier.train) <= set(later.train)
    for fold in folds:
        assert fold.fold
        assert len(fold.test) == 0
        assert times[fold.train].max() < fold.boundaries[0] <= times[fold.valid].min()
        learned = fold.known(labels)
        for row in np.flatnonzero(learned & np.isin(np.arange(len(times)), fold.train)):
            assert came[int(row)] < min(fold.boundaries[0], known_before or fold.boundaries[0])
        for row in fold.valid:
            kept = came[int(row)] is not None and (known_before is None or came[int(row)] < known_before)
            assert learned[row] == kept


def test_folds_are_at_least_one_and_have_both_classes():
    with pytest.raises(ParameterError, match=r"'folds' must be a whole number from 1. Got 0"):
        time_folds(np.arange(10), 0)
    with pytest.raises(DataError, match=r"'valid' part must have rows of both classes(.|\n)*fewer folds"):
        time_folds(np.arange(10), 2, labels=np.arange(10) < 2)


@pytest.mark.parametrize("kind", [int, str])
@given(st.integers(0, 2**31), st.integers(0, 2**31))
def test_a_group_is_in_one_part_in_every_table(kind, seed, of_rows):
    drawn = np.random.default_rng(of_rows).integers(0, 200, 400)
    names = pl.Series([kind(group) for group in drawn])
    split = split_by_group(names, valid=0.3, test=0.3, seed=seed)
    assert not set(names.gather(split.train)) & set(names.gather(split.test))
    assert not set(names.gather(split.train)) & set(names.gather(split.valid))
    half = split_by_group(names[::2], valid=0.3, test=0.3, seed=seed)
    assert half.names(200).to_list() == split.names(400)[::2].to_list()


def test_group_shares_hold_on_average_and_the_report_is_told():
    split = split_by_group(pl.Series(range(50_000)))
    shares = [len(rows) / 50_000 for rows in split.parts().values()]
    np.testing.assert_allclose(shares, [0.7, 0.1, 0.2], atol=0.01)
    other = split_by_group(pl.Series(range(50_000)), seed=1)
    both = len(np.intersect1d(split.test, other.test)) / 50_000
    assert both == pytest.approx(0.04, abs=0.005)
    assert split.boundaries == ()
    assert split.notes == ("Split by group: 50000 groups stay whole; time is not respected.",)


def test_a_random_split_has_exact_shares_the_same_for_a_seed_and_says_so():
    split = split_random(1_000, seed=3)
    assert [len(rows) for rows in split.parts().values()] == [700, 100, 200]
    np.testing.assert_array_equal(split.test, split_random(1_000, seed=3).test)
    assert not np.array_equal(split.test, split_random(1_000, seed=4).test)
    assert "at random" in split.notes[0]
    with pytest.raises(DataError, match=r"'train' part must have rows of both classes"):
        split_random(10, labels=np.zeros(10))
    with pytest.raises(ParameterError, match=r"'train' part of the split is empty"):
        split_random(0)
