"""What all methods have in common that credit touches by a journey network."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.method import JourneyMethod, Method
from wanamaker.base.ragged import row_numbers, sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.method import MethodCredit
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.models.journeys.reading import Reading
    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]

STOPPED = (
    "The journeys stop at their conversion and are short because they converted, so that what the network "
    "learned of one touch more or less is in part how they were observed. Journeys observed in full, or up "
    "to a landmark, are free of this."
)
"""What has to be known of effects on journeys that are not observed in full."""


@dataclass(frozen=True)
class NetworkMethod(Method):
    """A method that asks a fitted journey model.

    Parameters
    ----------
    model
        Fitted.
    """

    model: JourneyModel

    @property
    def parameters(self) -> dict[str, Any]:
        """The model in words, and the method's parameters by name."""
        told = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "model"}
        return {"model": repr(self.model), **told}

    @property
    def words(self) -> dict[str, str]:
        """What the report says, with the doubts in this network."""
        doubt = self.model.training_["under_trained"]
        if doubt is None:
            return super().words
        return {
            "summary": self.summary,
            "misleads": f"This network is under-trained. {doubt} {self.misleads}",
        }

    @property
    def fitted(self) -> Fitted:
        """What the model has learned."""
        return self.model.fitted_

    def unmet(self, journeys: Journeys) -> str | None:
        """Return why the model does not apply to these journeys, or None if it does."""
        reader = self.fitted.reader
        missing = [name for name in reader.covariates if name not in journeys.covariates]
        if missing:
            return f"its model reads the covariate {missing[0]!r}, which these journeys do not have"
        if reader.timed and journeys.times is None:
            return "its model reads the time of every touch, which these journeys do not have"
        return super().unmet(journeys)

    def told(self, journeys: Journeys) -> dict[str, Any]:
        """Return what a reader of the credit has to know of the network, as plain values."""
        training = self.model.training_
        notes = [training["under_trained"]] if training["under_trained"] else []
        if journeys.observation.observed != "full":
            notes.append(STOPPED)
        unseen = self.fitted.reader.unseen(journeys)["touch"]
        if unseen:
            notes.append(f"{unseen:,} touches were not in training; the network reads them as unknown ones.")
        return {
            "under_trained": training["under_trained"],
            "valid_roc_auc": training["valid_roc_auc"],
            "parameters": training["parameters"],
            "unseen_touches": unseen,
            "idle_touches": training["idle_touches"],
            "notes": notes,
        }


class NetworkJourneyMethod(NetworkMethod, JourneyMethod):
    """One that splits each conversion over the touches of its own journey."""

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate, with the doubts."""
        found = super().credit(journeys, resampling)
        return replace(found, details={**self.told(journeys), **found.details})


def shares_of(effects: Floats, reading: Reading) -> Floats:
    """Return effects above 0 over their sum; the same for every touch of a sequence where none is above 0.

    Parameters
    ----------
    effects
        One per touch, of shape (touches,).
    """
    rows = row_numbers(reading.offsets)
    positive = np.maximum(effects, 0.0)
    sums = sums_by(rows, positive, len(reading))
    even = 1.0 / np.maximum(reading.lengths, 1)
    spread = sums[rows] > 0
    return np.where(spread, positive / np.where(spread, sums[rows], 1.0), even[rows])


def on_touches(values: Floats, reading: Reading, journeys: Journeys) -> Floats:
    """Return values of the touches that are read on all touches of the journeys; 0 for those cut away."""
    if len(values) == len(journeys.touches):
        return values
    found = np.zeros(len(journeys.touches))
    kept = reading.lengths
    shift = np.repeat(journeys.offsets[1:] - reading.offsets[1:], kept)
    found[np.arange(len(values)) + shift] = values
    return found
