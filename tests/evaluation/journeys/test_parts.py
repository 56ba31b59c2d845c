"""Parts of journeys in time: nothing of a later part, and nobody of it, in an earlier one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.evaluation.journeys import split_journeys, split_users

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

rows = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 40), st.booleans()),
    min_size=12,
    max_size=60,
    unique_by=lambda row: row[:2],  # among touches of one user and moment, the log's order decides
)


def built(given_rows, **more):
    log = pl.DataFrame(given_rows, schema=["uid", "timestamp", "conversion"], orient="row")
    return wm.journeys_from_events(log.with_columns(campaign=pl.lit("a")), **more)


def split_or_none(journeys):
    try:
        return split_journeys(journeys, valid=0.2, test=0.2)
    except (DataError, ParameterError):
        return None


@given(rows)
def test_no_user_is_in_two_parts_and_no_part_holds_what_ended_after_the_next_began(given_rows):
    journeys = built(given_rows)
    split = split_or_none(journeys)
    assume(split is not None)
    parts = list(split.parts().values())
    for at, part in enumerate(parts):
        others = np.concatenate(parts[:at] + parts[at + 1 :])
        assert not set(journeys.users[part]) & set(journeys.users[others])
    for begins, earlier, later in zip(split.boundaries, parts, parts[1:], strict=False):
        assert journeys.ended[earlier].max() < begins <= journeys.ended[later].min()
    # Who is in none of the parts is in a later one.
    left = np.setdiff1d(np.arange(len(journeys)), np.concatenate(parts))
    assert set(journeys.users[left]) <= set(journeys.users[np.concatenate(parts)])


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_log_changes_no_part(given_rows, random):
    split = split_or_none(built(given_rows))
    assume(split is not None)
    shuffled = list(given_rows)
    random.shuffle(shuffled)
    journeys, again = built(given_rows), built(shuffled)
    other = split_journeys(again, valid=0.2, test=0.2)

    def told(made, part):
        first = made.times[made.offsets[part]]
        return sorted(zip(made.users[part].tolist(), first.tolist(), strict=True))

    for name, part in split.parts().items():
        assert told(journeys, part) == told(again, other.parts()[name])


def test_the_latest_fifth_is_test():
    journeys = built([(user, user, user % 3 == 0) for user in range(100)])
    split = split_journeys(journeys)
    assert [len(part) for part in split.parts().values()] == [70, 10, 20]
    assert journeys.ended[split.test].min() == 80_000_000


def test_journeys_without_touches_are_in_no_part():
    log = pl.DataFrame(
        {
            "uid": [*range(20), 99],
            "timestamp": range(21),
            "campaign": [*["a"] * 20, None],
            "event": [*(["touch"] * 20), "buy"],
        }
    )
    bought = log.with_columns(event=pl.lit("buy"), campaign=None).filter(pl.col("uid") % 2 == 0)
    journeys = wm.journeys_from_events(pl.concat([log, bought]), event="event", conversions=["buy"])
    split = split_journeys(journeys, valid=0.2, test=0.2)
    assert (journeys.lengths[np.concatenate(list(split.parts().values()))] > 0).all()
    assert split.notes[-1] == "1 journeys without touches are in no part."


def test_paths_and_parts_of_one_outcome_are_refused():
    paths = wm.journeys_from_paths({"path": ["a > b"], "total_conversions": [3]})
    with pytest.raises(DataError, match=r"These have no times\.\nHint: Build them from a log"):
        split_journeys(paths)
    late = built([(user, user, user > 80) for user in range(100)])
    with pytest.raises(DataError, match="'train' part must have rows of both classes"):
        split_journeys(late)
    middle = built([(user, user, user % 2 == 0 and not 70 <= user < 80) for user in range(100)])
    with pytest.raises(DataError, match=r"The 'valid' part must have .* Of 10, none converts"):
        split_journeys(middle)


def test_users_stay_whole_when_they_are_split_and_the_seed_decides_which():
    rows = [(user, time, False) for user in range(300) for time in (1, 2)]
    journeys = built([*rows, *[(user, 3, True) for user in range(0, 300, 2)]])
    split = split_users(journeys)
    parts = list(split.parts().values())
    assert sum(map(len, parts)) == len(journeys)
    assert len(set(journeys.users[parts[2]])) == pytest.approx(60, abs=25)
    assert not set(journeys.users[parts[0]]) & set(journeys.users[np.concatenate(parts[1:])])
    assert set(split_users(journeys, seed=1).test) != set(split.test)
