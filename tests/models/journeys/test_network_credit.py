"""Laws of credit by a journey network."""

from __future__ import annotations

import warnings
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.models.journeys.made import QUICK, journeys_at, quick, small
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.models.journeys.counts import Columns, NoTouch
from wanamaker.models.journeys.credit.incremental import additions
from wanamaker.models.journeys.credit.network import shares_of
from wanamaker.models.journeys.credit.shapley import NetworkShapley
from wanamaker.models.journeys.losses import idle_codes, losses, without_each
from wanamaker.models.journeys.parts import Part
from wanamaker.models.journeys.reading import Reading

KINDS = ("attention", "counterfactual", "shapley")


@pytest.fixture(scope="module")
def journeys() -> wm.Journeys:
    return small(1_500)


@pytest.fixture(scope="module")
def model(journeys: wm.Journeys) -> wm.JourneyModel:
    return quick().fit(journeys)


def method(model: wm.JourneyModel, kind: str, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wm.DataWarning)
        return model.credit_method(kind, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_shares_of_a_journey_sum_to_one(model: wm.JourneyModel, journeys: wm.Journeys, kind: str) -> None:
    chosen = journeys.converting
    shares = method(model, kind).touch_weights(chosen)
    assert shares.shape == chosen.touches.shape
    assert (shares >= 0).all()
    assert np.bincount(chosen.rows, shares, len(chosen)) == pytest.approx(np.ones(len(chosen)), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_credit_of_a_one_touch_journey_is_one(
    model: wm.JourneyModel, journeys: wm.Journeys, kind: str
) -> None:
    lonely = journeys.take(journeys.lengths == 1)
    assert (method(model, kind).touch_weights(lonely) == 1.0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_shares_do_not_depend_on_the_other_journeys(
    model: wm.JourneyModel, journeys: wm.Journeys, kind: str
) -> None:
    chosen = journeys.converting
    whole = method(model, kind).touch_weights(chosen)
    row = int(np.argmax(chosen.lengths))
    alone = method(model, kind).touch_weights(chosen.take([row]))
    assert alone == pytest.approx(whole[chosen.offsets[row] : chosen.offsets[row + 1]], abs=1e-5)


@pytest.mark.parametrize("kind", [*KINDS, "incremental"])
def test_rows_sum_to_the_conversions_in_every_replicate(
    model: wm.JourneyModel, journeys: wm.Journeys, kind: str
) -> None:
    rng = np.random.default_rng(0)
    values = np.where(journeys.converted, rng.gamma(2.0, 30.0, len(journeys)), 0.0)
    priced = replace(journeys, values=values)
    credit = wm.attribute(priced, [method(model, kind)], bootstrap=20)
    assert credit.table["conversions"].sum() == pytest.approx(priced.conversions.sum(), abs=1e-6)
    assert credit.table["value"].sum() == pytest.approx(values.sum(), rel=1e-9)
    assert (credit.table["conversions_high"] >= credit.table["conversions_low"]).all()
    assert ("(baseline)" in credit.table["touch"].to_list()) == (kind == "incremental")


def test_they_stand_beside_methods_of_the_same_idea(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    methods = ["shapley", "incremental", method(model, "shapley"), method(model, "incremental")]
    table = wm.attribute(journeys, methods, bootstrap=0).table
    assert table["model"].unique(maintain_order=True).to_list() == [
        "shapley",
        "incremental",
        "network_shapley",
        "network_incremental",
    ]


def test_touches_that_are_not_read_get_no_credit(journeys: wm.Journeys) -> None:
    model = quick(max_touches=2).fit(journeys)
    chosen = journeys.converting
    for kind in KINDS:
        shares = method(model, kind).touch_weights(chosen)
        places = np.arange(len(shares)) - np.repeat(chosen.offsets[1:], chosen.lengths)
        assert (shares[places < -2] == 0).all()
        assert np.bincount(chosen.rows, shares, len(chosen)) == pytest.approx(np.ones(len(chosen)), abs=1e-6)


def test_losing_a_touch_is_the_journey_without_it(model: wm.JourneyModel) -> None:
    plain = quick(covariates=[]).fit(small(1_500))
    path = [("email", 0), ("social", 3_600), ("shopping", 90_000)]
    shorter = [path[1:], [path[0], path[2]], path[:2]]
    chosen = journeys_at([path], [1])
    fitted = plain.fitted_
    whole = fitted.chances(fitted.reader.read(chosen))[0]
    parts = [fitted.chances(fitted.reader.read(journeys_at([one], [1])))[0] for one in shorter]
    lost = losses(fitted, fitted.reader.read(chosen))
    assert lost == pytest.approx(whole - np.array(parts), abs=1e-6)
    expected = np.maximum(whole - np.array(parts), 0)
    shares = method(plain, "counterfactual", keep_idle=True).touch_weights(chosen)
    assert shares == pytest.approx(expected / expected.sum(), abs=1e-4)


@settings(max_examples=40)
@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_each_touch_is_left_out_once(lengths: list[int]) -> None:
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    codes = np.arange(2, 2 + offsets[-1], dtype=np.int32)
    times = np.cumsum(np.arange(offsets[-1], dtype=np.int64)) * 1_000_000
    reading = Reading(offsets=offsets, codes=codes, times=times, owners=np.arange(len(lengths)))
    found = without_each(reading)
    expected = [
        [code for code in codes[start:stop].tolist() if code != out]
        for start, stop in pairwise(offsets)
        for out in codes[start:stop].tolist()
    ]
    got = [found.codes[start:stop].tolist() for start, stop in pairwise(found.offsets)]
    assert got == expected
    gaps = found.sequences().gaps
    assert gaps is not None
    firsts = found.offsets[:-1][found.lengths > 0]
    assert (gaps[firsts] == 0).all()


def shapley_by_orders(worth: Any, players: int) -> np.ndarray:
    """The definition: what each player adds, over all orders."""
    total = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        for place, player in enumerate(order):
            total[player] += worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))
    return total / len(orders)


def test_shapley_values_are_those_of_all_orders(model: wm.JourneyModel) -> None:
    plain = quick(covariates=[]).fit(small(1_500))
    path = [("email", 0), ("social", 3_600), ("shopping", 90_000), ("display", 90_060)]
    fitted = plain.fitted_
    known: dict[frozenset[int], float] = {}

    def worth(members: frozenset[int]) -> float:
        if members not in known:
            if not members:
                known[members] = float(plain.fitted_.nothing.level or 0.0)
            else:
                part = journeys_at([[path[place] for place in sorted(members)]], [1])
                known[members] = float(fitted.chances(fitted.reader.read(part))[0])
        return known[members]

    reading = fitted.reader.read(journeys_at([path], [1]))
    expected = shapley_by_orders(worth, 4)
    exact, none = method(plain, "shapley").values(reading)
    assert exact == pytest.approx(expected, abs=1e-6)
    assert (none == 0).all()
    sampled, errors = method(plain, "shapley", exact_up_to=3, samples=400).values(reading)
    assert (np.abs(sampled - expected) <= 5 * errors + 1e-6).all()
    assert sampled.sum() == pytest.approx(expected.sum(), abs=1e-6)


def test_standard_errors_of_sampling_are_told_and_seeds_kept(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    chosen = method(model, "shapley", exact_up_to=2, samples=8)
    one = wm.attribute(journeys, [chosen], bootstrap=0)
    again = wm.attribute(journeys, [chosen], bootstrap=0)
    other = wm.attribute(journeys, [method(model, "shapley", exact_up_to=2, samples=8, seed=1)], bootstrap=0)
    exact = wm.attribute(journeys, [method(model, "shapley")], bootstrap=0).table
    assert one.table.equals(again.table)
    assert not one.table.equals(other.table)
    details = one.details["network_shapley"][""]
    assert details["sampled_journeys"] == int((journeys.converting.lengths > 2).sum())
    errors = {row["touch"]: row["conversions"] for row in details["standard_errors"]}
    idle = details["idle_touches"]
    assert all((error > 0) != (touch in idle) for touch, error in errors.items())
    more = method(model, "shapley", exact_up_to=2, samples=128)
    finer = wm.attribute(journeys, [more], bootstrap=0)
    told = finer.details["network_shapley"][""]["standard_errors"]
    assert sum(row["conversions"] ** 2 for row in told) < sum(error**2 for error in errors.values()) / 2
    exact = wm.attribute(journeys, [method(model, "shapley")], bootstrap=0).table
    assert (finer.table["conversions"] - exact["conversions"]).abs().max() < 0.02 * journeys.conversions.sum()


def test_additions_sum_to_all_touches_less_none(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    fitted = model.fitted_
    reading = fitted.reader.read(journeys)
    sums = np.bincount(journeys.rows, additions(fitted, reading), len(journeys))
    expected = fitted.chances(reading) - fitted.nothing.chances(reading)
    assert sums == pytest.approx(expected, abs=1e-5)


def test_no_touch_is_worth_what_an_additive_world_leaves_to_none() -> None:
    """Chances of 0.05, 0.1 for each touch a and 0.02 for each b, and 0.04 more for one kind of user."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 5, 400)
    codes = rng.integers(2, 4, lengths.sum()).astype(np.int32)
    kinds = rng.integers(2, 4, 400).astype(np.int32)
    reading = Reading(
        offsets=lengths_to_offsets(lengths),
        codes=codes,
        times=None,
        owners=np.arange(400),
        static_codes={"kind": kinds},
    )
    touched = np.bincount(np.repeat(np.arange(400), lengths), np.where(codes == 2, 0.1, 0.02), 400)
    columns = Columns.of(reading, 4, {"kind": 4})
    nothing = NoTouch.of(columns, reading, 0.05 + touched + 0.04 * (kinds == 3), np.ones(400))
    assert nothing.chances(reading) == pytest.approx(0.05 + 0.04 * (kinds == 3), abs=1e-4)
    again = NoTouch.from_state(nothing.to_state())
    assert (again.chances(reading) == nothing.chances(reading)).all()


def test_where_nothing_tells_what_no_touch_is_worth_it_is_not_told() -> None:
    paths = {"path": ["a", "b"] * 20, "won": [30, 10] * 20, "lost": [70, 90] * 20}
    journeys = wm.journeys_from_paths(paths, conversions="won", nulls="lost", observed="full")
    model = quick().fit(journeys)
    assert model.training_["no_touch"] is None
    with pytest.raises(wm.ParameterError, match="nothing tells what none is worth"):
        wm.attribute(journeys, [method(model, "incremental")], bootstrap=0)


def test_a_journey_in_which_no_touch_helps_is_shared_alike() -> None:
    reading = Reading(
        offsets=np.array([0, 2, 5, 5]), codes=np.full(5, 2, dtype=np.int32), times=None, owners=np.arange(3)
    )
    shares = shares_of(np.array([-1.0, -2.0, 3.0, -1.0, 1.0]), reading)
    assert shares.tolist() == [0.5, 0.5, 0.75, 0.0, 0.25]


def test_touches_of_idle_kinds_get_credit_only_where_nothing_else_is(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    fitted = model.fitted_
    code = fitted.reader.code("display")
    idle = np.zeros(len(fitted.idle), dtype=np.bool_)
    idle[code] = True
    odd = quick().fit(journeys)
    odd.fitted_ = replace(fitted, idle=idle)
    chosen = journeys.converting
    is_display = chosen.touches == chosen.names.index("display")
    counts = np.bincount(chosen.rows, is_display, len(chosen))
    alone = (counts == chosen.lengths)[chosen.rows]
    for kind in ("counterfactual", "shapley"):
        shares = method(odd, kind).touch_weights(chosen)
        assert (shares[is_display & ~alone & (others_help(shares, chosen, is_display))] == 0).all()
        assert shares[is_display & alone] == pytest.approx(
            1 / chosen.lengths[chosen.rows][is_display & alone]
        )
        kept = method(odd, kind, keep_idle=True).touch_weights(chosen)
        assert kept[is_display & ~alone].sum() > 0


def others_help(shares: np.ndarray, journeys: wm.Journeys, out: np.ndarray) -> np.ndarray:
    """Whether a touch's journey has another of some effect: then shares are not all alike."""
    spread = np.bincount(journeys.rows, np.where(out, 0.0, shares), len(journeys))
    return (spread > 1.0 - 1e-9)[journeys.rows]


def test_kinds_that_lose_nothing_on_the_mean_are_idle() -> None:
    """a adds to the chance and b takes from it; where no kind adds, none is idle."""
    paths = {"path": ["a > b", "a > a", "b > b", "a > b > a"] * 30, "won": [10, 30, 4, 25] * 30}
    lost = [90, 70, 96, 75] * 30
    journeys = wm.journeys_from_paths({**paths, "lost": lost}, conversions="won", nulls="lost")
    training = wm.Training(epochs=20, batch_size=16, learning_rate=1e-2, threads=1, progress="off")
    model = quick(training=training).fit(journeys)
    assert model.training_["idle_touches"] == ["b"]
    assert method(model, "counterfactual").touch_weights(journeys.take([0])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("errors", "idle"), [(-1.0, True), (0.49, True), (0.51, False)])
def test_a_kind_that_loses_less_than_the_log_can_tell_is_idle(monkeypatch, model, errors, idle) -> None:
    """A quarter of 400 journeys converts, so the standard error of the rate is sqrt(0.25 * 0.75 / 400)."""
    codes, count = np.tile([2, 3, 3], 400).astype(np.int32), 400
    reading = Reading(offsets=np.arange(401) * 3, codes=codes, times=None, owners=np.arange(count))
    won = np.arange(count) % 4 == 0
    part = Part(reading, won.astype(float), np.ones(count), np.arange(count, dtype=np.uint64))
    small = errors * np.sqrt(0.25 * 0.75 / count)
    monkeypatch.setattr(
        "wanamaker.models.journeys.losses.losses", lambda _, asked: np.where(asked.codes == 3, small, 0.2)
    )
    assert idle_codes(model.fitted_, part, 5, seed=0).tolist() == [False, False, False, idle, False]


def test_doubts_in_the_network_stand_beside_its_credit(journeys: wm.Journeys) -> None:
    lazy = replace(QUICK, epochs=1, learning_rate=1e-5)
    model = quick(training=lazy, covariates=[]).fit(journeys)
    with pytest.warns(wm.DataWarning, match="under-trained network"):
        chosen = model.credit_method("attention")
    credit = wm.attribute(journeys, [chosen], bootstrap=0)
    details = credit.details["attention"][""]
    assert details["under_trained"] == model.training_["under_trained"]
    assert details["under_trained"] in details["notes"]
    assert "under-trained" in credit.metadata["methods"]["attention"]["misleads"]


def test_journeys_that_stop_at_their_conversion_are_told_of(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    stopped = replace(journeys, observation=replace(journeys.observation, observed="until_conversion"))
    notes = wm.attribute(stopped, [method(model, "counterfactual")], bootstrap=0).details
    assert any("stop at their conversion" in note for note in notes["counterfactual"][""]["notes"])
    clean = wm.attribute(journeys, [method(model, "counterfactual")], bootstrap=0).details
    assert not any("stop at" in note for note in clean["counterfactual"][""]["notes"])


def test_what_cannot_be_asked_is_refused(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    with pytest.raises(
        wm.ParameterError, match=r"Unknown kind of credit: 'shaply'(.|\n)*Did you mean 'shapley'"
    ):
        model.credit_method("shaply")
    with pytest.raises(wm.ParameterError, match=r"option of credit_method\('shapley'\): 'sample'"):
        method(model, "shapley", sample=3)
    with pytest.raises(wm.ParameterError, match="'samples' parameter of credit_method"):
        method(model, "shapley", samples=1)
    with pytest.raises(wm.ParameterError, match=r"needs a model with attention(.|\n)*counterfactual"):
        quick(attention=False).fit(journeys).credit_method("attention")
    with pytest.raises(wm.ParameterError, match="its model reads the covariate 'intent'"):
        wm.attribute(small(500, confounded=False), [method(model, "counterfactual")])
    assert isinstance(method(model, "shapley"), NetworkShapley)


def test_the_model_is_told_in_words_that_json_knows(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    import json

    credit = wm.attribute(journeys, [method(model, kind) for kind in KINDS], bootstrap=0, per_touch=True)
    assert "JourneyModel(" in credit.metadata["methods"]["counterfactual"]["parameters"]["model"]
    json.dumps([credit.metadata, credit.details])
    assert credit.per_touch["model"].n_unique() == 3


def test_sequences_that_are_alike_are_asked_once_and_score_the_same() -> None:
    paths = {"path": ["a > b", "a", "b", "b > a"] * 30, "won": [4, 1, 2, 6] * 30, "lost": [6, 9, 8, 4] * 30}
    journeys = wm.journeys_from_paths(paths, conversions="won", nulls="lost")
    model = quick().fit(journeys)
    found = model.predict(journeys)
    alone = np.array([model.predict(journeys.take([row]))[0] for row in range(4)])
    assert found == pytest.approx(np.tile(alone, 30), abs=1e-6)
    assert pl.Series(found).n_unique() == 4
