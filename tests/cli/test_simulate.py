"""The switches of ``wanamaker simulate``."""

from __future__ import annotations

import json

import polars as pl
import pytest

import wanamaker as wm


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
