"""What more history is worth: the same model on the latest share of its training time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.progress import track
from wanamaker.evaluation.classification import COMPARED, compared
from wanamaker.evaluation.click_examples import click_examples
from wanamaker.models.click_parts import read_part
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.models.click_model import ClickModel

SHARES = (0.25, 0.5, 0.75, 1.0)


def learning_curve(
    model: ClickModel,
    train: Any,
    valid: Any,
    test: Any,
    *,
    shares: Sequence[float] = SHARES,
    replicates: int = 200,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the metrics of a click model that has seen only the latest part of its training time.

    Features too are fitted on that part alone. Where a part has no positive left, its metrics are NaN.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed, and need not be fitted.
    train, valid, test
        Parts of one log in order of time.
    shares
        Of the training time, above 0 and at most 1.
    replicates, seed
        Of the bootstrap over test rows.

    Returns
    -------
    polars.DataFrame
        ``share``, ``rows``, ``positives``, ``from`` (the first moment), ``roc_auc`` and ``log_loss``, each
        with ``_low`` and ``_high``.

    Raises
    ------
    ParameterError
        If a share is not above 0 and at most 1.
    UserError
        As `ClickModel.fit` does.
    """
    for share in shares:
        if not 0.0 < share <= 1.0:
            message = f"'shares' must be above 0 and at most 1. Got {share!r}."
            raise ParameterError(message, hint="Write shares=(0.25, 0.5, 1.0).")
    roles, table = read_part(model, train)
    moments = roles.moments(table)
    labels = roles.labels_of(table, "training")
    resampling = Resampling(replicates, seed)
    rows = []
    for share in track(list(shares), "share of history", str):
        begins = int(moments.max() - share * (moments.max() - moments.min()))
        kept = moments >= begins if share < 1.0 else np.ones(len(table), dtype=np.bool_)
        told: dict[str, Any] = {
            "share": share,
            "rows": int(kept.sum()),
            "positives": int(labels[kept].sum()),
            "from": table[model.time].filter(kept).min(),
        }
        rows.append(told | _metrics(model, table.filter(kept), valid, test, resampling))
    return pl.DataFrame(rows)


def _metrics(
    model: ClickModel, train: pl.DataFrame, valid: Any, test: Any, resampling: Resampling
) -> dict[str, float]:
    labels = train[model.label]
    if labels.n_unique() < 2:  # noqa: PLR2004 (both labels)
        return {f"{name}{end}": np.nan for name in COMPARED for end in ("", "_low", "_high")}
    examples = click_examples(model, train, valid, test)
    return compared(examples.test.labels, examples.predictions(), None, resampling)
