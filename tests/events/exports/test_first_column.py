"""A total is known by its label, whatever the column that the label stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

import wanamaker as wm
from tests.events.exports.written import report_of
from wanamaker.base.errors import DataError

HEADER = "Clicks,Search term,Day,Cost"
ROWS = ('"1,200",total makeover,2025-01-05,4.50', "3,kettle,2025-01-06,2.00")


def test_a_label_in_a_first_column_of_numbers_is_a_total(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, "Total: Search terms, --, --,6.50")
    report = wm.read_search_terms(file)
    assert report.table["clicks"].to_list() == [1200.0, 3.0]
    assert report.skipped["reason"].to_list() == ["total"]
    assert report.totals.select("label", "column", "told", "agrees").rows() == [
        ("Total: Search terms", "cost", 6.5, True)
    ]


def test_such_a_total_must_agree_too(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, "Total: Search terms, --, --,9.50")
    with pytest.raises(DataError, match=r"tells 9\.50 cost, and the rows sum to 6\.50 \(-3\.00\)"):
        wm.read_search_terms(file)


def test_a_label_beside_a_first_column_of_numbers_is_a_total(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, *ROWS, '"1,203",Total: Search terms, --,6.50')
    report = wm.read_search_terms(file)
    assert report.totals["agrees"].to_list() == [True, True]


def test_without_days_the_label_is_found_as_well(tmp_path: Path) -> None:
    file = report_of(tmp_path, "Clicks,Search term,Cost", '"1,200",total makeover,4.50', "Total, --,4.50")
    report = wm.read_search_terms(file, dates=None)
    assert report.table["term"].to_list() == ["total makeover"]
    assert report.totals["told"].to_list() == [4.5]
