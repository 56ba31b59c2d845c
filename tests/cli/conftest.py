"""Running the command line inside the test process."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from wanamaker.cli import main
from wanamaker.simulate import journeys


@dataclass
class Told:
    code: int
    out: str
    err: str


@pytest.fixture
def wanamaker(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Told(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def world_log(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    journeys(2_000, seed=3).write(folder)
    return folder / "log.parquet"


@pytest.fixture(scope="session")
def small_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.csv"
    pl.DataFrame(
        {
            "uid": [1, 1, 1, 2, 2, 3],
            "timestamp": [100, 200, 300, 100, 150, 400],
            "campaign": ["a", "b", "a", "b", "c", "a"],
            "conversion": [0, 1, 0, 0, 1, 0],
            "cost": [1.0, 2.0, 1.0, 0.5, 0.5, 1.0],
        }
    ).write_csv(path)
    return path
