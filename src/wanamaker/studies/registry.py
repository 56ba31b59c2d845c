"""The kinds of study, and how each is read and run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.studies.attribution import AttributionOutcome, run_attribution
from wanamaker.studies.attribution_run import redraw_attribution_report
from wanamaker.studies.attribution_study import AttributionStudy
from wanamaker.studies.config import read_study, validated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wanamaker.runs.load import Run

KINDS = ("attribution",)


def run_study(
    path: Path, out: Path | None = None, settings: Iterable[str] = (), *, overwrite: bool = False
) -> AttributionOutcome:
    """Read a study file and run it.

    Parameters
    ----------
    path
        The TOML file. Relative paths in it start at its own directory.
    out
        The run directory; ``runs/`` and the file's name if left out.
    settings
        ``section.key=value`` that replace what the file says.
    overwrite
        Whether a run directory that holds something may be replaced.

    Raises
    ------
    ParameterError
        If a key is unknown or its value is not allowed.
    """
    content = read_study(path, settings)
    _check_kind(content, path)
    study = validated(AttributionStudy, content, str(path))
    study = study.model_copy(update={"data": study.data.starting_at(path.parent)})
    return run_attribution(study, out or Path("runs") / path.stem, overwrite=overwrite)


def redraw_report(run: Run) -> Path:
    """Draw the report of a run again, and return its path."""
    return redraw_attribution_report(run)


def _check_kind(content: dict[str, Any], path: Path) -> None:
    if "kind" not in content:
        message = f"{path}: the key 'kind' is missing."
        raise ParameterError(message, hint=f"Write kind = {KINDS[0]!r}; known kinds: {', '.join(KINDS)}.")
    if content["kind"] not in KINDS:
        message = f"{path}: {content['kind']!r} is no known kind of study."
        raise ParameterError(message, hint=nearest(str(content["kind"]), KINDS))
