"""What a model of journeys has to beat: the last touch, and counts and timing without order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.parameters import check_known
from wanamaker.base.progress import track
from wanamaker.evaluation.journeys.features import Counts, Covariates, timing, timing_names
from wanamaker.stats.classification import log_loss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

    Floats = NDArray[np.float64]
    Parts = tuple[Journeys, Journeys, Journeys]

_PRIOR = 20.0
_STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)
_ROUNDS, _PATIENCE, _DEPTH, _RATE = 500, 30, 6, 0.1


def journey_baselines(
    train: Journeys,
    valid: Journeys,
    test: Journeys,
    names: Sequence[str] | None = None,
    *,
    covariates: Sequence[str] | None = None,
    threads: int | None = None,
    seed: int = 0,
) -> dict[str, Floats]:
    """Return the test predictions of each baseline.

    Parameters
    ----------
    train, valid, test
        Parts of one set of journeys, each journey with touches; see `split_journeys`.
    names
        Which of `NAMES`; None for all.
    covariates
        Attributes of journeys that logistic regression and trees are given too; None for all that the
        journeys have.
    threads
        Of the trees; None for every core.
    seed
        Of the trees.

    Returns
    -------
    dict
        ``last_touch_rate``: the conversion rate of the last touch in training, drawn towards that of all as
        if by 20 more journeys. ``logistic_counts``: logistic regression on how often each touch stands in
        the journey; its penalty has the best log loss on the validation part. ``xgboost_counts``: boosted
        trees on the same. ``xgboost_counts_timing``: with lengths and gaps besides. ``channel_free``: the
        same trees on lengths and gaps alone, which know no channel at all. Trees stop growing by the
        validation part.

    Raises
    ------
    ParameterError
        If a name is unknown.
    MissingExtraError
        If trees are asked for without the extra ``trees``.
    """
    chosen = tuple(NAMES) if names is None else tuple(names)
    check_known("baseline of journeys", chosen, NAMES)
    extra = None if covariates is None else tuple(covariates)
    more: dict[str, Any] = {"covariates": extra, "threads": threads, "seed": seed}
    work = track(chosen, "fitting baselines", name=lambda name: name)
    return {name: NAMES[name]((train, valid, test), **more) for name in work}


def last_touch_rate(parts: Parts, **_: Any) -> Floats:
    """Return the smoothed conversion rate of each test journey's last touch."""
    train, _valid, test = parts
    last = train.touches[train.offsets[1:] - 1]
    seen = np.bincount(last, minlength=len(train.names))
    won = np.bincount(last, train.converted, minlength=len(train.names))
    rates = (won + _PRIOR * train.converted.mean()) / (seen + _PRIOR)
    return np.asarray(rates[test.touches[test.offsets[1:] - 1]])


def logistic_counts(parts: Parts, *, covariates: tuple[str, ...] | None, **_: Any) -> Floats:
    """Return the predictions of logistic regression on counts, its penalty the best on validation."""
    train, valid, test = parts
    count, attributes = Counts.of(train), Covariates.of(train, covariates)
    tables = [np.column_stack([count(part), attributes(part)]) for part in parts]
    centre = np.nanmean(tables[0], axis=0)
    scale = np.nanstd(tables[0], axis=0)
    scaled = [np.nan_to_num((table - centre) / np.where(scale > 0, scale, 1.0)) for table in tables]
    best, loss = np.full(len(test), train.converted.mean()), np.inf
    for strength in _STRENGTHS:
        fitted = _logistic(scaled[0], train.converted, strength)
        found = float(log_loss(valid.converted, fitted.predict_proba(scaled[1])[:, 1])[0])
        if found < loss:
            best, loss = fitted.predict_proba(scaled[2])[:, 1], found
    return best


def xgboost_counts(parts: Parts, *, covariates: tuple[str, ...] | None, **more: Any) -> Floats:
    """Return the predictions of boosted trees on counts."""
    count, attributes = Counts.of(parts[0]), Covariates.of(parts[0], covariates)
    tables = [np.column_stack([count(part), attributes(part)]) for part in parts]
    return _trees(parts, tables, (*count.names, *attributes.names), **more)


def xgboost_counts_timing(parts: Parts, *, covariates: tuple[str, ...] | None, **more: Any) -> Floats:
    """Return the predictions of boosted trees on counts, lengths and gaps."""
    count, attributes = Counts.of(parts[0]), Covariates.of(parts[0], covariates)
    tables = [np.column_stack([count(part), attributes(part), timing(part)]) for part in parts]
    return _trees(parts, tables, (*count.names, *attributes.names, *timing_names(parts[0])), **more)


def channel_free(parts: Parts, *, covariates: tuple[str, ...] | None, **more: Any) -> Floats:  # noqa: ARG001
    """Return the predictions of boosted trees on lengths and gaps alone."""
    return _trees(parts, [timing(part) for part in parts], timing_names(parts[0]), **more)


NAMES: Mapping[str, Callable[..., Floats]] = {
    "last_touch_rate": last_touch_rate,
    "logistic_counts": logistic_counts,
    "xgboost_counts": xgboost_counts,
    "xgboost_counts_timing": xgboost_counts_timing,
    "channel_free": channel_free,
}
"""The baselines by name, from the simplest; ``channel_free`` is last because it is no rival but a measure."""


def _logistic(values: Floats, labels: NDArray[np.bool_], strength: float) -> Any:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A baseline that has not settled to the last digit is a baseline still.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=300).fit(values, labels)


def _trees(
    parts: Parts, tables: Sequence[Floats], names: Sequence[str], *, threads: int | None, seed: int
) -> Floats:
    from scipy.special import expit

    from wanamaker.models.trees.protocol import Matrix, TreeSettings
    from wanamaker.models.trees.registry import new_trees

    columns = [f"f{place}" for place in range(len(names))]  # names of touches may hold what trees refuse
    train, valid, test = (
        Matrix(table.astype(np.float32), columns, part.converted)
        for table, part in zip(tables, parts, strict=True)
    )
    settings = TreeSettings(
        learning_rate=_RATE,
        max_depth=_DEPTH,
        n_estimators=_ROUNDS,
        early_stopping_rounds=_PATIENCE,
        threads=threads,
        seed=seed,
    )
    trees = new_trees("xgboost").fit(train, valid, settings)
    trees.cut(int(np.argmin(trees.losses)) + 1)
    return np.asarray(expit(trees.margins(test)))
