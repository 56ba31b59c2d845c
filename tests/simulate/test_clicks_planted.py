"""What is planted in the world of clicks is found by windows over the past, and not in single clicks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from wanamaker.simulate import clicks
from wanamaker.stats.classification import roc_auc

ROWS = 150_000
RAW = ["ip", "app", "device", "os", "channel"]
KEYS = (["ip"], ["ip", "app"], ["ip", "device", "os"], ["ip", "app", "device", "os"])
SPANS = (300, 3_600, 28_800)


@pytest.fixture(scope="module")
def world():
    return clicks(ROWS, seed=1)


def codes(log, columns):
    return log.select(pl.struct(columns).rank("dense")).to_series().to_numpy().astype(np.int64)


def counts(log):
    """Clicks of each key in the seconds strictly before: positions in one sorted array of key and time."""
    second = log["click_time"].dt.epoch("s").to_numpy()
    second = second - second[0] + max(SPANS)
    found = []
    for columns in KEYS:
        key = codes(log, columns) << 22
        placed = np.sort(key + second)
        now = np.searchsorted(placed, key + second)
        found += [now - np.searchsorted(placed, key + second - span) for span in SPANS]
    return np.stack(found, axis=1)


def to_next(log):
    """Seconds to the next click of the same ip, app, device and os; -1 for none."""
    second, key = log["click_time"].dt.epoch("s").to_numpy(), codes(log, KEYS[-1])
    order = np.argsort(key, kind="stable")
    wait = np.full(len(key), -1)
    same = key[order][1:] == key[order][:-1]
    wait[order[:-1]] = np.where(same, np.diff(second[order]), -1)
    return wait[:, None]


def single(log):
    return log.select(*RAW, pl.col("click_time").dt.hour()).to_numpy()


def last_fifth_auc(table, label):
    """AUC on the last fifth of the log, of trees fitted on what came before."""
    cut = len(label) * 4 // 5
    trees = HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=15, l2_regularization=5, early_stopping=False, random_state=0
    )
    trees.fit(table[:cut], label[:cut])
    return float(roc_auc(label[cut:], trees.predict_proba(table[cut:])[:, 1])[0])


@pytest.mark.slow
def test_trees_with_windows_beat_trees_without_and_the_next_click_is_a_leak(world):
    log, label = world.log, world.log["is_attributed"].to_numpy()
    truth = world.truth["probability"].to_numpy().astype(float)
    past = np.hstack([single(log), counts(log)])
    without, windows = (last_fifth_auc(table, label) for table in (single(log), past))
    leaked = last_fifth_auc(np.hstack([past, to_next(log)]), label)
    ceiling = float(roc_auc(label[ROWS * 4 // 5 :], truth[ROWS * 4 // 5 :])[0])
    assert without + 0.05 < windows
    assert windows + 0.02 < leaked
    assert windows < ceiling


def test_clicks_of_one_device_in_five_minutes_tell_bots_from_people(world):
    recent = counts(world.log)[:, KEYS.index(["ip", "device", "os"]) * len(SPANS)]
    bot = world.truth["bot"].to_numpy()
    assert float(roc_auc(bot, recent)[0]) > 0.85
    # A number by itself is worth its rate: learned on the first half, judged on the second.
    for column in ("ip", "app", "channel"):
        half = ROWS // 2
        seen = world.log.select(pl.col(column), pl.Series("bot", bot))
        rate = seen.head(half).group_by(column).agg(rate=(pl.col("bot").sum() + 8) / (pl.len() + 20))
        later = (
            seen.tail(half).join(rate, on=column, how="left", maintain_order="left")["rate"].fill_null(0.4)
        )
        assert float(roc_auc(bot[half:], later.to_numpy())[0]) < 0.75


def test_most_clicks_have_company_of_the_same_ip_and_app_within_five_minutes(world):
    company = counts(world.log)[:, KEYS.index(["ip", "app"]) * len(SPANS)] > 0
    assert company.mean() > 0.5


def test_each_further_click_on_an_app_in_a_visit_is_half_as_willing(world):
    people = world.log.hstack(world.truth).filter(~pl.col("bot") & ~pl.col("injected"))
    pair = ["user", "app", "channel"]
    step = people.with_columns(
        wait=(pl.col("click_time") - pl.col("click_time").shift(1).over(pair)).dt.total_seconds(),
        factor=pl.col("probability") / pl.col("probability").shift(1).over(pair),
    ).filter(pl.col("wait") < 20)
    assert step["factor"].median() == pytest.approx(0.5, rel=1e-3)
    assert step.height > 0.1 * people.height
