"""Any kind of table or file is the same log, and the caller's kind comes back."""

from __future__ import annotations

import gzip

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wanamaker as wm
from wanamaker.base.errors import FileReadError
from wanamaker.events.reading import SUFFIXES, format_of, read_table

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

LOG = wm.simulate.journeys(400, seed=2).log.with_columns(region=pl.lit("north"))
OPTIONS = {"value": "value", "cost": "cost", "covariates": ["region"]}


class Capsule:
    """Something that can only hand out an Arrow stream."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def as_polars(table: object) -> pl.DataFrame:
    if isinstance(table, pd.DataFrame):
        return pl.from_pandas(table)
    return pl.DataFrame(table)


def numbers(log: object) -> tuple[wm.Journeys, wm.Credit]:
    made = wm.journeys_from_events(log, **OPTIONS)
    return made, wm.attribute(made, bootstrap=20, per_touch=True)


@pytest.fixture(scope="module")
def expected() -> tuple[wm.Journeys, wm.Credit]:
    return numbers(LOG)


KINDS = {
    "polars": (lambda log: log, pl.DataFrame),
    "polars lazy": (lambda log: log.lazy(), pl.DataFrame),
    "pandas": (lambda log: log.to_pandas(), pd.DataFrame),
    "pandas on arrow": (lambda log: log.to_pandas(use_pyarrow_extension_array=True), pd.DataFrame),
    "pyarrow": (lambda log: log.to_arrow(), pa.Table),
    "capsule": (Capsule, pa.Table),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_numbers_in_the_callers_kind(kind, expected):
    make, returned = KINDS[kind]
    made, credit = numbers(make(LOG))
    for table, wanted in (
        (credit.table, expected[1].table),
        (credit.per_touch, expected[1].per_touch),
        (made.to_frame(), expected[0].to_frame()),
    ):
        assert isinstance(table, returned)
        assert list(as_polars(table).columns) == wanted.columns
    assert as_polars(credit.table).equals(expected[1].table)
    assert [list(names) for names in as_polars(made.to_frame())["touches"]] == expected[0].to_frame()[
        "touches"
    ].to_list()


@pytest.mark.parametrize("kind", KINDS)
def test_paths_of_every_kind_of_table_give_the_same_numbers_in_the_callers_kind(kind):
    make, returned = KINDS[kind]
    table = pl.DataFrame({"path": ["a > b", "b", None], "total_conversions": [3, 2, 1], "lost": [4, 4, 4]})
    made = wm.journeys_from_paths(make(table), nulls="lost")
    credit = wm.attribute(made, ["linear"], bootstrap=0).table
    assert isinstance(credit, returned)
    assert as_polars(credit)["conversions"].to_list() == [1.5, 3.5, 1.0]


def write_csv_gz(log: pl.DataFrame, path: object) -> None:
    path.write_bytes(gzip.compress(log.write_csv().encode()))


WRITERS = {
    "log.csv": lambda log, path: log.write_csv(path),
    "log.CSV": lambda log, path: log.write_csv(path),
    "log.tsv": lambda log, path: log.write_csv(path, separator="\t"),
    "log.parquet": lambda log, path: log.write_parquet(path),
    "log.pq": lambda log, path: log.write_parquet(path),
    "log.ipc": lambda log, path: log.write_ipc(path),
    "log.arrow": lambda log, path: log.write_ipc(path),
    "log.feather": lambda log, path: log.write_ipc(path),
    "log.ndjson": lambda log, path: log.write_ndjson(path),
    "log.jsonl": lambda log, path: log.write_ndjson(path),
    "log.csv.gz": write_csv_gz,
    "log.tsv.gz": lambda log, path: path.write_bytes(gzip.compress(log.write_csv(separator="\t").encode())),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_numbers(name, tmp_path, expected):
    WRITERS[name](LOG, tmp_path / name)
    for place in (tmp_path / name, str(tmp_path / name)):
        made, credit = numbers(place)
        assert made.to_frame().equals(expected[0].to_frame())
        assert credit.table.equals(expected[1].table)


def test_every_known_suffix_is_tested():
    assert {"." + name.lower().split(".", 1)[1] for name in WRITERS} == set(SUFFIXES)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson"])
def test_a_path_with_special_characters_is_read_as_it_stands(suffix, tmp_path, expected):
    place = tmp_path / f"log [1] * ü.{suffix}"
    WRITERS[f"log.{suffix}"](LOG, place)
    assert numbers(place)[1].table.equals(expected[1].table)


def test_a_directory_of_parquet_is_one_log(tmp_path, expected):
    for number in range(0, len(LOG), 100):
        LOG[number : number + 100].write_parquet(tmp_path / f"part-{number:05}.parquet")
    (tmp_path / "_SUCCESS").touch()
    assert numbers(tmp_path)[1].table.equals(expected[1].table)


def test_a_partitioned_directory_has_its_partition_as_a_column(tmp_path):
    for number, region in enumerate(("north", "south")):
        part = LOG.drop("region").with_columns(pl.col("uid") + 10**6 * number)
        (tmp_path / f"region={region}").mkdir()
        part.write_parquet(tmp_path / f"region={region}" / "part.parquet")
    made = wm.journeys_from_events(tmp_path, covariates=["region"])
    found = made.to_frame().select("region", south=pl.col("user") >= 10**6).unique().sort("region")
    assert found.rows() == [("north", False), ("south", True)]


def test_only_the_columns_that_are_needed_are_read(tmp_path):
    LOG.with_columns(more=pl.lit("x")).write_parquet(tmp_path / "log.parquet")
    assert read_table(tmp_path / "log.parquet", ["uid", "cost", "uid"]).frame.columns == ["uid", "cost"]
    assert read_table(LOG, ["cost"]).frame.columns == ["cost"]


def test_building_journeys_changes_no_input():
    before = LOG.clone()
    numbers(LOG)
    assert LOG.equals(before)
    table = LOG.to_pandas()
    numbers(table)
    assert table.equals(before.to_pandas())


def test_intervals_do_not_depend_on_how_a_table_stores_whole_numbers_with_gaps():
    log = pl.DataFrame(
        {"uid": [None, *range(50)], "timestamp": 1, "campaign": ["a", "b", "c"] * 17, "conversion": 1}
    )
    first = wm.attribute(wm.journeys_from_events(log), ["last"], bootstrap=20).table
    second = wm.attribute(wm.journeys_from_events(log.to_pandas()), ["last"], bootstrap=20).table
    assert pl.from_pandas(second).equals(first)


def test_pandas_missing_values_are_blanks():
    table = pd.DataFrame(
        {
            "uid": [1, 1, 2],
            "timestamp": [1.0, None, 3.0],
            "campaign": ["a", "b", None],
            "conversion": [0, 1, None],
            "cost": [1.0, None, 2.0],
        }
    )
    made = wm.journeys_from_events(table, cost="cost")
    assert [list(names) for names in made.to_frame()["touches"]] == [[], ["a"]]
    assert made.ledger.amounts.tolist() == [1.0]


@pytest.mark.parametrize("name", ["log.xlsx", "log", "log.csv.zip", "csv"])
def test_an_unknown_suffix_is_refused(name):
    with pytest.raises(FileReadError, match=r"was expected. Got"):
        format_of(name)


def test_ids_of_a_text_file_that_differ_in_leading_zeros_stay_apart(tmp_path):
    (tmp_path / "log.csv").write_text("uid,timestamp,campaign,conversion\n007,1,a,0\n7,2,b,1\n")
    made = wm.journeys_from_events(tmp_path / "log.csv")
    assert made.to_frame()["touches"].to_list() == [["a"], ["b"]]
