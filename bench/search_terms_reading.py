"""Reading and cleaning a report of search terms: ours beside pandas with the same rules."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import ONE_THREAD, Job, JobError, alternate, markdown, ratios, spread, versus
from bench.paths import WORKERS
from bench.search_terms_export import made_export

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.measure import Sample
    from bench.sizes import Sizes

FORMS = {
    "strings": "every column as text, then `str.replace`, `to_numeric`, `to_datetime`",
    "options": "`thousands` and `na_values` of `read_csv`, which does not cope with signs of money",
}
"""How pandas does it."""
_INSIDE = "Inside a running process, after imports and a first report of three lines"
_HEADER = ("what", "ours", "pandas", "ours / pandas", "times quicker")


def report(sizes: Sizes) -> str:
    """Measure, and return a page in Markdown."""
    file = str(made_export(sizes.term_rows))
    python = Path(sys.executable)
    ours = Job("ours", python, WORKERS / "ours_search_terms_reading.py", (file,))
    tables = []
    for form, told in FORMS.items():
        theirs = Job("pandas", python, WORKERS / "theirs_search_terms_reading.py", (file, form))
        samples = alternate([ours, theirs], sizes.runs)
        check(*(taken[0].answer for taken in samples))
        tables.append(f"\n## pandas: {told}\n\n{_INSIDE}.\n")
        tables.append(markdown(_HEADER, _rows(*samples, inner=True)))
        tables.append("\nWhole process: start, imports, reading.\n")
        tables.append(markdown(_HEADER, _rows(*samples)))
        if form == "strings":
            single = alternate([replace(job, environment=ONE_THREAD) for job in (ours, theirs)], sizes.runs)
            tables.append(f"\n{_INSIDE}, every library held to one thread.\n")
            tables.append(markdown(_HEADER, _rows(*single, inner=True)))
    return "\n".join([_head(sizes, file), *tables])


def check(ours: Mapping[str, float], theirs: Mapping[str, float]) -> None:
    """Refuse a comparison in which the two do not read the same.

    Raises
    ------
    JobError
        If a count or a sum differs by more than 1e-9 of it.
    """
    apart = {
        name: (told, theirs.get(name))
        for name, told in ours.items()
        if name not in theirs or abs(told - theirs[name]) > 1e-9 * max(1.0, abs(told))
    }
    if apart or set(ours) != set(theirs):
        message = f"The two read different reports: {apart or sorted(set(ours) ^ set(theirs))}."
        raise JobError(message)


def _rows(ours: Sequence[Sample], theirs: Sequence[Sample], *, inner: bool = False) -> list[list[str]]:
    rows = versus(ours, theirs, inner=inner)
    names = ("inner_cpu", "inner_wall") if inner else ("cpu", "wall", "peak")
    for row, name in zip(rows, names, strict=True):
        quicker = ratios(theirs, ours, lambda sample, name=name: getattr(sample, name))  # type: ignore[misc]
        row.append(spread(quicker, 1))
    return rows


def _head(sizes: Sizes, file: str) -> str:
    import pandas as pd

    size = Path(file).stat().st_size / 1e6
    return (
        f"# Reading a report of search terms: {sizes.term_rows:,} rows\n\n"
        "A made-up export as it is downloaded (`bench/search_terms_export.py`): UTF-16 with tabs, "
        f"{size:,.0f} MB, 16 columns, lines before the header, totals, thousands separators, ` --`, hidden "
        "terms, quoted keywords. "
        f"pandas {pd.__version__} is told the encoding, the header's place, the form "
        "of numbers and of dates, and reads the same 12 columns; ours finds them, and says for every line "
        "what became of it. Both leave out the totals, put hidden terms apart, and compare the sums with the "
        f"total. Median (lowest–highest) of {sizes.runs} runs in turn after one that is not counted; "
        "ratios pair by pair. Both gave the same counts and sums. Goal: at least 5 times quicker in CPU time "
        "and wall time than pandas on texts."
    )
