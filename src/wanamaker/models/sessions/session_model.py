"""The probability of an outcome of a session, after its last event or after every one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.estimator import Estimator
from wanamaker.models.sessions.events import event_table, numbered
from wanamaker.models.sessions.settings import refuse_looking_ahead, require_sessions

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.fitted import Fitted
    from wanamaker.models.sessions.live.session import LiveSession
    from wanamaker.nn.training.options import Training


class SessionModel(Estimator):
    """The probability of an outcome of a session, by a network over its events and features.

    It reads a session as far as it has come: what happened, in which order and how quickly, with any
    columns of each event, and what is known of the session. One model answers for whole sessions
    (`predict`), after each of their events (`predict_prefixes`), and live, one event at a time (`start`).
    Sessions without events make it a perceptron on their features.

    Use it where order or timing matters. Where counts tell all, or a few hundred sessions are all there
    is, boosted trees on counts or features are as good, and quicker to train.

    Parameters
    ----------
    cell
        ``"rnn"``, ``"gru"``, ``"lstm"``, ``"transformer"``; ``"bag"`` does not see order, and is what the
        others are measured against.
    width
        Numbers in the network's memory of a session.
    layers
        Cells on top of each other.
    bidirectional
        Whether sessions are read backwards too. Such a model answers for whole sessions alone.
    max_length
        How many events are read: of a longer session, or prefix, the last ones.
    prefixes
        ``"all"`` learns from every prefix, those of one session weighing 1 together; ``"last"`` from whole
        sessions; ``"auto"``: from all, unless ``bidirectional``.
    min_count
        Names of events and categories that training has less often are read as unknown.
    hashed
        Columns of categories to a number of buckets that their values are thrown into, for values too many
        to be learned one by one.
    dropout
        Share of the values between layers that is set to zero while training.
    class_weight
        The weight of a positive, or ``"balanced"``; corrected in the probability.
    keep_negatives
        The share of negatives to learn from; corrected in the probability.
    calibration
        ``"auto"``, ``"none"``, ``"shift"``, ``"platt"``, ``"beta"`` or ``"isotonic"``; from ``"platt"`` on it
        also knows how many events have come, and counts every event the same.
    training
        How the network is trained; None for ``wm.Training(epochs=30, batch_size=64, learning_rate=0.005,
        patience=5)``.

    Attributes
    ----------
    training_ : dict
        How it came about: rows, positives, loss by epoch, parameters, calibration and why, notes.
    calibration_
        The last map to the probability that is returned.

    Examples
    --------
    >>> import polars as pl
    >>> import wanamaker as wm
    >>> visits = [["view", "cart"], ["cart", "view"]] * 300  # only who views first buys
    >>> log = pl.DataFrame({"visit": range(600), "did": visits, "bought": [1, 0] * 300}).explode("did")
    >>> log = log.with_row_index("at")
    >>> sessions = wm.sessions_from_events(log, session="visit", time="at", event="did", label="bought")
    >>> training = wm.Training(epochs=20, batch_size=32, learning_rate=0.02, threads=1)
    >>> model = wm.SessionModel(cell="gru", width=8, training=training).fit(sessions)
    >>> (model.predict(sessions)[:2] > 0.5).tolist()
    [True, False]
    """

    def __init__(
        self,
        *,
        cell: str = "gru",
        width: int = 32,
        layers: int = 1,
        bidirectional: bool = False,
        max_length: int = 100,
        prefixes: str = "auto",
        min_count: int = 5,
        hashed: Mapping[str, int] | None = None,
        dropout: float = 0.1,
        class_weight: float | str | None = None,
        keep_negatives: float = 1.0,
        calibration: str = "auto",
        training: Training | None = None,
    ) -> None:
        self.cell = cell
        self.width = width
        self.layers = layers
        self.bidirectional = bidirectional
        self.max_length = max_length
        self.prefixes = prefixes
        self.min_count = min_count
        self.hashed = hashed
        self.dropout = dropout
        self.class_weight = class_weight
        self.keep_negatives = keep_negatives
        self.calibration = calibration
        self.training = training

    def fit(self, train: Sessions, valid: Sessions | None = None) -> Self:
        """Learn from sessions, and stop and calibrate by others.

        Parameters
        ----------
        train
            Sessions with labels or an outcome.
        valid
            The sessions that follow; None: about a tenth of the training sessions, those of the users who
            came last, or users drawn at random where no times are known.

        Raises
        ------
        DataError
            If labels are missing, or a part has answers of one kind alone.
        ParameterError, ParameterTypeError
            If a setting is not allowed.
        MissingExtraError
            If torch is not installed.
        """
        from wanamaker.models.sessions.fitting import fit_sessions

        fitted, told = fit_sessions(self, train, valid)
        self._keep(fitted, told)
        return self

    def refit(self, sessions: Sessions) -> SessionModel:
        """Return a model of all sessions, with this one's settings, best number of epochs and calibration.

        For use after the evaluation: what is served has then learned from the latest sessions too.
        """
        from wanamaker.models.sessions.refitting import refit_sessions

        again = type(self)(**self.get_params(deep=False))
        again._keep(*refit_sessions(self, self._fitted(), sessions))
        return again

    def predict(self, sessions: Sessions) -> NDArray[np.float64]:
        """Return the probability of each session after its last event, of shape (sessions,).

        Parameters
        ----------
        sessions
            With the columns of training. Their labels are not read.

        Raises
        ------
        SchemaError
            If the columns are not those of training; shows the difference.
        """
        return self._fitted().probabilities(self.margins(sessions), sessions.lengths)

    def predict_proba(self, sessions: Sessions) -> NDArray[np.float64]:
        """Return the probabilities of no and yes, of shape (sessions, 2); see `predict`."""
        chances = self.predict(sessions)
        return np.column_stack([1.0 - chances, chances])

    def margins(self, sessions: Sessions) -> NDArray[np.float64]:
        """Return the log-odds of each session before calibration, of shape (sessions,); see `predict`."""
        return self._fitted().margins(require_sessions(sessions, "predict"))

    def predict_prefixes(self, sessions: Sessions) -> NDArray[np.float64]:
        """Return the probability after each event, of shape (events,), session after session.

        Each is what `predict` would say had the session ended there. To be compared with
        ``sessions.step_labels`` where ``sessions.at_risk``, or with the session's label.

        Raises
        ------
        ParameterError
            If the model is bidirectional.
        SchemaError
            If the columns are not those of training; shows the difference.
        """
        fitted = self._fitted()
        refuse_looking_ahead(self, "predict_prefixes")
        margins = fitted.prefix_margins(require_sessions(sessions, "predict_prefixes"))
        return fitted.probabilities(margins, numbered(sessions))

    def prefix_table(self, sessions: Sessions) -> pl.DataFrame:
        """Return `predict_prefixes` as a table: session, position (from 1), event, probability."""
        chances = self.predict_prefixes(sessions)
        return event_table(sessions).with_columns(probability=pl.Series(chances))

    def start(self, features: Mapping[str, Any] | None = None) -> LiveSession:
        """Return a session that begins now; its ``observe`` takes events and returns probabilities.

        Parameters
        ----------
        features
            What is known of the session: the columns of features that training had, and their values.

        Raises
        ------
        ParameterError
            If the model is bidirectional.
        SchemaError
            If a feature is missing.
        """
        from wanamaker.models.sessions.live.session import LiveSession

        fitted = self._fitted()
        refuse_looking_ahead(self, "start")
        return LiveSession(fitted, features or {})

    def explain(self, sessions: Sessions, method: str = "removal") -> pl.DataFrame:
        """Return what each event adds to its session's log-odds after the last event.

        Parameters
        ----------
        sessions, method
            As in `predict`; ``"removal"``: how far the log-odds fall if the event is left out, as if it had
            never been; such effects need not add up. ``"integrated_gradients"``: shares of the way from a
            session of as many unknown events with typical numbers and gaps (Sundararajan et al. 2017); they
            add up to ``margin - base``.

        Returns
        -------
        polars.DataFrame
            session, position (from 1), event, effect; and of the session: margin, the log-odds before
            calibration, and base, the log-odds of unknown events (null for removal). Events before the last
            ``max_length`` have no effect.
        """
        from wanamaker.models.sessions.explain import explained

        return explained(self._fitted(), require_sessions(sessions, "explain"), method)

    def unseen(self, sessions: Sessions) -> dict[str, int]:
        """Return how many values are read as unknown, by column; ``event`` is that of events."""
        return self._fitted().reader.unseen(require_sessions(sessions, "unseen"))

    @property
    def schema_(self) -> dict[str, list[str]]:
        """The columns that are read, by their role in `Sessions`."""
        return self._fitted().reader.schema

    @property
    def causal(self) -> bool:
        """Whether no answer reads an event that comes after it."""
        return not self.bidirectional

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model into a new directory: JSON and safetensors; no pickle.

        Raises
        ------
        OutputError
            If the directory holds something, or cannot be written.
        """
        from wanamaker.models.sessions.files import save_model

        save_model(self, self._fitted(), Path(folder))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> SessionModel:
        """Return the model that `save` wrote; nothing in it is executed.

        Raises
        ------
        FileReadError
            If the directory is incomplete, or was written by another release.
        RunError
            If the weights do not fit the columns and settings beside them; shows the difference.
        """
        from wanamaker.models.sessions.files import load_model

        return load_model(cls, Path(folder))

    def _keep(self, fitted: Fitted, told: dict[str, Any]) -> None:
        self.fitted_, self.calibration_, self.training_ = fitted, fitted.calibration, told

    def _fitted(self) -> Fitted:
        if not hasattr(self, "fitted_"):
            message = "SessionModel is not fitted."
            raise ParameterError(message, hint="Call fit(train), or SessionModel.load(folder), first.")
        return self.fitted_
