"""The reports of a world of search terms say what is in its log, the way platforms say it."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

import wanamaker as wm
from wanamaker.base.errors import OutputError, ParameterError, ParameterTypeError
from wanamaker.simulate import streamed
from wanamaker.simulate.search_terms import stream
from wanamaker.simulate.search_terms.delays import BUCKETS, shares_of_buckets
from wanamaker.simulate.search_terms.formats import decimals, grouped, quoted, ratio
from wanamaker.simulate.search_terms.locales import LOCALES

FILES = ["days_to_conversion.csv", "export.csv", "log.parquet", "truth.parquet", "world.json"]
MEASURES = {"Impr.": "impressions", "Interactions": "clicks", "Cost": "cost"}
MEASURES |= {"Conversions": "conversions", "Conv. value": "value"}
NAMES = {"Campaign": "campaign", "Ad group": "ad_group", "Keyword": "keyword", "Match type": "match_type"}
GERMAN = {"Impr.": "impressions", "Interaktionen": "clicks", "Kosten": "cost"}
GERMAN |= {"Conversions": "conversions", "Conv.-Wert": "value"}


@pytest.fixture(scope="module")
def world():
    return wm.simulate.search_terms(6_000, seed=7, days=40, fractional=True)


@pytest.fixture(scope="module")
def lines(world, tmp_path_factory):
    return read(world.write(tmp_path_factory.mktemp("world")) / "export.csv")


def read(path):
    """Lines of a report as lists of cells, read by nothing of this package."""
    data = path.read_bytes()
    assert data[:2] == b"\xff\xfe"
    text = data.decode("utf-16")
    assert text.endswith("\n")
    return list(csv.reader(text.splitlines(), delimiter="\t"))


def amount(cell, thousands=",", decimal="."):
    return float(cell.replace(thousands, "").replace(decimal, "."))


def table(lines, measures=MEASURES, **how):
    header = lines[2]
    totals = sum(line[0].startswith(("Total: ", "Gesamt: ")) for line in lines)
    rows = [dict(zip(header, line, strict=True)) for line in lines[3:]]
    numbers = [{name: amount(row[told], **how) for told, name in measures.items()} for row in rows]
    return rows, numbers, len(rows) - totals


def test_a_report_begins_with_what_it_is_and_of_when(lines):
    assert lines[0] == ["Search terms report"]
    assert lines[1] == ["January 1, 2025 - February 9, 2025"]
    assert lines[2][:7] == [
        "Search term",
        "Match type",
        "Added/Excluded",
        "Campaign",
        "Ad group",
        "Keyword",
        "Day",
    ]


def test_every_row_of_the_log_is_a_row_of_the_report(world, lines):
    rows, numbers, many = table(lines)
    told = pl.DataFrame(numbers[:many]).with_columns(
        pl.Series("term", [row["Search term"] for row in rows[:many]]),
        pl.Series("date", [row["Day"] for row in rows[:many]]).str.to_date(),
        *(pl.Series(name, [row[told] for row in rows[:many]]) for told, name in NAMES.items()),
    )
    blank = pl.col("ad_group", "keyword", "match_type").fill_null(" --")
    log = world.log.with_columns(pl.col("term").fill_null("Other search terms"), blank)
    assert_frame_equal(told, log, check_column_order=False)


def test_the_totals_are_the_sums_of_what_is_printed(lines):
    rows, numbers, many = table(lines)
    labels = [row["Search term"] for row in rows[many:]]
    assert labels == ["Total: Search terms", "Total: Other search terms", "Total: Account"]
    other = [row["Search term"] == "Other search terms" for row in rows[:many]]
    assert any(other)
    named_total, other_total, account = numbers[many:]
    for name in MEASURES.values():
        values = np.array([row[name] for row in numbers[:many]])
        assert values[~np.array(other)].sum() == pytest.approx(named_total[name], abs=1e-6)
        assert values[np.array(other)].sum() == pytest.approx(other_total[name], abs=1e-6)
        assert account[name] > named_total[name] + other_total[name]


def test_a_report_is_as_messy_as_a_real_one(lines):
    rows, _, many = table(lines)
    assert any(re.fullmatch(r"\d{1,3}(,\d{3})+\.\d\d", row["Cost"]) for row in rows[many:])
    assert {row["Avg. cost"] for row in rows if row["Interactions"] == "0"} == {" --"}
    assert {row["Keyword"] for row in rows if row["Campaign"] == "Everything | Dynamic"} == {" --"}
    shares = {row["Search impr. share"] for row in rows}
    assert {" --", "< 10%"} < shares
    assert all(re.fullmatch(r"\d\d\.\d\d%| --|< 10%", share) for share in shares)
    assert all(re.fullmatch(r"\d{1,3}\.\d\d%", row["Interaction rate"]) for row in rows)
    assert {row["Currency code"] for row in rows} == {"USD"}


def test_separated_numbers_are_in_quotes(world, tmp_path):
    text = (world.write(tmp_path) / "export.csv").read_bytes().decode("utf-16")
    assert re.search(r'\t"\d{1,3},\d{3}\.\d\d"\t', text)
    assert not re.search(r"\t\d{1,3},\d{3}", text)


def test_a_german_report_has_german_headers_numbers_and_dates(world, tmp_path):
    lines = read(world.write(tmp_path, locale="de-DE") / "export.csv")
    rows, numbers, many = table(lines, GERMAN, thousands=".", decimal=",")
    assert lines[:2] == [["Suchbegriffbericht"], ["1. Januar 2025 - 9. Februar 2025"]]
    assert rows[0]["Tag"] == "01.01.2025"
    assert rows[many]["Suchbegriff"] == "Gesamt: Suchbegriffe"
    assert "Weitgehend passend" in {row["Keyword-Option"] for row in rows}
    for name in GERMAN.values():
        assert sum(row[name] for row in numbers[:many]) == pytest.approx(world.log[name].sum())
        assert numbers[many][name] + numbers[many + 1][name] == pytest.approx(world.log[name].sum())


@pytest.mark.parametrize("fractional", [True, False])
def test_a_report_that_is_read_back_is_the_log(fractional, tmp_path):
    world = wm.simulate.search_terms(6_000, seed=5, fractional=fractional)
    report = wm.read_search_terms(world.write(tmp_path) / "export.csv")
    hidden = pl.col("term").is_null()
    columns = [*world.log.columns]
    assert_frame_equal(report.table.select(columns), world.log.filter(~hidden), check_exact=True)
    assert report.hidden.height == world.log.filter(hidden).height
    for name in MEASURES.values():
        assert report.hidden[name].sum() == pytest.approx(world.log.filter(hidden)[name].sum())
    agree = report.totals.filter(~pl.col("label").str.contains("Account"))["agrees"]
    assert len(agree) == 10
    assert agree.all()


def test_days_to_conversion_tell_the_delay(tmp_path):
    world = wm.simulate.search_terms(60_000, seed=3, delay="4d", hidden=0.0)
    lines = read(world.write(tmp_path) / "days_to_conversion.csv")
    assert lines[2] == ["Days to conversion", "Conversions"]
    names = [line[0] for line in lines[3:]]
    assert (names[0], names[1], names[13], names[-1]) == ("<1 day", "1-2 days", "13-14 days", "60-90 days")
    counts = np.array([amount(line[1]) for line in lines[3:]])
    expected = counts.sum() * shares_of_buckets(4.0)
    assert len(counts) == len(BUCKETS)
    assert (np.abs(counts - expected) <= 4 * np.sqrt(expected) + 4).all()
    mature = world.truth.filter(pl.col("kind") == "day").head(180 - 19)
    assert counts.sum() == mature["final"].sum()
    assert lines[1] == ["January 1, 2025 - June 10, 2025"]


def test_a_world_written_in_parts_is_the_one_in_memory(world, tmp_path, monkeypatch):
    held = world.write(tmp_path / "held")
    monkeypatch.setattr(stream, "_ROWS_AT_ONCE", 1_500)
    written = wm.simulate.write_search_terms(
        6_000, tmp_path / "new" / "written", seed=7, days=40, fractional=True
    )
    assert pq.ParquetFile(written / "log.parquet").num_row_groups == 4
    assert_frame_equal(pl.read_parquet(written / "log.parquet"), world.log, check_exact=True)
    assert_frame_equal(pl.read_parquet(written / "truth.parquet"), world.truth, check_exact=True)
    for name in ("export.csv", "days_to_conversion.csv", "world.json"):
        assert (written / name).read_bytes() == (held / name).read_bytes()
    assert sorted(path.name for path in written.iterdir()) == FILES
    told = json.loads((written / "world.json").read_text(encoding="utf-8"))
    assert told == {"kind": "search_terms", "parameters": world.parameters}


def test_a_failed_write_leaves_the_old_world_whole_and_nothing_else(tmp_path, monkeypatch):
    wm.simulate.write_search_terms(500, tmp_path, seed=1)
    old = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streamed, "write_json", full_disk)
    with pytest.raises(OutputError, match=r"no room left to write .*\nHint: "):
        wm.simulate.write_search_terms(500, tmp_path, seed=2)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == old


def test_an_unknown_option_or_locale_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ParameterError, match=r"'useles'.*\nHint: Did you mean 'useless'"):
        wm.simulate.write_search_terms(500, tmp_path / "world", useles=0.1)
    with pytest.raises(
        ParameterError, match=r"'locale' parameter of simulate.search_terms must be one of 'en-US'"
    ):
        wm.simulate.write_search_terms(500, tmp_path / "world", locale="en-UK")
    with pytest.raises(ParameterTypeError, match="'locale' parameter"):
        wm.simulate.search_terms(500).write(tmp_path / "world", locale=None)
    assert not (tmp_path / "world").exists()


@pytest.mark.parametrize(("name", "thousands", "decimal"), [("en-US", ",", "."), ("de-DE", ".", ",")])
def test_numbers_are_written_as_they_are_in_their_country(name, thousands, decimal):
    whole = [0, 7, 999, 1_000, 1_050, 999_999, 1_000_000, 12_000_345, 999_999_999_999]
    hundredths = [0, 5, 99, 100, 123_456, 100_000_000, 99_999_999_999]
    shown = pl.select(grouped(pl.lit(pl.Series(whole)), LOCALES[name])).to_series().to_list()
    assert shown == [f"{value:,}".replace(",", thousands) for value in whole]
    shown = pl.select(decimals(pl.lit(pl.Series(hundredths)), LOCALES[name])).to_series().to_list()
    wanted = [f"{value / 100:,.2f}" for value in hundredths]
    assert shown == [text.translate(str.maketrans({",": thousands, ".": decimal})) for text in wanted]


def test_a_ratio_is_rounded_and_one_by_nothing_is_nothing():
    above, below = pl.lit(pl.Series([0, 10_000, 20_000, 5])), pl.lit(pl.Series([3, 3, 3, 0]))
    shown = pl.select(ratio(above, below, LOCALES["en-US"], end="%")).to_series().to_list()
    assert shown == ["0.00%", "33.33%", "66.67%", " --"]


def test_text_that_would_break_a_line_is_quoted():
    texts = pl.lit(pl.Series(["plain", 'a "b"', "x, y", "a\tb", None]))
    assert pl.select(quoted(texts)).to_series().to_list() == [
        "plain", '"a ""b"""', '"x, y"', '"a\tb"', " --"
    ]  # fmt: skip
