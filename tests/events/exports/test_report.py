"""What a report holds beside its rows, and what becomes of several files."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

import wanamaker as wm
from tests.events.exports.written import report_of
from wanamaker.base.errors import DataError

HEADER = "Search term,Day,Campaign,Impr.,Clicks,Cost,Conversions"
D5, D6 = date(2025, 1, 5), date(2025, 1, 6)


def test_days_are_summed_with_the_campaign_that_was_seen_most(tmp_path: Path) -> None:
    lines = (
        "kettle,2025-01-06,B,10,1,0.5,0",
        "kettle,2025-01-05,A,10,1,0.5,0.5",
        "kettle,2025-01-05,B,7,2,1.0,0",
        "kettle,2025-01-05,B,8,0,0.0,1",
        "a pot,2025-01-06,B,5,0, --,0",
        "a pot,2025-01-06,A,5,0,2.0,0",
    )
    daily = wm.read_search_terms(report_of(tmp_path, HEADER, *lines)).daily()
    assert daily.columns == ["term", "date", "campaign", "impressions", "clicks", "cost", "conversions"]
    assert daily.rows() == [
        ("kettle", D5, "B", 25.0, 3.0, 1.5, 1.5),
        ("a pot", D6, "A", 10.0, 0.0, 2.0, 0.0),
        ("kettle", D6, "B", 10.0, 1.0, 0.5, 0.0),
    ]


def test_sums_over_days_are_those_of_the_rows() -> None:
    report = wm.read_search_terms(Path(__file__).parent / "data" / "en_us.csv")
    for name in ("impressions", "clicks", "cost", "conversions", "value"):
        assert report.daily()[name].sum() == pytest.approx(report.table[name].sum())


def test_a_number_that_is_not_told_is_null(tmp_path: Path) -> None:
    lines = ("a,2025-01-05,K, --,1,--,", "b,2025-01-05,K,2,1,-,0")
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *lines))
    assert report.table["cost"].to_list() == [None, None]
    assert report.table["impressions"].to_list() == [None, 2.0]
    assert "2 of 2 rows tell no cost; null there." in report.notes
    assert "1 of 2 rows tell no conversions; null there." in report.notes


def test_a_missing_day_is_named(tmp_path: Path) -> None:
    lines = ("a,2025-01-05,K,1,1,1,1", "a,2025-01-08,K,1,1,1,1", "a,2025-01-10,K,1,1,1,1")
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *lines))
    expected = "No row is of 2025-01-06, 2025-01-07, 2025-01-09, between the first day and the last."
    assert expected in report.notes


def test_many_missing_days_are_counted(tmp_path: Path) -> None:
    lines = ("a,2025-01-01,K,1,1,1,1", "a,2025-02-01,K,1,1,1,1")
    notes = wm.read_search_terms(report_of(tmp_path, HEADER, *lines)).notes
    assert any("2025-01-11 and 20 more, between" in note for note in notes)


def test_a_report_without_conversions_is_read_and_says_so(tmp_path: Path) -> None:
    none = wm.read_search_terms(report_of(tmp_path, HEADER, "a,2025-01-05,K,1,1,1,0.00"))
    assert "No row has a conversion: nothing can be learned about what brings them." in none.notes
    lacking = wm.read_search_terms(report_of(tmp_path, "Search term,Day,Clicks", "a,2025-01-05,1"))
    assert "The report has no column of conversions." in lacking.notes
    assert "conversions" not in lacking.table.columns


@pytest.mark.parametrize(
    "term", ["👟 حذاء", "\u200fמחשב\u200e", "👩\u200d👩\u200d👧 shoes", "e\u0301clair", "İstanbul"]
)
def test_terms_are_kept_as_they_are(tmp_path: Path, term: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        file = report_of(tmp_path, HEADER, f"{term},2025-01-05,K,1,1,1,1", encoding=encoding)
        assert wm.read_search_terms(file).table["term"].to_list() == [term]


def test_blank_lines_repeated_headers_and_remarks_are_skipped_with_a_reason(tmp_path: Path) -> None:
    row = "a,2025-01-05,K,1,1,1,1"
    lines = ("Report", "", HEADER, row, "", ",,,,,,", HEADER, row.replace("05", "06"), "made on Monday", "")
    report = wm.read_search_terms(report_of(tmp_path, *lines))
    assert report.table["line"].to_list() == [4, 8]
    assert report.skipped.select("line", "reason", "text").rows() == [
        (1, "preamble", "Report"),
        (2, "preamble", ""),
        (5, "blank", ""),
        (6, "blank", ",,,,,,"),
        (7, "header again", HEADER),
        (9, "no numbers", "made on Monday"),
        (10, "blank", ""),
    ]


def test_line_numbers_count_lines_within_quotes(tmp_path: Path) -> None:
    lines = ('"a', 'b",2025-01-05,K,1,1,1,1', 'c 27" d,2025-01-05,K,1,1,1,1', "Total,--,--,2,2,2,2")
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *lines))
    assert report.table.select("term", "line").rows() == [("a\nb", 2), ('c 27" d', 4)]
    assert report.skipped.select("line", "text").rows() == [(5, "Total,--,--,2,2,2,2")]


def test_separators_at_the_end_of_lines_are_no_columns(tmp_path: Path) -> None:
    with_header = report_of(tmp_path, f"{HEADER},", "a,2025-01-05,K,1,1,1,1,")
    without = report_of(tmp_path, HEADER, "a,2025-01-05,K,1,1,1,1,,", name="other.csv")
    assert wm.read_search_terms(with_header).table["conversions"].to_list() == [1.0]
    assert wm.read_search_terms(without).table["conversions"].to_list() == [1.0]


def test_a_packed_file_and_old_line_ends_are_read(tmp_path: Path) -> None:
    text = f"{HEADER}\ra,2025-01-05,K,1,1,1,1\rb,2025-01-06,K,1,1,1,1\r"
    (tmp_path / "report.csv.gz").write_bytes(gzip.compress(text.encode()))
    report = wm.read_search_terms(tmp_path / "report.csv.gz")
    assert report.table.select("term", "line").rows() == [("a", 2), ("b", 3)]


def test_cost_that_looks_like_micros_is_noted_and_divided_when_told(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, "a,2025-01-05,K,1,1,1230000,1", "b,2025-01-05,K,1,1,0,0")
    assert any("multiple of 10,000" in note for note in wm.read_search_terms(file).notes)
    told = wm.read_search_terms(file, {"cost_micros": "Cost"})
    assert told.table["cost"].to_list() == pytest.approx([1.23, 0.0])
    assert not any("10,000" in note for note in told.notes)


def test_numbers_take_signs_groups_and_bounds_in_every_place(tmp_path: Path) -> None:
    cells = [
        "$1,234.56",
        "US$ 1",
        "1 234.5",
        "1'234",
        "(blank)",
        "+7",
        "USD 12",
        "12 USD",
        ".5",
        "3.",
        "1,23,456.5",
    ]
    expected = [1234.56, 1, 1234.5, 1234, None, 7, 12, 12, 0.5, 3, 123456.5]
    lines = [
        f'a,2025-01-05,K,1,1,"{cell}",1'
        for cell, number in zip(cells, expected, strict=True)
        if number is not None
    ]
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *lines), currency="USD")
    assert report.table["cost"].to_list() == pytest.approx(
        [number for number in expected if number is not None]
    )


# --- Several files --------------------------------------------------------------------------------


def two(place: Path) -> list[Path]:
    early = ("kettle,2025-01-05,K,1,1,1,0", "pot,2025-01-05,K,2,1,1,0", "--,2025-01-05,K,3,0,0,0")
    late = ("kettle,2025-01-05,K,10,1,1,1", "--,2025-01-05,K,30,0,0,0", "pan,2025-01-06,K,4,1,1,0")
    return [
        report_of(place, HEADER, *early, name="early.csv"),
        report_of(place, HEADER, *late, name="late.csv"),
    ]


def test_what_two_files_both_hold_is_refused_and_both_are_named(tmp_path: Path) -> None:
    early, late = two(tmp_path)
    with pytest.raises(DataError) as caught:
        wm.read_search_terms([early, late])
    message = caught.value.message
    assert (
        f"{str(early)!r} (line 2) and {str(late)!r} (line 2) both hold the term 'kettle' on 2025-01-05"
        in message
    )
    assert "So do 1 more. Their sum would count them twice." in message
    assert 'keep="last"' in str(caught.value.hint)


def test_the_last_file_wins_where_it_is_asked_for(tmp_path: Path) -> None:
    early, late = two(tmp_path)
    report = wm.read_search_terms([early, late], keep="last")
    assert report.table.select("term", "impressions", "file").rows() == [
        ("pot", 2.0, str(early)),
        ("kettle", 10.0, str(late)),
        ("pan", 4.0, str(late)),
    ]
    assert report.hidden["impressions"].to_list() == [30.0]
    repeated = report.skipped.select("file", "line", "reason", "text").rows()
    assert repeated == [
        (str(early), 2, f"repeated in {str(late)!r}", "kettle"),
        (str(early), 4, f"repeated in {str(late)!r}", None),
    ]


def test_pieces_of_one_download_are_put_together(tmp_path: Path) -> None:
    report = wm.read_search_terms(two(tmp_path), keep="all")
    assert report.table["impressions"].sum() == 17
    assert report.files == tuple(map(str, two(tmp_path)))


def test_files_with_other_rows_need_no_decision(tmp_path: Path) -> None:
    one = report_of(tmp_path, HEADER, "kettle,2025-01-05,K,1,1,1,0", name="1.csv")
    lacking = report_of(
        tmp_path, "Search term;Day;Clicks", "kettle;06.01.2025;3", name="2.csv", encoding="utf-16"
    )
    table = wm.read_search_terms([one, lacking]).table
    assert table.select("term", "date", "clicks", "impressions").rows() == [
        ("kettle", D5, 1.0, 1.0),
        ("kettle", D6, 3.0, None),
    ]
    assert table.columns[-2:] == ["file", "line"]


def test_rows_of_other_campaigns_are_not_the_same(tmp_path: Path) -> None:
    one = report_of(tmp_path, HEADER, "kettle,2025-01-05,K,1,1,1,0", name="1.csv")
    other = report_of(tmp_path, HEADER, "kettle,2025-01-05,L,1,1,1,0", name="2.csv")
    assert len(wm.read_search_terms([one, other])) == 2


def test_currencies_of_two_files_must_agree(tmp_path: Path) -> None:
    lines = ("Search term,Day,Cost", "a,2025-01-05,€1.50"), ("Search term,Day,Cost", "b,2025-01-05,£1.50")
    files = [report_of(tmp_path, *held, name=f"{number}.csv") for number, held in enumerate(lines)]
    with pytest.raises(DataError, match=r"One currency was expected\. Got '£'"):
        wm.read_search_terms(files)
