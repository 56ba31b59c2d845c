"""The validation part: the latest users, whole, or users at random where no times are known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.sessions.worlds import log_of, sessions_of
from wanamaker.base.errors import DataError
from wanamaker.models.sessions.split import cut_off

SESSIONS = sessions_of(log_of(400, seed=2))


def test_a_user_stands_on_one_side_and_nobody_is_lost():
    train, valid, _ = cut_off(SESSIONS, 0.1)
    assert not set(train.users) & set(valid.users)
    assert len(train) + len(valid) == len(SESSIONS)
    assert 0.08 < len(valid) / len(SESSIONS) < 0.12


def test_the_users_who_came_last_are_put_aside():
    train, valid, note = cut_off(SESSIONS, 0.1)
    first = {key: SESSIONS.started[SESSIONS.users == key].min() for key in set(SESSIONS.users)}
    assert max(first[key] for key in train.users) <= min(first[key] for key in valid.users)
    assert "latest" in note


def test_without_times_users_are_drawn_at_random_by_their_key_and_it_is_noted():
    table = pl.DataFrame({"who": np.arange(300) // 2, "x": range(300), "y": [0, 1] * 150})
    sessions = wm.sessions_from_table(table, label="y", user="who")
    train, valid, note = cut_off(sessions, 0.1, seed=1)
    assert "No times are known" in note
    assert not set(train.users) & set(valid.users)
    assert 20 <= len(valid) <= 40
    order = np.random.default_rng(0).permutation(300)
    assert set(cut_off(sessions.take(order), 0.1, seed=1)[1].users) == set(valid.users)
    assert set(cut_off(sessions, 0.1, seed=2)[1].users) != set(valid.users)


def test_a_single_user_cannot_be_parted():
    with pytest.raises(DataError, match="two users or more are needed"):
        cut_off(SESSIONS.take([0]), 0.1)
