"""From the keys of a study to its models, and back to a study with every default filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import SchemaError
from wanamaker.events.reading import read_table
from wanamaker.models.search_terms.search_term_model import SearchTermModel
from wanamaker.models.search_terms.settings import refuse_unusable
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    import polars as pl

    from wanamaker.studies.search_terms.parts import Parts
    from wanamaker.studies.search_terms.study import SearchTermsStudy

_DEFAULTS: dict[str, Any] = {
    "epochs": 15,
    "batch_size": 512,
    "learning_rate": 0.003,
    "weight_decay": 0.01,
    "patience": 3,
}
"""What a search-term model takes if no training is given."""

_OF_TRAINING = (
    *("epochs", "batch_size", "learning_rate", "weight_decay", "patience", "clip", "schedule"),
    *("warmup", "average", "precision", "device", "threads"),
)


def term_model(
    study: SearchTermsStudy,
    parts: Parts,
    *,
    seed: int,
    loss: str | None = None,
    predictor: str | None = None,
) -> SearchTermModel:
    """Return a model that a study describes, not fitted.

    Parameters
    ----------
    study, parts
        The study, and its log.
    seed
        Of the training.
    loss, predictor
        In place of the study's.

    Raises
    ------
    ParameterError
        If a setting is not allowed.
    """
    told, read = study.model, study.features
    optional = ("impressions", "clicks", "cost", "campaign")
    there: dict[str, Any] = {name: name if name in parts.log.days.columns else None for name in optional}
    model = SearchTermModel(
        **there,
        known_ahead=read.known_ahead,
        exposure=read.exposure,
        history=read.history,
        windows=read.windows,
        holidays=read.holidays,
        delay=parts.log.curve,
        loss=loss or told.loss,
        predictor=predictor or told.predictor,
        width=told.width,
        embedding=told.embedding,
        min_count=read.min_count,
        max_words=read.max_words,
        vectors=parts.vectors,
        keep_zeros=told.keep_zeros,
        training=Training(seed=seed, **{**_DEFAULTS, **study.training.given}),
    )
    refuse_unusable(model)
    return model


def read_vectors(study: SearchTermsStudy) -> pl.DataFrame | None:
    """Return the vectors of terms that a study gives, or None.

    Raises
    ------
    SchemaError
        If the table has no column of terms.
    """
    if study.features.vectors is None:
        return None
    header = study.columns.given.get("term", "term")
    frame = read_table(study.features.vectors, ids=list(dict.fromkeys([header, "term"]))).frame
    found = next((name for name in (header, "term") if name in frame.columns), None)
    if found is None:
        message = f"The vectors must have a column {header!r} with the terms. Got {frame.columns[:8]}."
        raise SchemaError(message, hint="Write one row per term: the term, and columns of numbers.")
    return frame.rename({found: "term"})


def effective(study: SearchTermsStudy, parts: Parts) -> SearchTermsStudy:
    """Return the study with everything filled in that was left to its default, to be run again as it is."""
    held = term_model(study, parts, seed=study.model.seed).get_params(deep=False)["training"].values()
    last = parts.origins[-1]
    split = {
        "horizon": last.stop - last.start,
        "valid": last.gap - last.valid,
        "gap": last.start - last.gap,
    }
    return study.model_copy(
        update={
            "split": study.split.model_copy(update=split),
            "training": study.training.model_copy(update={name: held[name] for name in _OF_TRAINING}),
            "delay": study.delay.model_copy(update={"as_of": parts.report_date}),
        }
    )
