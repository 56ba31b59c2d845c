"""What each family of features is worth: the same trees without it, on the same test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.progress import track
from wanamaker.evaluation.classification import compared
from wanamaker.evaluation.click_examples import click_examples
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from wanamaker.models.click_model import ClickModel

NOTHING = "(nothing)"
"""The row of the model as it is."""


def ablation(
    model: ClickModel, train: Any, valid: Any, test: Any, *, replicates: int = 200, seed: int = 0
) -> pl.DataFrame:
    """Return the metrics of a click model without each family of its features.

    Features are computed once; only the trees are grown anew. A family that is worth nothing beside the
    others may still be worth much without them.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed, and need not be fitted.
    train, valid, test
        Parts of one log in order of time.
    replicates, seed
        Of the bootstrap over test rows.

    Returns
    -------
    polars.DataFrame
        ``left_out`` (first ``(nothing)``), ``features`` (how many are left), ``roc_auc`` and ``log_loss``,
        each with ``_low`` and ``_high``, and ``roc_auc_difference`` and ``log_loss_difference`` with theirs:
        all families minus without this one. Above 0, the family raises the metric.

    Raises
    ------
    UserError
        As `ClickModel.fit` does.
    """
    examples = click_examples(model, train, valid, test)
    families = list(dict.fromkeys(examples.families.values()))
    resampling = Resampling(replicates, seed)
    labels, whole = examples.test.labels, None
    rows = []
    for family in track([NOTHING, *(families if len(families) > 1 else [])], "without", str):
        left_out = {name for name, of in examples.families.items() if of == family}
        found = examples.predictions(left_out)
        reference = found if whole is None else whole
        whole = reference
        told = {"left_out": family, "features": len(examples.families) - len(left_out)}
        rows.append(told | compared(labels, found, reference, resampling))
    return pl.DataFrame(rows)
