"""What is written in any locale, encoding and separator is read as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.events.exports.written import DATES, HEADER, Row, day_text, lines_of, number_text
from wanamaker.base.errors import DataError
from wanamaker.events.exports.names import HIDDEN

MARKS = [
    (",", "."),
    ("", "."),
    ("'", "."),
    ("’", "."),
    (".", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("", ","),
]
"""Marks that group thousands, with the decimal mark beside them."""
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]
PREAMBLES = [(), ("Search terms report",), ("Search terms report", '"January 1, 2025 - January 9, 2025"')]


@dataclass(frozen=True)
class Form:
    """How a report is written."""

    marks: tuple[str, str]
    lakh: bool
    places: int
    day: str
    separator: str
    encoding: str
    quoted: bool
    money: str
    preamble: tuple[str, ...]

    def bytes_of(self, rows: list[Row]) -> bytes:
        cells = [list(HEADER), *(self._row(row) for row in rows), self._total(rows)]
        text = lines_of([[line] for line in self.preamble], "|") if self.preamble else ""
        text += lines_of(cells, self.separator, everything=self.quoted)
        mark = b"\xfe\xff" if self.encoding == "utf-16-be" else b""
        return mark + text.encode(self.encoding)

    def _row(self, row: Row) -> list[str]:
        term, day, campaign, impressions, clicks, cost, conversions = row
        return [
            term,
            day_text(day, self.day),
            campaign,
            *self._numbers(impressions, clicks, cost, conversions),
        ]

    def _numbers(self, impressions: int, clicks: int, cost: float, conversions: float) -> list[str]:
        counts = [self._told(impressions, 0), self._told(clicks, 0)]
        return [*counts, self.money.format(self._told(cost, self.places)), self._told(conversions, 2)]

    def _told(self, number: float, places: int) -> str:
        return number_text(number, *self.marks, places, lakh=self.lakh)

    def _total(self, rows: list[Row]) -> list[str]:
        sums = [sum(row[place] for row in rows) for place in range(3, 7)]  # type: ignore[misc]
        return ["Total: Search terms", " --", " --", *self._numbers(*sums)]


terms = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Cn")),
        min_size=1,
    )
    | st.sampled_from(
        ["total", "Total: shoes", 'a "quoted" term', "a\nb", "a,b;c\td|e", "שלום 👟", "مرحبا", "-"]
    )
    | st.lists(st.sampled_from(["red", "shoe", '27"', "'s", "é"]), min_size=1, max_size=4).map(" ".join)
).filter(lambda term: term not in (*HIDDEN, "--", "—", "–") and term == term.strip())
forms = st.builds(
    Form,
    marks=st.sampled_from(MARKS),
    lakh=st.booleans(),
    places=st.integers(0, 3),
    day=st.sampled_from(list(DATES)),
    separator=st.sampled_from(["\t", ",", ";"]),
    encoding=st.sampled_from(ENCODINGS),
    quoted=st.booleans(),
    money=st.sampled_from(["{}", "{} €", "€{}", "EUR {}"]),
    preamble=st.sampled_from(PREAMBLES),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Form, list[Row]]:
    form = draw(forms)
    row = st.tuples(
        terms,
        st.integers(0, 400).map(lambda day: date(2025, 1, 1) + timedelta(days=day)),
        st.sampled_from(["Kitchen", "Garden, old", "C & A"]),
        st.one_of(st.integers(0, 2_000), st.integers(0, 50_000_000)),
        st.integers(0, 2_000),
        st.integers(0, 9_999_999).map(lambda units: round(units / 10**form.places, form.places)),
        st.integers(0, 999_999).map(lambda units: units / 100),
    )
    rows = draw(st.lists(row, min_size=1, max_size=6))
    if form.encoding == "cp1252":
        rows = [(one[0].encode("cp1252", "ignore").decode("cp1252").strip() or "x", *one[1:]) for one in rows]
        form = replace(form, day=draw(st.sampled_from([day for day in DATES if day.isascii()])))
        form = replace(form, marks=draw(st.sampled_from([marks for marks in MARKS if "\u202f" not in marks])))
    return form, rows


def read(form: Form, rows: list[Row], **options: str) -> wm.SearchTermReport:
    encoding = "cp1252" if form.encoding == "cp1252" else "auto"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.csv"
        file.write_bytes(form.bytes_of(rows))
        return wm.read_search_terms(file, encoding=encoding, **options)


@given(cases())
def test_a_table_is_read_as_it_was_written(case: tuple[Form, list[Row]]) -> None:
    form, rows = case
    options = {"decimal": form.marks[1]}
    if "/" in form.day and form.day[4] != "/":
        options["dates"] = "month first" if form.day.startswith("01") else "day first"
    report = read(form, rows, **options)
    assert report.table.drop("file", "line").rows() == rows
    assert report.currency == (None if form.money == "{}" else "EUR")
    assert report.totals["agrees"].all()


@given(cases())
def test_a_form_that_is_found_is_the_right_one_or_is_asked_for(case: tuple[Form, list[Row]]) -> None:
    form, rows = case
    try:
        report = read(form, rows)
    except DataError as error:
        refusal = str(error)
    else:
        assert report.table.drop("file", "line").rows() == rows
        return
    assert "tells" in refusal
    assert "decimal=" in refusal or "dates=" in refusal
