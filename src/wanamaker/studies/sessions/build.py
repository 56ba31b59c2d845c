"""From the keys of a study to its models, and back to a study with every default filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.models.sessions.session_model import SessionModel
from wanamaker.models.sessions.settings import refuse_unusable
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from wanamaker.studies.sessions.study import SessionsStudy

_OF_MODEL = (
    *("width", "layers", "bidirectional", "max_length", "prefixes", "min_count", "hashed", "dropout"),
    *("class_weight", "keep_negatives", "calibration"),
)
_OF_TRAINING = (
    *("epochs", "batch_size", "learning_rate", "weight_decay", "patience", "clip", "schedule"),
    *("warmup", "average", "precision", "device", "threads"),
)

FEATURES = "features"
"""What the network is called where there are no events for cells to differ in."""


def session_model(study: SessionsStudy, cell: str, seed: int) -> SessionModel:
    """Return a model that a study describes, not fitted.

    Raises
    ------
    ParameterError
        If a setting is not allowed.
    """
    given = {name: getattr(study.model, name) for name in _OF_MODEL}
    model = SessionModel(
        cell=cell,
        training=Training(seed=seed, **study.training.given),
        **{name: value for name, value in given.items() if value is not None},
    )
    refuse_unusable(model)
    return model


def candidate(study: SessionsStudy, cell: str) -> str:
    """Return what a model is called in comparisons."""
    return cell if study.columns.has_events else FEATURES


def effective(study: SessionsStudy) -> SessionsStudy:
    """Return the study with everything filled in that was left to its default, to be run again as it is."""
    held = session_model(study, study.cells[0], study.model.seed).get_params(deep=False)
    options: dict[str, Any] = {name: held[name] for name in _OF_MODEL}
    if study.columns.has_events:
        options["cells"] = study.cells
    values = held["training"].values()
    training = {name: values[name] for name in _OF_TRAINING}
    return study.model_copy(
        update={
            "data": study.data.resolved(),
            "model": study.model.model_copy(update=options),
            "training": study.training.model_copy(update=training),
        }
    )
