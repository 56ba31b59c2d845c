"""The probability that a journey converts, by a recurrent network with attention, and its credit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.base.estimator import Estimator
from wanamaker.models.journeys.settings import require_journeys

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.attribution.method import Method
    from wanamaker.base.durations import Duration
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.sampling import Weight
    from wanamaker.nn.training.options import Training


class JourneyModel(Estimator):
    """The probability that a journey converts, from its touches in their order, their times and the user.

    Touches become vectors, a recurrent cell reads them one after the other, attention that fades with time
    pools its states, and layers on top of these, the last state and the covariates give the probability
    (after Li et al., "Deep neural net with attention for multi-channel multi-touch attribution",
    arXiv 1809.02230). `credit_method` turns the fitted model into attribution methods.

    What is read of time is the gap of each touch to the one before and its age at the last touch. When the
    journey converted, or how long it has been silent since, is not read: of a converting journey this would
    be the answer.

    Use it on journeys of many users with and without conversions, where order, timing or attributes may
    matter. On fewer than some thousand conversions a regression on counts is as good and its credit steadier
    (`wanamaker.attribution.Incremental`).

    Parameters
    ----------
    cell
        ``"lstm"``, ``"gru"``, ``"rnn"`` or ``"transformer"``.
    width
        Width of the states.
    embedding
        Numbers in the vector of a touch.
    layers
        Cells on top of each other.
    attention
        Whether the states of all touches are pooled; else the last one stands for the journey.
    decay
        Whether attention fades with the age of a touch; journeys without times do without.
    dropout
        Share of values set to zero while training, between cells and before the layers on top.
    covariates
        Attributes of the journeys that are read; ``"auto"``: all they have.
    max_touches
        Touches of a journey that are read, the last ones; those before get no credit.
    class_weight
        The weight of a journey that converts, or ``"balanced"``; corrected in the probability.
    keep_negatives
        The share of journeys without a conversion to learn from; corrected in the probability.
    calibration
        ``"auto"``, ``"none"``, ``"shift"``, ``"platt"``, ``"beta"`` or ``"isotonic"``.
    training
        How the network is trained; None: twelve epochs with a falling learning rate.

    Attributes
    ----------
    training_ : dict
        How it came about: ``rows``, ``positives``, ``valid_rows``, ``valid_positives``, ``parameters``,
        ``curve`` (by epoch), ``best_epoch``, ``stopped``, ``seconds``, ``shift``, ``no_touch``,
        ``idle_touches`` (kinds without a mean effect), ``calibration`` and why, the AUC on validation
        journeys beside that of a regression on counts, and ``under_trained``: None, or one sentence why its
        credit is not to be believed. ``refit``: true after `refit`.
    touches_ : tuple of str
        The touches that training had.

    Examples
    --------
    >>> import wanamaker as wm
    >>> paths = {"path": ["a > b", "a", "b > a > b", "b"] * 50, "won": [9, 1, 12, 2] * 50, "lost": [9] * 200}
    >>> journeys = wm.journeys_from_paths(paths, conversions="won", nulls="lost")
    >>> model = wm.JourneyModel(width=8, training=wm.Training(epochs=8, threads=1)).fit(journeys)
    >>> chances = model.predict(journeys)[:4]
    >>> bool(chances[2] > chances[0] > chances[1])
    True
    """

    def __init__(
        self,
        *,
        cell: str = "lstm",
        width: int = 16,
        embedding: int = 8,
        layers: int = 1,
        attention: bool = True,
        decay: bool = True,
        dropout: float = 0.0,
        covariates: Sequence[str] | str = "auto",
        max_touches: int = 100,
        class_weight: Weight = None,
        keep_negatives: float = 1.0,
        calibration: str = "auto",
        training: Training | None = None,
    ) -> None:
        self.cell = cell
        self.width = width
        self.embedding = embedding
        self.layers = layers
        self.attention = attention
        self.decay = decay
        self.dropout = dropout
        self.covariates = covariates
        self.max_touches = max_touches
        self.class_weight = class_weight
        self.keep_negatives = keep_negatives
        self.calibration = calibration
        self.training = training

    # --- Learning ----------------------------------------------------------------------------------

    def fit(self, train: Journeys, valid: Journeys | None = None) -> Self:
        """Learn from journeys, and stop and calibrate by those that follow.

        Parameters
        ----------
        train
            Journeys with and without conversions.
        valid
            The journeys that follow; None: a tenth of all, of the users whose last journey ended latest.

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        ParameterError, ParameterTypeError
            If a parameter is not allowed.
        DataError
            If there are no journeys, or a part has one outcome only.
        SchemaError
            If a covariate is not known.
        """
        from wanamaker.models.journeys.fitting import fit_journeys

        self._keep(*fit_journeys(self, train, valid))
        return self

    def refit(self, journeys: Journeys) -> JourneyModel:
        """Return a model of all journeys, with this one's settings, best number of epochs and calibration.

        For use after the evaluation: what gives credit has then learned from the latest journeys too. What
        validation journeys said of this model, any doubt included, is said of the new one too: no journey is
        left that could judge it. Raises what `fit` does.
        """
        from wanamaker.models.journeys.refitting import refit_journeys

        again = type(self)(**self.get_params(deep=False))
        again._keep(*refit_journeys(self, self._require_fitted(), journeys))
        return again

    # --- Predicting --------------------------------------------------------------------------------

    def predict(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the probability that each journey converts after its last touch.

        Outcomes are not read. A touch that training did not have is read as an unknown one (`unseen` counts
        them). A journey without touches gets what the additive part of the model leaves to none.

        Returns
        -------
        array
            Of shape (journeys,), in their order.

        Raises
        ------
        SchemaError, DataError
            If a covariate or the times are missing.
        """
        fitted = self._require_fitted()
        return fitted.predict(fitted.reader.read(require_journeys(journeys, "predict")))

    def predict_proba(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the probabilities of no conversion and of one, of shape (journeys, 2); see `predict`."""
        chances = self.predict(journeys)
        return np.column_stack([1.0 - chances, chances])

    def predict_with(
        self, journeys: Journeys, touch: str, *, after: Duration | None = None, at: Any = None
    ) -> NDArray[np.float64]:
        """Return the probability of each journey in progress if one more touch followed.

        The difference to `predict` is what the model expects of the touch. It is an effect only as far as
        training journeys got the touch for no reason that also makes users convert, or covariates tell it.

        Parameters
        ----------
        touch
            One that training had.
        after
            How long after the last touch of each journey, such as ``"1d"``.
        at
            Or when, for all journeys: a datetime or its ISO form.

        Raises
        ------
        ParameterError
            If neither or both are given where times are read, or ``at`` lies before a last touch.
        DataError
            If training had no such touch.
        """
        from wanamaker.models.journeys.progress import with_touch

        fitted = self._require_fitted()
        chosen = require_journeys(journeys, "predict_with")
        return fitted.predict(with_touch(fitted.reader, chosen, touch, after, at))

    def unseen(self, journeys: Journeys) -> dict[str, int]:
        """Return how many touches, and values of covariates that are categories, training did not have."""
        return self._require_fitted().reader.unseen(require_journeys(journeys, "unseen"))

    # --- Credit ------------------------------------------------------------------------------------

    def credit_method(self, kind: str = "counterfactual", **options: Any) -> Method:
        """Return an attribution method that credits touches by this model, for `wanamaker.attribute`.

        The model stays as it is: intervals tell how much chance there is in who is in the log, not how much
        there is in the fit.

        Parameters
        ----------
        kind
            ``"counterfactual"``: what the probability loses without each touch. ``"shapley"``: Shapley values
            over the touches of each journey. ``"attention"``: where the network looked, for comparison.
            ``"incremental"``: what touches add to no touch, with a row for the baseline.
        options
            Of ``"counterfactual"``: ``keep_idle``. Of ``"shapley"``: ``exact_up_to``, ``samples``, ``seed``,
            ``keep_idle``.

        Raises
        ------
        ParameterError
            If there is no such kind or option, or the model has no attention.
        """
        from wanamaker.models.journeys.credit.registry import credit_method

        self._require_fitted()
        return credit_method(self, kind, options)

    # --- Keeping -----------------------------------------------------------------------------------

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model into a new directory: JSON and safetensors.

        Raises
        ------
        OutputError
            If the directory holds something, or cannot be written.
        """
        from wanamaker.models.journeys.files import save_model

        save_model(self, self._require_fitted(), Path(folder))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> JourneyModel:
        """Return the model that `save` wrote; nothing in it is executed.

        Raises
        ------
        FileReadError
            If the directory is incomplete, or was written by another release.
        RunError
            If the weights do not fit what is written beside them.
        """
        from wanamaker.models.journeys.files import load_model

        return load_model(cls, Path(folder))

    # --- Inside ------------------------------------------------------------------------------------

    def _keep(self, fitted: Fitted, told: dict[str, Any]) -> None:
        self.fitted_ = fitted
        self.touches_ = fitted.reader.touches
        self.training_ = told

    def _require_fitted(self) -> Fitted:
        if not hasattr(self, "fitted_"):
            message = "JourneyModel is not fitted."
            raise ParameterError(message, hint="Call fit(train), or JourneyModel.load(folder), first.")
        return self.fitted_
