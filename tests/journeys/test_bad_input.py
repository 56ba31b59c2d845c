"""Bad logs and options: refused before any work by a message that names column, row, value and the cure."""

from __future__ import annotations

import re

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import (
    DataError,
    DataWarning,
    FileReadError,
    OutOfMemoryError,
    ParameterError,
    ParameterTypeError,
    SchemaError,
    UserError,
)

ROWS = {"uid": [1, 1, 2], "timestamp": [10, 20, 30], "campaign": ["a", "b", "a"], "conversion": [0, 1, 1]}


def log(**columns) -> pl.DataFrame:
    return pl.DataFrame(ROWS | columns)


def refused(error: type[UserError], message: str, table=None, **options) -> str:
    """Check that building journeys is refused with this text; return the whole message."""
    with pytest.raises(error, match=message) as caught:
        wm.journeys_from_events(log() if table is None else table, **options)
    return str(caught.value)


# --- Columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    ["user", "time", "touch", "converted", "conversion_id", "conversion_time", "kind", "value", "cost"],
)
def test_a_missing_column_of_any_role_is_named_with_the_nearest_one(role):
    message = refused(
        SchemaError, r"The following columns were not found in the table: \['campain'\]", **{role: "campain"}
    )
    assert "Hint: Did you mean 'campaign'?" in message
    assert "'conversion'" in message
    assert "'timestamp'" in message


def test_a_missing_journey_or_covariate_is_named_too():
    refused(SchemaError, r"not found in the table: \['session'\]", journey="session")
    refused(SchemaError, r"not found in the table: \['country'\]", covariates=["country"])
    refused(SchemaError, r"not found in the table: \['kind'\]", event="kind", conversions=["buy"])


def test_a_missing_column_of_a_file_names_the_file(tmp_path):
    log().write_csv(tmp_path / "log.csv")
    refused(
        SchemaError,
        r"columns were not found in '?.*log\.csv'?: \['usr'\]",
        str(tmp_path / "log.csv"),
        user="usr",
    )


def test_case_alone_is_enough_to_suggest_a_column():
    message = refused(SchemaError, "not found", log().rename({"campaign": "Campaign"}))
    assert "Did you mean 'Campaign'?" in message


# --- Types and values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "values", "options", "message"),
    [
        (
            "conversion",
            ["no", "yes", "no"],
            {},
            "The conversion column 'conversion' must be boolean or 0/1. Got type String",
        ),
        ("conversion", [0, 1, 2], {}, "Column 'conversion', row 2: 2 must be 0 or 1"),
        ("conversion", [0.0, 0.5, 1.0], {}, "Column 'conversion', row 1: 0.5 must be 0 or 1"),
        (
            "cost",
            ["1", "2", "x"],
            {"cost": "cost"},
            "The cost column 'cost' must be numeric. Got type String",
        ),
        (
            "value",
            ["1", "2", "x"],
            {"value": "value"},
            "The value column 'value' must be numeric. Got type String",
        ),
        (
            "cost",
            [1.0, -0.5, -2.0],
            {"cost": "cost"},
            r"Column 'cost', row 1: -0.5 must not be negative.*\(2 such rows\)",
        ),
        ("cost", [1.0, float("nan"), 2.0], {"cost": "cost"}, "Column 'cost', row 1: nan is no finite number"),
        (
            "value",
            [1.0, float("inf"), 2.0],
            {"value": "value"},
            "Column 'value', row 1: inf is no finite number",
        ),
        (
            "campaign",
            [["a"], ["b"], []],
            {},
            r"The touch column 'campaign' must hold names or ids. Got type List\(String\)",
        ),
        (
            "timestamp",
            [[1], [2], [3]],
            {},
            r"The time column 'timestamp' must hold times. Got type List\(Int64\)",
        ),
        (
            "timestamp",
            [True, False, True],
            {},
            "The time column 'timestamp' must hold times. Got type Boolean",
        ),
        (
            "timestamp",
            ["2026-01-01", "soon", "2026-02-30"],
            {},
            r"Column 'timestamp', row 1: 'soon' cannot be read as a time \(2 such rows\)",
        ),
        (
            "timestamp",
            ["2026-01-01", "", "2026-02-03"],
            {},
            "Column 'timestamp', row 1: '' cannot be read as a time",
        ),
        (
            "timestamp",
            [1.0, float("nan"), 2.0],
            {},
            "Column 'timestamp', row 1: nan cannot be read as a time",
        ),
        (
            "timestamp",
            [1, 10**15, 2],
            {"time_unit": "s"},
            "Column 'timestamp', row 1: 1000000000000000 is too large for a time",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_column_and_row(column, values, options, message):
    told = refused((SchemaError, DataError), message, log(**{column: values}), **options)
    assert "\nHint: " in told


def test_a_conversion_time_that_cannot_be_read_is_named_with_its_row_in_the_log():
    table = log(bought=["2026-01-01", "2026-01-02", "soon"], timestamp=["2025-12-01"] * 3)
    refused(
        DataError, "Column 'bought', row 2: 'soon' cannot be read as a time", table, conversion_time="bought"
    )


def test_an_id_column_of_lists_is_refused():
    refused(SchemaError, "'uid'", log(uid=[[1], [1], [2]]))


def test_a_conversion_time_before_its_touch_counts_how_often_and_hints_at_units():
    told = refused(
        DataError,
        r"row 1: the conversion at 5 is before its touch at 20 \(2 such rows\)",
        log(bought=[None, 5, 6]),
        conversion_time="bought",
    )
    assert "same unit and zone" in told


# --- Logs that are no logs ------------------------------------------------------------------------


def test_an_empty_log_is_refused_from_memory_and_from_a_file(tmp_path):
    refused(DataError, "A log with at least one row was expected. Got an empty log", log().clear())
    log().clear().write_parquet(tmp_path / "log.parquet")
    refused(DataError, "Got an empty log", tmp_path / "log.parquet")
    (tmp_path / "head.csv").write_text("uid,timestamp,campaign,conversion\n")
    refused(DataError, "Got an empty log", tmp_path / "head.csv")
    (tmp_path / "nothing.csv").write_text("")
    refused(
        FileReadError,
        "A log with at least one row was expected in .*nothing.csv.*The file is empty",
        tmp_path / "nothing.csv",
    )


@pytest.mark.parametrize("thing", [5, None, [1, 2], object(), {"uid": [1]}])
def test_a_thing_that_is_no_table_is_refused(thing):
    told = (
        refused(ParameterTypeError, f"A table was expected. Got {type(thing).__name__}", thing)
        if thing is not None
        else None
    )
    with pytest.raises(TypeError, match=r"A table was expected"):
        wm.journeys_from_events(thing)
    assert told is None or "Hint: Give a polars, pandas or pyarrow table" in told


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.parquet", b"uid,timestamp\n1,2\n", r"log\.parquet' cannot be read as parquet"),
        (
            "log.csv",
            b"PAR1\x00\x00\x00rest",
            r"log\.csv' cannot be read as csv: its first bytes are not text",
        ),
        ("log.csv", b"\x1f\x8b\x08\x00", r"log\.csv' cannot be read as csv"),
        ("log.tsv", b"ARROW1\x00\x00", r"log\.tsv' cannot be read as tsv"),
        ("log.arrow", b"uid,timestamp\n1,2\n", r"log\.arrow' cannot be read as arrow"),
        ("log.ndjson", b"uid,timestamp\n1,2\n", r"log\.ndjson' cannot be read as json lines"),
        ("log.csv.gz", b"\x1f\x8b\x08\x00garbage", r"log\.csv\.gz' cannot be read as csv"),
    ],
)
def test_a_file_that_is_not_what_its_suffix_says_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    told = refused(FileReadError, message, tmp_path / name)
    assert "Hint: The file may be cut short, or its suffix may not say what it is" in told


@pytest.mark.parametrize("part", [0.3, 0.7, 0.99])
def test_a_truncated_parquet_file_is_refused(tmp_path, part):
    wm.simulate.journeys(2_000, seed=1).log.write_parquet(tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[: int(len(content) * part)])
    refused(FileReadError, r"cut\.parquet' cannot be read as parquet", tmp_path / "cut.parquet")
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.parquet").write_bytes(content)
    (folder / "b.parquet").write_bytes(content[: int(len(content) * part)])
    refused(FileReadError, r"b\.parquet' cannot be read as parquet", folder)


def test_a_parquet_file_damaged_in_the_middle_is_refused(tmp_path):
    wm.simulate.journeys(2_000, seed=1).log.write_parquet(tmp_path / "log.parquet")
    content = bytearray((tmp_path / "log.parquet").read_bytes())
    content[4:60] = b"\xff" * 56
    (tmp_path / "log.parquet").write_bytes(content)
    refused(FileReadError, r"log\.parquet' cannot be read as parquet", tmp_path / "log.parquet")


def test_a_damaged_line_of_a_json_log_is_refused(tmp_path):
    text = log().write_ndjson() + '{"uid": 3, "times'
    (tmp_path / "log.jsonl").write_text(text)
    refused(FileReadError, r"log\.jsonl' cannot be read as json lines", tmp_path / "log.jsonl")


def test_a_truncated_compressed_log_is_refused(tmp_path):
    import gzip

    content = gzip.compress(wm.simulate.journeys(5_000, seed=1).log.write_csv().encode())
    (tmp_path / "log.csv.gz").write_bytes(content[: len(content) // 2])
    refused(FileReadError, r"log\.csv\.gz' cannot be read as csv", tmp_path / "log.csv.gz")


def test_a_csv_whose_later_rows_have_another_type_is_refused(tmp_path):
    lines = [f"{row},{row},a,0" for row in range(20_000)]
    lines[15_000] = "15000,soon,a,0"
    (tmp_path / "log.csv").write_text("uid,timestamp,campaign,conversion\n" + "\n".join(lines))
    refused(UserError, "soon", tmp_path / "log.csv")


def test_a_missing_file_is_refused_and_the_directory_listed(tmp_path):
    log().write_csv(tmp_path / "clicks.csv")
    told = refused(FileReadError, r"A file or directory was expected at .*click\.csv", tmp_path / "click.csv")
    assert "clicks.csv" in told
    told = refused(OSError, "A file or directory was expected", str(tmp_path / "no" / "log.csv"))
    assert "does not exist" in told


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path):
    (tmp_path / "log.xlsx").write_bytes(b"x")
    refused(
        FileReadError,
        r"A file ending in one of \.parquet, .*\.csv.* was expected. Got 'log\.xlsx'",
        tmp_path / "log.xlsx",
    )


def test_a_directory_without_parquet_is_refused(tmp_path):
    log().write_csv(tmp_path / "log.csv")
    refused(FileReadError, "A directory of parquet files was expected at .* It holds none", tmp_path)


def test_a_log_too_large_for_the_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    log().write_parquet(tmp_path / "log.parquet")
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", "1e-7")
    with pytest.raises(OutOfMemoryError, match=r"log\.parquet' needs about .* GB of memory") as caught:
        wm.journeys_from_events(tmp_path / "log.parquet")
    assert isinstance(caught.value, MemoryError)
    assert "Split the log by user" in caught.value.hint
    assert "WANAMAKER_MEMORY_GB" in caught.value.hint
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", "1")
    assert len(wm.journeys_from_events(tmp_path / "log.parquet")) == 2


@pytest.mark.parametrize("setting", ["lots", "-1", "0", ""])
def test_a_memory_limit_that_is_no_positive_number_is_refused(tmp_path, monkeypatch, setting):
    log().write_parquet(tmp_path / "log.parquet")
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", setting)
    refused(
        ParameterError,
        f"WANAMAKER_MEMORY_GB must be a positive number of GB. Got '{setting}'",
        tmp_path / "log.parquet",
    )


# --- Options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lookback": 30}, ParameterTypeError, r"'lookback' must be a duration. Got 30 \(int\)"),
        ({"lookback": "30 days"}, ParameterError, "'lookback' must be a duration. Got '30 days'"),
        ({"lookback": "0d"}, ParameterError, "'lookback' must be longer than zero. Got '0d'"),
        ({"lookback": "-1d"}, ParameterError, "'lookback' must be a duration. Got '-1d'"),
        (
            {"lookback": {"view": "1d"}},
            SchemaError,
            "'lookback' gives a duration per kind of touch, but no column",
        ),
        ({"lookback": {"a": "x"}, "kind": "campaign"}, ParameterError, r"lookback\['a'\]"),
        (
            {"lookback": {"a": "1d"}, "kind": "campaign"},
            ParameterError,
            r"every kind of touch. Missing: \['b'\]",
        ),
        (
            {"max_touches": 0},
            ParameterError,
            "'max_touches' .* must be an integer of 1 or more, or None. Got 0",
        ),
        ({"max_touches": 2.5}, ParameterTypeError, r"'max_touches' .* Got 2.5 \(float\)"),
        ({"max_touches": True}, ParameterTypeError, "'max_touches'"),
        ({"collapse": "yes"}, ParameterTypeError, "'collapse' .* must be true or false. Got 'yes'"),
        (
            {"observed": "half"},
            ParameterError,
            "'observed' .* must be one of 'until_conversion', 'full'. Got 'half'",
        ),
        (
            {"time_unit": "minutes"},
            ParameterError,
            "'time_unit' .* must be one of 'auto', 's'.* Got 'minutes'",
        ),
        ({"censor_at": "never"}, ParameterError, "'censor_at' must be a point in time. Got 'never'"),
        ({"censor_at": [1]}, UserError, "'censor_at' must be a point in time"),
        ({"landmark": (20,)}, ParameterTypeError, r"'landmark' must be \(T0, horizon\)"),
        ({"landmark": 20}, ParameterTypeError, r"'landmark' must be \(T0, horizon\). Got 20"),
        ({"landmark": "2026"}, ParameterTypeError, r"'landmark' must be \(T0, horizon\). Got '2026'"),
        ({"landmark": (20, "0d")}, ParameterError, "'landmark horizon' must be longer than zero"),
        ({"landmark": ("never", "1d")}, ParameterError, "'landmark T0' must be a point in time. Got 'never'"),
        ({"user": 5}, ParameterTypeError, r"'user' must name a column. Got 5 \(int\)"),
        ({"covariates": "campaign"}, ParameterError, r"'covariates' must be a list of names. Got 'campaign'"),
        ({"covariates": 5}, ParameterTypeError, "'covariates' must be a list of names. Got 5"),
        ({"covariates": [5]}, ParameterTypeError, "'covariates' must name a column. Got 5"),
        ({"conversions": ["buy"]}, ParameterError, "'event' is not given"),
        ({"touch_events": ["view"]}, ParameterError, "'event' is not given"),
        ({"event": "campaign"}, ParameterError, "'conversions' must list which values"),
        ({"event": "campaign", "conversions": "b"}, ParameterError, r"Write conversions=\['b'\]"),
        ({"event": "campaign", "conversions": None}, UserError, "'conversions'"),
        (
            {"event": "campaign", "conversions": ["bb"]},
            ParameterError,
            "Unknown conversion event: 'bb'(.|\n)*'b'",
        ),
        (
            {"event": "campaign", "conversions": ["b"], "converted": "conversion"},
            ParameterError,
            "'event' and 'converted' were both",
        ),
        (
            {"event": "campaign", "conversions": ["b"], "journey": "uid"},
            ParameterError,
            "'event' and 'journey' were both given",
        ),
        (
            {"journey": "uid", "conversion_id": "uid"},
            ParameterError,
            "'journey' and 'conversion_id' were both given",
        ),
        (
            {"covariates": ["touch"]},
            ParameterError,
            "must not be named like a column of the result. Got 'touch'",
        ),
    ],
)
def test_an_option_out_of_range_is_refused_by_name_and_value(options, error, message):
    refused(error, message, **options)


def test_unknown_touch_events_are_refused_like_unknown_conversions():
    table = log(event=["view", "view", "buy"])
    refused(
        ParameterError,
        "'veiw'(.|\n)*'view'",
        table,
        event="event",
        conversions=["buy"],
        touch_events=["veiw"],
    )


def test_a_goal_named_twice_is_refused():
    refused(ParameterError, "'conversions'.*'b'", event="campaign", conversions=["b", "b"])


def test_a_kind_of_touch_without_a_lookback_is_named_also_where_it_is_blank():
    table = log(kind=["view", None, "view"])
    told = refused(
        UserError,
        "'lookback' must give a duration for every kind",
        table,
        kind="kind",
        lookback={"view": "1d"},
    )
    assert "{'':" not in told


def test_two_columns_of_one_name_are_refused():
    import pandas as pd

    table = pd.DataFrame([[1, 1, "a", 1, 2]], columns=["uid", "timestamp", "campaign", "conversion", "uid"])
    refused(UserError, "uid", table)


def test_nanoseconds_taken_for_microseconds_are_refused_before_any_work():
    nanos = [1_769_904_000_000_000_000 + row for row in range(3)]
    told = refused(DataError, "Column 'timestamp', row .* is too large for a time", log(timestamp=nanos))
    assert "time_unit=" in told
    assert len(wm.journeys_from_events(log(timestamp=nanos), time_unit="ns")) == 2


def test_an_unknown_option_is_an_error():
    with pytest.raises(TypeError, match=r"look_back"):
        wm.journeys_from_events(log(), look_back="3d")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"models": ["lst"]}, ParameterError, "Unknown attribution method: 'lst'.(.|\n)*Did you mean 'last'"),
        ({"models": []}, ParameterError, "'models' must name at least one attribution method"),
        (
            {"models": [5]},
            ParameterTypeError,
            r"'models' must hold method names, methods or functions. Got 5 \(int\)",
        ),
        ({"models": 5}, ParameterTypeError, "'models' must"),
        ({"models": ["last", "last"]}, ParameterError, "The method 'last' is asked for more than once"),
        (
            {"bootstrap": -1},
            ParameterError,
            "'bootstrap' parameter of attribute must be an integer of 0 or more. Got -1",
        ),
        ({"bootstrap": 1.5}, ParameterTypeError, r"'bootstrap' .* Got 1.5 \(float\)"),
        ({"bootstrap": True}, ParameterTypeError, "'bootstrap'"),
        ({"seed": -1}, ParameterError, "'seed'"),
        ({"seed": "x"}, ParameterTypeError, "'seed' .* Got 'x'"),
        ({"per_touch": 1}, ParameterTypeError, "'per_touch' .* must be true or false. Got 1"),
        (
            {"by": "campain"},
            ParameterError,
            "'by' must be a period or a covariate of the journeys. Got 'campain'",
        ),
        ({"by": 5}, UserError, "'by'"),
    ],
)
def test_attribution_refuses_options_that_make_no_sense(options, error, message):
    made = wm.journeys_from_events(log())
    with pytest.raises(error, match=message):
        wm.attribute(made, **options)


def test_attribution_wants_journeys_and_says_how_to_make_them():
    with pytest.raises(
        TypeError, match=r"'journeys' must be Journeys. Got DataFrame(.|\n)*wm.journeys_from_events"
    ):
        wm.attribute(log())


def test_no_converting_journey_is_refused():
    made = wm.journeys_from_events(log(conversion=[0, 0, 0]))
    with pytest.raises(
        DataError, match=r"Credit needs at least one journey that converts. None of 2 does"
    ) as caught:
        wm.attribute(made)
    assert "conversion column" in caught.value.hint


METHODS = wm.attribution


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: METHODS.TimeDecay(half_life="0d"), "'half_life' must be longer than zero"),
        (lambda: METHODS.TimeDecay(half_life=7), "'half_life' must be a duration. Got 7"),
        (
            lambda: METHODS.Position(first=1.5),
            r"'first' parameter of Position must be a number in the range \[0, 1\]",
        ),
        (lambda: METHODS.Position(first="x"), "'first' parameter of Position .* Got 'x'"),
        (lambda: METHODS.Position(first=float("nan")), "'first' parameter of Position"),
        (lambda: METHODS.Position(first=0.6, last=0.6), "must sum to at most 1. Got 0.6"),
        (lambda: METHODS.WShaped(share=0.5), "'share' parameter of WShaped"),
        (lambda: METHODS.LastNonDirect(direct="direct"), "must be a list of touch names. Got 'direct'"),
        (lambda: METHODS.LastNonDirect(direct=[5]), "must be a list of touch names"),
        (lambda: METHODS.Custom(5), "'function' parameter of Custom must be a function. Got 5"),
        (lambda: METHODS.Custom(len, title=" "), "'title' parameter of Custom must be a name"),
    ],
)
def test_parameters_of_methods_are_checked(make, message):
    with pytest.raises((ParameterError, ParameterTypeError), match=message):
        make()


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda journeys: [1.0], r"must return one weight per touch.*\(3,\).* got \(1,\)"),
        (lambda journeys: [1.0, -1.0, 1.0], "must return finite weights of 0 or more. Got -1.0"),
        (lambda journeys: [1.0, float("nan"), 1.0], "must return finite weights"),
        (lambda journeys: [0.0, 0.0, 1.0], "gives no weight to any touch of journey 0"),
        (lambda journeys: "much", "'mine'"),
    ],
)
def test_a_custom_method_with_bad_weights_is_refused(function, message):
    made = wm.journeys_from_events(log())
    with pytest.raises(DataError, match=message):
        wm.attribute(made, [METHODS.Custom(function, title="mine")])


# --- Notes: what is odd but can be used -----------------------------------------------------------


def noted(code: str, table: pl.DataFrame, **options) -> str:
    """Build journeys, expect a note of this code (and a Python warning where it warns); return its text."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = wm.journeys_from_events(table, **options)
    note = next(note for note in made.notes if note.code == code)
    warned = [str(one.message) for one in caught if issubclass(one.category, DataWarning)]
    assert (note.message in warned) == (note.severity == "warning")
    return note.message


def test_a_name_with_the_path_separator_is_noted():
    message = noted("separator_in_name", log(campaign=["a > b", "b", "a > b"]))
    assert re.search("1 touch name.* contain.* '>'.*'a > b'", message)


def test_a_log_of_one_touch_name_is_noted():
    assert "only one touch, 'a'" in noted("one_touch_name", log(campaign="a"))


def test_duplicate_rows_are_noted_and_kept():
    table = log().vstack(log())
    assert re.search("3 touch.* repeat", noted("duplicates", table, conversion_id="timestamp"))


def test_ties_are_noted():
    assert re.search("1 touch.* share", noted("ties", log(timestamp=[5, 5, 5])))


def test_users_faster_than_people_are_noted():
    def rows(count: int) -> pl.DataFrame:
        return pl.DataFrame(
            {"uid": 1, "timestamp": range(count), "campaign": ["a", "b"] * (count // 2), "conversion": 0}
        )

    assert re.search("1 user.*60 touches or more within a minute", noted("impossible_speed", rows(60)))
    assert "impossible_speed" not in {note.code for note in wm.journeys_from_events(rows(58)).notes}


def test_cut_journeys_are_noted_and_warned_of_above_one_in_five():
    message = noted("cut_journeys", log(uid=1, conversion=[0, 0, 1]), max_touches=2)
    assert re.search(r"1 journey.*100.0%.*max_touches", message)


def test_a_clean_log_has_no_notes():
    assert wm.journeys_from_events(log()).notes == ()


def test_notes_of_the_journeys_are_those_of_the_credit():
    made = wm.journeys_from_events(log(timestamp=[5, 5, 5]))
    assert wm.attribute(made, bootstrap=0).notes == made.notes
