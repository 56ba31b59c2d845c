"""The search-terms study, end to end: log, origins, models, lists, report, run directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.progress import Stopwatch
from wanamaker.base.storage import refuse_occupied
from wanamaker.studies.search_terms.build import effective
from wanamaker.studies.search_terms.explained import explained_terms
from wanamaker.studies.search_terms.fitted import fit_all
from wanamaker.studies.search_terms.log import read_log
from wanamaker.studies.search_terms.measured import measured
from wanamaker.studies.search_terms.parts import split_log
from wanamaker.studies.search_terms.truths import read_truth
from wanamaker.studies.search_terms.write import Left, write_search_terms_run

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.reports.search_terms import SearchTermsResults
    from wanamaker.studies.search_terms.study import SearchTermsStudy


@dataclass(frozen=True, eq=False)
class SearchTermsOutcome:
    """What a search-terms study found, and where it was left.

    Parameters
    ----------
    out
        The run directory.
    results
        What the report shows.
    model
        The model that is kept in the run.
    """

    out: Path
    results: SearchTermsResults
    model: SearchTermModel


def run_search_terms(study: SearchTermsStudy, out: Path, *, overwrite: bool = False) -> SearchTermsOutcome:
    """Answer a search-terms study and leave a run directory.

    Parameters
    ----------
    study
        The study.
    out
        Where the run directory is to appear, whole or not at all.
    overwrite
        Whether a directory that holds something may be replaced.

    Raises
    ------
    MissingExtraError
        If the predictor that is asked for needs a part that is not installed.
    UserError
        If an option or the log is at fault; nothing is written then.
    """
    clock = Stopwatch()
    refuse_occupied(out, overwrite=overwrite)
    with clock.step("reading", "reading the log"):
        parts = split_log(study, read_log(study))
        truth = read_truth(study)
    filled = effective(study, parts)
    with clock.step("fit"):
        fits = fit_all(study, parts)
    kept = fits.model
    if study.model.refit:
        with clock.step("refit", "fitting again on all days"):
            kept = kept.refit(parts.known(), as_of=parts.report_date)
    with clock.step("explain", "explaining"):
        found = explained_terms(study, parts, fits, kept)
    results = measured(study, parts, fits, found, truth, clock)
    left = Left(parts, fits, found, results, kept)
    write_search_terms_run(filled, out, left, clock.seconds, overwrite=overwrite)
    return SearchTermsOutcome(out, results, kept)
