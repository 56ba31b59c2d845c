"""Gradient-boosted trees behind one small interface, one library per file."""

from __future__ import annotations

from wanamaker.models.trees.protocol import Matrix, Trees, TreeSettings
from wanamaker.models.trees.registry import TREES, new_trees, read_trees

__all__ = ["TREES", "Matrix", "TreeSettings", "Trees", "new_trees", "read_trees"]
