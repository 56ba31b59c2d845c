"""The rows sum to what the file itself tells, or it is said by how much they do not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import wanamaker as wm
from tests.events.exports.written import report_of
from wanamaker.base.errors import DataError

HEADER = "Search term,Day,Campaign,Impr.,Clicks,Cost,Conversions"
ROWS = ("red kettle,2025-01-05,Kitchen,1200,30,40.50,1.50", "kettle,2025-01-06,Kitchen,100,3,4.00,0.00")


def total(label: str, *numbers: str) -> str:
    return ",".join([label, " --", " --", *numbers])


def agreed(report: wm.SearchTermReport) -> dict[str, list[bool | None]]:
    return {
        str(label): part["agrees"].to_list()
        for (label,), part in report.totals.group_by("label", maintain_order=True)
    }


def test_a_total_that_does_not_agree_says_by_how_much(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, total("Total: Search terms", "1303", "33", "44.50", "2.75"))
    with pytest.raises(DataError) as caught:
        wm.read_search_terms(file)
    assert caught.value.message == (
        f"{str(file)!r}, line 4: 'Total: Search terms' tells 1,303 impressions, and the rows sum to "
        "1,300 (-3); "
        "2.75 conversions, and the rows sum to 1.50 (-1.25)."
    )
    assert 'totals="tell" reads it as it is' in str(caught.value.hint)


def test_a_difference_that_is_only_told_stands_in_notes_and_totals(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, total("Total: Search terms", "1303", "33", "44.50", "1.50"))
    report = wm.read_search_terms(file, totals="tell")
    assert "tells 1,303 impressions, and the rows sum to 1,300 (-3)" in report.notes[0]
    apart = report.totals.filter(~pl.col("agrees")).select("column", "told", "summed", "difference")
    assert apart.rows() == [("impressions", 1303.0, 1300.0, -3.0)]


def test_counts_must_agree_exactly_and_amounts_within_rounding(tmp_path: Path) -> None:
    rows = [f"kettle,2025-01-{day:02},Kitchen,10,1,0.33,0.00" for day in range(1, 31)]
    near = report_of(tmp_path, HEADER, *rows, total("Total", "300", "30", "10.00", "0.00"))
    assert agreed(wm.read_search_terms(near))["Total"] == [True] * 4
    off = report_of(tmp_path, HEADER, *rows, total("Total", "300", "30", "10.10", "0.00"))
    with pytest.raises(DataError, match=r"10\.10 cost, and the rows sum to 9\.90 \(-0\.20\)"):
        wm.read_search_terms(off)
    count = report_of(tmp_path, HEADER, *rows, total("Total", "301", "30", "10.00", "0.00"))
    with pytest.raises(DataError, match="301 impressions"):
        wm.read_search_terms(count)


@pytest.mark.parametrize("label", ["Total: Account", "Total: Campaign", "Gesamt: Konto", "Total: Ad groups"])
def test_what_covers_more_than_the_list_is_told_and_not_judged(tmp_path: Path, label: str) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, total(label, "9000", "99", "99.00", "9.00"))
    report = wm.read_search_terms(file)
    assert agreed(report)[label] == [None] * 4
    assert report.skipped["reason"].to_list() == ["total"]


@pytest.mark.parametrize(
    "label",
    [
        *("Total", "Totals", "Total: Search terms", "Total: Keywords", "Total\u00a0: termes de recherche"),
        *("Gesamt: Suchbegriffe", "Totale: termini di ricerca", "合計: 検索語句", "Итого: поисковые запросы"),
        *("Total: Filtered search terms", "Łącznie: wyszukiwane hasła", "Total: something new"),
    ],
)
def test_totals_of_the_list_are_judged_in_any_language(tmp_path: Path, label: str) -> None:
    good = report_of(tmp_path, HEADER, *ROWS, total(label, "1300", "33", "44.50", "1.50"))
    assert agreed(wm.read_search_terms(good))[label] == [True] * 4
    bad = report_of(tmp_path, HEADER, *ROWS, total(label, "1400", "33", "44.50", "1.50"))
    with pytest.raises(DataError, match=r"1,400 impressions, and the rows sum to 1,300 \(-100\)"):
        wm.read_search_terms(bad)


def test_the_filtered_total_is_judged_where_there_is_one(tmp_path: Path) -> None:
    lines = (
        total("Total: Filtered search terms", "1300", "33", "44.50", "1.50"),
        total("Total: Search terms", "7000", "70", "80.00", "5.00"),
    )
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, *lines))
    assert agreed(report) == {
        "Total: Filtered search terms": [True] * 4,
        "Total: Search terms": [None] * 4,
    }


def test_of_totals_of_an_unknown_kind_one_must_agree(tmp_path: Path) -> None:
    lines = (total("Total: abc", "9000", "99", "99", "9"), total("Total: xyz", "1300", "33", "44.50", "1.50"))
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, *lines))
    assert agreed(report)["Total: xyz"] == [True] * 4
    with pytest.raises(DataError, match="'Total: abc' tells"):
        wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, lines[0]))


def test_hidden_terms_count_in_the_sums_or_beside_them(tmp_path: Path) -> None:
    hidden = "Other search terms,2025-01-06,Kitchen,50,2,1.00,0.00"
    for whole in ("1350,35,45.50,1.50", "1300,33,44.50,1.50"):
        label = total("Total: Search terms", *whole.split(","))
        other = total("Total: Other search terms", "50", "2", "1.00", "0.00")
        report = wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, hidden, label, other))
        assert report.totals["agrees"].all()
        assert (len(report.table), len(report.hidden)) == (2, 1)
    wrong = total("Total: Other search terms", "51", "2", "1.00", "0.00")
    with pytest.raises(DataError, match="'Total: Other search terms' tells 51 impressions"):
        wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, hidden, wrong))


@pytest.mark.parametrize("term", ["total", "Total: Search terms", "total war: warhammer", "totals", "gesamt"])
def test_a_term_that_begins_like_a_total_is_a_term(tmp_path: Path, term: str) -> None:
    row = f"{term},2025-01-06,Kitchen,50,2,1.00,0.00"
    whole = total("Total: Search terms", "1350", "35", "45.50", "1.50")
    report = wm.read_search_terms(report_of(tmp_path, HEADER, *ROWS, row, whole))
    assert report.table["term"].to_list() == ["red kettle", "kettle", term]
    assert report.skipped["line"].to_list() == [5]


def test_without_days_a_total_is_known_by_its_label_and_its_blank_texts(tmp_path: Path) -> None:
    lines = (
        "Search term,Campaign,Clicks",
        "total wine,Shops,3",
        "Total: shops,Shops,4",
        "Total: Search terms,--,7",
    )
    report = wm.read_search_terms(report_of(tmp_path, *lines), dates=None)
    assert report.table["term"].to_list() == ["total wine", "Total: shops"]
    assert report.totals["agrees"].to_list() == [True]


def test_a_total_is_found_when_its_label_is_in_another_first_column(tmp_path: Path) -> None:
    lines = ("Status,Search term,Day,Clicks", "Added,kettle,2025-01-05,3", "Total: Search terms, --, --,3")
    report = wm.read_search_terms(report_of(tmp_path, *lines))
    assert report.table["term"].to_list() == ["kettle"]
    assert report.totals.select("label", "agrees").rows() == [("Total: Search terms", True)]


def test_a_total_of_pieces_is_that_of_all_pieces_together(tmp_path: Path) -> None:
    first = report_of(tmp_path, HEADER, ROWS[0], name="1.csv")
    whole = total("Total: Search terms", "1300", "33", "44.50", "1.50")
    second = report_of(tmp_path, HEADER, ROWS[1], whole, name="2.csv")
    report = wm.read_search_terms([first, second])
    assert report.totals["agrees"].all()
    with pytest.raises(DataError, match="rows sum to 100"):
        wm.read_search_terms(second)
