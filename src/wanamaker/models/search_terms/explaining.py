"""What a search-term model can say of itself and of why: what it reads, and the methods that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.parameters import IntegerIn, check
from wanamaker.models.search_terms.settings import STOP_CONSTRAINTS

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from wanamaker.models.search_terms.fitted import Fitted
    from wanamaker.models.search_terms.log_sums import LogSums


class Explaining:
    """The part of `SearchTermModel` that tells what it reads and explains what it expects."""

    def _fitted(self) -> Fitted:
        raise NotImplementedError

    def unseen(self, frame: Any) -> dict[str, int]:
        """Return how many words of the rows are not known, how many terms were cut, and lack a vector."""
        fitted = self._fitted()
        table = fitted.tables.frame(frame)
        days = fitted.tables.asked(table)
        return fitted.reader.unseen(days.terms.gather(days.codes))

    @property
    def needs_history(self) -> bool:
        """Whether predictions go on from the rows before: they always do."""
        return True

    @property
    def schema_(self) -> dict[str, str]:
        """The columns that rows must have, with their types in training."""
        return self._fitted().tables.columns.types()

    def explain(self, frame: Any, history: Any = None, *, as_of: date | int | None = None) -> pl.DataFrame:
        """Return what text and numbers do to the expectation of each row, by the predictor that is asked.

        Both are counted from a typical row, by Shapley values of two players: in each row
        ``log(rate / typical_rate) = text_effect + number_effect``. The term's own past is a number here,
        though its words have made it: the share of the text is what words tell beyond the past.

        Parameters
        ----------
        frame, history, as_of
            As in `predict`.

        Returns
        -------
        polars.DataFrame
            One row per row of the frame: term, date, expected (conversions), exposure, rate (per exposure),
            typical_rate, text_effect, number_effect, text_share, number_share (these two sum to 1).
        """
        from wanamaker.models.search_terms.explain import explained

        return explained(self._fitted(), frame, history, as_of)

    def shares(self, frame: Any, history: Any = None, *, as_of: date | int | None = None) -> pl.DataFrame:
        """Return how much text and numbers move over all rows: part, share (sum 1), mean_effect.

        ``mean_effect`` is the mean of absolute effects on the log rate; see `explain`.
        """
        from wanamaker.models.search_terms.explain import shared

        fitted = self._fitted()
        return shared(fitted, fitted.asked(frame, history, as_of))

    def words(self, log: Any, *, min_terms: int = 3, as_of: date | int | None = None) -> pl.DataFrame:
        """Return the words of a log, those first that raise expectations most.

        Where the predictor that is asked reads no words, the best one that does tells their effects.

        Parameters
        ----------
        log
            Labelled rows with all columns of training.
        min_terms
            In how many different terms a word has to be.
        as_of
            When the log was reported; None: the day after its last row.

        Returns
        -------
        polars.DataFrame
            word; terms, exposure, cost and conversions of the terms with it; rate, rate_low and rate_high:
            conversions per exposure by empirical Bayes, with a 95 % interval; attention: the network's mean
            weight; effect: by which factor the word raises what the model expects of a term that has it,
            asked as a new term with and without it; factor: by which factor terms with it convert better in
            the log, other words being equal (a Poisson regression on words alone).
        """
        from wanamaker.models.search_terms.words import word_table

        return word_table(*self._summed(log, min_terms, as_of), min_terms)

    def bigrams(self, log: Any, *, min_terms: int = 3, as_of: date | int | None = None) -> pl.DataFrame:
        """Return the pairs of neighbouring words of a log, as `words` does.

        ``effect`` is the factor of both words, and ``beyond_words`` what of it goes beyond the product of the
        factors of each alone.
        """
        from wanamaker.models.search_terms.words import bigram_table

        return bigram_table(*self._summed(log, min_terms, as_of), min_terms)

    def features(
        self,
        frame: Any,
        history: Any = None,
        *,
        as_of: date | int | None = None,
        most_rows: int = 4000,
        seed: int = 0,
    ) -> pl.DataFrame:
        """Return what each number tells, those first without which predictions get worst.

        Parameters
        ----------
        frame
            Labelled rows, best ones that were not learned from.
        history, as_of
            As in `predict`.
        most_rows, seed
            How many rows are read, drawn by the seed if there are more.

        Returns
        -------
        polars.DataFrame
            feature (``(past days)`` for the days as a sequence, ``(text)`` for the words); permutation: by
            how much the Poisson deviance rises if it is shuffled among rows; counterfactual: the mean
            absolute change of the log rate if it is what it is on the mean of training rows (no past days).
        """
        from wanamaker.models.search_terms.features import feature_table

        fitted = self._fitted()
        rows = fitted.labelled(frame, history, as_of)
        means = fitted.predictors["glm"].scales.means  # type: ignore[attr-defined]
        return feature_table(fitted.chosen, rows, means, most_rows=most_rows, seed=seed)

    def stop_list(
        self,
        log: Any,
        *,
        limit: float | None = None,
        confidence: float = 0.9,
        as_of: date | int | None = None,
    ) -> pl.DataFrame:
        """Return the terms with spend and no conversions to be expected, the dearest first.

        A term's rate is estimated from its own conversions, from what its words let expect (a Poisson
        regression), and from how far terms lie from that: some have no rate at all, others spread around it
        (empirical Bayes). A term is listed if its conversions per cost lie below the limit with that
        confidence: candidates for negative keywords.

        Parameters
        ----------
        log
            Labelled rows with all columns of training.
        limit
            Conversions per unit of cost below which a term is not worth it; None: a quarter of the log's.
        confidence
            Of the upper bound.
        as_of
            When the log was reported; None: the day after its last row.

        Returns
        -------
        polars.DataFrame
            term, cost (the money that went to it), exposure, conversions, expected, expected_high (the upper
            bound), chance_of_none, per_cost_high, limit.

        Raises
        ------
        SchemaError
            If the model was fitted without cost.
        """
        from wanamaker.models.search_terms.money import stop_table

        check("stop_list", {"limit": limit, "confidence": confidence}, STOP_CONSTRAINTS)
        _, sums = self._summed(log, 1, as_of)
        return stop_table(sums, limit, confidence)

    def bid_list(self, log: Any, *, min_terms: int = 3, as_of: date | int | None = None) -> pl.DataFrame:
        """Return the words to bid on, those first that bring most beyond the mean.

        Their terms convert better than the whole log with 97.5 % confidence, and the model agrees. Columns as
        in `words`, with account_rate and more_conversions.
        """
        from wanamaker.models.search_terms.money import bid_table
        from wanamaker.models.search_terms.words import word_table

        fitted, sums = self._summed(log, min_terms, as_of)
        return bid_table(word_table(fitted, sums, min_terms), sums)

    def _summed(self, log: Any, min_terms: int, as_of: date | int | None) -> tuple[Fitted, LogSums]:
        from wanamaker.models.search_terms.log_sums import LogSums

        fitted = self._fitted()
        check("words", {"min_terms": min_terms}, {"min_terms": IntegerIn(1)})
        return fitted, LogSums.of(fitted, log, as_of)
