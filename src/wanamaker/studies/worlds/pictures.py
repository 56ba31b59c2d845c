"""Pictures of a simulated world: what is in its log, and what is true of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import FileReadError
from wanamaker.base.progress import status
from wanamaker.base.storage import new_file, read_json
from wanamaker.reports.worlds.clicks import clicks_sections
from wanamaker.reports.worlds.journeys import journeys_sections
from wanamaker.reports.worlds.page import world_page
from wanamaker.reports.worlds.search_terms import search_terms_sections
from wanamaker.reports.worlds.sessions import sessions_sections
from wanamaker.studies.worlds.clicks_seen import look_at_clicks
from wanamaker.studies.worlds.journeys_seen import look_at_journeys
from wanamaker.studies.worlds.search_terms_seen import look_at_search_terms
from wanamaker.studies.worlds.sessions_seen import look_at_sessions

if TYPE_CHECKING:
    import os

_KINDS = {
    "journeys": (look_at_journeys, journeys_sections),
    "clicks": (look_at_clicks, clicks_sections),
    "sessions": (look_at_sessions, sessions_sections),
    "search_terms": (look_at_search_terms, search_terms_sections),
}


def picture_world(folder: str | os.PathLike[str]) -> Path:
    """Draw ``pictures.html`` beside the log of a written world, and return its path.

    Log and truth are streamed and only counted, so that they may be larger than memory.

    Parameters
    ----------
    folder
        Where the world was written.

    Raises
    ------
    FileReadError
        If there is no world, or none that can be drawn.
    OutputError
        If the page cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from wanamaker.simulate import clicks
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     picture_world(clicks(2000).write(folder)).name
    'pictures.html'
    """
    source = Path(folder)
    told = read_json(source / "world.json")
    if told.get("kind") not in _KINDS:
        message = (
            f"{str(source / 'world.json')!r} must be of a world that can be drawn. Got {told.get('kind')!r}."
        )
        raise FileReadError(message, hint=f"Kinds: {', '.join(_KINDS)}.")
    look, sections = _KINDS[told["kind"]]
    with status("drawing the world"):
        found = look(*(pl.scan_parquet(source / f"{name}.parquet") for name in ("log", "truth")))
        page = world_page(told["kind"], sections(found), told["parameters"])
    with new_file(source / "pictures.html") as path:
        path.write_text(page, encoding="utf-8")
    return source / "pictures.html"
