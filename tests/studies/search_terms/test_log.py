"""What a study reads: exports and tables alike, hidden terms apart, and how conversions come in."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.studies.config import validated
from wanamaker.studies.search_terms.build import read_vectors
from wanamaker.studies.search_terms.log import curve_from, read_log
from wanamaker.studies.search_terms.parts import part_rows, split_log
from wanamaker.studies.search_terms.study import DelayOptions, SearchTermsStudy


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    wm.simulate.search_terms(4_000, seed=2, days=60, delay="2d").write(folder)
    return folder


def study(path, **sections):
    return validated(SearchTermsStudy, {"data": {"path": path}, **sections}, "study.toml")


def test_an_export_and_its_table_are_the_same_log(world):
    export = read_log(study(str(world / "export.csv")))
    table = read_log(study(str(world / "log.parquet")))
    keys = ["date", "term"]
    assert export.days.sort(keys).drop("campaign").equals(table.days.sort(keys).drop("campaign"))
    assert export.told["hidden_rows"] == table.told["hidden_rows"] > 0
    assert export.told["sums"]["conversions"] == table.told["sums"]["conversions"]
    assert (export.told["form"], table.told["form"]) == ("export", "table")


def test_every_line_that_is_no_row_is_told_with_the_totals(world):
    told = read_log(study(str(world / "export.csv"))).told
    assert {row["reason"] for row in told["skipped"]} >= {"total", "preamble"}
    assert sum(row["lines"] for row in told["skipped"]) == len(told["skipped_lines"])
    listed = [row for row in told["totals"] if row["agrees"] is not None]
    assert listed
    assert all(row["agrees"] for row in listed)


def test_columns_of_other_names_are_read_by_their_role(world, tmp_path):
    log = pl.read_parquet(world / "log.parquet").rename({"term": "Suchbegriff", "conversions": "Verkäufe"})
    log.write_parquet(tmp_path / "log.parquet")
    named = {"term": "Suchbegriff", "conversions": "Verkäufe"}
    found = read_log(study(str(tmp_path / "log.parquet"), columns=named))
    assert found.told["sums"] == read_log(study(str(world / "log.parquet"))).told["sums"]


def test_a_column_that_is_missing_is_named_as_the_study_names_it(world):
    with pytest.raises(SchemaError, match=r"not found.*Verkauf"):
        read_log(study(str(world / "log.parquet"), columns={"conversions": "Verkauf"}))


def test_exports_and_tables_are_not_mixed(world):
    with pytest.raises(ParameterError, match=r"Exports and tables cannot be read as one log"):
        read_log(study([str(world / "export.csv"), str(world / "log.parquet")]))


def test_days_without_a_row_are_told(world, tmp_path):
    log = pl.read_parquet(world / "log.parquet").filter(pl.col("date") != date(2025, 1, 20))
    log.write_parquet(tmp_path / "log.parquet")
    assert read_log(study(str(tmp_path / "log.parquet"))).told["missing_days"] == ["2025-01-20"]


def test_the_delay_report_of_an_export_gives_about_the_delay_that_was_planted(world):
    curve = curve_from(DelayOptions(report=str(world / "days_to_conversion.csv")))
    planted = DelayCurve.exponential(2.0)
    assert curve is not None
    for age in (1, 3, 7):
        assert float(curve.share(age)) == pytest.approx(float(planted.share(age)), abs=0.08)


@pytest.mark.parametrize(
    ("line", "amount"), [("1-2 days\t1.234,50", 1234.5), ("1-2 days\t1,234.50", 1234.5), ("1-2 days\t7", 7.0)]
)
def test_numbers_of_a_delay_report_are_read_as_they_are_written(tmp_path, line, amount):
    report = tmp_path / "delay.tsv"
    report.write_text(
        f"Days to conversion report\nDays\tConv.\n< 1 day\t{10 * amount}\n{line}\n", encoding="utf-8"
    )
    shares = curve_from(DelayOptions(report=str(report), same_day=1.0)).shares
    assert shares[0] == pytest.approx(10 / 11)


def test_a_delay_report_without_buckets_is_refused(tmp_path):
    report = tmp_path / "delay.csv"
    report.write_text("Campaign,Clicks\nBrand,7\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"must be a table of days to conversion and conversions"):
        curve_from(DelayOptions(report=str(report)))


def test_young_days_are_matured_or_left_out_as_the_study_says(world):
    path = str(world / "export.csv")
    split = {"horizon": 7, "origins": 1, "gap": 3}
    whole = study(path, delay={"mean": "2d", "least": 0.0}, split=split)
    short = study(path, delay={"maturity": 6}, split=split)
    matured, left = (split_log(one, read_log(one)) for one in (whole, short))
    assert matured.until == matured.as_of
    assert left.until == left.as_of - 5
    assert [row["part"] for row in part_rows(left)][-1] == "left_out"
    shares = matured.shares(matured.log.days["date"])
    assert shares.min() == pytest.approx(float(DelayCurve.exponential(2.0).share(1)))
    assert (left.shares(left.log.days["date"]) == 1.0).all()


def test_the_gap_waits_until_conversions_of_training_are_known(world):
    one = study(str(world / "export.csv"), delay={"mean": "1d"}, split={"horizon": 7, "origins": 1})
    parts = split_log(one, read_log(one))
    origin = parts.origins[-1]
    known = float(parts.curve.share(origin.start - (origin.gap - 1)))
    assert known >= 0.99
    assert not parts.notes


def test_a_gap_that_the_log_has_no_room_for_is_told(world):
    one = study(str(world / "export.csv"), delay={"mean": "9d"}, split={"horizon": 7, "origins": 1})
    parts = split_log(one, read_log(one))
    assert "since the log is short" in parts.notes[0]


def test_unseen_terms_are_never_on_both_sides(world):
    one = study(str(world / "export.csv"), split={"horizon": 7, "origins": 1, "gap": 2})
    parts = split_log(one, read_log(one))
    assert parts.folds is not None
    new = set(parts.log.days.filter(parts.folds == 0)["term"])
    assert new
    assert not new & set(parts.log.days.filter(parts.folds != 0)["term"])


def test_a_part_without_conversions_is_named(world, tmp_path):
    log = pl.read_parquet(world / "log.parquet")
    last = log["date"].max()
    late = (pl.col("date") > last - pl.duration(days=7)).fill_null(value=False)
    log = log.with_columns(pl.when(late).then(0.0).otherwise("conversions").alias("conversions"))
    log.write_parquet(tmp_path / "log.parquet")
    one = study(str(tmp_path / "log.parquet"), split={"horizon": 7, "origins": 1})
    with pytest.raises(DataError, match=r"Test of the origin .* has [\d,]+ rows without any"):
        split_log(one, read_log(one))


@pytest.mark.parametrize("role", ["clicks", "cost", "impressions", "campaign"])
def test_a_column_that_is_named_and_not_there_is_refused_also_where_it_may_be_left_out(world, role):
    with pytest.raises(SchemaError, match=r"not found.*Klicks"):
        read_log(study(str(world / "log.parquet"), columns={role: "Klicks"}))


def test_a_log_without_any_click_or_conversion_is_refused_before_any_work(world, tmp_path):
    log = pl.read_parquet(world / "log.parquet")
    path = str(tmp_path / "log.parquet")
    for change, message in (
        (pl.col("clicks") * 0.0, r"must have clicks or impressions.* no clicks at all"),
        (pl.lit(None, pl.Float64).alias("conversions"), r"must have conversions in 'conversions'"),
    ):
        log.with_columns(change).write_parquet(path)
        with pytest.raises(DataError, match=message):
            read_log(study(path))


def test_a_line_of_the_delay_report_that_is_no_number_is_named(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("Days to conversion,Conversions\n<1 day,10\n1-2 days,--\n2-3 days,many\n")
    with pytest.raises(DataError, match=r"Line 4 of .*days.csv.* Got 'many'"):
        curve_from(DelayOptions(report=str(path)))
    path.write_text("Days to conversion,Conversions\n<1 day,10\n1-2 days,-4\n")
    with pytest.raises(DataError, match="-4"):
        curve_from(DelayOptions(report=str(path)))


def test_vectors_are_read_by_the_name_of_the_terms_column_or_as_term(world, tmp_path):
    path = str(tmp_path / "vectors.parquet")
    table = pl.DataFrame({"term": ["a", "b"], "x": [0.1, 0.2]})
    for header, columns in (("term", {}), ("term", {"term": "Begriff"}), ("Begriff", {"term": "Begriff"})):
        table.rename({"term": header}).write_parquet(path)
        told = study(str(world / "log.parquet"), columns=columns, features={"vectors": path})
        found = read_vectors(told)
        assert found is not None
        assert found.equals(table)
