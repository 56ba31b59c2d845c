"""The same moment is the same time, in whatever form a log writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.events.times import epoch_micros, iso, moment_micros, resolve_unit

MOMENTS = [datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC) + timedelta(hours=5 * step) for step in (0, 3, 1, 2)]
SECONDS = [int(moment.timestamp()) for moment in MOMENTS]
NAIVE = [moment.replace(tzinfo=None) for moment in MOMENTS]
HERE = timezone(timedelta(hours=-5, minutes=-30))

FORMS = {
    "seconds": pl.Series(SECONDS),
    "seconds as small integers": pl.Series(SECONDS, dtype=pl.Int32),
    "unsigned seconds": pl.Series(SECONDS, dtype=pl.UInt32),
    "milliseconds": pl.Series([second * 10**3 for second in SECONDS]),
    "microseconds": pl.Series([second * 10**6 for second in SECONDS]),
    "float seconds": pl.Series([float(second) for second in SECONDS]),
    "float milliseconds": pl.Series([second * 1e3 for second in SECONDS]),
    "datetimes in us": pl.Series(NAIVE, dtype=pl.Datetime("us")),
    "datetimes in ns": pl.Series(NAIVE, dtype=pl.Datetime("ns")),
    "datetimes in ms": pl.Series(NAIVE, dtype=pl.Datetime("ms")),
    "datetimes in UTC": pl.Series(MOMENTS, dtype=pl.Datetime("us", "UTC")),
    "datetimes elsewhere": pl.Series(MOMENTS).dt.convert_time_zone("Asia/Kolkata"),
    "ISO with T": pl.Series([moment.isoformat() for moment in NAIVE]),
    "ISO with a space": pl.Series([str(moment) for moment in NAIVE]),
    "ISO with Z": pl.Series([moment.isoformat() + "Z" for moment in NAIVE]),
    "ISO with an offset": pl.Series([moment.astimezone(HERE).isoformat() for moment in MOMENTS]),
    "ISO with fractions": pl.Series([moment.isoformat() + ".000000" for moment in NAIVE]),
    "ISO in many forms": pl.Series(
        [
            MOMENTS[0].isoformat(),
            str(NAIVE[1]),
            NAIVE[2].isoformat() + ".000",
            MOMENTS[3].astimezone(HERE).isoformat(),
        ]
    ),
    "ISO categories": pl.Series([moment.isoformat() for moment in NAIVE], dtype=pl.Categorical),
    "seconds as text": pl.Series([str(second) for second in SECONDS]),
    "milliseconds as text": pl.Series([f" {second}000 " for second in SECONDS]),
}


def journeys(times: pl.Series | pd.Series, **options) -> list[tuple]:
    log = {"uid": [1, 1, 1, 1], "campaign": ["a", "b", "c", "d"], "conversion": [0, 1, 0, 0]}
    if isinstance(times, pd.Series):
        log = pd.DataFrame(log).assign(timestamp=times)
    else:
        log = pl.DataFrame(log).with_columns(timestamp=times)
    made = wm.journeys_from_events(log, lookback="10h", **options)
    return [
        made.names,
        made.touches.tolist(),
        made.offsets.tolist(),
        made.times.tolist(),
        made.ended.tolist(),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_time_gives_the_same_journeys(form):
    assert journeys(FORMS[form]) == journeys(FORMS["microseconds"])
    assert journeys(FORMS[form])[3] == sorted(second * 10**6 for second in SECONDS)[1:]


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(pd.Series(NAIVE), id="naive"),
        pytest.param(pd.Series(MOMENTS), id="UTC"),
        pytest.param(pd.Series(MOMENTS).dt.tz_convert("America/New_York"), id="zone"),
        pytest.param(pd.Series(NAIVE, dtype=object), id="objects"),
    ],
)
def test_every_form_of_pandas_time_gives_the_same_journeys(times):
    assert journeys(times) == journeys(FORMS["microseconds"])


def test_dates_are_their_midnight_in_utc():
    days = pl.Series([date(1970, 1, 2), None, date(1969, 12, 31)])
    for written in (days, pl.Series(["1970-01-02", None, "1969-12-31"])):
        assert epoch_micros(written).to_list() == [86_400_000_000, None, -86_400_000_000]


@pytest.mark.parametrize(
    ("largest", "unit"),
    [(0, "s"), (10**11 - 1, "s"), (10**11, "ms"), (10**14 - 1, "ms"), (10**14, "us"), (10**17, "us")],
)
def test_the_unit_of_whole_numbers_follows_from_the_largest(largest, unit):
    assert resolve_unit(pl.Series([0, 5, largest, None])) == unit
    assert resolve_unit(pl.Series([0, -largest])) == unit
    assert resolve_unit(pl.Series([0, largest]), "ns") == "ns"


def test_times_relative_to_zero_are_legal():
    small = {"uid": [1, 1, 1], "timestamp": [-5, 0, 3], "campaign": ["a", "b", "c"], "conversion": [0, 0, 1]}
    made = wm.journeys_from_events(pl.DataFrame(small), lookback="7s")
    assert made.to_frame()["touches"].to_list() == [["b", "c"]]
    assert made.times.tolist() == [0, 3_000_000]


def test_float_times_relative_to_zero_keep_their_fractions():
    assert epoch_micros(pl.Series([0.0, 0.25, 1.5, None])).to_list() == [0, 250_000, 1_500_000, None]


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1))
def test_whole_numbers_are_exact_in_every_unit(numbers):
    series = pl.Series(numbers, dtype=pl.Int64)
    assert epoch_micros(series, "us").to_list() == numbers
    assert epoch_micros(series // 10**5, "ms").to_list() == [number // 10**5 * 1_000 for number in numbers]
    assert epoch_micros(series // 10**8, "s").to_list() == [number // 10**8 * 10**6 for number in numbers]


def test_nanoseconds_are_read_as_whole_microseconds():
    nanos = 1_769_904_000_123_456_789
    assert abs(epoch_micros(pl.Series([nanos]), "ns").item() - nanos // 1_000) <= 1


@given(st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1)))
def test_iso_text_is_exact_to_the_microsecond(moment):
    micros = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    east = timezone(timedelta(hours=9, minutes=30))
    written = [
        moment.isoformat(),
        moment.isoformat() + "Z",
        moment.replace(tzinfo=UTC).astimezone(east).isoformat(),
    ]
    assert epoch_micros(pl.Series(written)).to_list() == [micros] * 3


def test_the_unit_is_one_for_the_whole_column():
    assert epoch_micros(pl.Series([5, 10**12])).to_list() == [5_000, 10**15]


@pytest.mark.parametrize("bad", ["tomorrow", "2026-13-01", "2026-02-30 10:00", "12/31/2026", "10:00", "-"])
def test_text_that_is_no_time_is_refused_with_its_row(bad):
    with pytest.raises(DataError, match=r"Column 'at', row 1: .* cannot be read as a time"):
        epoch_micros(pl.Series("at", ["2026-01-01", bad]))


def test_a_type_that_holds_no_times_is_refused():
    for values in (pl.Series("at", [timedelta(1)]), pl.Series("at", [[1]]), pl.Series("at", [b"x"])):
        with pytest.raises(SchemaError, match=r"The time column 'at' must hold times. Got type"):
            epoch_micros(values)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31",
        date(2026, 1, 31),
        datetime(2026, 1, 31),
        1_769_817_600,
        datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_one_moment_is_read_as_a_column_is(moment):
    assert moment_micros(moment, "censor_at") == 1_769_817_600_000_000


@pytest.mark.parametrize("moment", ["never", None, object(), [1], float("nan")])
def test_one_moment_that_is_no_time_is_refused(moment):
    with pytest.raises(ParameterError, match=r"'censor_at' must be a point in time"):
        moment_micros(moment, "censor_at")


def test_a_moment_given_as_a_number_is_in_the_unit_of_the_log():
    rows = {
        "uid": [1, 2],
        "timestamp": [1_769_817_600_000, 1_769_817_600_005],
        "campaign": ["a", "b"],
        "conversion": [1, 1],
    }
    made = wm.journeys_from_events(pl.DataFrame(rows), censor_at=1_769_817_600_005)
    assert made.conversions.tolist() == [1.0]


def test_iso_is_utc():
    assert iso(1_769_817_600_000_000) == "2026-01-31T00:00:00Z"
    assert iso(-1) == "1969-12-31T23:59:59Z"
