"""The kinds of study, and how each is read and run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.studies.attribution import AttributionOutcome, run_attribution
from wanamaker.studies.attribution_run import redraw_attribution_report
from wanamaker.studies.attribution_study import AttributionStudy
from wanamaker.studies.clicks.study import ClicksStudy
from wanamaker.studies.config import read_study, validated
from wanamaker.studies.search_terms.study import SearchTermsStudy
from wanamaker.studies.sessions.study import SessionsStudy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wanamaker.runs.load import Run
    from wanamaker.studies.clicks.run import ClicksOutcome
    from wanamaker.studies.clicks.tune import Tuned
    from wanamaker.studies.search_terms.run import SearchTermsOutcome
    from wanamaker.studies.sessions.run import SessionsOutcome

    Outcome: TypeAlias = AttributionOutcome | ClicksOutcome | SessionsOutcome | SearchTermsOutcome


@dataclass(frozen=True)
class Kind:
    """How a kind of study is read, run, and its report drawn again."""

    model: type[Any]
    run: Callable[..., Outcome]
    redraw: Callable[[Run], Path]


def _run_clicks(study: ClicksStudy, out: Path, *, overwrite: bool = False) -> ClicksOutcome:
    from wanamaker.studies.clicks.run import run_clicks

    return run_clicks(study, out, overwrite=overwrite)


def _redraw_clicks(run: Run) -> Path:
    from wanamaker.studies.clicks.write import redraw_clicks_report

    return redraw_clicks_report(run)


def _run_sessions(study: SessionsStudy, out: Path, *, overwrite: bool = False) -> SessionsOutcome:
    from wanamaker.studies.sessions.run import run_sessions

    return run_sessions(study, out, overwrite=overwrite)


def _redraw_sessions(run: Run) -> Path:
    from wanamaker.studies.sessions.write import redraw_sessions_report

    return redraw_sessions_report(run)


def _run_search_terms(study: SearchTermsStudy, out: Path, *, overwrite: bool = False) -> SearchTermsOutcome:
    from wanamaker.studies.search_terms.run import run_search_terms

    return run_search_terms(study, out, overwrite=overwrite)


def _redraw_search_terms(run: Run) -> Path:
    from wanamaker.studies.search_terms.write import redraw_search_terms_report

    return redraw_search_terms_report(run)


KINDS = {
    "attribution": Kind(AttributionStudy, run_attribution, redraw_attribution_report),
    "clicks": Kind(ClicksStudy, _run_clicks, _redraw_clicks),
    "sessions": Kind(SessionsStudy, _run_sessions, _redraw_sessions),
    "search_terms": Kind(SearchTermsStudy, _run_search_terms, _redraw_search_terms),
}


def run_study(
    path: Path, out: Path | None = None, settings: Iterable[str] = (), *, overwrite: bool = False
) -> Outcome:
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
    study = load_study(path, settings)
    return KINDS[study.kind].run(study, out or Path("runs") / path.stem, overwrite=overwrite)


def tune_study(path: Path, out: Path | None = None, settings: Iterable[str] = ()) -> Tuned:
    """Read a study file and search for better parameters.

    Parameters
    ----------
    path, settings
        As for `run_study`.
    out
        Where the search is kept; ``runs/`` and the file's name with ``-tuning`` if left out.

    Raises
    ------
    ParameterError
        If a key is unknown, its value is not allowed, or the study has nothing to tune.
    """
    study = load_study(path, settings)
    if not isinstance(study, ClicksStudy):
        message = f"{path}: a study of kind {study.kind!r} has no parameters to tune."
        raise ParameterError(message, hint="Give a study with kind = 'clicks'.")
    from wanamaker.studies.clicks.tune import tune_clicks

    return tune_clicks(study, out or Path("runs") / f"{path.stem}-tuning")


def load_study(path: Path, settings: Iterable[str] = ()) -> Any:
    """Return the study in a file, with its paths made whole.

    Raises
    ------
    ParameterError
        If a key is unknown or its value is not allowed.
    """
    content = read_study(path, settings)
    _check_kind(content, path)
    return validated(KINDS[content["kind"]].model, content, str(path)).starting_at(path.parent)


def redraw_report(run: Run) -> Path:
    """Draw the report of a run again, and return its path."""
    return KINDS[run.kind].redraw(run)


def _check_kind(content: dict[str, Any], path: Path) -> None:
    if "kind" not in content:
        message = f"{path}: the key 'kind' is missing."
        raise ParameterError(message, hint=f"Write kind = 'clicks'; known kinds: {', '.join(KINDS)}.")
    if content["kind"] not in KINDS:
        message = f"{path}: {content['kind']!r} is no known kind of study."
        raise ParameterError(message, hint=nearest(str(content["kind"]), KINDS))
