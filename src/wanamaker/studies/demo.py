"""The demo: simulated logs, the studies on them, and their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.simulate import journeys as simulate_journeys
from wanamaker.studies.attribution import run_attribution
from wanamaker.studies.attribution_study import AttributionStudy

if TYPE_CHECKING:
    from pathlib import Path

_JOURNEYS, _QUICK_JOURNEYS = 100_000, 10_000
_REPLICATES, _QUICK_REPLICATES = 200, 50


def run_demo(out: Path, *, quick: bool = False) -> dict[str, Path]:
    """Simulate logs and run every study that needs no optional part.

    Parameters
    ----------
    out
        Where logs and runs are written; runs of an earlier demo there are replaced.
    quick
        Smaller logs and fewer replicates.

    Returns
    -------
    dict
        Study to the path of its report.
    """
    return {"attribution": _attribution(out, quick=quick)}


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
