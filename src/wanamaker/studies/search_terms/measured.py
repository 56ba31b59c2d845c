"""Everything that the report shows of the models that were fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.version import version
from wanamaker.evaluation.search_terms.by_date import dispersion_of, totals_by_date
from wanamaker.evaluation.search_terms.calibration import calibration_bins
from wanamaker.evaluation.search_terms.comparison import by_origin, compared
from wanamaker.evaluation.search_terms.counts import count_metrics
from wanamaker.evaluation.search_terms.ranking import ranked_days
from wanamaker.features.terms.days import day_number, day_text
from wanamaker.reports.search_terms.results import SearchTermsResults
from wanamaker.studies.search_terms.audited import audited
from wanamaker.studies.search_terms.fitted import Tested, reader_of, terms_of
from wanamaker.studies.search_terms.notes import notes_of
from wanamaker.studies.search_terms.parts import part_rows
from wanamaker.studies.search_terms.truths import truth_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.base.progress import Stopwatch
    from wanamaker.studies.search_terms.explained import Explained
    from wanamaker.studies.search_terms.fitted import Fits
    from wanamaker.studies.search_terms.parts import Parts
    from wanamaker.studies.search_terms.study import SearchTermsStudy

    Floats = NDArray[np.float64]

Rows = list[dict[str, Any]]

_MOST_LISTED = 500
_SETTLED = 0.999
BLIND = "blind"


def measured(
    study: SearchTermsStudy,
    parts: Parts,
    fits: Fits,
    found: Explained,
    truth: pl.DataFrame | None,
    clock: Stopwatch,
) -> SearchTermsResults:
    """Return what the report shows.

    Parameters
    ----------
    study, parts, fits, found
        The study, its log, what was fitted, and what was explained.
    truth
        Of a simulated log; else None.
    clock
        Measures the steps.
    """
    with clock.step("metrics", "measuring"):
        told = _figures(study, fits)
    with clock.step("audit", "looking for leaks"):
        findings = audited(parts, fits) if study.evaluation.audit else None
    shown: dict[str, Any] = {
        "words": found.words.head(_MOST_LISTED).to_dicts(),
        "bigrams": found.bigrams.head(_MOST_LISTED).to_dicts(),
        "features": found.features.to_dicts(),
        "stop": _listed(found.stop),
        "stop_told": {
            "terms": len(found.stop),
            "cost": float(found.stop["cost"].sum()) if len(found.stop) else 0.0,
        },
        "bids": _listed(found.bids),
        "shares": found.shares,
        "attention": found.attention,
    }
    return SearchTermsResults(
        study.report.title,
        facts_of(study, fits),
        read=parts.log.told,
        origins=[origin.as_dict() for origin in parts.origins],
        parts=part_rows(parts),
        delay=delay_of(parts),
        truth=None if truth is None else truth_of(truth, found),
        audit=findings,
        notes=notes_of(parts, fits),
        **told,
        **shown,
    )


def _listed(table: pl.DataFrame) -> Rows:
    rows = table.head(_MOST_LISTED).to_dicts()
    return [{name: str(held) if name == "last_day" else held for name, held in row.items()} for row in rows]


def _figures(study: SearchTermsStudy, fits: Fits) -> dict[str, Any]:
    kept, rolling = fits.model.predictor_, fits.rolling
    return {
        "metrics": metrics_of(study, fits),
        "comparison": {
            "rolling": _compared(rolling, study),
            "last": _compared([fits.test], study),
            "unseen": _compared(fits.unseen, study) if fits.unseen else [],
            "by_origin": by_origin(
                [(day_text(one.origin.start), one.observed, _reported(one), one.blind) for one in rolling]
            ),
        },
        "dates": _dates(fits),
        "calibration": calibration_bins(
            _joined(rolling, "observed"),
            np.concatenate([one.reported(kept) for one in rolling]),
            terms_of(rolling, study),
        ),
        "ranking": _ranking(study, rolling, fits),
        "losses": _losses(fits),
    }


def metrics_of(study: SearchTermsStudy, fits: Fits) -> dict[str, Any]:
    """Return the metrics of the predictor that is asked, and those of all others on the same test rows."""
    kept = fits.model.predictor_

    def of(one: Tested, expected: Floats) -> dict[str, Any]:
        return count_metrics(one.observed, expected, one.blind, terms_of([one], study))

    others = {name: of(fits.test, fits.test.reported(name)) for name in fits.names if name != kept}
    return {
        "test": of(fits.test, fits.test.reported(kept)),
        "valid": of(fits.valid, fits.valid.reported(kept)),
        "baselines": {**others, BLIND: of(fits.test, fits.test.blind)},
    }


def _reported(one: Tested) -> dict[str, Floats]:
    return {name: one.reported(name) for name in one.expected}


def _joined(told: list[Tested], name: str) -> Floats:
    return np.concatenate([getattr(one, name) for one in told])


def _compared(told: list[Tested], study: SearchTermsStudy) -> Rows:
    names = [name for name in told[0].expected if all(name in one.expected for one in told)]
    expected = {name: np.concatenate([one.reported(name) for one in told]) for name in names}
    return compared(
        _joined(told, "observed"), expected, _joined(told, "blind"), _cost(told), terms_of(told, study)
    )


def _cost(told: list[Tested]) -> Floats | None:
    if any("cost" not in one.rows.columns for one in told):
        return None
    return np.concatenate([one.rows["cost"].to_numpy().astype(np.float64) for one in told])


def _dates(fits: Fits) -> Rows:
    kept, valid = fits.model.predictor_, fits.valid
    spread = dispersion_of(valid.observed, valid.reported(kept), valid.day)
    rows: Rows = []
    for one in fits.rolling:
        name = "test" if one is fits.test else f"origin {day_text(one.origin.start)}"
        rows += totals_by_date(one.observed, one.reported(kept), one.day, name, spread)
    return rows


def _ranking(study: SearchTermsStudy, rolling: list[Tested], fits: Fits) -> dict[str, Any]:
    cost = _cost(rolling)
    if cost is None:
        return {}
    terms, observed = terms_of(rolling, study), _joined(rolling, "observed")
    found = {
        name: ranked_days(observed, np.concatenate([one.reported(name) for one in rolling]), cost, terms)
        for name in fits.names
        if all(name in one.expected for one in rolling)
    }
    kept = found[fits.model.predictor_]
    return {
        "gini": kept["gini"],
        "best": kept["best"],
        "curves": {name: one["curve"] for name, one in found.items()},
    }


def _losses(fits: Fits) -> dict[str, Any]:
    told = fits.model.training_
    return {
        "chosen": told.get("loss"),
        "tried": fits.first_choice,
        "curve": [dict(row) for row in told.get("curve") or []],
        "best_epoch": told.get("best_epoch"),
        "stopped": told.get("stopped"),
    }


def delay_of(parts: Parts) -> dict[str, Any]:
    """Return how conversions come in, and what became of the last days of the log."""
    curve, known = parts.curve, parts.log.curve is not None
    shares = list(curve.shares)
    days = parts.log.days
    by_day = days.group_by("date").agg(pl.col("conversions").sum()).sort("date")
    share = parts.shares(by_day["date"])
    rows = []
    for (date, reported), part in zip(by_day.iter_rows(), share, strict=True):
        number = day_number(date)
        if part > _SETTLED and number < parts.until:
            continue
        fate = "left out" if number >= parts.until else "matured"
        rows.append(
            {
                "date": str(date),
                "share": float(part),
                "reported": float(reported),
                "expected": float(reported) / float(part),
                "fate": fate,
            }
        )
    return {
        "known": known,
        "curve": [{"age": age + 1, "share": float(held)} for age, held in enumerate(shares)],
        "mature": curve.mature_age(0.99),
        "as_of": str(parts.report_date),
        "days": rows,
    }


def facts_of(study: SearchTermsStudy, fits: Fits) -> dict[str, Any]:
    """Return how the numbers came about."""
    held = fits.model.get_params(deep=False)
    training = held["training"].values()
    named = ("windows", "history", "width", "embedding", "min_count", "max_words", "keep_zeros")
    told = fits.model.training_
    return {
        "version": version(),
        "predictor": fits.model.predictor_,
        "why": told["predictor_reason"],
        "explained_by": reader_of(fits.model),
        "valid_deviance": {name: one["poisson_deviance"] for name, one in told["predictors"].items()},
        "seconds": told.get("seconds_of"),
        "loss": told.get("loss"),
        "seeds": len(fits.networks),
        "columns": study.columns.given,
        "exposure": fits.model.fitted_.reader.exposure.kind,
        "unit": fits.model.fitted_.reader.exposure.unit,
        "known_ahead": list(study.features.known_ahead),
        "bootstrap": study.evaluation.bootstrap,
        "refit": study.model.refit,
        "confidence": study.evaluation.confidence,
        "limit": study.evaluation.limit,
        "min_terms": study.evaluation.min_terms,
        "unseen": {"share": study.split.unseen, "rounds": len(fits.unseen)},
        "unseen_rows": sum(len(one.rows) for one in fits.unseen),
        "unseen_terms": sum(one.rows["term"].n_unique() for one in fits.unseen),
        "parameters": {name: held[name] for name in named}
        | {name: training[name] for name in ("epochs", "batch_size", "learning_rate", "patience")},
    }
