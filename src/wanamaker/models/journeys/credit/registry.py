"""Credit methods of a journey model by kind."""

from __future__ import annotations

import warnings
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import DataWarning, ParameterError
from wanamaker.base.parameters import check_known
from wanamaker.models.journeys.credit.attention import Attention
from wanamaker.models.journeys.credit.counterfactual import Counterfactual
from wanamaker.models.journeys.credit.incremental import NetworkIncremental
from wanamaker.models.journeys.credit.shapley import NetworkShapley

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.models.journeys.credit.network import NetworkMethod
    from wanamaker.models.journeys.journey_model import JourneyModel

KINDS: Mapping[str, type[NetworkMethod]] = {
    "attention": Attention,
    "counterfactual": Counterfactual,
    "shapley": NetworkShapley,
    "incremental": NetworkIncremental,
}
"""Kinds of credit that a journey model gives."""


def credit_method(model: JourneyModel, kind: str, options: Mapping[str, Any]) -> NetworkMethod:
    """Return the method of a kind; see `JourneyModel.credit_method`.

    Raises
    ------
    ParameterError
        If there is no such kind or option, or the model has no attention.
    """
    check_known("kind of credit", [kind], KINDS)
    known = [field.name for field in fields(KINDS[kind]) if field.name != "model"]
    check_known(f"option of credit_method({kind!r})", options, known)
    if kind == "attention" and not model.attention:
        message = "Credit by attention needs a model with attention. Got attention=False."
        raise ParameterError(message, hint="credit_method('counterfactual')")
    doubt = model.training_["under_trained"]
    if doubt is not None:
        message = f"Credit of an under-trained network is asked for. {doubt}"
        warnings.warn(message, DataWarning, stacklevel=3)
    return KINDS[kind](model, **options)
