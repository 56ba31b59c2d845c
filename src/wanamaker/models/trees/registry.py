"""The libraries of trees by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.models.trees.catboost_trees import CatBoostTrees
from wanamaker.models.trees.xgboost_trees import XGBoostTrees

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.trees.protocol import Trees

TREES: dict[str, type[XGBoostTrees] | type[CatBoostTrees]] = {
    "xgboost": XGBoostTrees,
    "catboost": CatBoostTrees,
}


def new_trees(name: str) -> Trees:
    """Return trees of a library that are yet to be fitted."""
    return TREES[name]()


def read_trees(name: str, folder: Path) -> Trees:
    """Return the trees of a library that lie in a folder as ``trees`` with the library's suffix."""
    kind = TREES[name]
    return kind.load(folder / f"trees{kind.suffix}")
