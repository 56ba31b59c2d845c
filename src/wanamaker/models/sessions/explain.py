"""What each event adds to the log-odds of its session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.parameters import OneOf, check
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.models.sessions.events import event_table
from wanamaker.models.sessions.steps import PACE, Cut
from wanamaker.nn.sequences import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.fitted import Fitted
    from wanamaker.models.sessions.scales import Scale
    from wanamaker.models.sessions.steps import Steps
    from wanamaker.nn.batch import Batch
    from wanamaker.nn.session_network import SessionNetwork

    Rows = NDArray[np.int64]
    Floats = NDArray[np.float64]

METHODS = ("removal", "integrated_gradients")

_STEPS_AT_ONCE = 2**20
_POINTS, _MOST_POINTS, _NEARLY = 32, 512, 1e-4
"""Of the rule for the integral along the way: doubled until the shares add up as nearly as that."""


def explained(fitted: Fitted, sessions: Sessions, method: str) -> pl.DataFrame:
    """Return the effect of each event; see `SessionModel.explain`.

    Raises
    ------
    ParameterError
        If the method is not known.
    """
    check("SessionModel.explain", {"method": method}, {"method": OneOf(METHODS)})
    steps = fitted.reader.read(sessions)
    margins = fitted.of_rows(steps, steps.wholes(fitted.max_length))
    owners = sessions.rows
    if method == "removal":
        effects, base = _removals(fitted, steps, margins), None
    else:
        effects, base = _integrated(fitted, steps)
    return event_table(sessions).with_columns(
        effect=pl.Series(effects),
        margin=pl.Series(margins[owners]),
        base=pl.lit(None, dtype=pl.Float64) if base is None else pl.Series(base[owners]),
    )


# --- Removal --------------------------------------------------------------------------------------


def _removals(fitted: Fitted, steps: Steps, margins: Floats) -> Floats:
    """Return by how much the log-odds fall without each event, 0 for those that are not read."""
    effects = np.zeros(int(steps.offsets[-1]))
    owners = np.repeat(np.arange(len(steps)), steps.lengths)
    places = np.flatnonzero(np.arange(len(effects)) >= (steps.offsets[1:] - fitted.max_length)[owners])
    costs = np.cumsum(np.minimum(steps.lengths, fitted.max_length)[owners[places]])
    for some in _split(places, costs):
        without = fitted.of_rows(steps, _without(steps, owners[some], some, fitted.max_length))
        effects[some] = margins[owners[some]] - without
    return effects


def _without(steps: Steps, owners: Rows, removed: Rows, max_length: int) -> Cut:
    """Return the last events of sessions as if one of them, that is read, had never been."""
    stops = steps.offsets[1:][owners]
    lengths = np.minimum(steps.lengths[owners] - 1, max_length)
    starts = stops - lengths - 1  # one more event, of which one is left out
    offsets = lengths_to_offsets(np.maximum(lengths, 1))
    counts = np.diff(offsets)
    places = np.arange(offsets[-1], dtype=np.int64) + np.repeat(starts - offsets[:-1], counts)
    places += places >= np.repeat(removed, counts)
    places[offsets[:-1][lengths == 0]] = steps.offsets[-1]
    return Cut(owners, offsets, places)


def _split(places: Rows, costs: Rows) -> list[Rows]:
    """Return places in pieces of about equal costs."""
    if not len(places):
        return []
    pieces = int(costs[-1]) // _STEPS_AT_ONCE + 1
    return np.split(places, np.searchsorted(costs, np.arange(1, pieces) * costs[-1] / pieces))


# --- Integrated gradients -------------------------------------------------------------------------


def _integrated(fitted: Fitted, steps: Steps) -> tuple[Floats, Floats]:
    """Return the share of each event in the way from unknown events, and the log-odds of those."""
    effects = np.zeros(int(steps.offsets[-1]))
    base = np.zeros(len(steps))
    owners = np.flatnonzero(steps.lengths > 0)
    cut = steps.windows(owners, steps.lengths[owners], fitted.max_length)
    for rows, shares, logits in _batches(fitted, steps, cut):
        base[cut.owners[rows]] = logits + fitted.shift
        counts = np.diff(cut.offsets)[rows]
        ahead = np.arange(shares.shape[1])
        places = cut.places[np.minimum(cut.offsets[rows][:, None] + ahead, len(cut.places) - 1)]
        real = ahead < counts[:, None]
        effects[places[real]] = shares[real]
    return effects, base


def _batches(fitted: Fitted, steps: Steps, cut: Cut) -> Iterator[tuple[Rows, Floats, Floats]]:
    """Yield rows, the shares of their steps, and the log-odds of unknown steps."""
    from wanamaker.nn.batches import Batches
    from wanamaker.nn.training.devices import cpu_threads

    if fitted.network.encoder is None or not len(cut.owners):
        return
    with cpu_threads(fitted.training.threads):
        for batch in Batches(steps.sequences(cut), 64, shuffle=False):
            shares, logits = _shares(fitted.network, batch, _unknown(batch, steps.pace))
            yield batch.rows.numpy(), shares, logits


def _unknown(batch: Batch, pace: Scale | None) -> Batch:
    """Return as many steps of which nothing is known, with typical numbers at the usual pace."""
    import torch

    codes = {name: torch.full_like(values, UNKNOWN) for name, values in batch.codes.items()}
    numbers = {name: torch.zeros_like(values) for name, values in batch.numbers.items()}
    gaps = batch.gaps
    if gaps is not None and pace is not None:
        gaps = torch.full_like(gaps, pace.middle)
        gaps[:, 0] = 0.0  # the first step of a row has no gap, whatever it is
        numbers[PACE][:, 0] = batch.numbers[PACE][:, 0]
    return replace(batch, codes=codes, numbers=numbers, gaps=gaps)


def _shares(network: SessionNetwork, batch: Batch, unknown: Batch) -> tuple[Floats, Floats]:
    """Return each step's share and the log-odds at the start of the way (Sundararajan et al., eq. 1)."""
    import torch

    with torch.no_grad():
        start, end = network.encoded(unknown), network.encoded(batch)
        logits, told = (_last(network.judged(values, batch), batch).double() for values in (start, end))
    points = _POINTS
    while True:
        shares = _integral(network, batch, start, end - start, points)
        left = float((shares.sum(1) - (told - logits)).abs().max())
        if left < _NEARLY or points >= _MOST_POINTS:
            return shares.numpy(), logits.numpy()
        points *= 2


def _integral(network: SessionNetwork, batch: Batch, start: Tensor, way: Tensor, points: int) -> Tensor:
    """Return the slopes along the way times the way, summed up at the points of Gauss and Legendre."""
    import torch

    at, weights = np.polynomial.legendre.leggauss(points)
    total = torch.zeros(way.shape[:2], dtype=torch.float64)
    for point, weight in zip((at + 1.0) / 2.0, weights / 2.0, strict=True):
        here = (start + float(point) * way).requires_grad_()
        with torch.enable_grad():
            asked = _last(network.judged(here, batch), batch).sum()
        (slope,) = torch.autograd.grad(asked, here)
        total += float(weight) * (slope * way).sum(-1).double()
    return total


def _last(odds: Tensor, batch: Batch) -> Tensor:
    """Return the log-odds after each row's last step, of shape (B,)."""
    if odds.ndim == 1:
        return odds
    return odds.gather(1, (batch.lengths - 1)[:, None])[:, 0]
