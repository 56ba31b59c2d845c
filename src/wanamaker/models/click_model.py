"""The probability of a conversion, by boosted trees on what was known before each event."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.estimator import Estimator
from wanamaker.models.click_parts import prepare, prepare_all
from wanamaker.models.click_settings import recipe_of
from wanamaker.models.training import train as train_trees
from wanamaker.models.training import train_again
from wanamaker.models.trees import Matrix

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.durations import Duration
    from wanamaker.features.windows.definitions import Window
    from wanamaker.models.click_features import Keys
    from wanamaker.models.click_parts import Prepared
    from wanamaker.models.sampling import Weight
    from wanamaker.models.training import CalibratedTrees

BASE = "(base)"
"""The column of an explanation that no feature has a part in."""


class ClickModel(Estimator):
    """The probability that an event converts, such as a click that leads to an install.

    A row is described by what was known strictly before it: window features, target means in order of
    time, vectors of its categories, the hour of day. Boosted trees learn from that, stop by a later
    part of the log, and are calibrated on it.

    Use it on event logs with a time and a label per event. Not for journeys of touches (`attribute`), nor
    for rows without order in time.

    Parameters
    ----------
    time, label
        The columns of the events' times, and of the label, 0 or 1.
    label_time
        When a positive label became known; None: at once.
    categorical, numeric
        Columns of ids or names, and of numbers. Numbers are held as 32-bit floats: ids are categorical.
    windows
        Window features, such as ``wm.count(by=["ip", "app"], within="5m")``.
    target_means
        Columns and lists of columns of which the share of positive labels is a feature; ``"auto"``: every
        categorical column.
    target_prior
        How many rows the mean of all counts for in a target mean.
    frequencies
        Columns and lists of columns of which the number of rows before is a feature; ``"auto"``: every
        categorical column.
    vectors
        Numbers in the vector of each categorical column's value; 0 for none. Takes two columns or more.
    vector_method
        ``"ppmi"`` or ``"word2vec"``; see `Cat2Vec`.
    pair_vectors
        Pairs of columns, such as ``[("ip", "app")]``; see `PairVectors`.
    codes
        Categorical columns that are also taken as one number each.
    hour
        Whether the hour of day is a feature.
    time_zone
        The time zone of that hour.
    time_unit, resolution
        The unit of times that are numbers, and the tick of windows; see `WindowFeatures`.
    trees
        ``"xgboost"`` or ``"catboost"``.
    learning_rate, max_depth, n_estimators, min_child_weight, reg_alpha, reg_lambda, subsample, \
    colsample_bytree, early_stopping_rounds, device, threads
        See `wanamaker.models.trees.TreeSettings`.
    monotone
        Feature or family to +1 or -1: the score never falls, or never rises, with it. Target means rise
        unless told otherwise: ``{"target means": 0}``.
    interactions
        Groups of features or families; features of one branch lie in one group. XGBoost alone.
    class_weight
        The weight of a positive, or ``"balanced"``; corrected in the probability.
    keep_negatives
        The share of negatives to learn from; corrected in the probability.
    calibration
        ``"auto"``, ``"none"``, ``"shift"``, ``"platt"``, ``"beta"`` or ``"isotonic"``.
    folds
        Where the validation part has fewer than 200 positives: time-ordered folds of the training part that
        decide with it when to stop and how to calibrate.
    seed
        Of everything that is drawn.

    Attributes
    ----------
    feature_names_, families_
        The features, and the family of each.
    n_trees_ : int
        Rounds of boosting that were kept.
    calibration_
        The map from the trees' probability to the one that is returned.
    training_ : dict
        How it came about: rows, positives, rounds, calibration and why.

    Examples
    --------
    >>> import polars as pl
    >>> import wanamaker as wm
    >>> log = pl.DataFrame({"app": [1, 2, 3, 4] * 500, "at": range(2_000)})
    >>> log = log.with_columns(bought=((pl.col("app") == 4) & (pl.col("at") % 3 == 0)).cast(int))
    >>> model = wm.ClickModel(time="at", label="bought", categorical=["app"], n_estimators=50)
    >>> chances = model.fit(log[:1_600]).predict(log[1_600:])
    >>> (chances[:4] > 0.2).tolist()
    [False, False, False, True]
    """

    def __init__(
        self,
        *,
        time: str,
        label: str,
        label_time: str | None = None,
        categorical: Sequence[str] = (),
        numeric: Sequence[str] = (),
        windows: Sequence[Window | Mapping[str, Any]] = (),
        target_means: Keys = "auto",
        target_prior: float = 100.0,
        frequencies: Keys = (),
        vectors: int = 5,
        vector_method: str = "ppmi",
        pair_vectors: Sequence[Sequence[str]] = (),
        codes: Keys = "auto",
        hour: bool = True,
        time_zone: str = "UTC",
        time_unit: str = "auto",
        resolution: Duration = "1s",
        trees: str = "xgboost",
        learning_rate: float = 0.05,
        max_depth: int = 6,
        n_estimators: int = 1_000,
        min_child_weight: float | None = None,
        reg_alpha: float | None = None,
        reg_lambda: float = 1.0,
        subsample: float = 0.8,
        colsample_bytree: float = 0.7,
        early_stopping_rounds: int = 50,
        monotone: Mapping[str, int] | None = None,
        interactions: Sequence[Sequence[str]] = (),
        class_weight: Weight = None,
        keep_negatives: float = 1.0,
        calibration: str = "auto",
        folds: int = 4,
        device: str = "auto",
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self.time = time
        self.label = label
        self.label_time = label_time
        self.categorical = categorical
        self.numeric = numeric
        self.windows = windows
        self.target_means = target_means
        self.target_prior = target_prior
        self.frequencies = frequencies
        self.vectors = vectors
        self.vector_method = vector_method
        self.pair_vectors = pair_vectors
        self.codes = codes
        self.hour = hour
        self.time_zone = time_zone
        self.time_unit = time_unit
        self.resolution = resolution
        self.trees = trees
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.n_estimators = n_estimators
        self.min_child_weight = min_child_weight
        self.reg_alpha = reg_alpha
        self.reg_lambda = reg_lambda
        self.subsample = subsample
        self.colsample_bytree = colsample_bytree
        self.early_stopping_rounds = early_stopping_rounds
        self.monotone = monotone
        self.interactions = interactions
        self.class_weight = class_weight
        self.keep_negatives = keep_negatives
        self.calibration = calibration
        self.folds = folds
        self.device = device
        self.threads = threads
        self.seed = seed

    # --- Learning ----------------------------------------------------------------------------------

    def fit(self, train: Any, valid: Any = None) -> Self:
        """Learn from a log, and stop and calibrate by the part that follows it.

        Parameters
        ----------
        train
            A log of any kind, or its path.
        valid
            The rows that follow; None: the last tenth of the training rows in time.

        Raises
        ------
        SchemaError
            If a column is missing or of a type that its role does not allow.
        DataError
            If a value cannot be used, or a part has rows of one label alone.
        ParameterError, ParameterTypeError
            If a parameter is not allowed.
        """
        prepared = prepare(self, train, valid)
        recipe = recipe_of(self, prepared.features.families_)
        self._keep(prepared, train_trees(prepared.train, prepared.valid, recipe))
        return self

    def refit(self, rows: Any) -> ClickModel:
        """Return a model of all rows, with this one's settings, number of trees and calibration.

        For use after the evaluation: what is served has then learned from the latest rows too.

        Parameters
        ----------
        rows
            Labelled rows, those of training among them.
        """
        self._require_fitted()
        again = type(self)(**self.get_params(deep=False))
        prepared, part = prepare_all(again, rows)
        recipe = recipe_of(again, prepared.features.families_)
        fitted = train_again(part, recipe, self.n_trees_, self.calibration_)
        again._keep(prepared, fitted)
        again.training_ = {**self.training_, **fitted.told, "refit": True}
        return again

    # --- Predicting --------------------------------------------------------------------------------

    def predict(self, frame: Any, history: Any = None) -> NDArray[np.float64]:
        """Return the probability of each row.

        Parameters
        ----------
        frame
            Rows of any kind, or their path. Their labels are not read, and need not be there.
        history
            The labelled rows before them. Without it, windows count what is in ``frame`` alone, and target
            means stand as at the end of training.

        Returns
        -------
        array
            Of shape (rows,), in the order of the rows.

        Raises
        ------
        SchemaError
            If the columns are not those of training; shows the difference.
        DataError
            If a value cannot be used, or history reaches beyond the first of the rows.
        """
        matrix = self.matrix(frame, history)
        return self.fitted_.predict(matrix)

    def predict_proba(self, frame: Any, history: Any = None) -> NDArray[np.float64]:
        """Return the probabilities of 0 and 1, of shape (rows, 2); see `predict`."""
        chances = self.predict(frame, history)
        return np.column_stack([1.0 - chances, chances])

    def margins(self, frame: Any, history: Any = None) -> NDArray[np.float64]:
        """Return the log-odds of each row before calibration, of shape (rows,); see `predict`."""
        matrix = self.matrix(frame, history)
        return self.fitted_.margins(matrix)

    def explain(self, frame: Any, history: Any = None) -> pl.DataFrame:
        """Return what each feature adds to a row's log-odds, as the library of trees computes it (SHAP).

        A row's values, the one of ``(base)`` included, sum to `margins`: the log-odds before calibration.

        Parameters
        ----------
        frame, history
            As in `predict`.

        Returns
        -------
        polars.DataFrame
            One column per feature, and ``(base)``.
        """
        matrix = self.matrix(frame, history)
        found = self.fitted_.contributions(matrix)
        return pl.DataFrame(found, schema=[*self.feature_names_, BASE])

    def family_sums(self, explanation: pl.DataFrame) -> pl.DataFrame:
        """Return what `explain` found, summed over each family of features."""
        families = list(dict.fromkeys(self.families_.values()))
        members = {family: [one for one, of in self.families_.items() if of == family] for family in families}
        sums = [pl.sum_horizontal(names).alias(family) for family, names in members.items()]
        return explanation.select([*sums, BASE])

    def unseen(self, frame: Any) -> dict[str, int]:
        """Return how many rows have a value that training did not have, by categorical column."""
        self._require_fitted()
        return self.features_.unseen(self._asked(frame))

    def matrix(self, frame: Any, history: Any = None) -> Matrix:
        """Return rows as the trees read them; see `predict`."""
        self._require_fitted()
        rows = self._asked(frame)
        past = None if history is None else self.roles_.timed(self.roles_.read(history))
        return Matrix(self.features_.matrix(self.features_.transform(rows, past)), self.feature_names_)

    @property
    def needs_history(self) -> bool:
        """Whether predictions go on from the rows before: with windows, means or frequencies they do."""
        self._require_fitted()
        return self.features_.needs_history

    @property
    def schema_(self) -> dict[str, str]:
        """The columns that `predict` reads, with their types in training."""
        self._require_fitted()
        return self.features_.columns_.types()

    # --- Keeping -----------------------------------------------------------------------------------

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the model into a new directory: JSON, parquet, and the trees' own format; no pickle.

        Raises
        ------
        OutputError
            If the directory holds something, or cannot be written.
        """
        from wanamaker.models.click_files import save_model

        self._require_fitted()
        save_model(self, Path(folder))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> ClickModel:
        """Return the model that `save` wrote; nothing in it is executed.

        Raises
        ------
        FileReadError
            If the directory is incomplete, or was written by another release.
        """
        from wanamaker.models.click_files import load_model

        return load_model(cls, Path(folder))

    # --- Inside ------------------------------------------------------------------------------------

    def _keep(self, prepared: Prepared, fitted: CalibratedTrees) -> None:
        self.features_, self.roles_, self.fitted_ = prepared.features, prepared.roles, fitted
        self.feature_names_ = prepared.features.feature_names_
        self.families_ = prepared.features.families_
        self.n_trees_ = fitted.trees.rounds
        self.calibration_ = fitted.calibration
        self.training_ = fitted.told

    def _asked(self, table: Any) -> pl.DataFrame:
        return self.roles_.timed(self.roles_.unlabelled(self.roles_.read(table)))

    def _require_fitted(self) -> None:
        if not hasattr(self, "fitted_"):
            message = "ClickModel is not fitted."
            raise ParameterError(message, hint="Call fit(train), or ClickModel.load(folder), first.")
