"""What the page on networks says of what was measured, and the data that all of them learn from."""

from __future__ import annotations

import importlib.util

import pytest

from bench.measure import JobError, Sample
from bench.networks import _row, check
from bench.paths import WORKERS


def taken(*rates: float, loss: float = 0.5) -> list[Sample]:
    return [Sample(1, 1, 1, answer={"rate": rate, "loss": loss, "batches": 3}) for rate in rates]


def test_a_row_says_by_how_much_ours_is_faster_pair_by_pair() -> None:
    ours, theirs = taken(900.0, 800.0, 1000.0), taken(300.0, 400.0, 500.0)
    wanted = ["Theirs", "400 (300–500)", "× 2.00 (2.00–3.00)", "3", "0.500"]
    assert _row("Theirs", ours, theirs) == wanted
    assert _row("ours", ours, ours)[2] == ""


def test_a_network_that_has_not_learned_is_not_compared() -> None:
    check(["ours", "theirs"], [taken(1.0), taken(1.0)])
    with pytest.raises(JobError, match=r"theirs has not learned: its mean loss is 0\.700"):
        check(["ours", "theirs"], [taken(1.0), taken(1.0, loss=0.7)])


def test_sessions_have_the_promised_lengths_and_something_to_learn() -> None:
    spec = importlib.util.spec_from_file_location("networks_data", WORKERS / "networks_data.py")
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)
    lengths, events, labels = data.sessions(20_000)
    assert lengths.mean() == pytest.approx(12, rel=0.03)
    assert lengths.min() == 1
    assert lengths.max() <= 300
    assert (events.min(), events.max(), len(events)) == (2, 101, lengths.sum())
    last = events[lengths.cumsum() - 1]
    assert labels[last < 30].mean() > 2 * labels[last > 70].mean()
    assert (data.sessions(100, seed=1)[1] == data.sessions(100, seed=1)[1]).all()
