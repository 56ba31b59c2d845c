"""What the pictures of a world show is what is in its tables."""

from __future__ import annotations

import json

import polars as pl
import pytest

from wanamaker.base.errors import FileReadError
from wanamaker.simulate import clicks, journeys, search_terms, sessions
from wanamaker.stats.classification import roc_auc
from wanamaker.studies.worlds.clicks_seen import look_at_clicks
from wanamaker.studies.worlds.journeys_seen import look_at_journeys
from wanamaker.studies.worlds.pictures import picture_world
from wanamaker.studies.worlds.search_terms_seen import look_at_search_terms
from wanamaker.studies.worlds.sessions_seen import look_at_sessions


@pytest.fixture(scope="module")
def world():
    return clicks(50_000, seed=2, base_rate=0.01)


@pytest.fixture(scope="module")
def seen(world):
    return look_at_clicks(world.log.lazy(), world.truth.lazy())


def test_kinds_hours_days_and_company_are_of_all_clicks(world, seen):
    kinds = {row["kind"]: row for row in seen["kinds"]}
    assert list(kinds) == ["People", "Bots", "Injected"]
    assert kinds["Bots"]["clicks"] == world.truth["bot"].sum()
    assert kinds["Injected"]["installs"] == world.truth["stolen"].sum()
    assert sum(row["expected"] for row in kinds.values()) == pytest.approx(world.truth["probability"].sum())
    assert sum(row["person"] + row["bot"] + row["injected"] for row in seen["hours"]) == 50_000
    assert sum(row["installs"] for row in seen["days"]) == world.log["is_attributed"].sum()
    assert sum(row["clicks"] for row in seen["company"]) == 50_000
    assert sum(row["other"] + row["stolen"] for row in seen["delays"]) == world.log["is_attributed"].sum()


def test_the_ceiling_is_the_auc_of_the_true_probability(world, seen):
    p = world.truth["probability"].to_numpy().astype(float)
    assert seen["ceiling"] == pytest.approx(float(roc_auc(world.log["is_attributed"], p)[0]), abs=1e-3)


def test_company_counts_the_phone_in_its_minute(world, seen):
    minute = pl.col("click_time").dt.strftime("%d %H:%M")
    groups = world.log.hstack(world.truth).group_by("ip", "device", "os", minute).agg(pl.len(), pl.col("bot"))
    alone = groups.filter(pl.col("len") == 1).explode("bot")
    row = next(row for row in seen["company"] if row["kind"] == "Bots" and row["from"] == 1)
    assert row["clicks"] == alone["bot"].sum()


def test_tails_rise_to_all_clicks(world, seen):
    ips = [row for row in seen["tails"] if row["column"] == "ip"]
    most = world.log["ip"].value_counts(sort=True)["count"]
    assert ips[0] == {"column": "ip", "values": 1, "share": most[0] / 50_000}
    assert ips[-1] == {"column": "ip", "values": len(most), "share": 1.0}


def test_a_world_of_people_who_never_install_can_be_looked_at():
    world = clicks(20, seed=1, bots=0.0, injected=0.0)
    found = look_at_clicks(world.log.lazy(), world.truth.lazy())
    assert [row["kind"] for row in found["kinds"]] == ["People"]
    assert found["ceiling"] is None
    assert found["delays"] == []


def test_journeys_are_counted_by_day_length_and_channel():
    world = journeys(800, seed=2)
    found = look_at_journeys(world.log.lazy(), world.truth.lazy())
    assert found["totals"] == {
        "users": 800,
        "touches": world.log.height,
        "conversions": world.log["conversion"].sum(),
    }
    assert sum(row["touches"] for row in found["days"]) == world.log.height
    assert sum(row["conversions"] for row in found["lengths"]) == world.log["conversion"].sum()
    assert max(row["touches"] for row in found["lengths"]) <= found["longest"]
    assert [row["touch"] for row in found["channels"]] == world.truth["touch"].to_list()
    assert sum(row["followed"] or 0 for row in found["channels"]) == world.log["conversion"].sum()


def test_a_folder_without_a_world_is_refused(tmp_path):
    with pytest.raises(FileReadError, match=r"world\.json' cannot be read"):
        picture_world(tmp_path)
    (tmp_path / "world.json").write_text(json.dumps({"kind": "moons"}), encoding="utf-8")
    with pytest.raises(FileReadError, match=r"Got 'moons'.\nHint: Kinds: journeys, clicks"):
        picture_world(tmp_path)


@pytest.mark.parametrize("purchase_event", [False, True])
def test_sessions_are_counted_by_order_length_day_and_feature(purchase_event):
    world = sessions(3_000, seed=2, purchase_event=purchase_event)
    found = look_at_sessions(world.log.lazy(), world.truth.lazy())
    rows = world.log.hstack(world.truth.drop("session_id")).filter(pl.col("action") != "purchase")
    ends = rows.group_by("session_id", maintain_order=True).last()
    assert found["totals"] == {
        "sessions": 3_000,
        "purchases": ends["purchase"].sum(),
        "expected": pytest.approx(ends["session_probability"].sum()),
        "events": rows.height,
    }
    for name in ("orders", "lengths", "days"):
        assert sum(row["sessions"] for row in found[name]) == 3_000
        assert sum(row["purchases"] for row in found[name]) == ends["purchase"].sum()
    for feature in ("device", "source", "weekday"):
        assert sum(row["sessions"] for row in found["features"] if row["feature"] == feature) == 3_000
    by_length = {row["length"]: row["sessions"] for row in found["lengths"]}
    assert by_length["3 – 4"] == ends["step"].is_between(3, 4).sum()
    auc = float(roc_auc(ends["purchase"].to_numpy(), ends["session_probability"].to_numpy())[0])
    assert found["ceiling"] == pytest.approx(auc, abs=1e-3)
    fifth = rows.filter(pl.col("step") == 5)
    shown = next(row for row in found["steps"] if row["step"] == 5)
    assert (shown["sessions"], shown["purchases"]) == (fifth.height, fifth["purchase"].sum())
    auc = float(roc_auc(fifth["purchase"].to_numpy(), fifth["probability"].to_numpy())[0])
    assert shown["ceiling"] == pytest.approx(auc, abs=1e-3)
    shown = {row["session_id"] for row in found["examples"]}
    assert ends.filter(pl.col("session_id").is_in(list(shown)))["purchase"].sum() == 2
    assert len(shown) == 4


def test_search_terms_are_counted_by_day_word_and_what_is_wasted():
    world = search_terms(5_000, seed=2, days=30)
    found = look_at_search_terms(world.log.lazy(), world.truth.lazy())
    terms = world.truth.filter(pl.col("kind") == "term")
    for name in ("impressions", "clicks", "cost", "conversions"):
        assert found["totals"][name] == pytest.approx(world.log[name].sum())
        assert sum(row[name] for row in found["days"]) == pytest.approx(world.log[name].sum())
    assert found["totals"]["rows"] == world.log.height
    assert found["totals"]["final"] == sum(row["final"] for row in found["days"]) == terms["final"].sum()
    assert found["totals"]["useless_cost"] == pytest.approx(terms.filter("useless")["cost"].sum())
    assert found["totals"]["hidden_clicks"] == terms.filter("hidden")["clicks"].sum()
    assert [row["day"] for row in found["days"]] == [f"2025-01-{day:02}" for day in range(1, 31)]
    assert found["useless"][0]["cost"] == terms.filter("useless")["cost"].max()
    assert len(found["words"]) == 60
    assert found["words"][0]["clicks"] == max(row["clicks"] for row in found["words"])
    assert len(found["bigrams"]) == 12
    assert len(found["delays"]) == 30
