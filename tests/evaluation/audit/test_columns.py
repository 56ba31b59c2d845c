"""L1 to L4 on single columns: copies, impossible values, caps, ids, nulls, outcomes; near misses."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.evaluation.audit.tables import START, clean_table

ROWS = 4_000


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def table_of(rng, label, **columns):
    noise = {f"noise{place}": rng.normal(size=len(label)) for place in range(4)}
    return pl.DataFrame({**noise, **columns, "y": np.asarray(label).astype(int)}, strict=False)


def labels(rng, rate=0.2, rows=ROWS):
    return rng.random(rows) < rate


def told(table, **roles):
    return [(finding.detector, finding.columns) for finding in wm.audit(table, "y", **roles)]


# copies


@pytest.mark.parametrize("wrong", [0.0, 0.005, 0.015])
@pytest.mark.parametrize("rate", [0.02, 0.2, 0.5])
def test_a_copy_of_the_label_is_found(rng, wrong, rate):
    label = labels(rng, rate)
    copied = label ^ (rng.random(ROWS) < wrong)
    assert told(table_of(rng, label, status=np.where(copied, "closed", "open"))) == [("L1", ("status",))]
    assert told(table_of(rng, label, flag=copied)) == [("L1", ("flag",))]


def test_a_score_made_from_the_label_is_found_in_any_shape(rng):
    label = labels(rng)
    straight = np.where(label, 3.0, 0.0) + rng.normal(0, 0.5, ROWS)
    (found,) = wm.audit(table_of(rng, label, late=straight), "y")
    assert (found.detector, found.columns, found.severity) == ("L1", ("late",), "critical")
    assert found.evidence["by"] in ("order", "range")
    bent = np.where(label, 0.0, rng.choice([-3.0, 3.0], ROWS)) + rng.normal(0, 0.5, ROWS)
    (found,) = wm.audit(table_of(rng, label, bent=bent), "y")
    assert found.evidence["by"] == "range"


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.5])
@pytest.mark.parametrize("distance", [1.81, 2.3])
def test_a_strong_honest_feature_is_silent(rng, rate, distance):
    """AUC 0.90 and 0.95."""
    label = labels(rng, rate)
    score = rng.normal(size=ROWS) + distance * label
    columns = {
        "raw": score, "rounded": score.round(), "grade": [f"grade {int(value)}" for value in score.round()],
        "positive": np.maximum(score, 0), "capped": np.clip(score.round(1), -1.5, 1.5),
    }  # fmt: skip
    for name, column in columns.items():
        assert told(table_of(rng, label, **{name: column})) == []


def test_a_strong_honest_feature_is_silent_in_a_small_table(rng):
    for _ in range(20):
        label = np.arange(300) % 12 == 0
        rng.shuffle(label)
        assert told(table_of(rng, label, score=rng.normal(size=300) + 1.81 * label)) == []


# impossible values


def journeys(rng, rows=ROWS):
    length = np.minimum(rng.geometric(0.2, rows), 15)
    return length, rng.random(rows) < 0.05 + 0.02 * length


@pytest.mark.parametrize("always", [False, True])
def test_a_length_at_which_a_class_is_impossible_is_found(rng, always):
    length, label = journeys(rng)
    label = np.where(length == 1, always, label)
    (found,) = wm.audit(table_of(rng, label, length=length), "y")
    assert (found.detector, found.columns, found.severity) == ("L2", ("length",), "critical")
    assert found.evidence["values"][0]["value"] == "length = 1"
    assert found.evidence["values"][0]["label"] == int(always)
    assert found.message.startswith(f"y is {int(always)} in all")


def test_it_is_found_in_lists_texts_paths_and_rows_per_group(rng):
    length, label = journeys(rng)
    label = np.where(length <= 2, True, label)
    lists = [list(range(each)) for each in length]
    paths = [" > ".join(rng.choice(["ad", "mail", "search"], each)) for each in length]
    marks = ["".join(rng.choice(list("abcdef"), each)) for each in length]
    for name, column in (("events", lists), ("path", paths), ("marks", marks)):
        assert told(table_of(rng, label, **{name: column})) == [("L2", (name,))]
    user = np.repeat(np.arange(ROWS), length)
    rows = table_of(rng, label[user], user=user)
    assert told(rows, group="user") == [("L2", ("user",))]


def test_an_impossible_value_inside_a_range_is_found(rng):
    value = rng.exponential(100.0, ROWS)
    value[rng.random(ROWS) < 0.1] = 60.0
    label = labels(rng) & (value != 60)
    assert told(table_of(rng, label, value=value)) == [("L2", ("value",))]


def test_a_category_without_positives_is_found_if_it_is_large(rng):
    level = rng.choice(["a", "b", "c", "d"], ROWS, p=[0.5, 0.2, 0.2, 0.1])
    label = labels(rng, 0.4) & (level != "a")
    assert told(table_of(rng, label, level=level)) == [("L2", ("level",))]


def test_a_rare_category_of_one_class_is_silent(rng):
    for size, rate, side in ((12, 0.5, True), (20, 0.2, True), (60, 0.1, False), (20, 0.5, False)):
        label = labels(rng, rate)
        level = rng.choice(["a", "b", "c"], ROWS)
        level[:size], label[:size] = "r", side
        order = rng.permutation(ROWS)
        assert told(table_of(rng, label[order], level=level[order])) == []


def test_codes_without_an_order_are_silent(rng):
    """Rates that differ from code to code by a factor of thirty are honest, though neighbours jump."""
    for _ in range(4):
        code = rng.integers(0, 60, ROWS * 5)
        rate = np.exp(rng.normal(-3, 2, 60))
        label = rng.random(len(code)) < np.minimum(rate, 0.9)[code]
        assert told(table_of(rng, label, code=code)) == []


def test_a_category_of_a_few_users_is_rare_however_many_rows_they_have(rng):
    user, converts = np.repeat(np.arange(500), 40), rng.random(500) < 0.3
    plan = np.where(np.arange(500) < 25, "rare", rng.choice(["a", "b", "c"], 500))
    converts[:25] = False
    order = rng.permutation(len(user))
    table = table_of(rng, converts[user][order], user=user[order], plan=plan[user][order])
    assert told(table, group="user") == []
    rows = table.with_columns(user=pl.int_range(pl.len()))  # each row a user of its own: a thousand of them
    assert told(rows, group="user") == [("L2", ("plan",))]


@pytest.mark.parametrize("slope", [0.3, 0.8, 1.5])
def test_a_steep_honest_count_is_silent(rng, slope):
    score = rng.integers(0, 11, ROWS * 5)
    label = rng.random(len(score)) < 1 / (1 + np.exp(-0.6 * slope * (score - 5)))
    assert told(table_of(rng, label, score=score)) == []


# caps


@pytest.mark.parametrize("left", [0.0, 0.15])
def test_a_rate_that_collapses_at_a_cap_is_found(rng, left):
    """Journeys were cut to their first ten touches before the label was set."""
    length = rng.geometric(0.12, ROWS)
    label = rng.random(ROWS) < np.minimum(0.1 + 0.02 * length, 0.5)
    cut = label & ((length <= 10) | (rng.random(ROWS) < left))
    (found,) = wm.audit(table_of(rng, cut, touches=np.minimum(length, 10)), "y")
    assert (found.detector, found.columns, found.severity) == ("L2", ("touches",), "critical")


@pytest.mark.parametrize("trend", [-0.12, 0.0, 0.1])
def test_a_cap_that_continues_the_line_is_silent(rng, trend):
    length = rng.geometric(0.12, ROWS)
    label = rng.random(ROWS) < 1 / (1 + np.exp(1 - trend * length))
    assert told(table_of(rng, label, touches=np.minimum(length, 10))) == []


def test_a_cap_that_gathers_many_steps_of_a_falling_line_is_silent(rng):
    length = rng.geometric(0.08, 20_000)
    label = rng.random(20_000) < 1 / (1 + np.exp(-1 + 0.15 * length))
    assert told(table_of(rng, label, touches=np.minimum(length, 10))) == []


# ids


def test_the_last_digit_of_an_id_is_found(rng):
    label = labels(rng)
    number = rng.permutation(ROWS) * 10 + np.where(label, 7, rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 9], ROWS))
    (found,) = wm.audit(table_of(rng, label, id=number), "y")
    assert (found.detector, found.columns, found.severity) == ("L3", ("id",), "critical")
    assert found.evidence["auc"] > 0.99
    assert found.evidence["part"] == "the remainder by 10"
    text = [f"u{each:07d}" for each in number]
    (found,) = wm.audit(table_of(rng, label, customer=text), "y")
    assert (found.detector, found.evidence["part"]) == ("L3", "its last character")


def test_an_id_made_by_joining_the_label_is_found(rng):
    """Ids joined from user and flag: 1|11 = 11|1."""
    label = labels(rng)
    joined = [int(f"{user}{int(flag)}") for user, flag in zip(rng.permutation(ROWS), label, strict=True)]
    assert told(table_of(rng, label, journey_id=joined)) == [("L3", ("journey_id",))]


def test_a_weak_trace_in_a_hash_is_found(rng):
    label = labels(rng, rows=8_000)
    first = np.where(label, rng.integers(0, 12, 8_000), rng.integers(4, 16, 8_000))
    text = [f"{each:x}{rest:07x}" for each, rest in zip(first, rng.integers(0, 2**28, 8_000), strict=True)]
    assert told(table_of(rng, label, hash=text)) == [("L3", ("hash",))]


def test_ids_given_out_after_the_outcome_are_found(rng):
    label = labels(rng)
    number = np.argsort(np.argsort(rng.normal(size=ROWS) + 3 * label)) + 1_000
    assert told(table_of(rng, label, order_id=number)) == [("L3", ("order_id",))]


def test_an_id_that_drifts_with_time_is_silent(rng):
    place = np.linspace(-1, 1, ROWS)
    label = rng.random(ROWS) < 1 / (1 + np.exp(1 - 1.2 * place))
    table = table_of(
        rng, label, id=np.arange(ROWS), at=[START + timedelta(minutes=each) for each in range(ROWS)]
    )
    assert told(table, time="at") == []


def test_rows_that_share_the_label_of_their_id_are_found(rng):
    user = np.sort(rng.integers(0, 900, ROWS))
    label = (rng.random(900) < 0.3)[user]
    order = rng.permutation(ROWS)
    (found,) = wm.audit(table_of(rng, label[order], user=user[order]), "y")
    assert (found.detector, found.columns, found.severity) == ("L3", ("user",), "warning")
    assert told(table_of(rng, label[order], user=user[order]), group="user") == []


def test_users_who_differ_are_silent(rng):
    user = rng.integers(0, 900, ROWS)
    label = rng.random(ROWS) < rng.beta(0.5, 1.5, 900)[user]
    assert told(table_of(rng, label, user=user)) == []


def test_rows_sorted_by_the_label_or_in_turns_are_found(rng):
    label = labels(rng)
    (found,) = wm.audit(table_of(rng, np.sort(label)), "y")
    assert (found.detector, found.columns, found.severity) == ("L3", (), "critical")
    assert "in blocks of" in found.message
    (found,) = wm.audit(table_of(rng, np.arange(ROWS) % 5 == 3), "y")
    assert "in turns of" in found.message


# nulls and outcomes


@pytest.mark.parametrize("rate", [0.005, 0.2, 0.8])
@pytest.mark.parametrize("side", [True, False])
def test_nulls_that_equal_the_label_are_found(rng, rate, side):
    label = labels(rng, rate)
    for values in (rng.normal(size=ROWS), np.array(["a", "b"])[rng.integers(0, 2, ROWS)]):
        column = [None if each == side else value for each, value in zip(label, values.tolist(), strict=True)]
        (found,) = wm.audit(table_of(rng, label, reason=column), "y")
        assert (found.detector, found.columns, found.severity) == ("L4", ("reason",), "critical")
        assert f"is null exactly where y is {int(side)}" in found.message


def test_nan_and_empty_texts_are_nulls_too(rng):
    label = labels(rng)
    assert told(table_of(rng, label, amount=np.where(label, 1.5, np.nan))) == [("L4", ("amount",))]
    assert told(table_of(rng, label, note=np.where(label, "thanks", " "))) == [("L4", ("note",))]


def test_a_column_filled_for_one_class_alone_is_found(rng):
    label = labels(rng)
    filled = label & (rng.random(ROWS) < 0.4)
    (found,) = wm.audit(table_of(rng, label, refund=np.where(filled, rng.random(ROWS), np.nan)), "y")
    assert (found.detector, found.columns) == ("L4", ("refund",))
    assert "Wherever refund is there" in found.message


@pytest.mark.parametrize("odds", [3, 10])
def test_nulls_that_are_merely_telling_are_silent(rng, odds):
    label = labels(rng)
    missing = rng.random(ROWS) < np.where(label, 0.05 * odds, 0.05)
    assert told(table_of(rng, label, income=np.where(missing, np.nan, rng.random(ROWS)))) == []


def test_a_time_after_the_row_that_tells_the_label_is_found(rng):
    label = labels(rng)
    at = [START + timedelta(hours=int(each)) for each in rng.integers(0, 500, ROWS)]
    moved = [each + timedelta(hours=5 if yes else -5) for each, yes in zip(at, label, strict=True)]
    travel = [
        each + timedelta(days=int(days)) for each, days in zip(at, rng.integers(-9, 9, ROWS), strict=True)
    ]
    table = table_of(rng, label, at=at, last_seen=moved, travel=travel)
    assert ("L4", ("last_seen",)) in told(table, time="at")
    assert told(table.drop("last_seen"), time="at") == []


def test_events_after_their_own_outcome_are_found(rng):
    label = labels(rng)
    at = [START + timedelta(hours=int(each)) for each in rng.integers(0, 500, ROWS)]
    known = [
        each + timedelta(hours=int(late)) for each, late in zip(at, rng.integers(-1, 9, ROWS), strict=True)
    ]
    known = [each if yes else None for each, yes in zip(known, label, strict=True)]
    findings = wm.audit(table_of(rng, label, at=at, sold_at=known), "y", time="at", label_time="sold_at")
    assert [finding.columns for finding in findings] == [("at", "sold_at")]
    assert findings[0].message.startswith("In ")


def test_an_outcome_of_the_same_period_is_questioned(rng):
    label = labels(rng, 0.15)
    worth = np.where(rng.random(ROWS) < np.where(label, 0.8, 0.1), rng.lognormal(2, 1, ROWS), 0)
    (found,) = wm.audit(table_of(rng, label, PageValues=worth), "y")
    assert (found.detector, found.columns, found.severity) == ("L4", ("PageValues",), "note")
    assert told(table_of(rng, label, depth=worth)) == []
    honest = np.where(rng.random(ROWS) < np.where(label, 0.3, 0.15), rng.lognormal(2, 1, ROWS), 0)
    assert told(table_of(rng, label, earlier_orders=honest)) == []


def test_columns_of_every_type_are_taken(rng):
    rows = 400
    label = labels(rng, rows=rows)
    table = table_of(rng, label).with_columns(
        day=pl.Series([START.date() + timedelta(days=each % 50) for each in range(rows)]),
        clock=pl.Series([(START + timedelta(minutes=each)).time() for each in range(rows)]),
        took=pl.Series([timedelta(seconds=each % 37) for each in range(rows)]),
        zoned=pl.Series([datetime(2026, 1, 1 + each % 28) for each in range(rows)]).dt.replace_time_zone(
            "UTC"
        ),
        money=pl.Series(rng.integers(0, 999, rows)).cast(pl.Decimal(10, 2)),
        kind=pl.Series(["a", "b"] * (rows // 2), dtype=pl.Categorical),
        raw=pl.Series([bytes([each % 251]) for each in range(rows)]),
        pair=pl.Series([[1.0, each] for each in range(rows)], dtype=pl.Array(pl.Float64, 2)),
        record=pl.Series([{"a": each} for each in range(rows)]),
        thing=pl.Series([object() if each % 2 else None for each in range(rows)], dtype=pl.Object),
        nothing=pl.Series([None] * rows),
        same=pl.lit(1),
        big=pl.Series(np.arange(rows, dtype=np.uint64) + np.uint64(2**63)),
        holes=pl.Series([float("nan")] * rows),
        ends=pl.Series([float("inf"), float("-inf")] * (rows // 2)),
    )
    assert told(table) == []


def test_clean_tables_are_silent():
    assert [seed for seed in range(12) if wm.audit(clean_table(seed)[0], **clean_table(seed)[1])] == []


@pytest.mark.slow
def test_at_most_five_in_a_hundred_clean_tables_raise_an_alarm():
    alarms = 0
    for seed in range(200):
        table, roles = clean_table(seed)
        alarms += bool(wm.audit(table, **roles))
    assert alarms <= 10
