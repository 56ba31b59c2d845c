"""Exports of twelve locales and encodings are one kind of table."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.events.exports.read import is_report

DATA = Path(__file__).parent / "data"
D5, D6, D7 = (date(2025, 1, day) for day in (5, 6, 7))

COLUMNS: dict[str, dict[str, str | int]] = {
    "de_de": {
        "term": "Suchbegriff",
        "match_type": "Keyword-Option",
        "campaign": "Kampagne",
        "date": "Tag",
        "currency": "Währung",
        "impressions": "Impressionen",
        "clicks": "Klicks",
        "cost": "Kosten",
        "value": "Conversion-Wert",
    },
    "fr_fr": {
        "term": "Terme de recherche",
        "campaign": "Campagne",
        "date": "Jour",
        "currency": "Code de devise",
        "clicks": "Clics",
        "cost": "Coût",
    },
    "es_es": {
        "term": "Término de búsqueda",
        "date": "Día",
        "clicks": "Clics",
        "cost": "Coste",
        "conversions": "Conversiones",
    },
    "pt_br": {
        "term": "Termo de pesquisa",
        "date": "Dia",
        "clicks": "Cliques",
        "cost": "Custo",
        "conversions": "Conversões",
    },
    "sv_se": {
        "term": "Sökterm",
        "date": "Dag",
        "campaign": "Kampanj",
        "currency": "Valutakod",
        "impressions": "Exponeringar",
        "clicks": "Klick",
        "cost": "Kostnad",
        "conversions": "Konverteringar",
        "value": "Konv.värde",
    },
    "ja_jp": {
        "term": "検索語句",
        "date": "日",
        "currency": "通貨コード",
        "impressions": "表示回数",
        "clicks": "クリック数",
        "cost": "費用",
        "conversions": "コンバージョン",
    },
    "ar_eg": {
        "term": "عبارة البحث",
        "date": "اليوم",
        "impressions": "مرات الظهور",
        "clicks": "النقرات",
        "cost": "التكلفة",
        "conversions": "الإحالات الناجحة",
    },
}

WRITTEN: dict[str, tuple[str | None, str, str, str, str]] = {
    "en_us": ("USD", "utf-16-le", "\t", ".", "Jan 31, 2025"),
    "en_gb": ("GBP", "utf-8", ",", ".", "31/01/2025"),
    "de_de": ("EUR", "cp1252", ";", ",", "31.01.2025"),
    "fr_fr": ("EUR", "utf-16-be", "\t", ",", "31 Jan 2025"),
    "es_es": ("EUR", "utf-8", ";", ",", "31 Jan 2025"),
    "pt_br": ("BRL", "utf-8", "\t", ",", "31/01/2025"),
    "sv_se": ("SEK", "utf-8", "\t", ",", "2025-01-31"),
    "de_ch": ("CHF", "cp1252", ";", ".", "31.01.2025"),
    "ja_jp": ("JPY", "utf-8", ",", ".", "2025/01/31"),
    "en_in": (None, "utf-8", ",", ".", "2025-01-31"),
    "ar_eg": ("EGP", "utf-16-le", "\t", ",", "31/01/2025"),
    "api": ("USD", "utf-8", ",", ".", "2025-01-31"),
}
"""Currency, encoding, separator, decimal mark and form of dates of each file."""

# term, day, impressions, clicks, cost, conversions
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "en_us": [
        ("red kettle", D5, 1204, 31, 12.71, 1.5),
        ("red kettle", D5, 96, 4, 2.0, 0),
        ('kettle "whistling", 27" high', D6, 12, 0, 0.0, 0),
        ("total kitchen makeover", D7, 41, 2, 2.5, 0),
    ],
    "en_gb": [
        ("garden hose 20m", date(2025, 1, 13), 2310, 512, 1020.4, 3.25),
        ("hose, green", D5, 8, 1, 0.99, 0),
    ],
    "de_de": [("grüne Gießkanne", D5, 1204, 31, 12.71, 1.5), ("gießkanne 10 l", D6, 88, 2, 1000.4, 0)],
    "fr_fr": [
        ("cafetière à l'italienne", D5, 1204, 31, 12.71, 1.5),
        ("cafetière pas chère", date(2025, 2, 6), 12345678, 2, 1000.4, 0),
    ],
    "es_es": [("zapatos de niño", D5, 12040, 31, 12.71, 1.5), ("total zapatos", D6, 7, 2, 1.0, 0)],
    "pt_br": [
        ("tênis de corrida", D5, 1204, 31, 12.71, 1.5),
        ("tênis azul", date(2025, 1, 31), 96, 4, 2000.0, 0),
    ],
    "sv_se": [("röd cykel", D5, 1204, 31, 112.71, 1.5), ('barncykel 20"', D7, 96, 4, 2000.0, 0)],
    "de_ch": [("[wanderschuhe]", D5, 1204, 31, 1012.71, 1.5), ('"berg schuhe"', D6, 96, 4, 2.0, 0)],
    "ja_jp": [("赤い やかん 👍", D5, 1204, 31, 12710, 1.5), ("やかん, 小さい", D7, 96, 4, 200, 0)],
    "en_in": [("brass lamp", D5, 123456, 3100, 12710.0, 1.5), ("tall brass lamp", D6, 96, 4, 2.5, 0)],
    "ar_eg": [
        ("حذاء أحمر", D5, 1204, 31, 12.71, 1.5),
        ('נעליים "אדומות"', date(2025, 1, 13), 96, 4, 1000.29, 0),
    ],
    "api": [("red kettle", D5, 1204, 31, 12.71, 1.5), ("red kettle", D5, 96, 4, 2.000001, 0)],
}


def read(name: str) -> wm.SearchTermReport:
    return wm.read_search_terms(DATA / f"{name}.csv", COLUMNS.get(name))


def test_every_file_is_tested() -> None:
    assert {file.stem for file in DATA.glob("*.csv")} == set(ROWS) == set(WRITTEN)


@pytest.mark.parametrize("name", ROWS)
def test_the_rows_are_those_that_the_file_shows(name: str) -> None:
    table = read(name).table
    told = table.select("term", "date", "impressions", "clicks", "cost", "conversions")
    expected = ROWS[name]
    assert told.select("term", "date").rows() == [row[:2] for row in expected]
    numbers = told.drop("term", "date").rows()
    assert numbers == [pytest.approx(row[2:], abs=1e-9) for row in expected]
    assert table.schema["date"] == pl.Date
    assert all(table.schema[name] == pl.Float64 for name in ("impressions", "clicks", "cost", "conversions"))


@pytest.mark.parametrize("name", WRITTEN)
def test_the_report_tells_how_its_file_is_written(name: str) -> None:
    report = read(name)
    found = (report.currency, report.encoding, report.separator, report.decimal, report.date_format)
    assert found == WRITTEN[name]


@pytest.mark.parametrize("name", ROWS)
def test_every_line_is_data_hidden_skipped_or_the_header(name: str) -> None:
    report = read(name)
    text = (DATA / f"{name}.csv").read_bytes().decode(report.encoding)
    lines = text.count("\n")
    found = [*report.table["line"], *report.hidden["line"], *report.skipped["line"]]
    header = set(range(1, lines + 1)) - set(found)
    assert len(header) == 1
    assert len(found) == len(set(found)) == lines - 1
    for line, told in report.skipped.select("line", "text").rows():
        assert told == text.split("\n")[line - 1].strip("\r").lstrip("\ufeff")


@pytest.mark.parametrize("name", sorted(set(ROWS) - {"api"}))
def test_the_sums_agree_with_the_total_of_the_list(name: str) -> None:
    totals = read(name).totals
    judged = totals.filter(pl.col("agrees").is_not_null())
    assert {"impressions", "clicks", "cost", "conversions"} <= set(judged["column"])
    assert judged["agrees"].all()
    wide = totals.filter(pl.col("agrees").is_null())
    assert set(wide["label"]) <= {"Total: Account", "Total: Campaign", "Gesamt: Konto", "合計: アカウント"}


def test_hidden_terms_are_kept_apart() -> None:
    british, french = read("en_gb"), read("fr_fr")
    assert british.hidden.select("term", "impressions", "cost").rows() == [(None, 25.0, 2.10)]
    assert french.hidden.select("term", "impressions").rows() == [("Autres termes de recherche", 3.0)]
    assert "1 rows stand for terms that are not shown; they are in 'hidden'." in french.notes


def test_values_and_names_are_read_where_the_report_has_them() -> None:
    assert read("sv_se").table["value"].to_list() == [-600.0, 0.0]
    assert read("en_us").table.row(0, named=True) | {"file": "", "line": 0} == {
        "term": "red kettle",
        "date": D5,
        "campaign": "Kitchen",
        "ad_group": "Kettles",
        "keyword": "red kettle",
        "match_type": "Exact match",
        "impressions": 1204.0,
        "clicks": 31.0,
        "cost": 12.71,
        "conversions": 1.5,
        "value": 60.0,
        "file": "",
        "line": 0,
    }


def test_keywords_stand_for_terms_where_there_are_none() -> None:
    report = read("de_ch")
    assert report.table["keyword"].to_list() == report.table["term"].to_list()
    assert any("has no search terms" in note for note in report.notes)


def test_a_bound_of_a_share_is_the_bound() -> None:
    more = {"share": "Search impr. share"}
    report = wm.read_search_terms(DATA / "en_us.csv", more=more)
    assert report.table["share"].to_list() == pytest.approx([0.1, 0.234, 0.9, None])
    assert any("2 values of share are bounds" in note for note in report.notes)


def test_columns_that_stand_for_others_are_told() -> None:
    notes = " ".join(read("en_gb").notes)
    assert "'All conv.' is read as conversions" in notes
    assert "'Interactions' is read as clicks" in notes
    assert "'Interaction rate' not read; rates and averages follow" in notes


@pytest.mark.parametrize("name", ROWS)
def test_an_export_is_recognised_by_its_header(name: str) -> None:
    assert is_report(DATA / f"{name}.csv", COLUMNS.get(name))
    assert not is_report(Path(__file__))
