"""Fitting a session network: examples, training, calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.models.sessions.along import Along
from wanamaker.models.sessions.calibrating import calibrated, rated
from wanamaker.models.sessions.examples import Examples, prefix_examples, sampled, whole_examples
from wanamaker.models.sessions.fitted import Fitted
from wanamaker.models.sessions.reader import Reader
from wanamaker.models.sessions.settings import (
    reads_prefixes,
    refuse_unfit,
    refuse_unusable,
    require_sessions,
)
from wanamaker.models.sessions.split import cut_off
from wanamaker.models.sessions.steps import PACE
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training
from wanamaker.stats.calibration import Identity
from wanamaker.stats.calibration.logits import logit

if TYPE_CHECKING:
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.models.sessions.steps import Steps
    from wanamaker.nn.session_network import SessionNetwork, SessionShape


USUAL = Training(epochs=30, batch_size=64, learning_rate=5e-3, patience=5)
"""How a model is trained that is not told otherwise."""


@dataclass(frozen=True, eq=False)
class _Part:
    """One part of the sessions: as the network reads them, and what is asked."""

    sessions: Sessions
    steps: Steps
    examples: Examples


def fit_sessions(
    model: SessionModel, train: Sessions, valid: Sessions | None
) -> tuple[Fitted, dict[str, Any]]:
    """Return what a model learns from sessions, and how it came about.

    Parameters
    ----------
    model
        Gives the settings; is not changed.
    train, valid
        As in `SessionModel.fit`.

    Raises
    ------
    UserError
        As `SessionModel.fit` does.
    """
    refuse_unusable(model)
    require_deep("SessionModel")
    refuse_unfit(model, train)
    if valid is not None:
        require_sessions(valid, "fit")
    options = model.training or USUAL
    notes: list[str] = []
    if valid is None:
        train, valid, note = cut_off(train, seed=options.seed)
        notes.append(note)
    reader = Reader.of(train, model.min_count, model.hashed or {})
    _refuse_nothing(reader)
    parts = [_part(model, reader, part, name) for part, name in ((train, "training"), (valid, "validation"))]
    return _trained(model, reader, parts[0], parts[1], options, notes)


def _trained(
    model: SessionModel, reader: Reader, train: _Part, valid: _Part, options: Training, notes: list[str]
) -> tuple[Fitted, dict[str, Any]]:
    from wanamaker.nn.training.train import train as run

    network = new_network(shape_of(model, reader), options.seed)
    learned, shift, watched = _weighted(model, train.examples, valid.examples, options.seed)
    whole = not network.causal
    trained = run(
        network,
        learned.sequences(train.steps, whole=whole),
        watched.sequences(valid.steps, whole=whole),
        options,
    )
    at_rest(network)
    empty = _empty_odds(train)
    fitted = Fitted(reader, network, model.max_length, shift, Along(), Identity(), empty, options)
    held = rated(fitted, valid.sessions, prefixes=reads_prefixes(model))
    along, choice = calibrated(held, model.calibration)
    fitted = replace(fitted, along=along, calibration=choice.map)
    if empty is not None and bool((valid.sessions.lengths == 0).any()):
        notes.append("Training had no session without events; those of others get the share of positives.")
    told = {
        **_counts(train, valid),
        "learned_from": "all prefixes" if reads_prefixes(model) else "whole sessions",
        "parameters": sum(one.numel() for one in network.parameters()),
        **{name: getattr(trained, name) for name in ("curve", "best_epoch", "stopped", "seconds")},
        "shift": shift,
        "calibration": choice.map.kind,
        "calibration_reason": choice.reason,
        "notes": [*notes, *trained.notes],
    }
    return fitted, told


def shape_of(model: SessionModel, reader: Reader) -> SessionShape:
    """Return what the network of a model is made of."""
    from wanamaker.nn.session_network import BAG, SessionShape

    return SessionShape(
        step_sizes=reader.step_sizes,
        step_numbers=[name for name in reader.step_numbers if name != PACE or model.cell != BAG],
        static_sizes=reader.static_sizes,
        static_numbers=reader.static_numbers,
        gaps=reader.timed,
        cell=model.cell,
        width=model.width,
        layers=model.layers,
        bidirectional=model.bidirectional,
        dropout=model.dropout,
    )


def new_network(shape: SessionShape, seed: int) -> SessionNetwork:
    """Return a network whose first weights are drawn from the seed."""
    from wanamaker.nn.session_network import SessionNetwork
    from wanamaker.nn.training.devices import seeded

    with seeded(seed):
        return SessionNetwork(shape)


def at_rest(network: SessionNetwork) -> None:
    """Leave a network as it is asked: without dropout, and with weights that learn no more."""
    network.to("cpu").eval().requires_grad_(requires_grad=False)
    network.zero_grad(set_to_none=True)


def _part(model: SessionModel, reader: Reader, sessions: Sessions, name: str) -> _Part:
    steps = reader.read(sessions)
    chosen = prefix_examples if reads_prefixes(model) else whole_examples
    examples = chosen(steps, sessions, model.max_length, name)
    if not examples.positives or not examples.negatives:
        count = len(np.unique(examples.cut.owners))
        found = "no session that is asked about" if not count else f"{count:,} sessions, all "
        found += "" if not count else "negative" if not examples.positives else "positive"
        message = f"The {name} part must have answers of both kinds. Got {found}."
        raise DataError(message, hint="Give a longer part, or check what the label or outcome is.")
    return _Part(sessions, steps, examples)


def _weighted(
    model: SessionModel, train: Examples, valid: Examples, seed: int
) -> tuple[Examples, float, Examples]:
    """Return the training examples as sampled, what undoes it, and the validation examples alike."""
    weight = 1.0 if model.class_weight is None else model.class_weight
    number = None if weight == "balanced" else float(weight)
    learned, shift = sampled(train, model.keep_negatives, number, seed)
    watched, _ = sampled(valid, model.keep_negatives, number, seed)
    for name, part in (("training", learned), ("validation", watched)):
        if not part.negatives:
            message = f"keep_negatives={model.keep_negatives!r} leaves no negative in the {name} part."
            raise DataError(message, hint="Keep a larger share, or leave it out.")
    return learned, shift, watched


def _empty_odds(train: _Part) -> float | None:
    """Return the log-odds of the share of positives, or None if training had sessions without events."""
    examples = train.examples
    if bool((examples.cut.places == len(train.sessions.events)).any()):
        return None
    share = float(examples.weights @ examples.labels) / float(examples.weights.sum())
    return float(logit(np.array([share]))[0])


def _refuse_nothing(reader: Reader) -> None:
    if not (reader.reads_events or reader.static_sizes or reader.static_numbers):
        message = "The training sessions have neither events nor features: there is nothing to learn from."
        raise DataError(message, hint="Give events, numeric_features or categorical_features.")


def _counts(train: _Part, valid: _Part) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for prefix, part in (("", train), ("valid_", valid)):
        found[f"{prefix}rows"] = len(np.unique(part.examples.cut.owners))
        found[f"{prefix}positives"] = part.examples.positives
        found[f"{prefix}prefixes"] = int(part.examples.counted.sum())
    return found
