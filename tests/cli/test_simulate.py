"""The kinds and switches of ``wanamaker simulate``."""

from __future__ import annotations

import inspect
import json

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.cli.simulate import simulate
from wanamaker.simulate.registry import WORLDS


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        (["--carry-over"], {"carry_over": True}),
        (["--late"], {"late": True}),
        (["--confounded", "--intent-error", 0.2], {"confounded": True, "intent_error": 0.2}),
    ],
)
def test_every_switch_reaches_the_world(wanamaker, tmp_path, flags, options):
    folder = tmp_path / "world"
    told = wanamaker("simulate", "journeys", "--rows", 300, "--out", folder, "--json", *flags)
    world = wm.simulate.journeys(300, **options)
    assert pl.read_parquet(json.loads(told.out)["log"]).equals(world.log)
    assert json.loads((folder / "world.json").read_text(encoding="utf-8"))["parameters"] == world.parameters


def test_a_wrong_intent_without_a_confounded_world_is_the_users_mistake(wanamaker, tmp_path):
    told = wanamaker("simulate", "journeys", "--out", tmp_path / "world", "--intent-error", 0.2)
    assert told.code == 2
    assert "'intent_error'" in told.err
    assert "confounded=True" in told.err
    assert not (tmp_path / "world").exists()


CLICK_FLAGS = {
    "start": "2025-03-01",
    "days": 2,
    "base_rate": 0.02,
    "bots": 0.2,
    "bot_rate": 0.001,
    "injected": 0.3,
    "drift": 0.5,
    "label_delay": 60.0,
    "utc_offset": -5,
    "users": 40,
    "ips": 20,
    "apps": 10,
    "channels": 9,
}


def test_every_option_of_clicks_reaches_the_world(wanamaker, tmp_path):
    flags = [part for name, value in CLICK_FLAGS.items() for part in (f"--{name.replace('_', '-')}", value)]
    told = wanamaker(
        "simulate", "clicks", "--rows", 2_000, "--seed", 7, "--out", tmp_path / "world", "--json", *flags
    )
    world, answer = wm.simulate.clicks(2_000, seed=7, **CLICK_FLAGS), json.loads(told.out)
    assert answer["rows"] == 2_000
    assert pl.read_parquet(answer["log"]).equals(world.log)
    assert pl.read_parquet(answer["truth"]).equals(world.truth)
    parameters = json.loads((tmp_path / "world" / "world.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters == world.parameters


SESSION_FLAGS = {
    "start": "2025-03-01",
    "days": 2,
    "base_rate": 0.2,
    "order_effect": 2.0,
    "time_effect": 1.0,
    "price_effect": 0.5,
    "feature_effect": 0.5,
    "user_effect": 0.7,
    "habit": 0.2,
    "mean_length": 5.0,
    "longest": 20,
    "users": 40,
    "products": 10,
}


def test_every_option_of_sessions_reaches_the_world(wanamaker, tmp_path):
    flags = [part for name, value in SESSION_FLAGS.items() for part in (f"--{name.replace('_', '-')}", value)]
    told = wanamaker(
        *("simulate", "sessions", "--rows", 500, "--seed", 7, "--out", tmp_path / "world", "--json"),
        *(*flags, "--purchase-event"),
    )
    world, answer = (
        wm.simulate.sessions(500, seed=7, purchase_event=True, **SESSION_FLAGS),
        json.loads(told.out),
    )
    assert pl.read_parquet(answer["log"]).equals(world.log)
    assert pl.read_parquet(answer["truth"]).equals(world.truth)
    parameters = json.loads((tmp_path / "world" / "world.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters == world.parameters


TERM_FLAGS = {
    "start": "2025-03-01",
    "days": 20,
    "base_rate": 0.1,
    "words": 90,
    "terms": 400,
    "word_effect": 0.5,
    "bigrams": 5,
    "term_effect": 0.4,
    "season": 0.5,
    "dispersion": 1.0,
    "zero_inflation": 0.3,
    "useless": 0.2,
    "delay": "3d12h",
    "hidden": 0.2,
}


def test_every_option_of_search_terms_reaches_the_world(wanamaker, tmp_path):
    flags = [part for name, value in TERM_FLAGS.items() for part in (f"--{name.replace('_', '-')}", value)]
    told = wanamaker(
        *("simulate", "search_terms", "--rows", 900, "--seed", 7, "--out", tmp_path / "world", "--json"),
        *(*flags, "--fractional"),
    )
    world, answer = (
        wm.simulate.search_terms(900, seed=7, fractional=True, **TERM_FLAGS),
        json.loads(told.out),
    )
    assert pl.read_parquet(answer["log"]).equals(world.log)
    assert pl.read_parquet(answer["truth"]).equals(world.truth)
    parameters = json.loads((tmp_path / "world" / "world.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters == world.parameters
    assert (tmp_path / "world" / "export.csv").read_bytes()[:2] == b"\xff\xfe"
    assert (tmp_path / "world" / "days_to_conversion.csv").exists()


def test_the_command_line_offers_every_plain_option_of_every_kind():
    for kind, function in WORLDS.items():
        plain = set(inspect.signature(function.simulate).parameters) - {"n"}
        not_offered = (
            {"channels", "intent_effect", "mean_value", "within_days"} if kind == "journeys" else set()
        )
        assert set(function.options) == plain - not_offered
    offered = set(inspect.signature(simulate).parameters)
    assert {name for world in WORLDS.values() for name in world.options} <= offered


@pytest.mark.parametrize("kind", ["journeys", "clicks", "sessions", "search_terms"])
def test_the_defaults_of_the_command_are_those_of_the_function(wanamaker, tmp_path, kind):
    told = wanamaker("simulate", kind, "--rows", 400, "--out", tmp_path / "world", "--json")
    world = WORLDS[kind].simulate(400)
    assert pl.read_parquet(json.loads(told.out)["log"]).equals(world.log)


@pytest.mark.parametrize("kind", ["journeys", "clicks", "sessions", "search_terms"])
def test_a_world_has_pictures_that_need_nothing_but_themselves(wanamaker, tmp_path, kind):
    told = wanamaker("simulate", kind, "--rows", 400, "--out", tmp_path / "world")
    page = (tmp_path / "world" / "pictures.html").read_text(encoding="utf-8")
    assert str(tmp_path / "world" / "pictures.html") in told.out
    assert f"A world of {kind.replace('_', ' ')}, seed 0" in page
    assert "Content-Security-Policy" in page


def test_pictures_can_be_left_out_and_those_of_a_replaced_world_do_not_stay(wanamaker, tmp_path):
    folder = tmp_path / "world"
    wanamaker("simulate", "clicks", "--rows", 400, "--out", folder)
    assert (folder / "pictures.html").exists()
    told = wanamaker(
        "simulate", "clicks", "--rows", 300, "--out", folder, "--no-pictures", "--overwrite", "--json"
    )
    assert json.loads(told.out) == {
        "log": str(folder / "log.parquet"), "truth": str(folder / "truth.parquet"), "rows": 300
    }  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == ["log.parquet", "truth.parquet", "world.json"]


@pytest.mark.parametrize(
    ("kind", "flags", "named"),
    [
        ("clicks", ["--late"], "--late"),
        ("clicks", ["--confounded"], "--confounded"),
        ("clicks", ["--observed", "full"], "--observed"),
        ("clicks", ["--intent-error", 0.0], "--intent-error"),
        ("journeys", ["--bots", 0.0], "--bots"),
        ("journeys", ["--channels", 5], "--channels"),
        ("journeys", ["--utc-offset", 1], "--utc-offset"),
        ("sessions", ["--bots", 0.1], "--bots"),
        ("clicks", ["--purchase-event"], "--purchase-event"),
        ("clicks", ["--fractional"], "--fractional"),
        ("sessions", ["--delay", "5d"], "--delay"),
        ("search_terms", ["--users", 5], "--users"),
    ],
)
def test_an_option_of_another_kind_is_the_users_mistake_even_with_its_default(
    wanamaker, tmp_path, kind, flags, named
):
    told = wanamaker("simulate", kind, "--rows", 300, "--out", tmp_path / "world", *flags)
    assert told.code == 2
    assert f"'{named}' does not apply to a world of {kind}" in told.err
    assert f"Hint: Options of {kind}: --seed, " in told.err
    assert not (tmp_path / "world").exists()


def test_an_option_out_of_its_range_is_the_users_mistake(wanamaker, tmp_path):
    told = wanamaker("simulate", "clicks", "--out", tmp_path / "world", "--bots", 1.5)
    assert told.code == 2
    assert "'bots' parameter of simulate.clicks must be a number in the range [0, 1)" in told.err
    assert not (tmp_path / "world").exists()
