"""Training, validation and test rows that respect time, and what was known when.

A model that is judged on a later part must be made of what was known when that part began: earlier rows,
and of those the labels that had come by then. A positive whose label came later was, at that time, a row
without one, and its label is news from the part that it is judged by. `split_by_time` finds these rows
(``late``), and `Split.known` gives the labels as they stood. The alternative, which costs rows instead of a
bias, is to learn only from rows old enough for their label to have come: ``maturity``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.events.codes import mixed, stable_hashes
from wanamaker.events.known import arrivals, labels_of
from wanamaker.events.parts import Split, checked, cut

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.base.durations import Duration
    from wanamaker.events.known import Arrivals

    Flags = NDArray[np.bool_]
    Times = pl.Series | NDArray[np.int64]

__all__ = ["Split", "split_by_group", "split_by_time", "split_random", "time_folds"]


def split_by_time(
    times: Times,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    gap: Duration = "0s",
    labels: ArrayLike | None = None,
    label_times: Times | None = None,
    maturity: Duration | None = None,
) -> Split:
    """Split rows into an early part to learn from, a later one to tune on, and the last to judge by.

    Rows of one time stay on one side of a boundary, the side that brings the shares nearer to what was
    asked for.

    Parameters
    ----------
    times
        Microseconds since the epoch (`wanamaker.events.times.epoch_micros`), or datetimes; in any order, of
        shape (rows,).
    valid, test
        Shares of the rows, in (0, 1), together below 1.
    gap
        Rows less than this before a boundary belong to no part, so that the windows and labels of the
        earlier part have settled when the next one begins.
    labels
        True and False, or 1 and 0; with them, a training or test part of one class is refused.
    label_times
        When each positive label became known, null for rows without one. Labels known strictly before the
        next part began count; a positive that came later is in ``late``, and `Split.known` gives the labels
        as they stood.
    maturity
        How long a label takes. Rows younger than this when the next part begins (for test rows: when the
        log ends, with its last event or label) belong to no part. Without it, young rows count as negative
        where they were not known yet, so predictions come out lower by what came late: as they would have
        on that day.

    Raises
    ------
    ParameterError
        If the shares or durations make no sense, or a part would be empty.
    DataError
        If a time is missing, a label came before its event or has no time, or a part has one class only.

    Examples
    --------
    >>> split = split_by_time(np.arange(10) * 3_600_000_000, valid=0.2, test=0.2, gap="1h")
    >>> split.train.tolist(), split.valid.tolist(), split.test.tolist(), split.in_gap.tolist()
    ([0, 1, 2, 3, 4], [6], [8, 9], [5, 7])
    """
    _check_shares(valid, test)
    log = arrivals(times, labels, label_times)
    starts = _boundaries(log, [1.0 - valid - test, 1.0 - test])
    return checked(cut(log, starts, gap, maturity), None if labels is None else log.labels)


def time_folds(
    times: Times,
    folds: int = 3,
    *,
    gap: Duration = "0s",
    labels: ArrayLike | None = None,
    label_times: Times | None = None,
    maturity: Duration | None = None,
    known_before: int | None = None,
) -> list[Split]:
    """Return folds for tuning in which the training part grows and the next stretch of time judges.

    The rows are cut into ``folds`` + 1 stretches of time with about as many rows each; fold i learns from the
    first i and is judged on the next. Folds are of the rows given (such as the training part), and have no
    test part.

    Parameters
    ----------
    times, gap, labels, label_times, maturity
        As in `split_by_time`.
    folds
        How many, from 1.
    known_before
        Labels that came from this moment on (microseconds since the epoch), such as where the real validation
        part begins, are not known to any fold.

    Raises
    ------
    ParameterError, DataError
        As in `split_by_time`.

    Examples
    --------
    >>> [(fold.train.tolist(), fold.valid.tolist()) for fold in time_folds(np.arange(6), folds=2)]
    [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]
    """
    if folds < 1:
        message = f"'folds' must be a whole number from 1. Got {folds!r}."
        raise ParameterError(message, hint="3 is usual.")
    log = arrivals(times, labels, label_times)
    starts = _boundaries(log, [(place + 1) / (folds + 1) for place in range(folds)])
    found = []
    for start, stop in zip(starts, (*starts[1:], None), strict=True):
        fold = cut(log, (start,), gap, maturity, stop=stop, known_before=known_before)
        found.append(checked(fold, None if labels is None else log.labels))
    return found


def split_by_group(
    groups: pl.Series,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    seed: int = 0,
    labels: ArrayLike | None = None,
) -> Split:
    """Split whole groups (users, search terms) by a hash of their name.

    A group is on the same side in every table, in whatever order and company, so rows that come later join
    the part that their group is in. The shares are those of groups, and hold on average. Nothing keeps the
    future out of training; where rows have times, `split_by_time` is the honest one.

    Parameters
    ----------
    groups
        The group of each row; rows without one form a group.
    valid, test
        Shares of the groups, in (0, 1), together below 1.
    seed
        Another seed makes another split.
    labels
        With them, a training or test part of one class is refused.

    Raises
    ------
    ParameterError
        If the shares make no sense, or a part would be empty.
    DataError
        If a part has one class only.

    Examples
    --------
    >>> import polars as pl
    >>> split = split_by_group(pl.Series(list(range(100)) * 2))
    >>> split.names(200)[:100].to_list() == split.names(200)[100:].to_list()
    True
    """
    _check_shares(valid, test)
    offset = mixed(np.array([seed], dtype=np.uint64))
    places = (mixed(stable_hashes(groups) ^ offset) >> np.uint64(11)).astype(np.float64) / 2.0**53
    note = f"Split by group: {groups.n_unique()} groups stay whole; time is not respected."
    return checked(_by_place("group", places, valid, test, note), _outcomes(labels, len(groups)))


def split_random(
    rows: int,
    *,
    valid: float = 0.1,
    test: float = 0.2,
    seed: int = 0,
    labels: ArrayLike | None = None,
) -> Split:
    """Split rows at random: only where rows are known to have neither time nor company.

    Parameters
    ----------
    rows
        How many there are.
    valid, test
        Shares of the rows, in (0, 1), together below 1.
    seed
        Another seed makes another split.
    labels
        With them, a training or test part of one class is refused.

    Raises
    ------
    ParameterError
        If the shares make no sense, or a part would be empty.
    DataError
        If a part has one class only.

    Examples
    --------
    >>> split = split_random(10)
    >>> len(split.train), len(split.valid), len(split.test)
    (7, 1, 2)
    """
    _check_shares(valid, test)
    places = (np.random.default_rng(seed).permutation(rows) + 0.5) / max(rows, 1)
    note = "Split at random: rows of one user or one moment may lie on both sides."
    return checked(_by_place("random", places, valid, test, note), _outcomes(labels, rows))


def _check_shares(valid: float, test: float) -> None:
    for name, share in (("valid", valid), ("test", test)):
        if not 0.0 < share < 1.0:
            message = f"{name!r} must be a share of the rows above 0 and below 1. Got {share!r}."
            raise ParameterError(message, hint="Write valid = 0.1 and test = 0.2.")
    if valid + test >= 1.0:
        message = f"'valid' and 'test' must leave rows to learn from. Got {valid!r} + {test!r} of all rows."
        raise ParameterError(message, hint="Write valid = 0.1 and test = 0.2.")


def _outcomes(labels: ArrayLike | None, rows: int) -> Flags | None:
    return None if labels is None else labels_of(labels, rows)


def _by_place(by: str, places: NDArray[np.float64], valid: float, test: float, note: str) -> Split:
    """Return the parts of rows by their place in [0, 1): training first, test last."""
    train, judged = places < 1.0 - valid - test, places >= 1.0 - test
    parts = [np.flatnonzero(rows) for rows in (train, ~train & ~judged, judged)]
    return Split(by, parts[0], parts[1], parts[2], notes=(note,))


def _boundaries(log: Arrivals, shares: list[float]) -> tuple[int, ...]:
    """Return the times at which parts begin, so that about these shares of the rows come before."""
    ordered = np.sort(log.times)
    starts = [_boundary(ordered, share) for share in shares] if len(ordered) else []
    if not starts or starts[0] <= ordered[0] or len(set(starts)) < len(starts):
        distinct = len(np.unique(ordered))
        message = f"{len(shares) + 1} parts need rows at {len(shares) + 1} times or more, spread evenly. "
        message += f"Got {len(ordered)} rows at {distinct} times."
        raise ParameterError(message, hint="Give finer times, more rows, or other shares.")
    return tuple(starts)


def _boundary(ordered: NDArray[np.int64], share: float) -> int:
    """Return the time from which on rows are later: ties go to the side that is nearer to the share."""
    wanted = min(round(share * len(ordered)), len(ordered) - 1)
    moment = ordered[wanted]
    first, after = (int(np.searchsorted(ordered, moment, side=side)) for side in ("left", "right"))
    if after < len(ordered) and (first == 0 or after - wanted < wanted - first):
        return int(ordered[after])
    return int(moment)
