"""What cannot be read says where, what was expected, and what to write instead."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

import wanamaker as wm
from tests.events.exports.written import report_of
from wanamaker.base.errors import (
    DataError,
    FileReadError,
    ParameterError,
    ParameterTypeError,
    SchemaError,
    UserError,
)

HEADER = "Search term,Day,Impr.,Clicks,Cost,Conversions"
ROW = "red kettle,2025-01-05,120,3,4.50,1.00"


def refused(place: Path, *lines: str, error: type[UserError] = DataError, **options: object) -> str:
    """The message of the error, with its hint."""
    file = report_of(place, *lines)
    with pytest.raises(error) as caught:
        wm.read_search_terms(file, **options)  # type: ignore[arg-type]
    return str(caught.value).replace(str(file), "FILE")


# --- Files that are no report ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "an Excel workbook (.xlsx) or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
        (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "a web page (HTML)"),
        (b"<?xml version='1.0'?><report/>", "XML"),
        (b'{"results": []}', "JSON"),
        (b"%PDF-1.7", "a PDF"),
        (b"PAR1\x15\x04", "parquet"),
        (b"\x01\x00\x00\x02 some bytes", "no text"),
    ],
)
def test_a_file_that_is_no_report_is_named_for_what_it_is(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(content)
    with pytest.raises(FileReadError) as caught:
        wm.read_search_terms(file)
    expected = (
        f"A report in text (.csv or .tsv) was expected in {str(file)!r}. Its first bytes are those of {told}."
    )
    assert caught.value.message == expected
    assert "Download the report again" in str(caught.value.hint)


@pytest.mark.parametrize("content", [b"", b"\n\r\n \t", b"\xff\xfe"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.csv").write_bytes(content)
    with pytest.raises((FileReadError, SchemaError), match="The file is empty"):
        wm.read_search_terms(tmp_path / "report.csv")


def test_a_path_without_a_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileReadError, match="There is none"):
        wm.read_search_terms(tmp_path / "nothing.csv")
    with pytest.raises(FileReadError, match="That is a directory"):
        wm.read_search_terms(tmp_path)


def test_a_file_cut_within_a_character_or_packed_badly_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(b"\xff\xfe" + f"{HEADER}\n{ROW}\n".encode("utf-16-le")[:-1])
    with pytest.raises(FileReadError, match=r"line 2, cannot be read as utf-16-le(.|\n)*cut short"):
        wm.read_search_terms(file)
    file.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode() * 50)[:-20])
    with pytest.raises(FileReadError, match="cut short"):
        wm.read_search_terms(file)


def test_a_broken_character_among_whole_ones_is_not_taken_for_cp1252(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(f"{HEADER}\nélan café,2025-01-05,1,1,1,1\n".encode() + b"caf\xc3,2025-01-05,1,1,1,1\n")
    with pytest.raises(FileReadError, match=r"line 3, cannot be read as utf-8: byte 0xc3"):
        wm.read_search_terms(file)


def test_bytes_of_no_known_encoding_name_the_line(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(f"{HEADER}\n".encode() + "ケーキ,2025-01-05,1,1,1,1\n".encode("shift_jis"))
    with pytest.raises(FileReadError, match=r"line 2, cannot be read as cp1252(.|\n)*shift_jis"):
        wm.read_search_terms(file)
    assert wm.read_search_terms(file, encoding="shift_jis").table["term"].to_list() == ["ケーキ"]
    with pytest.raises(ParameterError, match="'encoding' parameter must be 'auto' or the name of a codec"):
        wm.read_search_terms(file, encoding="klingon")


# --- Headers --------------------------------------------------------------------------------------


def test_a_report_without_a_header_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, "Search terms report", ROW, error=SchemaError)
    assert "A header with the names of the columns was expected in 'FILE'" in message
    assert "None of its first 3 lines is one." in message
    assert "Hint: Download the report with its column headers." in message


def test_a_header_in_another_language_is_shown_with_what_to_write(tmp_path: Path) -> None:
    lines = ("Bericht", "Suchbegriff;Tag;Klicks", "kessel;05.01.2025;3")
    message = refused(tmp_path, *lines, error=SchemaError)
    assert "Line 2 looks like a header in another language: 'Suchbegriff', 'Tag', 'Klicks'" in message
    assert "columns={\"term\": 'Suchbegriff', \"date\": 'Tag', …}" in message


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, error=SchemaError, columns={"cost": "Costs"})
    assert "'FILE' has no column 'Costs', which was asked for as 'cost'." in message
    assert "Did you mean 'Cost'?" in message
    message = refused(tmp_path, HEADER, ROW, error=SchemaError, columns={"cost": 9})
    assert "Column 9 was asked for as 'cost'. 'FILE' has 6, counted from 1." in message


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, error=ParameterError, columns={"terms": "Search term"})
    assert "Unknown name in 'columns': 'terms'." in message
    assert "Did you mean 'term'?" in message
    message = refused(tmp_path, HEADER, ROW, error=SchemaError, more={"cost": "Cost"})
    assert "'more' names further columns. 'cost' is one that every report may have." in message


def test_a_report_without_days_says_how_to_get_them(tmp_path: Path) -> None:
    lines = ("Search term,Clicks", "red kettle,3", "total war,2", "Total: Search terms,5")
    message = refused(tmp_path, *lines, error=SchemaError)
    assert "A column 'Day' was expected in 'FILE'. Its columns are: 'Search term', 'Clicks'." in message
    assert 'Add the segment "Day"' in message
    report = wm.read_search_terms(tmp_path / "report.csv", dates=None)
    assert report.table["term"].to_list() == ["red kettle", "total war"]
    with pytest.raises(SchemaError, match=r"read with dates=None"):
        report.daily()


def test_terms_without_numbers_are_no_report(tmp_path: Path) -> None:
    message = refused(tmp_path, "Search term,Day,Campaign", "a,2025-01-05,b", error=SchemaError)
    assert "Impressions, clicks, cost or conversions were expected in 'FILE'" in message


def test_two_columns_of_one_name_must_hold_the_same(tmp_path: Path) -> None:
    lines = ("Search term,Day,Cost,Clicks,Cost", "a,2025-01-05,1,2,1", "b,2025-01-05,1,2,3")
    message = refused(tmp_path, *lines, error=SchemaError)
    assert "names 'Cost' twice, in columns 3 and 5, and they differ, first in line 3." in message
    assert 'columns={"cost": 3}' in message
    file = tmp_path / "report.csv"
    assert wm.read_search_terms(file, {"cost": 5}).table["cost"].to_list() == [1.0, 3.0]
    assert wm.read_search_terms(file, {"cost": 3}).table["cost"].to_list() == [1.0, 1.0]
    same = wm.read_search_terms(report_of(tmp_path, *lines[:2]))
    assert any("holds the same column twice: 'Cost'" in note for note in same.notes)


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, "Total: Search terms,--,0,0,0,0")
    assert "At least one row with a term was expected in 'FILE'." in message


# --- Cells ----------------------------------------------------------------------------------------


def test_two_forms_of_dates_in_one_file_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, 'b,"Jan 6, 2025",1,1,1,1')
    assert message.startswith("One form of dates was expected. Got ")
    assert "'2025-01-05' ('FILE', line 2)" in message
    assert "'Jan 6, 2025' ('FILE', line 3)" in message
    message = refused(tmp_path, HEADER, "a,13/01/2025,1,1,1,1", "b,01/14/2025,1,1,1,1")
    assert "'13/01/2025' ('FILE', line 2)" in message
    assert "'01/14/2025' ('FILE', line 3)" in message


def test_a_day_that_may_be_a_month_is_asked_for(tmp_path: Path) -> None:
    lines = (HEADER, "a,5/1/2025,1,1,1,1", "a,5/5/2025,1,1,1,1", "a,6/1/2025,1,1,1,1")
    message = refused(tmp_path, *lines)
    assert "'FILE', line 2: '5/1/2025' may be day and month or month and day" in message
    assert 'Hint: Write dates="day first" or dates="month first".' in message
    file = tmp_path / "report.csv"
    first, second = (wm.read_search_terms(file, dates=order) for order in ("day first", "month first"))
    assert [str(day) for day in first.table["date"]] == ["2025-01-05", "2025-05-05", "2025-01-06"]
    assert [str(day) for day in second.table["date"]] == ["2025-05-01", "2025-05-05", "2025-06-01"]
    assert (first.date_format, second.date_format) == ("31/01/2025", "01/31/2025")


def test_what_is_asked_for_does_not_overrule_what_the_file_shows(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, "a,13/01/2025,1,1,1,1", dates="month first")
    assert "'FILE', line 2: a day of the years 2000–2099 was expected. Got '13/01/2025'." in message


def test_a_day_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, "b,2025-02-30,1,1,1,1")
    assert "'FILE', line 3: a day of the years 2000–2099 was expected. Got '2025-02-30'." in message


def test_a_row_without_a_day_is_not_dropped(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, "total wine,,5,1,1,0")
    assert "'FILE', line 3: a day was expected as 'Day'. Got None, with the term 'total wine'." in message
    message = refused(tmp_path, HEADER, ROW, "kettle,yesterday,5,1,1,0")
    assert "Got 'yesterday', with the term 'kettle'." in message


def test_another_form_of_dates_is_read_when_it_is_given(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, "a,2025-W02-1,1,1,1,1")
    report = wm.read_search_terms(file, dates="%G-W%V-%u")
    assert [str(day) for day in report.table["date"]] == ["2025-01-06"]
    with pytest.raises(ParameterError, match="'dates' parameter must be one of 'auto', 'day first'"):
        wm.read_search_terms(file, dates="dayfirst")


def test_negative_counts_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, "b,2025-01-05,-12,1,1,1")
    assert message.startswith("'FILE', line 3: impressions must not be negative. Got '-12'.")
    assert "cost must not be negative" in refused(tmp_path, HEADER, "b,2025-01-05,12,1,-$1.00,1")


def test_a_text_among_numbers_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, "b,2025-01-05,many,1,1,1")
    assert (
        "'FILE', line 3: a number with '.' as its decimal mark was expected as impressions. Got 'many'."
        in message
    )
    assert "nan" in refused(tmp_path, HEADER, ROW, "b,2025-01-05,nan,1,1,1")
    assert "'€'" in refused(tmp_path, HEADER, ROW, "b,2025-01-05,1,3 €,1,1")
    assert "holds percent" in refused(tmp_path, HEADER, ROW, "b,2025-01-05,1,3%,1,1", error=SchemaError)


def test_two_forms_of_numbers_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, 'b,2025-01-05,1,1,"4,5",1')
    assert (
        "One form of numbers was expected. Got '4.50' ('FILE', line 2) and '4,5' ('FILE', line 3)." in message
    )
    far = [ROW] * 3_000 + ['b,2025-01-05,1,1,"4,5",1'] + [ROW] * 3_000
    message = refused(tmp_path, HEADER, *far)
    assert (
        "'FILE', line 3002: a number with '.' as its decimal mark was expected as cost. Got '4,5'." in message
    )
    assert "With ',' it is a number: the file mixes two forms." in message


def test_a_mark_that_may_be_either_is_asked_for(tmp_path: Path) -> None:
    lines = ("Search term;Day;Impr.;Cost", "a;2025-01-05;7;1,234", "b;2025-01-05;9;2,345")
    message = refused(tmp_path, *lines)
    assert "'FILE', line 2: the mark in '1,234' may be for decimals or thousands" in message
    assert 'Hint: Write decimal="." or decimal=",".' in message
    file = tmp_path / "report.csv"
    assert wm.read_search_terms(file, decimal=".").table["cost"].to_list() == [1234.0, 2345.0]
    assert wm.read_search_terms(file, decimal=",").table["cost"].to_list() == [1.234, 2.345]
    with pytest.raises(ParameterError, match="'decimal' parameter must be"):
        wm.read_search_terms(file, decimal=";")


def test_a_field_too_many_names_the_line(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, "b,2025-01-05,1,234,1,1,1")
    assert "'FILE', line 3: the header names 6 columns, separated by ','. Got 7 fields" in message
    assert "must stand in quotes" in message


def test_a_term_longer_than_the_limit_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, f"{'é' * 2049},2025-01-05,1,1,1,1")
    assert "'FILE', line 3: a term of at most 2,048 characters was expected. Got one of 2,049" in message
    assert "longest=2049" in message
    assert len(wm.read_search_terms(tmp_path / "report.csv", longest=2049)) == 2
    exact = report_of(tmp_path, HEADER, f"{'é' * 2048},2025-01-05,1,1,1,1")
    assert len(wm.read_search_terms(exact)) == 1


def test_an_unclosed_quote_does_not_swallow_rows_silently(tmp_path: Path) -> None:
    message = refused(tmp_path, HEADER, ROW, '"red kettle,2025-01-05,1,1,1,1', ROW)
    assert "'FILE', line 3: a cell was expected. Got one that holds whole lines: 'red kettle,2025" in message
    closed = ('"red kettle,2025-01-05,1,1,1,1', '"blue kettle",2025-01-05,1,1,1,1')
    assert "A quote is opened and not closed" in refused(tmp_path, HEADER, ROW, *closed)


# --- Currencies -----------------------------------------------------------------------------------

MONEY = "Search term,Day,Cost,Currency code"


def test_an_unknown_currency_is_refused_unless_it_is_said(tmp_path: Path) -> None:
    lines = (MONEY, "a,2025-01-05,1.50,EUR", "b,2025-01-05,1.50,QQQ")
    message = refused(tmp_path, *lines)
    assert "'FILE', line 3: a currency was expected. 'QQQ' is neither a code of ISO 4217" in message
    assert 'currency="EUR"' in message
    assert wm.read_search_terms(tmp_path / "report.csv", currency="EUR").currency == "EUR"
    message = refused(tmp_path, MONEY, "a,2025-01-05,1.50 coins,EUR")
    assert "'coins' is neither a code of ISO 4217 nor a known sign" in message
    message = refused(tmp_path, MONEY, "a,2025-01-05,1.50,EUR", error=ParameterError, currency="euro")
    assert "'currency' parameter must be a code of ISO 4217" in message


def test_mixed_currencies_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, MONEY, "a,2025-01-05,1.50,EUR", "b,2025-01-05,1.50,USD")
    assert "One currency was expected. Got 'USD' ('FILE', line 3) beside 'EUR' ('FILE', line 2)." in message
    message = refused(tmp_path, MONEY, "a,2025-01-05,€1.50,USD")
    assert "Got 'USD' ('FILE', line 2) beside '€' ('FILE', line 2)." in message
    message = refused(tmp_path, MONEY, "a,2025-01-05,1.50,EUR", currency="USD")
    assert "Got 'EUR' ('FILE', line 2) beside currency='USD'." in message


def test_a_sign_of_several_currencies_is_told_as_it_is(tmp_path: Path) -> None:
    file = report_of(tmp_path, "Search term,Day,Cost", "a,2025-01-05,$1.50")
    report = wm.read_search_terms(file)
    assert report.currency == "$"
    assert any("'$' may stand for ARS, AUD, CAD" in note for note in report.notes)
    assert wm.read_search_terms(file, currency="CAD").currency == "CAD"
    named = report_of(tmp_path, "Search term,Day,Cost (AUD)", "a,2025-01-05,$1.50")
    assert wm.read_search_terms(named).currency == "AUD"


# --- Arguments ------------------------------------------------------------------------------------


def test_a_source_that_is_no_path_is_refused() -> None:
    with pytest.raises(
        ParameterTypeError, match=r"'source' must be a path or a list of paths\. Got DataFrame"
    ):
        wm.read_search_terms(pl.DataFrame({"term": ["a"]}))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="one file or several different ones"):
        wm.read_search_terms([])
    with pytest.raises(ParameterError, match="one file or several different ones"):
        wm.read_search_terms(["a.csv", "a.csv"])


@pytest.mark.parametrize("option", [{"keep": "first"}, {"totals": "no"}, {"longest": 0}])
def test_an_option_out_of_range_is_refused(tmp_path: Path, option: dict[str, object]) -> None:
    message = refused(tmp_path, HEADER, ROW, error=ParameterError, **option)
    assert f"The '{next(iter(option))}' parameter of read_search_terms must be" in message
