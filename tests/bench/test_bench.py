"""The benchmarks' own helpers; nothing here looks at a clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.data import path_rows, text_ids, touch_rows
from bench.grid import WORLDS, World, judge, mean, table
from bench.measure import Job, JobError, LateError, Sample, growth, markdown, ratios, run_once, spread, versus
from bench.methods import errors
from bench.paths import WORKERS
from bench.peers import Peer, PeerError
from bench.rules import check


def test_paths_have_the_promised_length_and_rate() -> None:
    paths = path_rows(20_000, seed=1)
    lengths = paths["path"].str.count_matches(">") + 1
    assert lengths.mean() == pytest.approx(4, rel=0.03)
    assert paths["total_conversions"].mean() == pytest.approx(0.067, rel=0.1)
    assert (paths["total_conversions"] + paths["total_null"]).unique().to_list() == [1]
    assert paths.filter(paths["total_conversions"] == 0)["total_conversion_value"].sum() == 0


def test_paths_of_more_channels_name_each() -> None:
    names = [f"channel_{number}" for number in range(40)]
    paths = path_rows(2_000, seed=1, channels=names)
    assert set(paths["path"].str.split(" > ").explode()) == set(names)


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


def test_a_job_that_takes_too_long_is_ended() -> None:
    with pytest.raises(LateError, match=r"-c was not done after 1 CPU-s\."):
        run_once([sys.executable, "-c", "while True: pass"], {}, limit=1)


def test_a_comparison_has_memory_only_of_whole_processes() -> None:
    one, other = [Sample(1, 2, 100, 0.5, 0.5)], [Sample(4, 4, 50, 5.0, 5.0)]
    assert [row[0] for row in versus(one, other)] == ["CPU-s", "wall s", "peak memory MB"]
    assert [row[3] for row in versus(one, other, inner=True)] == ["0.100 (0.100–0.100)"] * 2


def test_growth_is_told_from_size_to_size() -> None:
    small, large = [Sample(1, 1, 100)], [Sample(6, 7, 200)]
    (line,) = growth([10, 100], [small, large])
    assert line.startswith("From 10 to 100 paths (× 10) our whole process takes × 6.0 CPU, × 7.0 wall, × 2.0")


def test_errors_are_told_by_channel_and_order() -> None:
    exact = {"markov a b conversions": 4.0, "markov_2 a b conversions": 5.0, "markov a b value": 1.0}
    estimated = {"markov a b conversions": 4.1, "markov_2 a b conversions": 4.0}
    assert errors(exact, estimated).splitlines()[-1] == "| a b | 4.0 | +2.5 % | 5.0 | -20.0 % |"


def test_every_world_of_the_grid_has_a_name_of_its_own() -> None:
    assert len({world.title for world in WORLDS}) == len(WORLDS)


def test_a_mean_tells_its_spread_and_what_is_missing() -> None:
    assert mean([0.01, 0.03, None]) == "0.020 ± 0.014 (2 of 3)"
    assert mean([None, None]) == "–"
    assert mean([0.1234]) == "0.123"


def test_a_measure_leaves_out_methods_that_it_does_not_apply_to() -> None:
    found = {"clean": {"last": {"baseline": [None]}, "incremental": {"baseline": [0.5]}}}
    assert table(found, "baseline") == "| world | incremental |\n|---|---|\n| clean | 0.500 |"


@pytest.mark.slow
def test_a_world_is_judged_by_its_truth() -> None:
    world = World(
        "small", {"observed": "until_conversion", "confounded": True}, ("intent",), {"direct": 0.02}
    )
    found, samples = judge(world, 4_000, seeds=1)
    assert len(samples) == 1
    assert 0 < found["last"]["total_variation"][0] < 1
    assert found["last"]["baseline"] == [None]
    assert abs(found["incremental"]["baseline"][0]) < 1


def test_our_worker_gives_credit_and_removal_effects(tmp_path) -> None:
    file = tmp_path / "paths.csv"
    path_rows(500, seed=1).write_csv(file)
    arguments = (str(file), "last,markov", "total_conversion_value")
    answer = Job("ours", Path(sys.executable), WORKERS / "ours_methods.py", arguments).run().answer
    assert len(answer["credit"]) == 2 * 2 * 10
    assert len(answer["removal"]) == 10


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
