"""A method of your own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import normalised
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Custom(JourneyMethod):
    """Credit by any function of the journeys.

    Parameters
    ----------
    function
        Takes the converting `Journeys`, returns one weight of 0 or more per touch, of shape
        (touches,); the weights of each journey are divided by their sum.
    title
        The method's name in tables.

    Raises
    ------
    DataError
        When credit is computed, if the weights have another shape, are negative or not finite, or
        are all 0 within a journey.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b"], "total_conversions": [1]})
    >>> even = Custom(lambda journeys: np.ones(len(journeys.touches)), title="even")
    >>> even.touch_weights(journeys).tolist()
    [0.5, 0.5]
    """

    function: Callable[[Journeys], Any]
    title: str = "custom"

    name = "custom"
    summary = "Credit by a function given by the analyst."
    misleads = "It is as good as the function's assumptions."

    def __post_init__(self) -> None:
        if not callable(self.function):
            message = f"The 'function' parameter of Custom must be a function. Got {self.function!r}."
            raise ParameterTypeError(message, hint="Write Custom(lambda journeys: weights, title='mine').")
        if not isinstance(self.title, str) or not self.title.strip():
            message = f"The 'title' parameter of Custom must be a name. Got {self.title!r}."
            raise ParameterError(message)

    @property
    def label(self) -> str:
        """The given title."""
        return self.title

    @property
    def parameters(self) -> dict[str, Any]:
        """The function's name and the title."""
        return {"function": getattr(self.function, "__qualname__", repr(self.function)), "title": self.title}

    @property
    def described(self) -> str:
        """The given title."""
        return self.title

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the function's weights over the sum of their journey."""
        try:
            weights = np.asarray(self.function(journeys), dtype=np.float64)
        except (TypeError, ValueError) as error:
            message = f"{self.title!r} must return one weight per touch, as numbers: {error}."
            raise DataError(message) from error
        if weights.shape != journeys.touches.shape:
            message = (
                f"{self.title!r} must return one weight per touch. "
                f"Expected shape {journeys.touches.shape}, got {weights.shape}."
            )
            raise DataError(message)
        if not np.isfinite(weights).all() or (weights < 0).any():
            message = (
                f"{self.title!r} must return finite weights of 0 or more. "
                f"Got {weights.min()} to {weights.max()}."
            )
            raise DataError(message)
        sums = np.bincount(journeys.rows, weights=weights, minlength=len(journeys))
        empty = (sums == 0) & (journeys.lengths > 0)
        if empty.any():
            message = f"{self.title!r} gives no weight to any touch of journey {int(np.argmax(empty))}."
            raise DataError(message, hint="Give at least one touch of each journey a weight above 0.")
        return normalised(weights, journeys)
