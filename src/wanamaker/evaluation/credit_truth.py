"""Credit against the truth of a simulated world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import DataError, ParameterTypeError, SchemaError, nearest
from wanamaker.base.frames import require_columns, to_polars

if TYPE_CHECKING:
    from wanamaker.base.frames import IntoFrame


def evaluate_credit(credit: Any, truth: IntoFrame) -> pl.DataFrame:
    """Compare the credit of each model with the true credit, channel by channel.

    Like is compared with like: rows in parentheses, such as ``(baseline)`` and ``(unattributed)``, are left
    out, and what remains is taken as shares that sum to 1 on either side. A channel that a model does not
    mention has credit 0. Grouping columns (goal, period) are summed over. This needs the truth, so a
    simulated world or an experiment on every channel; on a real log it cannot be had.

    Parameters
    ----------
    credit
        What `wanamaker.attribute` returns, or a table with ``model``, ``touch``, ``conversions``.
    truth
        The truth of a world, or a table with ``touch`` and ``conversions`` (or ``share``), and optionally
        ``effect``.

    Returns
    -------
    polars.DataFrame
        One row per model, in the order of ``credit``:

        * ``total_variation``: ½ Σ |share - true share|, the part of the credit in the wrong place, 0 to 1
          (more if credits are negative);
        * ``mae``: mean |share - true share| of a channel;
        * ``rank_correlation``: Spearman's, null where all channels have the same credit;
        * ``zero_effect_share``: share of the credit given to channels whose true effect and true credit are
          0, and ``zero_effect_conversions``, the conversions; null if ``truth`` has no ``effect``;
        * ``worst_touch``, ``worst_error``: the channel furthest from its truth, and its share - true share.

        A model whose credits over channels do not sum to more than 0 has no shares: all null.

    Raises
    ------
    SchemaError
        If a column is missing or of the wrong type, or a touch of ``credit`` is not in ``truth``.
    DataError
        If a value is null or not finite, or ``truth`` has no positive total.

    Examples
    --------
    >>> truth = pl.DataFrame({"touch": ["a", "b", "(baseline)"], "conversions": [6.0, 2.0, 9.0]})
    >>> credit = pl.DataFrame({"model": "last", "touch": ["a", "b"], "conversions": [5.0, 5.0]})
    >>> evaluate_credit(credit, truth)["total_variation"].item()
    0.25
    """
    true = _true_shares(to_polars(truth))
    given = _given_credit(_credit_table(credit))
    models = given.select("model").unique(maintain_order=True)
    given = given.filter(_is_channel())
    _refuse_unknown_touches(given["touch"], true["touch"])
    pairs = models.join(true, how="cross", maintain_order="left_right")
    pairs = pairs.join(given, on=["model", "touch"], how="left", maintain_order="left")
    total = pl.col("conversions").sum().over("model")
    return (
        pairs.with_columns(pl.col("conversions").fill_null(0.0))
        .with_columns(pl.when(total > 0).then(pl.col("conversions") / total).alias("share"))
        .with_columns((pl.col("share") - pl.col("true_share")).alias("error"))
        .group_by("model", maintain_order=True)
        .agg(_metrics())
    )


def _metrics() -> list[pl.Expr]:
    """Return the columns of the answer; each is null where the model has no shares."""
    error = pl.col("error")
    known = error.is_not_null().all()
    judged = known & pl.col("effect").is_not_null().any()
    without_effect = (pl.col("effect") == 0) & (pl.col("true_share") == 0)
    ranks = pl.corr(pl.col("share").rank(), pl.col("true_share").rank())
    worst = error.abs().arg_max()
    metrics = {
        "total_variation": pl.when(known).then(error.abs().sum() / 2),
        "mae": pl.when(known).then(error.abs().mean()),
        "rank_correlation": pl.when(known & ranks.is_not_nan()).then(ranks),
        "zero_effect_share": pl.when(judged).then(pl.col("share").filter(without_effect).sum()),
        "zero_effect_conversions": pl.when(judged).then(pl.col("conversions").filter(without_effect).sum()),
        "worst_touch": pl.when(known).then(pl.col("touch").get(worst, null_on_oob=True)),
        "worst_error": pl.when(known).then(error.get(worst, null_on_oob=True)),
    }
    return [expression.alias(name) for name, expression in metrics.items()]


def _credit_table(credit: Any) -> pl.DataFrame:
    """Return the table of a credit object, or the table given."""
    try:
        return to_polars(credit)
    except ParameterTypeError:
        if not hasattr(credit, "table"):
            raise
        return to_polars(credit.table)


def _given_credit(table: pl.DataFrame) -> pl.DataFrame:
    """Return ``model``, ``touch``, ``conversions``: one row for each model and touch."""
    require_columns(["model", "touch", "conversions"], table.columns, "the credit")
    checked = _checked(table, ["model", "touch"], "conversions", "the credit")
    return checked.group_by("model", "touch", maintain_order=True).agg(pl.col("conversions").sum())


def _true_shares(table: pl.DataFrame) -> pl.DataFrame:
    """Return ``touch``, ``true_share``, ``effect`` of the channels; ``effect`` null where not known."""
    amount = "share" if "share" in table.columns and "conversions" not in table.columns else "conversions"
    require_columns(["touch", amount], table.columns, "the truth")
    checked = _checked(table, ["touch"], amount, "the truth")
    effects = (
        table["effect"] if "effect" in table.columns else pl.Series([None] * table.height, dtype=pl.Float64)
    )
    _refuse_text(effects.alias("effect"), "the truth")
    channels = (
        checked.with_columns(effects.cast(pl.Float64).alias("effect"))
        .filter(_is_channel())
        .group_by("touch", maintain_order=True)
        .agg(pl.col(amount).sum().alias("true_share"), pl.col("effect").abs().max())
    )
    total = channels["true_share"].sum()
    if not total > 0:
        message = f"The channels of the truth must have a positive sum of {amount!r}. Got {total}."
        raise DataError(message, hint="Rows in parentheses are no channels and do not count.")
    return channels.with_columns(pl.col("true_share") / total)


def _checked(table: pl.DataFrame, names: list[str], amount: str, where: str) -> pl.DataFrame:
    """Return the columns used, names as strings and the amount as a float, refusing what is neither."""
    _refuse_text(table[amount], where)
    used = table.select(pl.col(names).cast(pl.String), pl.col(amount).cast(pl.Float64))
    missing = pl.any_horizontal(pl.all().is_null(), ~pl.col(amount).is_finite())
    wrong = used.with_row_index("row").filter(missing)
    if wrong.height:
        row = wrong.row(0, named=True)
        shown = ", ".join(f"{name}={row[name]!r}" for name in [*names, amount])
        message = (
            f"Every row of {where} must have {[*names, amount]}, finite. Got {shown} in row {row['row']}."
        )
        raise DataError(message, hint="Drop such rows, or fill them.")
    return used


def _refuse_text(values: pl.Series, where: str) -> None:
    if not values.dtype.is_numeric():
        message = f"Column {values.name!r} of {where} must hold numbers. Got {values.dtype}."
        raise SchemaError(message, hint=f"Cast {values.name!r} to a float.")


def _is_channel() -> pl.Expr:
    """Tell rows of channels from rows such as ``(baseline)``."""
    touch = pl.col("touch")
    return ~(touch.str.starts_with("(") & touch.str.ends_with(")"))


def _refuse_unknown_touches(given: pl.Series, known: pl.Series) -> None:
    unknown = given.filter(~given.is_in(known.to_list())).unique(maintain_order=True)
    if len(unknown):
        message = f"Every touch of the credit must be in the truth. Got {unknown.to_list()}."
        raise SchemaError(message, hint=nearest(unknown[0], known))
