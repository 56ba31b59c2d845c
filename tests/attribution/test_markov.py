"""Markov credit is that of its definition in exact fractions, whichever solver finds it, and adds up."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference import markov as reference
from tests.strategies import identified_log, random_journeys
from wanamaker.attribution.markov import Markov, states
from wanamaker.attribution.markov.chain import Chain
from wanamaker.attribution.markov.solve import dense_effects, factored_effects, removal_effects, swept_effects
from wanamaker.attribution.markov.states import States
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError
from wanamaker.journeys.journeys import Journeys
from wanamaker.stats.bootstrap import Resampling

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

NONE = Resampling(replicates=0)
ORDERS = [1, 2, 3, 4]


def build(journeys: list[dict]) -> Journeys:
    return wm.journeys_from_events(
        identified_log(journeys), user="uid", journey="journey", value="value", lookback=None, time_unit="s"
    )


def paths(*rows: tuple, value: bool = False) -> Journeys:
    """Paths with their conversions, nulls and, where asked for, value."""
    table = pl.DataFrame(
        {
            "path": [row[0] for row in rows],
            "total_conversions": [float(row[1]) for row in rows],
            "nulls": [float(row[2]) for row in rows],
            "value": [float(row[3]) if value else 0.0 for row in rows],
        }
    )
    return wm.journeys_from_paths(table, nulls="nulls", value="value" if value else None)


def told(journeys: Journeys) -> list[reference.Journey]:
    """Return journeys as the reference takes them."""
    values = np.zeros(len(journeys)) if journeys.values is None else journeys.values
    return [
        (tuple(touches), Fraction(won), Fraction(lost), Fraction(value))
        for touches, won, lost, value in zip(
            journeys.to_frame()["touches"].to_list(),
            journeys.conversions.tolist(),
            journeys.nulls.tolist(),
            values.tolist(),
            strict=True,
        )
    ]


def random_chains(
    touches: int, journeys: int, seed: int, *, length: float = 4, rate: float = 0.1
) -> Journeys:
    """Journeys of random touches and geometric length, one row each, with values."""
    random = np.random.default_rng(seed)
    lengths = random.geometric(1 / length, journeys)
    codes = (touches * random.random(lengths.sum()) ** 1.5).astype(np.int32)
    names = pl.Series([f"t{code:03d}" for code in range(touches)])
    converted = random.random(journeys) < rate
    table = pl.DataFrame({"row": np.repeat(np.arange(journeys), lengths), "touch": names.gather(codes)})
    table = table.group_by("row", maintain_order=True).agg(path=pl.col("touch").str.join(">"))
    table = table.with_columns(
        total_conversions=pl.Series(converted.astype(float)),
        nulls=pl.Series((~converted).astype(float)),
        value=pl.Series(np.where(converted, random.lognormal(3, 1, journeys), 0.0)),
    )
    return wm.journeys_from_paths(table, nulls="nulls", value="value")


def solvers(journeys: Journeys, order: int) -> list[np.ndarray]:
    """Return the removal effects by every solver."""
    chain = Chain.of(States.of(journeys, order), journeys)
    system = chain.system(chain.totals > 0)
    return [dense_effects(system), swept_effects(system), factored_effects(system)]


# --- Against the reference ------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys())
def test_credit_and_value_are_those_of_the_reference(order, journeys):
    made = build(journeys)
    found = Markov(order).credit(made, NONE)
    expected = reference.credit(told(made), order)
    assert found.rows == (*made.names, "(unattributed)")
    for row, name in enumerate(made.names):
        conversions, value = expected[name]
        assert found.conversions[row, 0] == pytest.approx(float(conversions), abs=1e-9)
        assert found.value[row, 0] == pytest.approx(float(value), abs=1e-8)


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys())
def test_removal_effects_and_probability_are_those_of_the_reference(order, journeys):
    made = build(journeys)
    chain, exact = Markov(order).chain(made), reference.Chain(told(made), order)
    assert chain.conversion_probability == pytest.approx(float(exact.expected(reference.conversions_of)))
    net = float(exact.expected(reference.value_of))
    assert chain.removal_effects["touch"].to_list() == exact.touches
    for touch, effect, on_value in chain.removal_effects.rows():
        assert effect == pytest.approx(
            float(exact.removal_effect(reference.conversions_of, touch)), abs=1e-12
        )
        if net == 0:
            assert on_value is None
        else:
            expected = float(exact.removal_effect(reference.value_of, touch))
            assert on_value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys())
def test_transitions_are_those_of_the_reference(order, journeys):
    made = build(journeys)
    exact = reference.Chain(told(made), order)
    ends = {"start": "(start)", "converted": "(converted)", "failed": "(not converted)"}

    def text(state):
        return ends[state] if isinstance(state, str) else " > ".join(state)

    expected = {
        (text(state), text(after)): (float(count), float(count / sum(row.values())))
        for state, row in exact.counts.items()
        for after, count in row.items()
        if count
    }
    table = Markov(order).chain(made).transitions
    assert table.columns == ["source", "target", "count", "probability"]
    found = {(source, target): pytest.approx(both) for source, target, *both in table.rows()}
    assert found == {pair: list(both) for pair, both in expected.items()}
    assert len(table) == len(expected)


def test_the_scalar_formula_summed_over_states_is_wrong_from_order_two_on():
    # A journey may meet c in several states: summed, each is counted as if it were met alone.
    made = paths(("c > a > c > b", 3, 1), ("a > c > b > c", 1, 2), ("a > b", 1, 1), ("c > b", 0, 2))
    chain = Chain.of(States.of(made, 2), made)
    system = chain.system(np.array([True]))
    inner = system.states.sources >= 0
    moves = np.zeros((len(system.states), len(system.states)))
    moves[system.states.sources[inner], system.states.targets[inner]] = system.probabilities[inner]
    inverse = np.linalg.inv(np.eye(len(moves)) - moves)
    single = system.visits * (inverse @ system.rewards[:, 0]) / inverse.diagonal()
    summed = np.bincount(system.states.lasts, single, 3)
    exact = [
        float(reference.Chain(told(made), 2).removal_effect(reference.conversions_of, touch))
        for touch in made.names
    ]
    assert chain.effects[:, 0].tolist() == pytest.approx(exact, abs=1e-12)
    assert exact[2] == pytest.approx(0.8)
    assert summed[2] > exact[2] + 0.3


# --- Examples that can be worked out by hand ------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
def test_ninety_one_touch_conversions_give_a_sixty_nine(order):
    found = Markov(order).credit(paths(("A", 90, 0), ("B > C > D > E", 10, 0)), NONE)
    assert found.conversions[:, 0].tolist() == pytest.approx(
        [100 * 0.9 / 1.3, *[100 * 0.1 / 1.3] * 4, 0], abs=1e-12
    )
    assert found.conversions[0, 0] == pytest.approx(69.230769, abs=1e-6)


@pytest.mark.parametrize("order", ORDERS)
def test_a_touch_after_which_no_conversion_can_come_gets_exactly_nothing(order):
    made = paths(("a > b > dead > gone > dead", 0, 3), ("b > a > b", 2, 1), ("a", 1, 0))
    found = Markov(order).credit(made, Resampling(replicates=5))
    for name in ("dead", "gone"):
        assert found.conversions[made.names.index(name)].tolist() == [0.0] * 6


def test_a_touch_in_no_converting_journey_can_get_credit_for_the_chain_forgets():
    found = Markov().credit(paths(("a > c > b", 0, 1), ("b", 1, 0)), NONE)
    assert dict(zip(found.rows, found.conversions[:, 0].tolist(), strict=True)) == pytest.approx(
        {"a": 0.25, "b": 0.5, "c": 0.25, "(unattributed)": 0}
    )


def test_a_touch_that_follows_itself_is_not_collapsed():
    chain = Markov().chain(paths(("a > a > a > b", 1, 0), ("a", 0, 1)))
    assert ("a", "a", 2.0, 0.5) in chain.transitions.rows()
    assert chain.conversion_probability == 0.5


def test_one_touch_gets_everything():
    for order in ORDERS:
        found = Markov(order).credit(paths(("a > a", 2, 1), ("a", 1, 5)), NONE)
        assert found.conversions[:, 0].tolist() == pytest.approx([3, 0])


# --- Credit adds up -------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys())
def test_credit_sums_to_the_conversions_and_the_value_of_every_replicate(order, journeys):
    made, resampling = build(journeys), Resampling(replicates=8, seed=3)
    found = Markov(order).credit(made, resampling)
    weights = resampling.weights(made.users, np.ones(len(made)))
    assert found.conversions.sum(axis=0).tolist() == pytest.approx(
        (made.conversions @ weights).tolist(), rel=1e-9
    )
    assert found.value.sum(axis=0).tolist() == pytest.approx(
        (made.values @ weights).tolist(), rel=1e-9, abs=1e-9
    )
    assert (found.conversions >= 0).all()


def test_conversions_without_a_touch_are_unattributed_and_no_part_of_the_chain():
    rows = [("a > b", 2, 1, 8), ("", 3, 0, 9), ("b", 0, 4, 0), ("", 1, 2, -5)]
    made = paths(*rows, value=True)
    found = Markov(2).credit(made, NONE)
    without = Markov(2).credit(paths(*rows[::2], value=True), NONE)
    assert (found.conversions[-1, 0], found.value[-1, 0]) == (4, 4)
    assert found.conversions[:2].tolist() == without.conversions[:2].tolist()
    assert found.value[:2].tolist() == without.value[:2].tolist()
    assert Markov(2).chain(made).conversion_probability == 2 / 7
    every = Markov().credit(made, Resampling(replicates=200, seed=1))
    assert np.isfinite(every.conversions).all()
    assert every.conversions[-1].std() > 0


def test_a_replicate_in_which_nothing_converts_is_all_zeros():
    found = Markov().credit(paths(("a > b", 1, 0, 5), ("b", 0, 1, 0), value=True), Resampling(replicates=30))
    none = found.conversions.sum(axis=0) == 0
    assert none.any()
    assert (found.conversions[:, none] == 0).all()
    assert (found.value[:, none] == 0).all()
    assert np.isfinite(found.conversions).all()
    assert np.isfinite(found.value).all()


def test_journeys_that_all_lack_touches_are_all_unattributed():
    found = Markov(3).credit(paths(("", 3, 0), ("", 1, 0)), Resampling(replicates=3))
    assert found.rows == ("(unattributed)",)
    assert found.conversions[0, 0] == 4
    assert found.details["conversion_probability"] == 0.0
    json.dumps(found.details, allow_nan=False)


# --- What must not change credit ------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys(), factor=st.sampled_from([0.1, 0.25, 3.7, 1e6]))
def test_counts_in_groups_of_any_size_give_the_credit_of_single_journeys(order, journeys, factor):
    made = build(journeys)
    frame = made.to_frame().select(
        path=pl.col("touches").list.join(">"),
        total_conversions=pl.col("conversions") * factor,
        nulls=pl.col("nulls") * factor,
        value=pl.when(pl.col("converted")).then(pl.col("value") * factor).otherwise(0.0),
    )
    split = pl.concat([frame.with_columns(pl.exclude("path") / 2)] * 2)
    grouped = frame.group_by("path").agg(pl.all().sum()).sort("path")
    expected = Markov(order).credit(made, NONE)
    for table in (frame, split):
        found = Markov(order).credit(wm.journeys_from_paths(table, nulls="nulls", value="value"), NONE)
        assert found.conversions / factor == pytest.approx(expected.conversions, abs=1e-9)
        assert found.value / factor == pytest.approx(expected.value, abs=1e-7)
    # Refunds are told apart by row, so value is compared above, where rows are not added up.
    found = Markov(order).credit(wm.journeys_from_paths(grouped, nulls="nulls"), NONE)
    assert found.conversions / factor == pytest.approx(expected.conversions, abs=1e-9)


@pytest.mark.parametrize("order", ORDERS)
@given(journeys=random_journeys())
def test_a_replicate_is_the_estimate_of_a_log_that_repeats_each_user_by_weight(order, journeys):
    made, resampling = build(journeys), Resampling(replicates=4, seed=11)
    found = Markov(order).credit(made, resampling)
    weights = resampling.weights(made.users, np.ones(len(made))).astype(np.int64)
    for replicate in range(1, 5):
        repeated = made.take(np.repeat(np.arange(len(made)), weights[:, replicate]))
        expected = Markov(order).credit(repeated, NONE)
        assert found.conversions[:, replicate] == pytest.approx(expected.conversions[:, 0], abs=1e-9)
        assert found.value[:, replicate] == pytest.approx(expected.value[:, 0], abs=1e-8)


@pytest.mark.parametrize("order", ORDERS)
def test_replicates_of_groups_draw_conversions_and_nulls_apart_as_other_methods_do(order):
    from wanamaker.attribution.outcomes import Outcomes

    rows = [("a > b > a", 5, 40, 7), ("b", 2.5, 3, -4), ("c > a", 1, 0, 3), ("", 2, 0, 1), ("a", 0, 9, 0)]
    made, resampling = paths(*rows, value=True), Resampling(replicates=6, seed=5)
    found = Markov(order).credit(made, resampling)
    for replicate in range(7):
        drawn = Outcomes(made, resampling).drawn(replicate)
        lines = zip(rows, drawn.conversions, drawn.nulls, drawn.values, strict=True)
        expected = Markov(order).credit(paths(*[(row[0], *line) for row, *line in lines], value=True), NONE)
        assert found.conversions[:, replicate] == pytest.approx(expected.conversions[:, 0], abs=1e-9)
        assert found.value[:, replicate] == pytest.approx(expected.value[:, 0], abs=1e-9)


def test_counting_replicates_in_several_windows_changes_nothing(monkeypatch):
    made = random_chains(6, 300, seed=2)
    whole = Markov(2).credit(made, Resampling(replicates=23, seed=9))
    monkeypatch.setattr("wanamaker.attribution.markov.chain._COUNTERS", 5_000)
    windows = Markov(2).credit(made, Resampling(replicates=23, seed=9))
    assert windows.conversions.tolist() == whole.conversions.tolist()
    assert windows.value.tolist() == whole.value.tolist()


def test_the_estimate_does_not_depend_on_whether_there_are_replicates():
    made = random_chains(12, 2_000, seed=3)
    for order in ORDERS:
        alone, one = (Markov(order).credit(made, Resampling(replicates=count)) for count in (0, 1))
        assert alone.conversions[:, 0].tolist() == one.conversions[:, 0].tolist()


# --- States and solvers ---------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("touches", [2, 3, 7])
def test_all_solvers_agree(order, touches):
    for seed, length in ((1, 4), (2, 1.5), (3, 30)):
        made = random_chains(touches, 60, seed, length=length)
        dense, swept, factored = solvers(made, order)
        assert swept is not None
        assert swept == pytest.approx(dense, abs=1e-10)
        assert factored == pytest.approx(dense, abs=1e-10)


def test_one_journey_of_ten_thousand_repetitions_is_solved(monkeypatch):
    # Sweeps that lose digits on so long a way stop where rounding stops them.
    made = paths((" > ".join(["a", "b"] * 10_000), 1, 0), ("a > c", 1, 3), ("b", 0, 1))
    for name in ("_DENSE", "_DENSE_FIRST"):
        monkeypatch.setattr(f"wanamaker.attribution.markov.solve.{name}", 2)
    for order in ORDERS:
        dense, swept, factored = solvers(made, order)
        assert factored == pytest.approx(dense, abs=1e-10)
        assert swept is None or swept == pytest.approx(dense, abs=1e-8)
        assert Markov(order).chain(made).effects == pytest.approx(dense, abs=1e-8)


def test_long_journeys_that_keep_to_their_part_are_solved():
    # Two slow modes at once, which sweeps alone would take thousands of steps for.
    random = np.random.default_rng(1)
    rows = []
    for pool, length, rate in (("abcdefgh", 400, 0.5), ("stuvwxyz", 150, 0.1)):
        for _ in range(40):
            names = random.choice(list(pool), random.geometric(1 / length))
            rows.append((" > ".join(names), 1, 0) if random.random() < rate else (" > ".join(names), 0, 1))
    made = paths(*rows)
    for order in (1, 2):
        dense, swept, factored = solvers(made, order)
        assert factored == pytest.approx(dense, abs=1e-10)
        assert swept is not None
        assert swept == pytest.approx(dense, abs=1e-10)


def test_what_sweeps_do_not_solve_in_time_is_factored(monkeypatch):
    made = random_chains(9, 300, seed=4)
    chain = Chain.of(States.of(made, 3), made)
    system = chain.system(chain.totals > 0)
    assert swept_effects(system, most=5) is None
    monkeypatch.setattr("wanamaker.attribution.markov.solve._MOST_SWEEPS", 5)
    monkeypatch.setattr("wanamaker.attribution.markov.solve._DENSE", 10)
    found = removal_effects(system, one_of_many=False)
    assert found == pytest.approx(dense_effects(system), abs=1e-10)


def test_replicates_of_larger_chains_are_solved_to_seven_digits(monkeypatch):
    made = random_chains(9, 2_000, seed=4)
    found = Markov(3).credit(made, Resampling(replicates=5))
    monkeypatch.setattr("wanamaker.attribution.markov.solve._DENSE_ONE_OF_MANY", 10_000)
    exact = Markov(3).credit(made, Resampling(replicates=5))
    assert exact.details["states"] > 500
    assert found.conversions == pytest.approx(exact.conversions, rel=1e-6)
    assert found.value == pytest.approx(exact.value, rel=1e-6)
    assert found.conversions.sum(axis=0) == pytest.approx(exact.conversions.sum(axis=0), rel=1e-12)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seen", ["all", "some"])
def test_however_states_are_numbered_the_credit_is_the_same(order, seen, monkeypatch):
    journeys = random_chains(5, 40, seed=6)
    made = journeys if seen == "all" else journeys.take(journeys.touches[journeys.offsets[:-1]] != 2)
    many = made.take(np.tile(np.arange(len(made)), 1_000))
    plain = Markov(order).credit(many, NONE)
    assert States.of(many, order).levels[-1].codes is None
    monkeypatch.setattr(states, "_PLAIN", 0)
    by_table = Markov(order).credit(many, NONE)
    monkeypatch.setattr(states, "_CODES_PER_TOUCH", 0)
    sorted_ = Markov(order).credit(many, NONE)
    for found in (plain, by_table):
        assert found.conversions == pytest.approx(sorted_.conversions, rel=1e-12)
        assert found.value == pytest.approx(sorted_.value, rel=1e-12)
        assert found.details["states"] == sorted_.details["states"]
        assert found.details["transitions"] == sorted_.details["transitions"]


def test_numbers_of_states_do_not_overflow():
    # 60,000 touch names: pairs of them would not fit into 32 bits, nor triples of them into 64 by much.
    names = [f"n{number}" for number in range(60_000)]
    rows = [(" > ".join(names[first : first + 4]), 1, 1) for first in range(0, 60_000, 4)]
    made = paths(*rows, (" > ".join([names[-1], names[0], names[-1], names[1]]), 1, 0))
    built = States.of(made, 4)
    assert len(built.sources) == 60_004
    assert (built.sources >= -1).all()
    assert len(set(built.texts())) == len(built)
    assert "n8 > n9 > n10 > n11" in built.texts()


@pytest.mark.slow
def test_three_hundred_touches_at_order_two_are_solved_in_seconds():
    made = random_chains(300, 50_000, seed=1)
    found = Markov(2).credit(made, NONE)
    assert found.conversions.sum() == pytest.approx(made.conversions.sum(), rel=1e-12)
    assert found.details["states"] > 50_000
    # What is left without touch 7, by plain propagation through the chain in which it is cut out.
    system = Chain.of(States.of(made, 2), made).system(np.array([True, False, False]))
    inner = (system.states.sources >= 0) & (system.states.lasts[system.states.targets] != 7)
    mass = np.where(system.states.lasts == 7, 0, system.start)
    total = 0.0
    for _ in range(150):
        total += mass @ system.rewards[:, 0]
        moved = mass[system.states.sources[inner]] * system.probabilities[inner]
        mass = np.bincount(system.states.targets[inner], moved, len(mass))
    assert found.details["removal_effects"][7]["removal_effect"] == pytest.approx(1 - total, abs=1e-10)


# --- What is asked for and refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "error", "got"),
    [
        (5, ParameterError, "5 (int)"),
        (0, ParameterError, "0 (int)"),
        (-1, ParameterError, "-1 (int)"),
        (True, ParameterTypeError, "True (bool)"),
        ("2", ParameterTypeError, "'2'"),
        (2.0, ParameterTypeError, "2.0 (float)"),
        (None, ParameterTypeError, "None"),
    ],
)
def test_an_order_that_is_none_of_one_to_four_is_refused_with_the_reason(order, error, got):
    with pytest.raises(error) as caught:
        Markov(order=order)
    message, hint = str(caught.value).split("\nHint: ")
    assert message == f"The 'order' parameter of Markov must be an integer from 1 to 4. Got {got}."
    assert hint.startswith("Write Markov(order=2). States grow as touches ** order")


def test_the_order_is_part_of_the_label_and_of_the_parameters():
    assert [Markov(order).label for order in ORDERS] == ["markov", "markov_2", "markov_3", "markov_4"]
    assert Markov(np.int64(3)) == Markov(3)
    assert json.dumps(Markov(np.int64(3)).parameters) == '{"order": 3}'
    assert Markov.conserves == "total"
    assert not Markov.needs
    assert Markov().touch_credit(paths(("a", 1, 0))) is None


def test_a_chain_of_several_goals_or_of_something_else_is_refused():
    log = pl.DataFrame(
        {
            "uid": 1,
            "timestamp": [1, 2, 3, 4],
            "campaign": ["a", None, "b", None],
            "event": ["view", "sign up", "view", "buy"],
        }
    )
    made = wm.journeys_from_events(log, event="event", conversions=["buy", "sign up"])
    with pytest.raises(
        DataError, match=r"A chain has journeys of one goal. These have 2: \['buy', 'sign up'\]"
    ):
        Markov().chain(made)
    with pytest.raises(ParameterTypeError, match=r"'journeys' must be Journeys\. Got DataFrame"):
        Markov().chain(log)
    one = made.take((made.table["goal"] == "buy").to_numpy())
    assert Markov().chain(one).conversion_probability == 1.0


def test_a_chain_without_conversions_has_no_removal_effects():
    chain = Markov().chain(paths(("a > b", 0, 2, 0), value=True))
    assert chain.conversion_probability == 0.0
    assert chain.removal_effects.rows() == [("a", None, None), ("b", None, None)]


@pytest.mark.parametrize("order", ORDERS)
def test_details_tell_the_chain_in_plain_finite_values(order):
    made = paths(("a > b > a", 2, 6, 5), ("b", 1, 3, -2), ("", 1, 0, 1), ("c", 0, 4, 0), value=True)
    details = Markov(order).credit(made, NONE).details
    json.dumps(details, allow_nan=False)
    first = Markov().chain(made)
    assert details["order"] == order
    assert details["states"] == len(set(Markov(order).chain(made).transitions["source"])) - 1
    assert details["conversion_probability"] == pytest.approx(3 / 16)
    assert [row["touch"] for row in details["removal_effects"]] == ["a", "b", "c"]
    effects = Markov(order).chain(made).removal_effects["removal_effect"].to_list()
    assert [row["removal_effect"] for row in details["removal_effects"]] == effects
    assert pl.DataFrame(details["transitions"]).rows() == first.transitions.rows()


def test_details_of_very_many_touches_keep_the_transitions_of_the_fifty_most_met():
    made = random_chains(80, 2_000, seed=8)
    credit = Markov(2).credit(made, NONE)
    kept = {row["source"] for row in credit.details["transitions"]} - {"(start)"}
    met = np.bincount(made.touches, minlength=80)
    assert kept == {made.names[code] for code in np.argsort(-met, kind="stable")[:50]}
    assert len(credit.details["removal_effects"]) == 80
    assert len(set(Markov().chain(made).transitions["source"])) == 81


def test_credit_without_intervals_of_few_states_loads_no_compiler():
    code = """
import sys
import wanamaker as wm
from wanamaker.attribution.markov import Markov
from wanamaker.stats.bootstrap import Resampling
made = wm.journeys_from_paths({"path": ["a > b", "b"], "total_conversions": [1, 0], "n": [1, 2]}, nulls="n")
for order in (1, 2, 3, 4):
    Markov(order).credit(made, Resampling(replicates=0))
sys.exit("numba" in sys.modules or "scipy" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_chains_that_remember_many_touches_are_used_only_when_asked_for():
    names = [f"t{number:03}" for number in range(101)]
    table = {"path": [f"{name} > t000" for name in names], "total_conversions": [1] * 101, "lost": [1] * 101}
    journeys = wm.journeys_from_paths(table, nulls="lost")
    credit = wm.attribute(journeys, bootstrap=0)
    assert "markov" in credit.models
    assert "asked for by name" in credit.metadata["left_out"]["markov_2"]
    assert wm.attribute(journeys, ["markov_2"], bootstrap=0).models == ["markov_2"]
