"""L1 by arithmetic: sums, differences, ratios and products of columns."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.evaluation.audit.tables import clean_table
from tests.reference.signed_sums import all_signed_sums
from wanamaker.evaluation.audit.kernels import signed_sums


def session_counts(seed, rows=1_500, corrupt=0.0):
    """Counts of a session whose total contains the purchases, among forty other columns."""
    rng = np.random.default_rng(seed)
    frame, _ = clean_table(seed, rows=rows, numbers=36)
    parts = {name: rng.poisson(mean, rows) for name, mean in (("viewed", 6), ("carted", 1), ("removed", 0.5))}
    purchases = (rng.random(rows) < 0.12).astype(int)
    total = sum(parts.values()) + purchases
    total = total + (rng.random(rows) < corrupt)
    return frame.drop("y", "part", "score").with_columns(total=total, purchase=purchases, **parts)


def of_kind(table, detector, **roles):
    return [finding for finding in wm.audit(table, **roles) if finding.detector == detector]


@pytest.mark.parametrize("seed", range(2))
def test_total_less_carted_less_viewed_is_purchase(seed):
    table = session_counts(seed).with_columns(total=pl.col("total") - pl.col("removed"))
    (found,) = of_kind(table, "L1", label="purchase")
    assert set(found.columns) == {"total", "carted", "viewed"}
    assert found.severity == "critical"
    assert found.evidence["formula"].startswith("total − ")
    assert found.evidence["contradicting_rows"] == 0
    assert "it holds in all 1,500 rows" in found.message
    for row in found.evidence["examples"]:
        assert row["total"] - row["carted"] - row["viewed"] == row["purchase"]


@pytest.mark.parametrize("seed", range(2))
def test_a_sum_of_four_columns_is_found_among_forty(seed):
    (found,) = of_kind(session_counts(seed), "L1", label="purchase")
    assert set(found.columns) == {"total", "carted", "viewed", "removed"}


def test_a_few_wrong_rows_do_not_hide_a_sum():
    (found,) = of_kind(session_counts(5, corrupt=0.008), "L1", label="purchase")
    assert set(found.columns) == {"total", "carted", "viewed", "removed"}
    assert 0 < found.evidence["contradicting_rows"] < 30
    assert len(found.evidence["contradicting_examples"]) == 3


def test_the_label_may_be_a_sum_above_zero():
    rng = np.random.default_rng(3)
    table = session_counts(3).drop("purchase")
    bought = rng.poisson(0.3, len(table))
    table = table.with_columns(total=pl.col("total") * 0 + pl.col("carted") + pl.col("viewed") + bought)
    (found,) = of_kind(table.with_columns(bought=bought > 0), "L1", label="bought")
    assert set(found.columns) == {"total", "carted", "viewed"}
    assert found.evidence["rule"] == "total − viewed − carted > 0"


def floats(seed, rows=2_000):
    rng = np.random.default_rng(seed)
    return rng, {f"x{place}": rng.lognormal(1, 1, rows) for place in range(30)}


def test_a_difference_of_floats_above_zero_is_found():
    _, columns = floats(1)
    table = pl.DataFrame(columns).with_columns(over=pl.col("x3") > pl.col("x17"))
    (found,) = of_kind(table, "L1", label="over")
    assert found.evidence["rule"] == "x3 − x17 > 0"


def test_an_affine_sum_with_rounding_is_found():
    rng, columns = floats(2)
    label = rng.random(2_000) < 0.2
    columns["gross"] = columns["x1"] + columns["x2"] + 7.25 * label + 3.5
    (found,) = of_kind(pl.DataFrame(columns).with_columns(y=label), "L1", label="y")
    assert set(found.columns) == {"gross", "x1", "x2"}
    assert found.evidence["rule"] in ("gross − x1 − x2 = 10.75", "gross − x1 − x2 > 7.125")


@pytest.mark.parametrize("kind", ["ratio", "product"])
def test_a_ratio_or_a_product_is_found(kind):
    rng, columns = floats(4)
    label = rng.random(2_000) < 0.2
    rate = np.where(label, 0.25, rng.uniform(0.3, 1, 2_000))
    columns["part"] = columns["x5"] * rate if kind == "ratio" else rate / columns["x5"]
    (found,) = of_kind(pl.DataFrame(columns).with_columns(y=label), "L1", label="y")
    assert set(found.columns) == {"part", "x5"}
    assert ("/" if kind == "ratio" else "×") in found.evidence["formula"]


def test_an_identity_of_the_features_alone_is_no_finding():
    rng, columns = floats(6)
    columns["all"] = columns["x1"] + columns["x2"] + columns["x3"]
    columns["again"] = columns["x4"]
    label = rng.random(2_000) < 0.2
    assert wm.audit(pl.DataFrame(columns).with_columns(y=label), label="y") == []


def test_the_sum_of_honest_columns_is_no_finding():
    rng, columns = floats(7)
    signal = sum(np.log(columns[f"x{place}"]) for place in range(2)) - 4
    label = rng.random(2_000) < 1 / (1 + np.exp(-4 * signal))
    assert wm.audit(pl.DataFrame(columns).with_columns(y=label), label="y") == []


def test_a_pair_of_strong_and_nearly_equal_columns_is_no_finding():
    rng, columns = floats(9)
    label = rng.random(2_000) < 0.2
    columns["one"] = rng.normal(size=2_000) + 1.8 * label
    columns["other"] = columns["one"] + rng.normal(0, 0.05, 2_000)
    assert wm.audit(pl.DataFrame(columns).with_columns(y=label), label="y") == []


def test_nulls_and_infinities_are_left_out_of_a_sum():
    table = session_counts(8).with_columns(
        viewed=pl.when(pl.int_range(pl.len()) % 9 == 0).then(None).otherwise("viewed").cast(pl.Float64),
        carted=pl.when(pl.int_range(pl.len()) % 7 == 0).then(float("inf")).otherwise("carted"),
    )
    (found,) = of_kind(table, "L1", label="purchase")
    assert set(found.columns) == {"total", "carted", "viewed", "removed"}
    assert found.evidence["rows"] < 1_500


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_search_agrees_with_trying_every_sum_on_every_row(size):
    rng = np.random.default_rng(size)
    found = 0
    for _ in range(4):
        zero, one = rng.integers(0, 2, (24, 6)).astype(float), rng.integers(0, 2, (20, 6)).astype(float)
        zero[:, 0], one[:, 0] = (1, 2) if size == 1 else (zero[:, 1], one[:, 1] - 1)
        if size > 2:
            zero[:, 2] = zero[:, 3] + (zero[:, 4] if size == 4 else 0) - zero[:, 5]
            one[:, 2] = 1 + one[:, 3] + (one[:, 4] if size == 4 else 0) - one[:, 5]
        zero[3, 4] = np.nan
        columns, signs, ways = signed_sums(zero, one, np.zeros(6), size, 12, 10_000)
        got = {
            (tuple(column), tuple(sign)): way
            for column, sign, way in zip(columns.tolist(), signs.tolist(), ways.tolist(), strict=True)
        }
        expected = all_signed_sums(zero, one, size, 12)
        assert got == expected
        found += len(expected)
    assert found
