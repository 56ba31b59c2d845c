"""The channel-free baseline: what lengths and gaps of journeys alone say about conversion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.events.codes import mixed
from wanamaker.stats.bootstrap import Resampling, interval
from wanamaker.stats.classification import roc_auc as area_under_roc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

FEATURES = ("touches", "span", "last gap", "shortest gap", "mean gap")

_TEST_EVERY = 5
_MOST_TRAINING = 200_000
_FEWEST = 30
_REPLICATES = 200


@dataclass(frozen=True)
class ChannelFree:
    """How well conversion is predicted without knowing a single channel.

    Parameters
    ----------
    roc_auc
        ``value``, ``low``, ``high`` on journeys of unseen users, or None with a ``reason``.
    train_journeys, test_journeys
        How many journeys the model learned from and was tested on; no user is on both sides.
    reason
        Why there is no figure.
    """

    roc_auc: dict[str, float] | None
    train_journeys: int = 0
    test_journeys: int = 0
    features: tuple[str, ...] = FEATURES
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return asdict(self)


def channel_free_baseline(journeys: Journeys, seed: int = 0) -> ChannelFree:
    """Fit boosted trees on the lengths and gaps of journeys, and test them on a fifth of the users.

    The split is by user and not by time, because the question is what these journeys give away, not
    what comes next: at both ends of a log journeys are cut, and a split in time would measure that.

    A high figure says that *how journeys were observed* already predicts the label: journeys that
    stop at their conversion are shorter because they converted. A method's or model's own figure
    means something only above it.

    Parameters
    ----------
    journeys
        With times; paths have none and get a reason instead.
    seed
        Seed of the split, of the trees and of the interval.
    """
    reason = _unfit(journeys)
    if reason is not None:
        return ChannelFree(None, reason=reason)
    held = np.flatnonzero(journeys.lengths > 0)
    chosen = journeys.take(held)
    train, test = _split(chosen, seed)
    labels = chosen.converted
    for name, part in (("training", train), ("test", test)):
        if min(labels[part].sum(), (~labels[part]).sum()) < _FEWEST:
            return ChannelFree(
                None, reason=f"the {name} journeys have fewer than {_FEWEST} of either outcome"
            )
    features = timing_features(chosen)
    scores = _scores(features[train], labels[train], features[test], seed)
    weights = Resampling(_REPLICATES, seed).weights(chosen.users[test], np.ones(len(test)))
    figures = area_under_roc(labels[test], scores, weights)
    low, high = interval(figures[None, 1:])
    roc_auc = {"value": float(figures[0]), "low": float(low[0]), "high": float(high[0])}
    return ChannelFree(roc_auc, len(train), len(test))


def timing_features(journeys: Journeys) -> NDArray[np.float64]:
    """Return lengths and gaps of journeys, of shape (journeys, 5), in the order of `FEATURES`.

    Gaps are in seconds; NaN for journeys of one touch. Every journey must have a touch.
    """
    times = np.asarray(journeys.times) / 1e6
    first, last = journeys.offsets[:-1], journeys.offsets[1:] - 1
    gaps = np.diff(times, prepend=times[:1])
    gaps[first] = np.nan
    span = times[last] - times[first]
    shortest = np.fmin.reduceat(gaps, first)
    several = journeys.lengths > 1
    mean = np.divide(span, journeys.lengths - 1, out=np.full(len(span), np.nan), where=several)
    return np.column_stack([journeys.uncut, span, np.where(several, gaps[last], np.nan), shortest, mean])


def _unfit(journeys: Journeys) -> str | None:
    if journeys.times is None or journeys.grouped:
        return "paths have no times to measure gaps by"
    if not journeys.nulls.sum():
        return "no journey without a conversion was observed"
    return None


def _split(journeys: Journeys, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return training and test journeys; every fifth user, chosen by hash, is test."""
    tested = mixed(journeys.users ^ np.uint64(seed)) % np.uint64(_TEST_EVERY) == 0
    train = np.flatnonzero(~tested)
    if len(train) > _MOST_TRAINING:
        train = np.sort(np.random.default_rng(seed).choice(train, _MOST_TRAINING, replace=False))
    return train, np.flatnonzero(tested)


def _scores(
    train: NDArray[np.float64], labels: NDArray[np.bool_], test: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.1, early_stopping=False, random_state=seed
    )
    return np.asarray(trees.fit(train, labels).predict_proba(test)[:, 1])
