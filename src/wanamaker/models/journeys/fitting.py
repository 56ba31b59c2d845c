"""Fitting a journey network: parts, training, calibration, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.models.journeys.counts import Columns, NoTouch, counted_chances
from wanamaker.models.journeys.doubts import judged
from wanamaker.models.journeys.fitted import Fitted
from wanamaker.models.journeys.losses import idle_codes
from wanamaker.models.journeys.parts import Part, cut_off
from wanamaker.models.journeys.reader import Reader
from wanamaker.models.journeys.settings import (
    DEFAULT_TRAINING,
    covariates_of,
    refuse_unfit,
    refuse_unusable,
    require_journeys,
)
from wanamaker.models.sampling import sampled
from wanamaker.nn.require import require_deep
from wanamaker.nn.sequences import FIRST_KNOWN
from wanamaker.stats.calibration import Identity, choose_calibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.nn.journey_network import JourneyNetwork
    from wanamaker.nn.sequences import Sequences
    from wanamaker.nn.training.options import Training

_MOST_JUDGED = 200_000
"""Training journeys that the worth of no touch is fitted on, at most."""


@dataclass(frozen=True, eq=False)
class _Sample:
    """A part as it is learned from: sampled and weighted, with what undoes that."""

    sequences: Sequences
    shift: float
    rate: float


def fit_journeys(
    model: JourneyModel, train: Journeys, valid: Journeys | None
) -> tuple[Fitted, dict[str, Any]]:
    """Return what a model learns from journeys, and how it came about.

    Parameters
    ----------
    model
        Gives the settings; is not changed.
    train, valid
        As in `JourneyModel.fit`.

    Raises
    ------
    UserError
        As `JourneyModel.fit` does.
    """
    refuse_unusable(model)
    require_deep("JourneyModel")
    refuse_unfit(model, train)
    options = model.training or DEFAULT_TRAINING
    notes: list[str] = []
    if valid is None:
        train, valid, note = cut_off(train, seed=options.seed)
        notes.append(note)
    reader = Reader.of(train, covariates_of(model, train), model.max_touches)
    notes += notes_of(model, reader, train)
    parts = (
        Part.of(train, reader, "training"),
        Part.of(require_journeys(valid, "fit"), reader, "validation"),
    )
    fitted, told = _trained(model, reader, parts, options)
    return fitted, {**told, "notes": [*notes, *told["notes"]]}


def _trained(
    model: JourneyModel, reader: Reader, parts: tuple[Part, Part], options: Training
) -> tuple[Fitted, dict[str, Any]]:
    train, valid = parts
    fitted, told = learned(model, reader, train, valid, options)
    chances = fitted.chances(valid.reading)
    choice = choose_calibration(chances, valid.labels, model.calibration, weights=valid.weights)
    columns = fitted.nothing.columns
    counted = counted_chances(columns, train.reading, train.labels, train.weights, valid.reading)
    doubts = judged(valid, chances, counted, told["curve"], told["best_epoch"])
    told |= {
        "valid_rows": round(valid.total),
        "valid_positives": round(valid.positives),
        "calibration": choice.map.kind,
        "calibration_reason": choice.reason,
        "under_trained": doubts.under_trained,
        **doubts.figures,
        "notes": [*told["notes"], *([doubts.under_trained] if doubts.under_trained else [])],
    }
    return replace(fitted, calibration=choice.map), told


def learned(
    model: JourneyModel, reader: Reader, train: Part, valid: Part | None, options: Training
) -> tuple[Fitted, dict[str, Any]]:
    """Return what a model learns from a part, not calibrated, and how it came about.

    Parameters
    ----------
    model
        Gives the settings; is not changed.
    reader
        Of the part.
    train, valid
        What is learned from, and what tells which epoch was best; None for the last.
    options
        How.
    """
    from wanamaker.nn.training.train import train as run

    sample = _sampled(model, train, options.seed)
    watched = None if valid is None else _sampled(model, valid, options.seed).sequences
    network = new_network(model, reader, options.seed, sample.rate)
    trained = run(network, sample.sequences, watched, options)
    fitted = _completed(_plain(reader, network, sample.shift, options), train, options.seed)
    told = {
        "rows": round(train.total),
        "positives": round(train.positives),
        "parameters": sum(one.numel() for one in network.parameters()),
        **{name: getattr(trained, name) for name in ("curve", "best_epoch", "stopped", "seconds")},
        "shift": sample.shift,
        "no_touch": fitted.nothing.level,
        "idle_touches": [reader.touches[code - FIRST_KNOWN] for code in np.flatnonzero(fitted.idle)],
        "notes": trained.notes,
    }
    return fitted, told


def _plain(reader: Reader, network: JourneyNetwork, shift: float, options: Training) -> Fitted:
    """Return a network of which nothing more is known."""
    codes = FIRST_KNOWN + len(reader.touches)
    columns = Columns(of_touch=np.zeros(codes, dtype=np.int64), exposures=1, sizes={}, numbers=())
    nothing = NoTouch(None, np.zeros(0), columns)
    return Fitted(reader, network, shift, Identity(), nothing, np.zeros(codes, dtype=np.bool_), options)


def _completed(fitted: Fitted, train: Part, seed: int) -> Fitted:
    """Return a network with what no touch is worth and which kinds are idle."""
    columns = Columns.of(train.reading, len(fitted.idle), fitted.reader.static_sizes)
    return replace(
        fitted,
        nothing=_no_touch(fitted, columns, train, seed),
        idle=idle_codes(fitted, train, len(fitted.idle), seed),
    )


def new_network(model: JourneyModel, reader: Reader, seed: int, rate: float = 0.5) -> JourneyNetwork:
    """Return a network whose first weights are drawn from the seed, and whose first answer is near a rate."""
    from wanamaker.nn.journey_network import JourneyNetwork, JourneyShape
    from wanamaker.nn.training.devices import seeded

    shape = JourneyShape(
        touches=FIRST_KNOWN + len(reader.touches),
        static_sizes=reader.static_sizes,
        static_numbers=reader.static_numbers,
        cell=model.cell,
        width=model.width,
        layers=model.layers,
        dropout=model.dropout,
        embedding=model.embedding,
        attention=model.attention,
        gaps=reader.timed,
        decay=reader.timed and model.decay,
    )
    with seeded(seed):
        network = JourneyNetwork(shape)
    network.start_at(float(np.log(rate) - np.log1p(-rate)))
    return network


def _sampled(model: JourneyModel, part: Part, seed: int) -> _Sample:
    labels = part.labels > 0
    balanced = model.class_weight == "balanced" and part.weights.max() > 1.0
    weight = (part.total - part.positives) / part.positives if balanced else model.class_weight
    sample = sampled(labels, keep_negatives=model.keep_negatives, class_weight=weight, seed=seed)
    kept = part if sample.kept.all() else part.take(np.flatnonzero(sample.kept))
    weights = kept.weights if sample.weights is None else kept.weights * sample.weights
    rate = float(weights @ kept.labels / weights.sum())
    return _Sample(kept.reading.sequences(kept.labels, weights), sample.shift, rate)


def _no_touch(fitted: Fitted, columns: Columns, train: Part, seed: int) -> NoTouch:
    count = len(train.labels)
    rows: NDArray[np.int64] = np.arange(count)
    if count > _MOST_JUDGED:
        rows = np.sort(np.random.default_rng(seed).choice(count, _MOST_JUDGED, replace=False))
    some = train.take(rows)
    return NoTouch.of(columns, some.reading, fitted.chances(some.reading), some.weights)


def notes_of(model: JourneyModel, reader: Reader, train: Journeys) -> list[str]:
    """Return what a reader of the model should know of the journeys that it learned from."""
    notes = []
    if not reader.timed:
        decay = ", and attention does not fade" if model.attention and model.decay else ""
        notes.append(f"The journeys have no times: gaps between touches are not read{decay}.")
    long = train.lengths > model.max_touches
    if long.any():
        notes.append(
            f"{int(long.sum()):,} of {len(train):,} training journeys have more than {model.max_touches} "
            "touches; the last ones are read."
        )
    lonely = int((train.lengths == 0).sum())
    if lonely:
        notes.append(f"{lonely:,} conversions without a touch are not learned from.")
    return notes
