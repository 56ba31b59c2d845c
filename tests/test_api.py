"""The package's front door: what it exports, what it loads, and how its errors speak."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base import errors

PUBLIC = {
    "attribute",
    "attribution",
    "evaluate_credit",
    "journeys_from_events",
    "journeys_from_paths",
    "load_run",
    "simulate",
}
EXTRAS = [
    "torch",
    "pytorch_lightning",
    "lightning",
    "safetensors",
    "xgboost",
    "catboost",
    "gensim",
    "duckdb",
    "transformers",
    "sentence_transformers",
    "PIL",
    "optuna",
    "fastapi",
    "uvicorn",
    "redis",
    "prometheus_client",
    "httpx",
    "pyspark",
    "s3fs",
    "mlflow",
    "pandas",
]

PROBE = """
import json, resource, sys
before = set(sys.modules)
start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
import wanamaker
spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - start
print(json.dumps([spent, sorted(set(sys.modules) - before)]))
"""


def probe(code: str = PROBE) -> list:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_importing_the_package_is_quick_and_loads_no_optional_part():
    tries = [probe() for _ in range(3)]
    assert min(spent for spent, _ in tries) < 0.5
    loaded = {name.split(".")[0] for name in tries[0][1]}
    assert "wanamaker" in loaded
    assert not loaded & set(EXTRAS)


def test_credit_from_a_polars_log_needs_no_optional_part():
    blocked = ", ".join(repr(name) for name in EXTRAS)
    code = f"""
import json, sys
for name in ({blocked}):
    sys.modules[name] = None
import polars as pl, wanamaker as wm
log = pl.DataFrame({{"uid": [1, 1], "timestamp": [1, 2], "campaign": ["a", "b"], "conversion": [0, 1]}})
credit = wm.attribute(wm.journeys_from_events(log))
print(json.dumps([len(credit.models), credit.table["conversions"].sum()]))
"""
    methods, credited = probe(code)
    assert credited == methods >= 7


def test_all_is_sorted_and_every_name_in_it_resolves():
    assert list(wm.__all__) == sorted(wm.__all__)
    assert set(wm.__all__) >= PUBLIC
    for name in wm.__all__:
        assert getattr(wm, name) is not None
    assert set(wm.__all__) <= set(dir(wm))


def test_all_of_the_attribution_package_is_sorted_and_holds_the_methods():
    names = wm.attribution.__all__
    # Constants, then classes, then functions, as ruff (RUF022) sorts them.
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
    assert {"First", "Last", "LastNonDirect", "Linear", "TimeDecay", "Position", "WShaped", "Custom"} <= set(
        names
    )
    for name in names:
        assert getattr(wm.attribution, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'wanamaker' has no attribute 'atribute'"):
        _ = wm.atribute


def test_star_import_gives_the_public_names():
    names: dict = {}
    exec("from wanamaker import *", names)  # noqa: S102
    assert set(wm.__all__) <= set(names)


def test_version_is_that_of_the_installed_package():
    from importlib.metadata import version

    assert wm.__version__ == wm.version() == version("wanamaker")


def test_every_core_module_can_be_imported_alone():
    import wanamaker

    floors = ("base", "events", "stats", "journeys", "attribution")
    found = [
        module.name
        for floor in floors
        for module in pkgutil.walk_packages([f"{wanamaker.__path__[0]}/{floor}"], f"wanamaker.{floor}.")
    ]
    assert len(found) > 30
    for name in found:
        assert importlib.import_module(name).__doc__, name


# --- Errors ---------------------------------------------------------------------------------------

BUILTINS = {
    "SchemaError": ValueError,
    "DataError": ValueError,
    "ParameterError": ValueError,
    "ParameterTypeError": TypeError,
    "FileReadError": OSError,
    "OutputError": OSError,
    "RunError": ValueError,
    "MissingExtraError": ImportError,
    "OutOfMemoryError": MemoryError,
    "InternalError": RuntimeError,
}


@pytest.mark.parametrize("name", BUILTINS)
def test_each_error_is_also_the_fitting_builtin(name):
    error = getattr(errors, name)
    assert issubclass(error, BUILTINS[name])
    assert issubclass(error, errors.InternalError if name == "InternalError" else errors.UserError)
    assert issubclass(error, errors.WanamakerError)


def test_every_error_class_is_in_the_tree_and_user_errors_are_no_internal_errors():
    classes = {
        one.__name__
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.WanamakerError)
    }
    assert classes == {*BUILTINS, "UserError", "WanamakerError"}
    assert not issubclass(errors.UserError, errors.InternalError)
    assert not issubclass(errors.InternalError, errors.UserError)


def test_a_message_has_the_hint_on_a_line_of_its_own():
    error = errors.DataError("A number was expected. Got 'x'.", hint="Write 5.")
    assert str(error) == "A number was expected. Got 'x'.\nHint: Write 5."
    assert (error.message, error.hint) == ("A number was expected. Got 'x'.", "Write 5.")
    assert str(errors.DataError("Only this.")) == "Only this."


def test_a_missing_extra_names_the_feature_the_extra_and_the_command():
    error = errors.MissingExtraError("Reading from s3://", "s3")
    assert str(error) == (
        "Reading from s3:// needs the optional part 's3', which is not installed.\n"
        "Hint: pip install 'wanamaker[s3]'"
    )


def test_reading_from_s3_without_its_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(
        ImportError, match=r"Reading from s3:// needs the optional part 's3'(.|\n)*wanamaker\[s3\]"
    ):
        wm.journeys_from_events("s3://bucket/log")


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("prize", ["price", "date"], "Did you mean 'price'? Known names: 'date', 'price'."),
        ("UID", ["uid", "x"], "Did you mean 'uid'? Known names: 'uid', 'x'."),
        ("qqqq", ["price"], "Known names: 'price'."),
    ],
)
def test_a_hint_names_the_nearest_known_name_and_all_others(name, known, expected):
    assert errors.nearest(name, known) == expected


def test_a_hint_over_very_many_names_is_cut_short():
    assert len(errors.nearest("x", [f"column {number}" for number in range(500)])) < 1_000


def test_the_original_error_is_kept(tmp_path):
    (tmp_path / "log.parquet").write_bytes(b"nothing")
    with pytest.raises(OSError, match="cannot be read as parquet") as caught:
        wm.journeys_from_events(tmp_path / "log.parquet")
    assert isinstance(caught.value.__cause__, pl.exceptions.PolarsError | OSError)


# --- Metadata -------------------------------------------------------------------------------------


def test_every_number_carries_how_it_came_about():
    log = pl.DataFrame(
        {
            "uid": [1, 1],
            "timestamp": ["2026-01-01", "2026-01-03"],
            "campaign": ["a", "b"],
            "conversion": [0, 1],
        }
    )
    made = wm.journeys_from_events(log, lookback="14d", max_touches=5)
    credit = wm.attribute(made, ["last", wm.attribution.TimeDecay(half_life="3d")], bootstrap=7, seed=42)
    metadata = json.loads(json.dumps(credit.metadata))
    assert (metadata["version"], metadata["bootstrap"], metadata["seed"]) == (wm.__version__, 7, 42)
    assert metadata["period"] == ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"]
    assert metadata["observation"]["lookback"] == "14d"
    assert metadata["observation"]["max_touches"] == 5
    assert metadata["observation"]["observed"] == "until_conversion"
    assert metadata["methods"]["time_decay"]["parameters"] == {"half_life": "3d"}
    assert metadata["methods"]["last"]["conserves"] == "journey"


def test_the_table_has_the_columns_that_are_promised():
    log = pl.DataFrame({"uid": [1, 1], "timestamp": [1, 2], "campaign": ["a", "b"], "conversion": [0, 1]})
    credit = wm.attribute(wm.journeys_from_events(log), per_touch=True)
    measures = ["conversions", "share", "value", "cost", "cpa", "roas"]
    ends = [f"{name}_{end}" for name in measures for end in ("low", "high")]
    assert credit.table.columns == ["model", "touch", *measures, *ends, "support"]
    assert credit.per_touch.columns[:1] == ["model"]
    assert {"model", "journey", "position", "touch", "credit"} <= set(credit.per_touch.columns)
    bare = wm.attribute(wm.journeys_from_events(log), bootstrap=0)
    assert bare.table.columns == ["model", "touch", *measures, "support"]
    assert bare.per_touch is None


def test_two_methods_of_one_name_are_told_apart_by_their_parameters():
    log = pl.DataFrame({"uid": [1, 1], "timestamp": [1, 2], "campaign": ["a", "b"], "conversion": [0, 1]})
    decay = wm.attribution.TimeDecay
    credit = wm.attribute(wm.journeys_from_events(log), [decay(), decay(half_life="1d")], bootstrap=0)
    assert len(credit.models) == 2
    assert "1d" in credit.models[1]
