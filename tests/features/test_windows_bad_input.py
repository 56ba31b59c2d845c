"""What cannot be used is refused before any work, with what was expected, what was got, and what to write."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError, SchemaError, UserError

LOG = pl.DataFrame(
    {
        "at": [0, 10, 20],
        "ip": [1, 1, 2],
        "share": [0.5, 0.25, 0.5],
        "items": [[1], [2], [3]],
        "cost": [1.0, 2.0, 3.0],
        "name": ["a", "b", "c"],
        "bought": [1, 0, 0],
        "told": [15, None, None],
    }
)
COUNT = wm.count(by="ip", within="1m")
RATE = wm.rate(by="ip", within="1m", mean=0.5)
LABELS = {"label": "bought", "label_time": "told"}


def refused(windows, log=LOG, error: type[Exception] = UserError, history=None, **told) -> str:
    with pytest.raises(error) as caught:
        wm.WindowFeatures(windows, **({"time": "at"} | told)).transform(log, history=history)
    return str(caught.value)


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    message = refused([wm.count(by="ipp", within="1m")], error=SchemaError)
    assert "The following columns were not found in the log: ['ipp']." in message
    assert "Did you mean 'ip'?" in message
    assert "not found in the log: ['att']" in refused([COUNT], error=SchemaError, time="att")
    assert "['csot']" in refused([wm.total("csot", by="ip", within="1m")], error=SchemaError)
    assert "['sold']" in refused([RATE], error=SchemaError, label="sold", label_time="told")


def test_keys_that_cannot_be_told_apart_are_refused() -> None:
    message = refused([wm.count(by="share", within="1m")], error=SchemaError)
    assert "The key column 'share' must hold ids or names. Got type Float64." in message
    assert "Hint: Cast it first, for example pl.col('share').cast(pl.Int64)." in message
    message = refused([wm.count(by=["ip", "items"], within="1m")], error=SchemaError)
    assert "The key column 'items' must hold one id or name per row. Got type List(Int64)." in message


def test_values_that_cannot_be_summed_are_refused() -> None:
    message = refused([wm.total("name", by="ip", within="1m")], error=SchemaError)
    assert "The column 'name' is summed and must be numeric. Got type String." in message
    log = LOG.with_columns(cost=pl.Series([1.0, float("inf"), 3.0]))
    message = refused([wm.mean("cost", by="ip", within="1m")], log, error=DataError)
    assert "Column 'cost', row 1: inf is no finite number." in message
    message = refused([wm.distinct("items", by="ip", within="1m")], error=SchemaError)
    assert "The values of 'items' are counted and must be ids or names. Got type List(Int64)." in message


def test_times_that_cannot_be_read_are_refused() -> None:
    message = refused([COUNT], LOG.with_columns(at=pl.Series(["2026-01-01", "soon", None])), error=DataError)
    assert "Column 'at', row 1: 'soon' cannot be read as a time." in message
    message = refused([COUNT], LOG.with_columns(at=pl.Series([1, None, 3])), error=DataError)
    assert "Column 'at', row 1: the time is missing (1 such rows)." in message
    assert "must hold times" in refused([COUNT], LOG.with_columns(at=pl.Series([True, False, True])))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"bought": [2, 0, 0]}, "Column 'bought', row 0: 2 must be 0 or 1 in the label column."),
        ({"told": [None, None, None]}, "Row 0: 'bought' is positive, 'told' is missing (1 such rows)."),
        (
            {"at": [16, 10, 20]},
            "Row 0: 'told' (1970-01-01T00:00:15Z) lies before the event's 'at' (16; 1 such rows).",
        ),
    ],
)
def test_labels_that_cannot_be_are_refused(columns, message: str) -> None:
    log = LOG.with_columns(**{name: pl.Series(values) for name, values in columns.items()})
    assert message in refused([RATE], log, error=DataError, **LABELS)


def test_history_must_be_past() -> None:
    history = LOG.with_columns(at=pl.col("at") + 5)
    message = refused([COUNT], history=history, error=DataError)
    assert "History must end before the new rows begin." in message
    assert "It reaches to 1970-01-01T00:00:25Z, they begin at 1970-01-01T00:00:00Z." in message
    wm.WindowFeatures([COUNT], time="at").transform(LOG, history=LOG.head(1))


def test_history_has_types_that_go_with_the_new_rows() -> None:
    definitions = [wm.count(by="ip", within="1m")]
    message = refused(definitions, history=LOG.head(1).with_columns(ip=pl.lit(b"1")), error=SchemaError)
    assert "The column 'ip' of history must have the type of the new rows, Int64. Got Binary." in message
    assert "Hint: Cast it first, for example pl.col('ip').cast(pl.Int64)." in message


def test_names_are_unique_and_free() -> None:
    assert "Two windows have the name 'count_ip_1m'." in refused([COUNT, COUNT])
    assert "Give one of them a name= of its own." in refused([COUNT, COUNT])
    message = refused([COUNT], LOG.with_columns(count_ip_1m=1), error=SchemaError)
    assert "The table already has a column 'count_ip_1m', which is the name of a feature." in message


def test_a_rate_is_fitted_or_given_its_mean() -> None:
    rate = wm.rate(by="ip", within="1m")
    message = refused([rate], error=ParameterError, **LABELS)
    assert "The rate 'rate_ip_1m' is not fitted: the mean that it is drawn to is not known." in message
    assert "Rates need the 'label' parameter of WindowFeatures. Got None." in refused([rate])
    assert "Rates need the 'label_time' parameter" in refused([rate], label="bought")
    unfitted = wm.WindowFeatures([rate], time="at", **LABELS)
    with pytest.raises(DataError, match="A training log with at least one row was expected"):
        unfitted.fit(LOG.clear())


def test_windows_are_whole_numbers_of_ticks() -> None:
    message = refused([wm.count(by="ip", within="90s")], error=ParameterError, resolution="1m")
    assert "count_ip_90s: 'within' must be a multiple of the resolution, 60 s. Got '90s'." in message
    assert "Hint: Give a finer resolution, such as resolution='1ms'." in message


@pytest.mark.parametrize("windows", ["count", [], COUNT], ids=["text", "nothing", "one"])
def test_windows_are_a_list(windows) -> None:
    assert "'windows' must be a list of window definitions." in refused(windows)


def test_a_sum_that_does_not_fit_is_refused() -> None:
    large = pl.DataFrame({"at": [0, 1, 2], "ip": [1, 1, 1], "v": [2**62, 2**62, 0]})
    message = refused([wm.total("v", by="ip", within="1m")], large, error=DataError)
    assert "Row 2: the sum of 'v' in the window 'total_v_ip_1m' does not fit its type." in message
    huge = large.with_columns(v=pl.Series([1e308, 1e308, 0.0]))
    assert "Row 2: the sum of 'v'" in refused([wm.total("v", by="ip", within="1m")], huge, error=DataError)
    unsigned = large.with_columns(v=pl.Series([1, 2**63, 0], dtype=pl.UInt64))
    message = refused([wm.total("v", by="ip", within="1m")], unsigned, error=DataError)
    assert "Column 'v', row 1: 9223372036854775808 does not fit into 64 bits with a sign." in message


# --- Lookups ---------------------------------------------------------------------------------------


def lookup_refused(asked, error: type[Exception], windows=(COUNT,)) -> str:
    with pytest.raises(error) as caught:
        wm.WindowFeatures(list(windows), time="at").lookup(LOG, pl.DataFrame(asked))
    return str(caught.value)


def test_keys_that_are_asked_for_must_be_like_the_logs() -> None:
    assert "not found in the keys and times: ['ip']" in lookup_refused({"at": [1]}, SchemaError)
    message = lookup_refused({"at": [1], "ip": ["1"]}, SchemaError)
    assert "The key column 'ip' must have the log's type, Int64. Got String." in message
    message = lookup_refused({"at": [1], "ip": [[0.5]]}, SchemaError)
    assert "must hold ids or names, or lists of them. Got type List(Float64)." in message


def test_lists_of_one_key_are_equally_long() -> None:
    windows = [wm.count(by=["ip", "name"], within="1m")]
    asked = {"at": [1, 2], "ip": [[1], [1, 2]], "name": [["a"], ["b"]]}
    message = lookup_refused(asked, DataError, windows)
    assert "Row 1: the lists of 'ip' and 'name' must be equally long. Got 2 and 1." in message
