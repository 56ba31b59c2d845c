"""From the keys of a study to the model, and back to a study with every default filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.features.window_features import WindowFeatures
from wanamaker.models.click_model import ClickModel
from wanamaker.models.click_settings import refuse_unusable
from wanamaker.studies.clicks.windows import usual_windows

if TYPE_CHECKING:
    from wanamaker.studies.clicks.study import ClicksStudy

_OF_FEATURES = (
    "vector_method",
    "codes",
    "hour",
    "target_means",
    "target_prior",
    "frequencies",
    "vectors",
    "pair_vectors",
    "time_zone",
    "resolution",
)
_OF_MODEL = (
    *("learning_rate", "max_depth", "n_estimators", "min_child_weight", "reg_alpha", "reg_lambda"),
    *("subsample", "colsample_bytree", "early_stopping_rounds", "monotone", "interactions", "class_weight"),
    *("keep_negatives", "calibration", "folds", "device", "threads", "seed"),
)


def windows_of(study: ClicksStudy) -> tuple[dict[str, Any], ...]:
    """Return the windows of a study, the usual ones where it names none."""
    given = study.features.windows
    return usual_windows(study.columns.categorical) if given is None else given


def click_model(study: ClicksStudy) -> ClickModel:
    """Return the model that a study describes, not fitted.

    Raises
    ------
    ParameterError
        If a window or a setting is not allowed.
    """
    columns, features, options = study.columns, study.features, study.model
    given: dict[str, Any] = {name: getattr(features, name) for name in _OF_FEATURES}
    given |= {name: getattr(options, name) for name in _OF_MODEL}
    given["trees"] = options.name
    model = ClickModel(
        time=columns.time,
        label=columns.label,
        label_time=columns.label_time,
        categorical=columns.categorical,
        numeric=columns.numeric,
        time_unit=columns.time_unit,
        windows=windows_of(study),
        **{name: value for name, value in given.items() if value is not None},
    )
    refuse_unusable(model)
    return model


def columns_of(study: ClicksStudy) -> list[str]:
    """Return the columns that a study reads of its log.

    Raises
    ------
    ParameterError
        If a window is not allowed.
    """
    told = study.columns
    read = [told.time, told.label, told.label_time, *told.id, *told.categorical, *told.numeric]
    read.append(study.split.column)
    windows = windows_of(study)
    if windows:
        read += WindowFeatures(
            windows,
            time=told.time,
            label=told.label,
            label_time=told.label_time,
            resolution=study.features.resolution,
            time_unit=told.time_unit,
        ).columns
    return list(dict.fromkeys(name for name in read if name is not None))


def effective(study: ClicksStudy, model: ClickModel) -> ClicksStudy:
    """Return the study with everything filled in that was left to its default, to be run again as it is."""
    held = model.get_params(deep=False)
    features = {name: held[name] for name in _OF_FEATURES} | {"windows": windows_of(study)}
    options = {name: held[name] for name in _OF_MODEL} | {"name": held["trees"]}
    return study.model_copy(
        update={
            "data": study.data.resolved(),
            "features": study.features.model_copy(update=features),
            "model": study.model.model_copy(update=options),
        }
    )
