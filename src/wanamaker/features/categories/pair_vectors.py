"""What values of one column go with in another: topics, learned on earlier days alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from wanamaker.base.durations import Duration, positive_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.frames import require_columns
from wanamaker.base.parameters import IntegerIn, OneOf, check
from wanamaker.events.times import TIME_UNITS, resolve_unit
from wanamaker.features.categories.columns import canonical
from wanamaker.features.categories.encoder import Encoder, columns_of
from wanamaker.features.categories.pair_topics import PairTopics
from wanamaker.features.categories.topics import METHODS
from wanamaker.features.windows.events import ticks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

_MOST_PERIODS = 1_000


class PairVectors(Encoder):
    """Topics of one column over another, such as what apps an ip clicks on, fitted on earlier days.

    The values of the first column are documents, those of the second their words. A row of day d has the
    topics of a fit on the training rows of the days *before* d: it never sees its own day, in training
    or later, so that the same row has the same values in `fit_transform` and `transform`. Rows after the last
    training day have the last fit, on all training rows; rows of the first day have zeros.

    The fits of different days are made comparable: each is turned onto (SVD) or matched with (NMF, LDA) the
    one before. A day can then still mean something a little different, the more so the fewer rows it has.

    Use it where the same values come back on many days. Not where most values are new: unseen documents,
    those seen fewer than ``min_count`` times by then, and nulls have zeros.

    Parameters
    ----------
    pairs
        Pairs of columns: documents, words.
    method
        ``"svd"``, ``"nmf"`` (both of ln(1 + count), documents of length 1) or ``"lda"`` (of counts).
    dims
        How many topics per pair.
    time
        The column of the rows' times; needed unless ``every`` is None.
    every
        The length of a period, by whose starts (counted from 1970-01-01 UTC) the topics are fitted anew. None
        fits once, on all training rows: those then see themselves and their future, though no label.
    min_count
        How often a document must have been seen.
    seed
        Of the start of LDA, and of SVD where both sides are large.
    time_unit
        The unit of times that are numbers; see `wanamaker.journeys_from_events`.

    Attributes
    ----------
    topics_ : list
        What was fitted, one `PairTopics` per pair.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"ip": [1, 1, 2, 3], "app": [7, 8, 7, 9], "day": ["2026-01-01"] * 4})
    >>> made = PairVectors(pairs=[("ip", "app")], dims=1, time="day", min_count=1).fit(log)
    >>> later = pl.DataFrame({"ip": [1, 2, 3, 4], "day": ["2026-01-02"] * 4})
    >>> made.features(later)["topic_ip_app_0"].round(3).to_list()
    [0.924, 0.924, 0.0, 0.0]
    """

    kind = "pair_vectors"
    _constraints: ClassVar[Mapping[str, Constraint]] = {
        "method": OneOf(METHODS),
        "dims": IntegerIn(1, 512),
        "min_count": IntegerIn(1),
        "seed": IntegerIn(0, 2**32 - 1),
        "time_unit": OneOf(TIME_UNITS),
    }

    def __init__(
        self,
        *,
        pairs: Sequence[Sequence[str]],
        method: str = "svd",
        dims: int = 5,
        time: str | None = None,
        every: Duration | None = "1d",
        min_count: int = 2,
        seed: int = 0,
        time_unit: str = "auto",
    ) -> None:
        self.pairs = pairs
        self.method = method
        self.dims = dims
        self.time = time
        self.every = every
        self.min_count = min_count
        self.seed = seed
        self.time_unit = time_unit

    def _checked_pairs(self) -> list[tuple[str, str]]:
        pairs = [tuple(pair) if isinstance(pair, list | tuple) else pair for pair in self.pairs]
        for pair in pairs:
            names = isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(one, str) for one in pair)  # noqa: PLR2004
            if not names or pair[0] == pair[1]:
                message = f"Each of the 'pairs' of PairVectors must be two columns. Got {pair!r}."
                raise ParameterTypeError(message, hint="Write pairs=[('ip', 'app')].")
        if not pairs or len({"_".join(pair) for pair in pairs}) < len(pairs):
            message = (
                f"The 'pairs' of PairVectors must be one or more, of different names. Got {self.pairs!r}."
            )
            raise ParameterError(message, hint="Write pairs=[('ip', 'app')].")
        return [(pair[0], pair[1]) for pair in pairs]

    def _ids(self) -> list[str]:
        return columns_of(self._checked_pairs())

    def _reads(self) -> list[str]:
        return [*self._ids(), *([] if self.every is None else [str(self.time)])]

    def _names(self) -> list[str]:
        return [name for pair in self._checked_pairs() for name in self._names_of(pair)]

    def _names_of(self, pair: tuple[str, str]) -> list[str]:
        return [f"topic_{pair[0]}_{pair[1]}_{place}" for place in range(self.dims)]

    def _validate(self) -> None:
        check("PairVectors", self.get_params(deep=False), self._constraints)
        super()._validate()
        if self.every is not None:
            positive_micros(self.every, "every")
            if not isinstance(self.time, str):
                message = "PairVectors fits by time: it needs the 'time' parameter. Got None."
                raise ParameterError(message, hint="Write time='click_time', or every=None to fit once.")

    def _learn(self, frame: pl.DataFrame) -> None:
        require_columns(self._reads(), frame.columns)
        held = canonical(frame, self._ids())
        self.unit_ = (
            self.time_unit if self.every is None else resolve_unit(frame[str(self.time)], self.time_unit)
        )
        periods = self._periods(frame)
        if periods is None:
            periods = np.zeros(len(held), dtype=np.int64)
        self._refuse_too_many(periods)
        self.topics_ = [
            PairTopics.of(
                held,
                pair,
                periods,
                method=self.method,
                dims=self.dims,
                min_count=self.min_count,
                seed=self.seed,
            )
            for pair in self._checked_pairs()
        ]

    def _periods(self, frame: pl.DataFrame) -> NDArray[np.int64] | None:
        if self.every is None:
            return None
        require_columns([str(self.time)], frame.columns)
        return ticks_of(frame[str(self.time)], positive_micros(self.every, "every"), self.unit_)

    def _refuse_too_many(self, periods: NDArray[np.int64]) -> None:
        count = len(np.unique(periods))
        if count > _MOST_PERIODS:
            message = (
                f"PairVectors fits at most {_MOST_PERIODS:,} times. every={self.every!r} asks for {count:,}."
            )
            raise ParameterError(message, hint="Write a longer period, such as every='1d'.")

    def _apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        documents = list(dict.fromkeys(pair[0] for pair in self._checked_pairs()))
        held, periods = canonical(frame, documents), self._periods(frame)
        made: list[pl.Series] = []
        for pair, fitted in zip(self._checked_pairs(), self.topics_, strict=True):
            found = fitted.read(held, periods)
            made += pl.DataFrame(found, schema=self._names_of(pair)).get_columns()
        return pl.DataFrame(made)

    def _state(self) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
        tables = {
            f"topics_{place}": fitted.table(self._names_of(pair))
            for place, (pair, fitted) in enumerate(zip(self._checked_pairs(), self.topics_, strict=True))
        }
        ends = [fitted.fitted_after.tolist() for fitted in self.topics_]
        return {"unit": self.unit_, "fitted_after": ends}, tables

    def _restore(self, values: dict[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        self.unit_ = values["unit"]
        told = zip(tables.values(), values["fitted_after"], strict=True)
        self.topics_ = [PairTopics.from_table(table, ends) for table, ends in told]

    def _is_fitted(self) -> bool:
        return hasattr(self, "topics_")
