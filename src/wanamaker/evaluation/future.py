"""What honesty costs: the same trees with columns that know the future."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.classification import compared
from wanamaker.evaluation.click_examples import click_examples
from wanamaker.events.codes import dense_codes
from wanamaker.models.click_parts import read_part
from wanamaker.models.training import Part, train
from wanamaker.models.trees import Matrix
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.click_examples import ClickExamples
    from wanamaker.models.click_model import ClickModel

PAST, COUNTS, NEXT = "past only", "+ whole-log counts", "+ time to next event"


def future_columns(
    model: ClickModel,
    train: Any,
    valid: Any,
    test: Any,
    *,
    by: tuple[str, ...] | None = None,
    replicates: int = 200,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the metrics of a click model, and what columns that look ahead would add to them.

    Public figures on such logs often count over the whole log, test part included, or take the time to the
    next event of the same key. Neither is known when an event happens. The rows here are cumulative.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed, and need not be fitted.
    train, valid, test
        Parts of one log in order of time.
    by
        The key whose next event is looked for; all categorical columns but the last one if left out.
    replicates, seed
        Of the bootstrap over test rows.

    Returns
    -------
    polars.DataFrame
        ``columns``, ``features`` (how many), ``roc_auc`` and ``log_loss``, each with ``_low`` and ``_high``,
        and ``roc_auc_difference`` and ``log_loss_difference`` with theirs: past only minus these.

    Raises
    ------
    UserError
        As `ClickModel.fit` does.
    """
    examples = click_examples(model, train, valid, test)
    roles, first = read_part(model, train)
    others = (roles.timed(roles.read(part)) for part in (valid, test))
    log = pl.concat([first, *others], how="diagonal_relaxed")
    categorical = list(model.categorical)
    key = list(by or (categorical[:-1] or categorical))
    counts = {f"whole_log_{name}": np.log1p(_counts(log[name])) for name in categorical}
    ahead = {"until_next": np.log1p(_until_next(log, key, roles.moments(log)))} if key else {}
    resampling = Resampling(replicates, seed)
    rows, past = [], None
    for name, extra in ((PAST, {}), (COUNTS, counts), (NEXT, counts | ahead)):
        found = _predictions(examples, extra)
        past = found if past is None else past
        told = {"columns": name, "features": len(examples.families) + len(extra)}
        rows.append(told | compared(examples.test.labels, found, past, resampling))
    return pl.DataFrame(rows)


def _predictions(examples: ClickExamples, extra: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the test predictions of trees that have more columns, given for the three parts on end."""
    parts, start = [], 0
    for part in (examples.train, examples.valid, examples.test):
        stop = start + len(part.matrix)
        more = [values[start:stop, None].astype(np.float32) for values in extra.values()]
        values = np.hstack([part.matrix.values, *more])
        matrix = Matrix(values, [*part.matrix.names, *extra], part.matrix.labels)
        parts.append(Part(matrix, part.moments, part.known))
        start = stop
    return train(parts[0], parts[1], examples.recipe).predict(parts[2].matrix)


def _counts(values: pl.Series) -> NDArray[np.float64]:
    codes, distinct = dense_codes([values])
    return np.bincount(codes, minlength=len(distinct))[codes].astype(np.float64)


def _until_next(log: pl.DataFrame, key: list[str], moments: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the seconds until the next event of the same key in the log; NaN where there is none."""
    codes, _ = dense_codes([log[name] for name in key])
    order = np.lexsort((moments, codes))
    same = codes[order][1:] == codes[order][:-1]
    gaps = np.where(same, np.diff(moments[order]) / 1e6, np.nan)
    found = np.full(len(log), np.nan)
    found[order[:-1]] = gaps
    return found
