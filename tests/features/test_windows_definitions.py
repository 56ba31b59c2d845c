"""What windows are called, how they are written down, and which are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

import wanamaker as wm
from wanamaker.base.errors import ParameterError, ParameterTypeError, UserError
from wanamaker.features.windows.plan import plan_of
from wanamaker.features.windows.spec import window_from_dict

NAMES = {
    "count_ip_app_5m": wm.count(by=["ip", "app"], within="5m"),
    "count_ip_app_5m_1h": wm.count(by=["ip", "app"], within="1h", after="5m"),
    "distinct_channel_ip_8h": wm.distinct("channel", by="ip", within="8h"),
    "since_last_ip_device_os": wm.since_last(by=["ip", "device", "os"], within="1d"),
    "since_first_user": wm.since_first(by="user", within="30d"),
    "total_cost_user_7d": wm.total("cost", by="user", within="7d"),
    "mean_cost_user_7d": wm.mean("cost", by="user", within="7d"),
    "rate_app_7d": wm.rate(by="app", within="7d", prior=100),
    "rate_app_90m": wm.rate(by="app", within=timedelta(minutes=90)),
    "mine": wm.count(by="ip", within="5m", name="mine"),
    "count_ip_5m": wm.count(by="ip", within="5m", after="0s"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_window_is_named_after_its_definition(name: str) -> None:
    assert NAMES[name].name == name


@pytest.mark.parametrize(
    "window",
    [
        *NAMES.values(),
        wm.count(by="ip", within="5m", peers="arrived", name="arrived"),
        wm.rate(by=["ip", "app"], within="7d", prior=2.5, mean=0.25, matured="1h"),
        wm.total("cost", by="ip", within="1d", after="1h"),
    ],
    ids=lambda window: window.name,
)
def test_a_window_written_down_reads_as_the_same(window) -> None:
    assert window_from_dict(window.as_dict()) == window


def test_only_what_differs_from_the_default_is_written_down() -> None:
    assert wm.count(by=["ip", "app"], within="5m").as_dict() == {"count": ["ip", "app"], "within": "5m"}
    assert wm.distinct("channel", by="ip", within="8h").as_dict() == {
        "distinct": "channel",
        "by": ["ip"],
        "within": "8h",
    }


def test_windows_of_one_key_in_any_order_are_one_group() -> None:
    windows = [wm.count(by=["b", "a"], within="5m"), wm.count(by=["a", "b"], within="1h")]
    (group,) = plan_of(windows, 1_000_000).groups
    assert group.by == ("a", "b")
    assert [ask.start for ask in group.asks] == [300, 3_600]
    assert group.longest == 3_600


REFUSED = {
    "after as long as within": (
        lambda: wm.count(by="ip", within="5m", after="5m"),
        "count: 'after' must be shorter than 'within'. Got after='5m', within='5m'.",
    ),
    "after longer than within": (
        lambda: wm.total("cost", by="ip", within="5m", after="1h"),
        "total: 'after' must be shorter than 'within'. Got after='1h', within='5m'.",
    ),
    "a window of nothing": (
        lambda: wm.count(by="ip", within="0s"),
        "'within' must be longer than zero. Got '0s'.",
    ),
    "a negative window": (
        lambda: wm.count(by="ip", within=timedelta(seconds=-5)),
        "'within' must be longer than zero.",
    ),
    "a window without a unit": (
        lambda: wm.count(by="ip", within="5"),
        "'within' must be a duration. Got '5'.",
    ),
    "a number for a window": (
        lambda: wm.count(by="ip", within=5),
        "'within' must be a duration. Got 5 (int).",
    ),
    "no key": (lambda: wm.count(by=[], within="5m"), "count: 'by' must name at least one column. Got none."),
    "a key twice": (
        lambda: wm.count(by=["ip", "ip"], within="5m"),
        "count: 'by' must name each column once. Got 'ip' twice.",
    ),
    "a key that is no name": (
        lambda: wm.count(by=3, within="5m"),
        "count: 'by' must be a column or a list of columns. Got 3.",
    ),
    "no column": (
        lambda: wm.distinct(["channel"], by="ip", within="8h"),
        "distinct: the first argument must be the name of a column. Got ['channel'].",
    ),
    "matured as long as within": (
        lambda: wm.rate(by="ip", within="1h", matured="1h"),
        "rate: 'matured' must be shorter than 'within'.",
    ),
    "a mean that is no share": (
        lambda: wm.rate(by="ip", within="1h", mean=1.5),
        "The 'mean' parameter of rate must be a number in the range [0, 1], or None. Got 1.5 (float).",
    ),
    "a negative prior": (
        lambda: wm.rate(by="ip", within="1h", prior=-1.0),
        "The 'prior' parameter of rate must be a number in the range [0, inf].",
    ),
    "unknown peers": (
        lambda: wm.count(by="ip", within="1h", peers="all"),
        "The 'peers' parameter of count must be one of 'strict', 'arrived'. Got 'all'.",
    ),
    "a band of peers": (
        lambda: wm.count(by="ip", within="1h", after="5m", peers="arrived"),
        "counts events of the same tick, which a window that ends '5m' ago never holds.\n"
        "Hint: Leave out 'after', or peers='arrived'.",
    ),
    "peers that are not matured": (
        lambda: wm.rate(by="ip", within="1h", matured="5m", peers="arrived"),
        "counts events of the same tick, which a window that ends '5m' ago never holds.\n"
        "Hint: Leave out 'matured', or peers='arrived'.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_window_without_a_meaning_is_refused(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(UserError) as caught:
        make()
    assert isinstance(caught.value, ParameterError | ParameterTypeError)
    assert message in str(caught.value)


UNREADABLE = {
    "no kind": ({"within": "5m"}, "a window must name one kind of window. Got none in"),
    "a misspelt kind": ({"cuont": ["ip"], "within": "5m"}, "Hint: Did you mean 'count'?"),
    "two kinds": (
        {"count": ["ip"], "rate": ["ip"], "within": "5m"},
        "a window must name one kind of window. Got 'count' and 'rate' in",
    ),
    "an unknown key": (
        {"count": ["ip"], "within": "5m", "until": "1m"},
        "a window: 'until' is no known key of a window of kind 'count'.",
    ),
    "a key of another kind": (
        {"count": ["ip"], "within": "5m", "prior": 3.0},
        "a window: 'prior' is no known key of a window of kind 'count'.",
    ),
    "no within": ({"count": ["ip"]}, "a window: the key 'within' is missing."),
    "no by": ({"total": "cost", "within": "5m"}, "a window: the key 'by' is missing."),
    "no table": ("count", "a window must be a table of keys. Got 'count'."),
    "a value": ({"count": ["ip"], "within": "0s"}, "a window: 'within' must be longer than zero."),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_definition_that_cannot_be_read_says_why(case: str) -> None:
    told, message = UNREADABLE[case]
    with pytest.raises(UserError) as caught:
        window_from_dict(told)
    assert message in str(caught.value)


def test_windows_are_whole_numbers_of_ticks() -> None:
    with pytest.raises(
        ParameterError, match="count_ip_1500ms: 'within' must be a multiple of the resolution, 1 s"
    ):
        plan_of([wm.count(by="ip", within="1500ms")], 1_000_000)
    assert plan_of([wm.count(by="ip", within="1500ms")], 500_000).groups[0].asks[0].start == 3
