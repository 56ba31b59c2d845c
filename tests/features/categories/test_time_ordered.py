"""A row's target mean knows only what was known strictly before it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.categories.made import KEYS, frame, later, log, rows
from tests.reference import categories as reference
from wanamaker.features.categories.kernels import totals_before

MEAN = 0.25
LABEL_TIMES = st.sampled_from(["known", None])


def encoder(key: tuple[str, ...], label_time: str | None, **more) -> wm.TimeOrderedTargetEncoder:
    return wm.TimeOrderedTargetEncoder(
        columns=[list(key)],
        label="label",
        time="time",
        label_time=label_time,
        prior=2.5,
        mean=MEAN,
        time_unit="s",
        **more,
    )


def expected(asked, told, key, label_time):
    return reference.time_ordered_means(
        asked, told, key, label_time=label_time is not None, prior=2.5, mean=MEAN
    )


def values(table: pl.DataFrame) -> list[float]:
    return table.select("^target_.*$").to_series().to_list()


@given(rows(), st.sampled_from(KEYS), LABEL_TIMES)
def test_training_rows_equal_the_brute_force_reference(train, key, label_time):
    made = encoder(key, label_time).fit_transform(frame(train))
    assert values(made) == pytest.approx(expected(train, train, key, label_time), abs=1e-12)


@given(rows(), rows(start=8), st.sampled_from(KEYS), LABEL_TIMES)
def test_later_rows_go_on_from_training(train, new, key, label_time):
    made = encoder(key, label_time).fit(frame(train)).transform(frame(new))
    assert values(made) == pytest.approx(expected(new, train, key, label_time), abs=1e-12)


@given(rows(), rows(start=8), rows(start=8), st.sampled_from(KEYS), LABEL_TIMES)
def test_with_history_later_rows_see_what_history_knew_before_them(train, past, new, key, label_time):
    fitted = encoder(key, label_time).fit(frame(train))
    made = fitted.transform(frame(new), history=frame(past))
    assert values(made) == pytest.approx(expected(new, [*train, *past], key, label_time), abs=1e-12)
    assert values(fitted.transform(frame(new))) == pytest.approx(
        expected(new, train, key, label_time), abs=1e-12
    )


@given(rows(), rows(start=8), st.sampled_from(KEYS), LABEL_TIMES)
def test_training_on_the_whole_log_or_on_its_past_with_history_is_one(train, new, key, label_time):
    whole = encoder(key, label_time).fit_transform(frame([*train, *new]))
    fitted = encoder(key, label_time).fit(frame(train))
    parts = fitted.transform(frame(new), history=frame(new))
    assert values(whole)[len(train) :] == pytest.approx(values(parts), abs=1e-12)


@given(rows(), rows(start=9), st.sampled_from(KEYS), LABEL_TIMES)
def test_future_rows_change_no_past_value(train, future, key, label_time):
    alone = values(encoder(key, label_time).fit_transform(frame(train)))
    together = values(encoder(key, label_time).fit_transform(frame([*train, *future])))
    assert together[: len(train)] == alone


@given(rows(max_size=8), st.sampled_from(KEYS), LABEL_TIMES)
def test_no_row_sees_its_own_label(train, key, label_time):
    before = values(encoder(key, label_time).fit_transform(frame(train)))
    for place, row in enumerate(train):
        turned = {**row, "label": 1 - row["label"], "known": row["time"] if row["label"] == 0 else None}
        changed = [*train[:place], turned, *train[place + 1 :]]
        after = values(encoder(key, label_time).fit_transform(frame(changed)))
        same = [number for number, other in enumerate(train) if other["time"] <= row["time"]]
        assert [after[number] for number in same] == [before[number] for number in same]


@given(rows(), rows(), st.sampled_from(KEYS), LABEL_TIMES)
def test_an_encoder_that_remembers_knows_the_past_of_any_row(train, asked, key, label_time):
    fitted = encoder(key, label_time, remember=True).fit(frame(train))
    assert values(fitted.transform(frame(asked))) == pytest.approx(
        expected(asked, train, key, label_time), abs=1e-12
    )
    assert values(fitted.transform(frame(train))) == values(
        encoder(key, label_time).fit_transform(frame(train))
    )


def test_a_late_label_counts_from_when_it_was_known_also_after_training():
    train = pl.DataFrame({"a": [1], "time": [0], "label": [1], "known": [100]})
    fitted = encoder(("a",), "known").fit(train)
    told = values(fitted.transform(pl.DataFrame({"a": [1, 1, 1], "time": [50, 100, 101]})))
    assert told == pytest.approx([2.5 * MEAN / 3.5, 2.5 * MEAN / 3.5, (1 + 2.5 * MEAN) / 3.5])


def test_training_rows_are_refused_by_transform():
    train = log().sort("time")
    fitted = encoder(("a",), "known").fit(train)
    with pytest.raises(
        wm.DataError, match=r"Column 'time', row 0 of the table: .* before the end of the training"
    ):
        fitted.transform(train)
    with pytest.raises(
        wm.DataError, match=r"Hint: Use fit_transform\(train\) for training rows, or remember"
    ):
        fitted.features(train)
    with pytest.raises(wm.DataError, match=r"row 0 of history.*\nHint: Training rows are counted already"):
        fitted.transform(later(), history=train)
    last = train.filter(pl.col("time") == train["time"].max())
    whole = encoder(("a",), "known").fit_transform(train)
    assert values(fitted.transform(last)) == values(whole.filter(pl.col("time") == train["time"].max()))


def test_the_mean_is_that_of_training_and_frozen():
    train = log()
    fitted = wm.TimeOrderedTargetEncoder(columns=["a"], label="label", time="time", prior=10).fit(train)
    assert fitted.mean_ == train["label"].mean()
    unseen = later().with_columns(pl.lit(5_000).alias("a"))
    told = values(fitted.transform(unseen, history=later().with_columns(pl.lit(1).alias("label"))))
    assert told == pytest.approx([fitted.mean_] * len(unseen))


def test_a_label_known_before_its_event_and_a_missing_time_are_refused():
    wrong = pl.DataFrame({"a": [1], "time": [10], "label": [1], "known": [5]})
    with pytest.raises(wm.DataError, match="lies before the event's"):
        encoder(("a",), "known").fit(wrong)
    untold = wrong.with_columns(pl.lit(None, pl.Int64).alias("known"))
    with pytest.raises(wm.DataError, match="'label' is positive, 'known' is missing"):
        encoder(("a",), "known").fit(untold)
    timeless = wrong.with_columns(pl.lit(None, pl.Int64).alias("time"))
    with pytest.raises(wm.DataError, match="row 0: the time is missing"):
        encoder(("a",), None).fit(timeless)
    with pytest.raises(wm.DataError, match="must be 0 or 1 in the label column"):
        encoder(("a",), None).fit(wrong.with_columns(pl.lit(2).alias("label")))


def test_the_unit_of_times_is_that_of_training():
    millis = pl.DataFrame({"a": [1, 1], "time": [0, 2 * 10**11], "label": [1, 0]})
    fitted = wm.TimeOrderedTargetEncoder(columns=["a"], label="label", time="time", prior=1, mean=0.5)
    fitted.fit(millis)
    early = pl.DataFrame({"a": [1], "time": [10**10]})  # seconds, if judged alone
    with pytest.raises(wm.DataError, match="before the end of the training rows"):
        fitted.transform(early)


@given(st.data())
def test_the_kernel_equals_counting(data):
    counts = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    starts = np.concatenate([[0], np.cumsum(counts)])
    moments = np.concatenate(
        [np.sort(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))) for n in counts]
    ).astype(np.int64)
    whole = np.arange(1, len(moments) + 1)
    codes = np.array(data.draw(st.lists(st.integers(-1, len(counts) - 1), max_size=9)), dtype=np.int64)
    at = np.array(
        data.draw(st.lists(st.integers(-1, 11), min_size=len(codes), max_size=len(codes))), dtype=np.int64
    )
    seen, converted = totals_before(starts, moments, whole, 10 * whole, codes, at)
    for row, (code, moment) in enumerate(zip(codes, at, strict=True)):
        inside = [
            number
            for number in range(starts[code], starts[code + 1])
            if code >= 0 and moments[number] < moment
        ]
        assert seen[row] == (inside[-1] + 1 if inside else 0)
        assert converted[row] == 10 * seen[row]
