"""Credit against the truth: the laws of the comparison."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from wanamaker.base.errors import DataError, ParameterTypeError, SchemaError
from wanamaker.evaluation import evaluate_credit
from wanamaker.simulate import journeys

TRUTH = pl.DataFrame(
    {
        "touch": ["a", "b", "c", "(baseline)"],
        "effect": [0.1, 0.2, 0.0, 0.01],
        "conversions": [30.0, 10.0, 0.0, 60.0],
    }
)


def credit_of(model: str = "m", **conversions: float) -> pl.DataFrame:
    return pl.DataFrame(
        {"model": model, "touch": list(conversions), "conversions": list(conversions.values())}
    )


amounts = st.lists(st.floats(0.5, 100), min_size=3, max_size=8)


@given(amounts=amounts, scale=st.floats(0.1, 50))
def test_the_truth_itself_has_no_error_at_any_scale(amounts, scale):
    touches = [f"t{i}" for i in range(len(amounts))]
    truth = pl.DataFrame({"touch": touches, "conversions": amounts})
    scaled = truth.select(pl.lit("m").alias("model"), "touch", pl.col("conversions") * scale)
    result = evaluate_credit(scaled, truth).row(0, named=True)
    assert result["total_variation"] == pytest.approx(0.0, abs=1e-12)
    assert result["worst_error"] == pytest.approx(0.0, abs=1e-12)


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_metrics_equal_their_definitions(pairs):
    given_to, true = np.array([(1, 1), *pairs], dtype=float).T
    touches = [f"t{i}" for i in range(len(given_to))]
    credit = pl.DataFrame({"model": "m", "touch": touches, "conversions": given_to})
    result = evaluate_credit(credit, pl.DataFrame({"touch": touches, "share": true})).row(0, named=True)
    error = given_to / given_to.sum() - true / true.sum()
    assert result["total_variation"] == pytest.approx(np.abs(error).sum() / 2)
    assert result["mae"] == pytest.approx(np.abs(error).mean())
    assert abs(result["worst_error"]) == pytest.approx(np.abs(error).max())
    if len(set(given_to)) > 1 and len(set(true)) > 1:
        assert result["rank_correlation"] == pytest.approx(spearmanr(given_to, true).statistic)
    else:
        assert result["rank_correlation"] is None


def test_rows_in_parentheses_change_nothing():
    plain = evaluate_credit(credit_of(a=5, b=5), TRUTH)
    more = credit_of(a=5, b=5, **{"(baseline)": 40, "(unattributed)": 7})
    assert evaluate_credit(more, TRUTH).equals(plain)
    assert evaluate_credit(credit_of(a=5, b=5), TRUTH.head(3)).equals(plain)


def test_a_channel_that_the_credit_leaves_out_counts_as_zero():
    short, long = evaluate_credit(credit_of(b=8), TRUTH), evaluate_credit(credit_of(a=0, b=8, c=0), TRUTH)
    assert short.equals(long)
    assert short["total_variation"].item() == pytest.approx(0.75)


def test_credit_of_zero_effect_channels_is_counted():
    result = evaluate_credit(credit_of(a=6, b=2, c=2), TRUTH).row(0, named=True)
    assert result["zero_effect_share"] == pytest.approx(0.2)
    assert result["zero_effect_conversions"] == pytest.approx(2.0)
    assert result["worst_touch"] == "c"
    assert result["worst_error"] == pytest.approx(0.2)


def test_zero_effect_is_null_where_effects_are_unknown():
    result = evaluate_credit(credit_of(a=6, c=2), TRUTH.drop("effect"))
    assert result["zero_effect_share"].to_list() == result["zero_effect_conversions"].to_list() == [None]


def test_groups_are_summed_over():
    grouped = pl.concat([credit_of(a=1, b=4), credit_of(a=5, b=2)]).with_columns(
        pl.Series("period", ["x", "x", "y", "y"])
    )
    assert evaluate_credit(grouped, TRUTH).equals(evaluate_credit(credit_of(a=6, b=6), TRUTH))


def test_models_keep_their_order_and_do_not_mix():
    models = [credit_of("z", a=3, b=1), credit_of("k", b=9), credit_of("a", a=1, c=1)]
    together = evaluate_credit(pl.concat(models), TRUTH)
    assert together["model"].to_list() == ["z", "k", "a"]
    assert together.equals(pl.concat([evaluate_credit(model, TRUTH) for model in models]))


def test_negative_credit_is_taken_as_it_is():
    assert evaluate_credit(credit_of(a=12, b=-2), TRUTH)["total_variation"].item() == pytest.approx(0.45)


@pytest.mark.parametrize("conversions", [{"a": 0.0}, {"a": 1.0, "b": -3.0}, {"(baseline)": 5.0}])
def test_a_model_without_positive_credit_has_null_metrics(conversions):
    result = evaluate_credit(pl.concat([credit_of("empty", **conversions), credit_of("full", a=1.0)]), TRUTH)
    assert result["model"].to_list() == ["empty", "full"]
    assert set(result.row(0)[1:]) == {None}
    assert result["total_variation"][1] == pytest.approx(0.25)


def test_every_kind_of_table_and_the_credit_object_give_the_same():
    credit = credit_of(a=3, b=4)
    expected = evaluate_credit(credit, TRUTH)
    kinds = [
        (SimpleNamespace(table=credit), TRUTH),
        (credit.to_pandas(), TRUTH.to_pandas()),
        (credit.to_arrow(), TRUTH.to_arrow()),
        (credit.lazy(), TRUTH.lazy()),
        (credit.with_columns(pl.col("touch").cast(pl.Categorical)), TRUTH),
    ]
    for given_credit, truth in kinds:
        assert evaluate_credit(given_credit, truth).equals(expected)


def test_last_touch_errs_in_the_full_world_and_much_less_in_the_stopped_one():
    """A journey that stops at its success ends with its cause; a full one ends with any touch."""
    errors = []
    for observed in ("full", "until_conversion"):
        world = journeys(50_000, observed=observed)
        last = world.log.filter(conversion=1).group_by(pl.col("campaign").alias("touch")).len("conversions")
        judged = evaluate_credit(last.with_columns(pl.lit("last").alias("model")), world.truth)
        errors.append(judged["total_variation"].item())
    assert errors[0] > 0.2
    assert errors[1] < 0.1


def test_an_unknown_touch_is_refused_with_the_nearest_name():
    truth = pl.DataFrame({"touch": ["email", "video"], "share": [0.5, 0.5]})
    with pytest.raises(
        SchemaError, match=r"must be in the truth. Got \['emial'\].\nHint: Did you mean 'email'"
    ):
        evaluate_credit(credit_of(emial=3.0, video=1.0), truth)


@pytest.mark.parametrize(
    ("credit", "truth", "message"),
    [
        (
            credit_of(a=1).rename({"model": "modle"}),
            TRUTH,
            r"not found in the credit: \['model'\].\nHint: .*'modle'",
        ),
        (credit_of(a=1), TRUTH.drop("conversions"), r"not found in the truth: \['conversions'\]"),
        (
            credit_of(a=1).cast({"conversions": pl.String}),
            TRUTH,
            "'conversions' of the credit must hold numbers. Got S",
        ),
        (
            credit_of(a=1),
            TRUTH.cast({"effect": pl.String}),
            "'effect' of the truth must hold numbers. Got String",
        ),
    ],
)
def test_a_column_that_is_missing_or_no_number_is_a_schema_error(credit, truth, message):
    with pytest.raises(SchemaError, match=message):
        evaluate_credit(credit, truth)


@pytest.mark.parametrize("wrong", [None, float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_refused_with_its_row(wrong):
    with pytest.raises(DataError, match=r"Got model='m', touch='b', conversions=.* in row 1"):
        evaluate_credit(credit_of(a=1.0, b=wrong), TRUTH)


def test_a_truth_without_positive_total_is_refused():
    with pytest.raises(DataError, match=r"positive sum of 'conversions'. Got 0"):
        evaluate_credit(credit_of(a=1.0), TRUTH.filter(touch="c"))


def test_what_is_no_table_is_refused():
    with pytest.raises(ParameterTypeError, match=r"A table was expected. Got list"):
        evaluate_credit([1, 2], TRUTH)
