"""The settings of a click model: what they may be, and the recipe that they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.base.parameters import IntegerIn, OneOf, Optional, RealIn, check
from wanamaker.models.click_features import ClickFeatures
from wanamaker.models.training import Recipe
from wanamaker.models.trees import TREES, TreeSettings, new_trees

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wanamaker.base.parameters import Constraint
    from wanamaker.models.click_model import ClickModel

_CONSTRAINTS: Mapping[str, Constraint] = {
    "trees": OneOf(tuple(TREES)),
    "learning_rate": RealIn(0.0, 1.0, open_at=("low",)),
    "max_depth": IntegerIn(1, 16),
    "n_estimators": IntegerIn(1),
    "min_child_weight": Optional(RealIn(0.0)),
    "reg_alpha": Optional(RealIn(0.0)),
    "reg_lambda": RealIn(0.0),
    "subsample": RealIn(0.0, 1.0, open_at=("low",)),
    "colsample_bytree": RealIn(0.0, 1.0, open_at=("low",)),
    "early_stopping_rounds": IntegerIn(1),
    "keep_negatives": RealIn(0.0, 1.0, open_at=("low",)),
    "calibration": OneOf(("auto", "none", "shift", "platt", "beta", "isotonic")),
    "folds": IntegerIn(0, 50),
    "device": OneOf(("auto", "cpu", "cuda")),
    "threads": Optional(IntegerIn(1)),
    "seed": IntegerIn(0, 2**31 - 1),
}
_OF_TREES = (
    "learning_rate",
    "max_depth",
    "n_estimators",
    "min_child_weight",
    "reg_alpha",
    "reg_lambda",
    "subsample",
    "colsample_bytree",
    "early_stopping_rounds",
    "device",
    "threads",
    "seed",
)
_RISING = {"target means": 1}
"""More conversions of a value never make a row of it less likely: few positives bear no other shape."""


def features_of(model: ClickModel) -> ClickFeatures:
    """Return the features that a model asks for, unfitted."""
    names = ClickFeatures._parameter_names()
    return ClickFeatures(**{name: getattr(model, name) for name in names})


def refuse_unusable(model: ClickModel) -> None:
    """Refuse settings that are not allowed, before any work is done.

    Raises
    ------
    ParameterError, ParameterTypeError
        For the first that is not.
    MissingExtraError
        If the library of trees is not installed.
    """
    check("ClickModel", model.get_params(deep=False), _CONSTRAINTS)
    for role in ("time", "label", "label_time"):
        column = getattr(model, role)
        if not (isinstance(column, str) or (column is None and role == "label_time")):
            message = f"The {role!r} parameter of ClickModel must be a column. Got {column!r}."
            raise ParameterTypeError(message)
    for role in ("categorical", "numeric"):
        columns = getattr(model, role)
        if isinstance(columns, str) or not all(isinstance(name, str) for name in columns):
            message = f"The {role!r} parameter of ClickModel must be a list of columns. Got {columns!r}."
            raise ParameterTypeError(message, hint=f"Write {role}=['app', 'channel'].")
        twice = sorted({name for name in columns if list(columns).count(name) > 1})
        if twice or model.label in columns or model.label_time in columns:
            what = f"names {twice[0]!r} twice" if twice else "holds the label or its time"
            message = f"The {role!r} parameter of ClickModel {what}: {list(columns)!r}."
            raise ParameterError(message, hint="Name every column once, and none that tells the answer.")
    new_trees(model.trees)


def recipe_of(model: ClickModel, families: Mapping[str, str]) -> Recipe:
    """Return how a model's trees are grown on features of these families.

    Parameters
    ----------
    families
        Feature to family.

    Raises
    ------
    ParameterError
        If a constraint names no feature and no family.
    """
    told: dict[str, Any] = {name: getattr(model, name) for name in _OF_TREES}
    settings = TreeSettings(
        **told,
        monotone=_monotone(model.monotone or {}, families),
        interactions=_interactions(model.interactions, families),
    )
    return Recipe(
        library=model.trees,
        settings=settings,
        keep_negatives=float(model.keep_negatives),
        class_weight=model.class_weight,
        calibration=model.calibration,
        folds=model.folds,
    )


def _monotone(asked: Mapping[str, int], families: Mapping[str, str]) -> dict[str, int]:
    """Return the direction of each feature that has one; a feature's own goes before its family's."""
    if not isinstance(asked, Mapping):
        message = f"'monotone' must map features or families to 1, 0 or -1. Got {asked!r}."
        raise ParameterTypeError(message, hint="Write monotone={'price': -1}.")
    for name, direction in asked.items():
        if direction not in (-1, 0, 1):
            message = f"monotone[{name!r}] must be -1, 0 or 1. Got {direction!r}."
            raise ParameterError(message, hint="1: the score never falls as the feature rises.")
    _refuse_unknown("monotone", asked, families)
    by_family = {**_RISING, **{name: way for name, way in asked.items() if name in families.values()}}
    found = {name: asked.get(name, by_family.get(family, 0)) for name, family in families.items()}
    return {name: way for name, way in found.items() if way}


def _interactions(asked: Sequence[Sequence[str]], families: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Return groups of features; a family stands for all of its features."""
    groups = []
    for group in asked:
        if isinstance(group, str):
            message = f"'interactions' must be a list of groups of features. Got {list(asked)!r}."
            raise ParameterTypeError(message, hint="Write interactions=[['windows', 'hour'], ['raw']].")
        _refuse_unknown("interactions", group, families)
        groups.append(tuple(name for name, of in families.items() if name in group or of in group))
    return tuple(groups)


def _refuse_unknown(parameter: str, names: Iterable[str], families: Mapping[str, str]) -> None:
    known = {*families, *families.values(), *_RISING}
    for name in names:
        if name not in known:
            message = f"{parameter!r} names {name!r}, which is neither a feature nor a family."
            raise ParameterError(message, hint=nearest(name, known))
