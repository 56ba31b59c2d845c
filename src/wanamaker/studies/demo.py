"""The demo: simulated logs and one real one, the studies on them, and their reports."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

from wanamaker.base.errors import DataWarning, MissingExtraError
from wanamaker.simulate import clicks as simulate_clicks
from wanamaker.simulate import journeys as simulate_journeys
from wanamaker.simulate import search_terms as simulate_search_terms
from wanamaker.studies.attribution import run_attribution
from wanamaker.studies.attribution_study import AttributionStudy
from wanamaker.studies.clicks.study import ClicksStudy
from wanamaker.studies.search_terms.study import SearchTermsStudy
from wanamaker.studies.sessions.study import SessionsStudy

if TYPE_CHECKING:
    from pathlib import Path

_JOURNEYS, _QUICK_JOURNEYS = 100_000, 10_000
_REPLICATES, _QUICK_REPLICATES = 200, 50
_WALKS, _QUICK_WALKS = 60_000, 12_000
_CLICKS, _QUICK_CLICKS = 100_000, 12_000
_CLICK_RATE, _QUICK_CLICK_RATE = 0.025, 0.03
_TERM_ROWS, _QUICK_TERM_ROWS = 30_000, 8_000
_TERM_DAYS, _TERM_RATE = 120, 0.12
_CLICK_COLUMNS = ("ip", "app", "device", "os", "channel")
_CLICK_WINDOWS = (
    {"count": ["ip"], "within": "5m"},
    {"count": ["ip", "app"], "within": "5m"},
    {"count": ["ip", "app"], "within": "1h", "after": "5m"},
    {"count": ["ip", "device", "os"], "within": "5m"},
    {"count": ["ip", "device", "os", "app"], "within": "8h"},
    {"distinct": "channel", "by": ["ip"], "within": "8h"},
    {"distinct": "app", "by": ["ip", "device", "os"], "within": "8h"},
    {"since_last": ["ip", "device", "os"], "within": "1d"},
    {"since_last": ["ip", "device", "os", "app"], "within": "1d"},
)


def run_demo(out: Path, *, quick: bool = False, networks: bool = False) -> dict[str, Path]:
    """Simulate logs and run the attribution study, and the clicks study where ``trees`` is installed.

    Parameters
    ----------
    out
        Where logs and runs are written; runs of an earlier demo there are replaced.
    quick
        Smaller logs and fewer replicates.
    networks
        Whether to run the studies that train networks too.

    Returns
    -------
    dict
        Study to the path of its report.

    Raises
    ------
    MissingExtraError
        If networks are asked for and ``deep`` or ``trees`` is not installed.
    """
    if networks:
        _require_networks()
    reports = {"attribution": _attribution(out, quick=quick)}
    if find_spec("xgboost") is None:
        message = "The clicks study of the demo is left out: it needs the optional part 'trees'."
        warnings.warn(f"{message} Hint: pip install 'wanamaker[trees]'", DataWarning, stacklevel=2)
        return reports
    reports["clicks"] = _clicks(out, quick=quick)
    if not networks:
        return reports
    reports["journeys"] = _journeys(out, quick=quick)
    reports["sessions"] = _sessions(out, quick=quick)
    return {**reports, "search_terms": _search_terms(out, quick=quick)}


def _require_networks() -> None:
    from wanamaker.nn.require import require_deep

    require_deep("The demo with networks")
    if find_spec("xgboost") is None:
        feature = "The demo with networks"
        raise MissingExtraError(feature, "trees")


def _journeys(out: Path, *, quick: bool) -> Path:
    """Run a network beside the other methods on journeys in which intent decides who is reached."""
    world = simulate_journeys(_QUICK_WALKS if quick else _WALKS, seed=0, confounded=True)
    data = out / "data" / "confounded_journeys"
    world.write(data)
    replicates = _QUICK_REPLICATES if quick else _REPLICATES
    study = AttributionStudy.model_validate(
        {
            "data": {"path": str(data / "log.parquet"), "truth": str(data / "truth.parquet")},
            "columns": {"value": "value", "cost": "cost", "covariates": ["intent"]},
            "journeys": {"observed": "full"},
            "attribution": {"bootstrap": replicates},
            "network": {},
            "training": {"epochs": 4} if quick else {},
            "evaluation": {"bootstrap": replicates},
            "report": {"title": "A network's credit on a simulated log"},
        }
    )
    run_attribution(study, out / "journeys", overwrite=True)
    return out / "journeys" / "report.html"


def _sessions(out: Path, *, quick: bool) -> Path:
    from wanamaker.studies.sessions.run import run_sessions
    from wanamaker.studies.sessions.shipped import online_shoppers_study

    study = online_shoppers_study()
    study["model"] |= {"seeds": 2 if quick else 5}
    study["evaluation"] = {"bootstrap": _QUICK_REPLICATES if quick else _REPLICATES}
    run_sessions(SessionsStudy.model_validate(study), out / "sessions", overwrite=True)
    return out / "sessions" / "report.html"


def _search_terms(out: Path, *, quick: bool) -> Path:
    """Run the study on a simulated log in the messy form of an export, with its report of delays."""
    from wanamaker.studies.search_terms.run import run_search_terms

    rows = _QUICK_TERM_ROWS if quick else _TERM_ROWS
    world = simulate_search_terms(rows, seed=0, days=_TERM_DAYS, base_rate=_TERM_RATE)
    data = out / "data" / "search_terms"
    world.write(data)
    study = SearchTermsStudy.model_validate(
        {
            "data": {"path": str(data / "export.csv"), "truth": str(data / "truth.parquet")},
            "features": {"known_ahead": ["impressions", "clicks"]},
            "split": {"origins": 2 if quick else 3, "horizon": 14},
            "model": {"seeds": 2 if quick else 3, "loss": "poisson" if quick else "auto"},
            "training": {"epochs": 2 if quick else 4},
            "delay": {"report": str(data / "days_to_conversion.csv")},
            "evaluation": {"bootstrap": _QUICK_REPLICATES if quick else _REPLICATES},
            "report": {"title": "Search terms of a simulated export"},
        }
    )
    run_search_terms(study, out / "search_terms", overwrite=True)
    return out / "search_terms" / "report.html"


def _attribution(out: Path, *, quick: bool) -> Path:
    world = simulate_journeys(_QUICK_JOURNEYS if quick else _JOURNEYS, seed=0)
    data = out / "data" / "journeys"
    world.write(data)
    study = AttributionStudy.model_validate(
        {
            "data": {"path": str(data / "log.parquet"), "truth": str(data / "truth.parquet")},
            "columns": {"value": "value", "cost": "cost"},
            "journeys": {"observed": "full"},
            "attribution": {"bootstrap": _QUICK_REPLICATES if quick else _REPLICATES, "by": ["week"]},
            "report": {"title": "Attribution on a simulated log"},
        }
    )
    run_attribution(study, out / "attribution", overwrite=True)
    return out / "attribution" / "report.html"


def _clicks(out: Path, *, quick: bool) -> Path:
    from wanamaker.studies.clicks.run import run_clicks

    rate = _QUICK_CLICK_RATE if quick else _CLICK_RATE
    world = simulate_clicks(_QUICK_CLICKS if quick else _CLICKS, seed=0, base_rate=rate)
    data = out / "data" / "clicks"
    world.write(data)
    study = ClicksStudy.model_validate(
        {
            "data": {"path": str(data / "log.parquet"), "truth": str(data / "truth.parquet")},
            "columns": {
                "time": "click_time",
                "label": "is_attributed",
                "label_time": "attributed_time",
                "categorical": _CLICK_COLUMNS,
            },
            "features": {"windows": _CLICK_WINDOWS, "time_zone": "Asia/Shanghai"},
            "model": {
                "n_estimators": 50 if quick else 200,
                "learning_rate": 0.2,
                "early_stopping_rounds": 20,
            },
            "evaluation": {"bootstrap": _QUICK_REPLICATES if quick else _REPLICATES},
            "report": {"title": "Clicks on a simulated log"},
        }
    )
    run_clicks(study, out / "clicks", overwrite=True)
    return out / "clicks" / "report.html"
