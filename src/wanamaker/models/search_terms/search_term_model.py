"""Expected conversions of a search term on a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.estimator import Estimator
from wanamaker.models.search_terms.explaining import Explaining
from wanamaker.models.search_terms.fitted import spread
from wanamaker.models.search_terms.settings import require_known

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.features.terms.delay import DelayCurve
    from wanamaker.models.search_terms.fitted import Fitted
    from wanamaker.nn.training.options import Training


class SearchTermModel(Explaining, Estimator):
    """Expected conversions of search terms by day, from their words and what was known the day before.

    Fits five predictors beside each other: a network (words → LSTM → attention, past days → LSTM → attention,
    and numbers), a Poisson regression on words and numbers, boosted trees on TF-IDF and numbers, the term's
    own smoothed rate, and a seventh of last week. `predict` asks the one with the lowest Poisson deviance on
    validation rows, unless told otherwise. All but the last say a rate that is multiplied with exposure:
    the day's clicks or impressions where they are known ahead, else the clicks that are to be expected.

    It says what is to be expected if terms are bought as they were. It does not say what a higher bid would
    bring, nor whether people would have bought without the ad.

    Parameters
    ----------
    term, date, label
        The columns of terms, days and conversions.
    impressions, clicks, cost
        The columns of what else is counted; None, or absent from the training rows: not read.
    campaign
        The column of campaigns, or None.
    known_ahead
        The columns among impressions, clicks and cost whose value of a day is known when it is predicted.
    exposure
        ``"clicks"`` or ``"impressions"`` of the day, which must be known ahead; ``"expected"`` for clicks
        that the past lets expect; ``"auto"`` takes clicks, then impressions, if known ahead, else those.
    history
        How many days back the network reads a term's days.
    windows
        Days over which the past is summed up; 7 is always among them.
    holidays
        Dates that are read as holidays.
    delay
        How conversions come in after the day of the click: a `DelayCurve`, the mean of an exponential one
        (``"5d"``), or None for all on the day after.
    loss
        Of the network: ``"poisson"``, ``"negative_binomial"``, ``"tweedie"``, ``"zero_inflated"``; ``"auto"``
        trains one with each and keeps the one whose means have the lowest deviance on validation rows.
    predictor
        ``"network"``, ``"glm"``, ``"trees"``, ``"rate"`` or ``"last_week"``; ``"auto"``: the best on
        validation rows.
    width, embedding
        Numbers in the network's memory, and in the vector of a word.
    min_count
        In how many different terms a word has to be to be known.
    max_words
        How many words of a term are read.
    vectors
        Further vectors of terms: a table with the column of terms and columns of numbers, or a function
        from a list of terms to an array; terms without one are read as such. A function is not saved.
    keep_zeros
        The share of rows without conversions to learn from; corrected, so that expectations stay unbiased.
    training
        How the network is trained; None for ``wm.Training(epochs=15, batch_size=512, learning_rate=0.003,
        weight_decay=0.01, patience=3)``.

    Attributes
    ----------
    training_ : dict
        How it came about: rows, terms, conversions, metrics of each predictor on validation rows, which one
        is asked and why, the network's loss and curve, notes.
    predictor_ : str
        The name of the one that is asked.
    delay_ : DelayCurve
        The delay curve in use.

    Examples
    --------
    >>> import wanamaker as wm
    >>> days = [f"2026-03-{day:02}" for day in range(1, 29)]
    >>> terms = {"red shoes": 2, "blue shoes": 0, "red hat": 3, "blue hat": 1}
    >>> rows = [(day, term, 10, sold) for day in days for term, sold in terms.items()]
    >>> log = pl.DataFrame(rows, schema=["date", "term", "clicks", "conversions"], orient="row")
    >>> training = wm.Training(epochs=2, batch_size=32)
    >>> model = wm.SearchTermModel(known_ahead=["clicks"], min_count=1, loss="poisson", training=training)
    >>> model = model.fit(log)
    >>> asked = pl.DataFrame({"date": ["2026-03-29"], "term": ["red hat"], "clicks": [20]})
    >>> model.predict_with("rate", asked, log).tolist(), model.training_["rows"], model.predictor_
    ([6.0], 100, 'last_week')
    """

    def __init__(
        self,
        *,
        term: str = "term",
        date: str = "date",
        label: str = "conversions",
        impressions: str | None = "impressions",
        clicks: str | None = "clicks",
        cost: str | None = "cost",
        campaign: str | None = None,
        known_ahead: Sequence[str] = (),
        exposure: str = "auto",
        history: int = 28,
        windows: Sequence[int] = (1, 7, 28),
        holidays: Sequence[Any] = (),
        delay: DelayCurve | str | None = None,
        loss: str = "auto",
        predictor: str = "auto",
        width: int = 32,
        embedding: int = 32,
        min_count: int = 3,
        max_words: int = 20,
        vectors: Any = None,
        keep_zeros: float = 1.0,
        training: Training | None = None,
    ) -> None:
        self.term = term
        self.date = date
        self.label = label
        self.impressions = impressions
        self.clicks = clicks
        self.cost = cost
        self.campaign = campaign
        self.known_ahead = known_ahead
        self.exposure = exposure
        self.history = history
        self.windows = windows
        self.holidays = holidays
        self.delay = delay
        self.loss = loss
        self.predictor = predictor
        self.width = width
        self.embedding = embedding
        self.min_count = min_count
        self.max_words = max_words
        self.vectors = vectors
        self.keep_zeros = keep_zeros
        self.training = training

    def fit(self, train: Any, valid: Any = None, *, as_of: date | int | None = None) -> Self:
        """Learn from a log, and stop and choose by the part that follows it.

        Parameters
        ----------
        train
            Rows of any kind, or their path; several rows of one term and day are summed.
        valid
            The rows that follow; None: the last days, with about a tenth of the rows.
        as_of
            The date on which the conversions were reported, for the delay curve; None: the day after the
            last row.

        Raises
        ------
        SchemaError
            If a column is missing or of a type that its role does not allow.
        DataError
            If a value cannot be used, or a part has no conversions at all.
        ParameterError, ParameterTypeError
            If a parameter is not allowed.
        MissingExtraError
            If the predictor that is asked for needs a part that is not installed.
        """
        from wanamaker.models.search_terms.fitting import fit_terms

        self._keep(*fit_terms(self, train, valid, as_of))
        return self

    def refit(self, rows: Any, *, as_of: date | int | None = None) -> SearchTermModel:
        """Return a model of all rows, with this one's settings, predictor, loss and numbers of rounds.

        For use after the evaluation: what is served has then learned from the latest rows too.

        Parameters
        ----------
        rows
            Labelled rows, those of training among them.
        as_of
            As in `fit`.
        """
        from wanamaker.models.search_terms.fitting import refit_terms

        self._fitted()
        again = type(self)(**self.get_params(deep=False))
        again._keep(*refit_terms(self, rows, as_of))
        return again

    def predict(
        self, frame: Any, history: Any = None, *, as_of: date | int | None = None
    ) -> NDArray[np.float64]:
        """Return the conversions to be expected of each row, once all of them are reported.

        Parameters
        ----------
        frame
            Rows of any kind, or their path: term, day, and what is known ahead. Their conversions are not
            read, and need not be there. Rows of one term and day share its expectation equally.
        history
            The rows before them, with all columns; without any, all terms are new. Each row reads the days
            before its own alone, so that history may hold the rows themselves, too: then each is asked the
            day before it, as it would be day by day. Rows of ``frame`` are no history of each other: those
            further ahead than the day after the history are told what was known last.
        as_of
            When the history was reported; None: the day after its last row.

        Returns
        -------
        array
            Of shape (rows,), in the order of the rows.

        Raises
        ------
        SchemaError
            If the columns are not those of training; shows the difference.
        DataError
            If a value cannot be used, or the history begins after the last row.
        """
        return self.predict_with(self._fitted().winner, frame, history, as_of=as_of)

    def predict_with(
        self, name: str, frame: Any, history: Any = None, *, as_of: date | int | None = None
    ) -> NDArray[np.float64]:
        """Return what one of the predictors expects, by its name; see `predict`.

        Raises
        ------
        ParameterError
            If there is no such predictor.
        """
        fitted = self._fitted()
        require_known(name, list(fitted.predictors))
        asked = fitted.asked(frame, history, as_of)
        return spread(fitted.predictors[name].predict(asked.rows), asked)

    def predictions(
        self, frame: Any, history: Any = None, *, as_of: date | int | None = None
    ) -> pl.DataFrame:
        """Return what every predictor expects, a column each, with the rows' exposure; see `predict`."""
        fitted = self._fitted()
        asked = fitted.asked(frame, history, as_of)
        told = {name: spread(one.predict(asked.rows), asked) for name, one in fitted.predictors.items()}
        return pl.DataFrame({**told, "exposure": spread(asked.rows.exposure, asked)})

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model into a new directory: JSON, parquet, UBJSON and safetensors; no pickle.

        Raises
        ------
        OutputError
            If the directory holds something, or cannot be written.
        """
        from wanamaker.models.search_terms.files import save_model

        save_model(self, self._fitted(), Path(folder))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> SearchTermModel:
        """Return the model that `save` wrote; nothing in it is executed.

        Raises
        ------
        FileReadError
            If the directory is incomplete, or was written by another release.
        RunError
            If the weights do not fit what stands beside them.
        """
        from wanamaker.models.search_terms.files import load_model

        return load_model(cls, Path(folder))

    def _keep(self, fitted: Fitted, told: dict[str, Any]) -> None:
        self.fitted_ = fitted
        self.predictor_ = fitted.winner
        self.delay_ = fitted.reader.delay
        self.training_ = told

    def _fitted(self) -> Fitted:
        if not hasattr(self, "fitted_"):
            message = "SearchTermModel is not fitted."
            raise ParameterError(message, hint="Call fit(train), or SearchTermModel.load(folder), first.")
        return self.fitted_
