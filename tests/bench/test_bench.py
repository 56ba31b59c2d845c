"""The benchmarks' own helpers; nothing here looks at a clock."""

from __future__ import annotations

import sys

import pytest

from bench.__main__ import main
from bench.data import path_rows, text_ids, touch_rows
from bench.measure import JobError, Sample, markdown, ratios, run_once, spread
from bench.peers import Peer, PeerError
from bench.rules import check


def test_paths_have_the_promised_length_and_rate() -> None:
    paths = path_rows(20_000, seed=1)
    lengths = paths["path"].str.count_matches(">") + 1
    assert lengths.mean() == pytest.approx(4, rel=0.03)
    assert paths["total_conversions"].mean() == pytest.approx(0.067, rel=0.1)
    assert (paths["total_conversions"] + paths["total_null"]).unique().to_list() == [1]
    assert paths.filter(paths["total_conversions"] == 0)["total_conversion_value"].sum() == 0


def test_the_same_seed_makes_the_same_data() -> None:
    assert path_rows(500, seed=3).equals(path_rows(500, seed=3))
    assert not path_rows(500, seed=3).equals(path_rows(500, seed=4))


def test_every_user_has_a_touch_and_a_text_id_of_its_own() -> None:
    log = touch_rows(10_000, seed=2)
    assert log["user"].n_unique() == 3_000
    assert text_ids(log["user"]).n_unique() == 3_000
    assert set(text_ids(log["user"]).str.len_chars()) == {36}


def test_a_spread_is_the_median_with_the_extremes() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2.00 (1.00–3.00)"


def test_a_table_has_a_line_below_its_header() -> None:
    assert markdown(["a", "b"], [["1", "2"]]).splitlines() == ["| a | b |", "|---|---|", "| 1 | 2 |"]


def test_ratios_are_taken_pair_by_pair() -> None:
    ours, theirs = [Sample(1, 1, 1), Sample(2, 1, 1)], [Sample(2, 1, 1), Sample(8, 1, 1)]
    assert ratios(ours, theirs, lambda sample: sample.cpu) == [0.5, 0.25]


def test_a_failing_job_says_what_it_wrote() -> None:
    with pytest.raises(JobError, match="no such luck"):
        run_once([sys.executable, "-c", "raise SystemExit('no such luck')"], {})


def test_a_job_is_measured_and_its_clocks_are_taken_out_of_the_answer() -> None:
    code = """print('noise'); print('{"cpu": 0.5, "wall": 0.25, "found": 3}')"""
    sample = run_once([sys.executable, "-c", code], {})
    assert (sample.inner_cpu, sample.inner_wall, sample.answer) == (0.5, 0.25, {"found": 3})
    assert sample.cpu > 0
    assert sample.peak > 1


@pytest.mark.parametrize("theirs", [{"last a conversions": 3.1}, {}, {"last b conversions": 3.0}])
def test_different_credit_is_refused(theirs: dict[str, float]) -> None:
    check({"last a conversions": 3.0}, {"last a conversions": 3.0 + 1e-9})
    with pytest.raises(JobError, match="credit"):
        check({"last a conversions": 3.0}, theirs)


def test_a_peer_that_cannot_be_installed_says_why(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("bench.peers.ROOT", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(PeerError, match="Hint: pip must reach"):
        Peer("nothing", ("wanamaker-no-such-peer==0",)).python()


def test_an_unknown_benchmark_is_refused(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["rulez"])
    assert "unknown benchmark: rulez" in capsys.readouterr().err
