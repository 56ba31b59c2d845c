"""A click model's examples in three parts, made once for every comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.models.click_parts import prepare
from wanamaker.models.click_settings import recipe_of
from wanamaker.models.training import train

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.models.click_model import ClickModel
    from wanamaker.models.click_parts import Prepared
    from wanamaker.models.training import Part, Recipe


@dataclass(frozen=True, slots=True, eq=False)
class ClickExamples:
    """The features of three parts, and how trees are grown on them.

    Parameters
    ----------
    prepared
        Features fitted on the training part.
    recipe
        How trees are grown.
    train, valid, test
        The parts.
    """

    prepared: Prepared
    recipe: Recipe
    train: Part
    valid: Part
    test: Part

    @property
    def families(self) -> dict[str, str]:
        """The family of each feature."""
        return self.prepared.features.families_

    def predictions(self, without: set[str] | None = None) -> NDArray[np.float64]:
        """Return the test predictions of trees grown without some features."""
        left_out = without or set()
        earlier, later, last = (part.without(left_out) for part in (self.train, self.valid, self.test))
        return train(earlier, later, self.recipe.without(left_out)).predict(last.matrix)


def click_examples(model: ClickModel, train: Any, valid: Any, test: Any) -> ClickExamples:
    """Return the examples of a model's log.

    Parameters
    ----------
    model
        Gives columns and settings; is not changed, and need not be fitted.
    train, valid, test
        Parts of one log in order of time. Features of the test part go on from the two before it.

    Raises
    ------
    UserError
        As `ClickModel.fit` does.
    """
    parts = prepare(model, train, valid)
    before = pl.concat([parts.table(train), parts.table(valid)], how="diagonal_relaxed")
    last = parts.later(test, before)
    return ClickExamples(parts, recipe_of(model, parts.features.families_), parts.train, parts.valid, last)
