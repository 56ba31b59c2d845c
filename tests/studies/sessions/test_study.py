"""The keys of a sessions study: what is refused, and what the message says."""

from __future__ import annotations

import pytest

from wanamaker.base.errors import ParameterError
from wanamaker.studies.config import validated
from wanamaker.studies.sessions.study import SessionsStudy

EVENTS = {"session": "visit", "time": "at", "event": "did", "outcome": "buy"}
TABLE = {"label": "bought", "numeric": ["pages"]}


def study(columns=None, **sections):
    told = {"data": {"path": "log.parquet"}, "columns": columns or EVENTS, **sections}
    return validated(SessionsStudy, told, "study.toml")


def test_defaults_ask_all_cells_with_five_seeds_by_time():
    held = study()
    assert held.cells == ("rnn", "gru", "lstm", "transformer")
    assert (held.model.seeds, held.split.by, held.model.refit) == (5, "time", True)


def test_a_table_of_sessions_has_one_network():
    held = study(TABLE, split={"by": "random"})
    assert held.cells == ("gru",)
    assert not held.columns.has_events


def test_an_unknown_cell_names_the_nearest():
    with pytest.raises(ParameterError, match=r"'gruu' is no known cell. Did you mean 'gru'\?"):
        study(model={"cells": ["gruu"]})


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(
        ParameterError, match=r"'columns.outcom' is no known key.\nHint: Did you mean 'outcome'"
    ):
        study({**EVENTS, "outcom": "buy"})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"session": "v", "time": "t", "event": "e"}, "give 'label' .* or 'outcome' .*, not neither"),
        ({**EVENTS, "label": "bought"}, "give 'label' .* or 'outcome' .*, not both"),
        ({"event": "did", "time": "at", "label": "b"}, "'event' needs 'session' beside it"),
        ({"label": "bought"}, "give 'event', or 'numeric' and 'categorical' columns"),
        ({"outcome": "buy", "numeric": ["pages"]}, "'outcome' is a value of the column 'event'"),
        ({**TABLE, "horizon": 3}, "'horizon' counts the steps to an 'outcome'"),
        ({**TABLE, "features": ["device"]}, "'features' go with 'event'"),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(columns, message):
    with pytest.raises(ParameterError, match=message):
        study(columns, split={"by": "random"})


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ({"by": "column"}, "'column' goes with by = \"column\""),
        ({"by": "time", "column": "who"}, "'column' goes with by = \"column\""),
        ({"by": "column", "column": "m"}, "needs the column's values: train = "),
        ({"by": "column", "column": "m", "train": ["a"], "test": ["a"]}, "'a' is listed twice"),
        ({"by": "time", "test": ["a"]}, 'lists of values go with by = "column"'),
        ({"valid": 0.5, "test": 0.6}, "must leave something to learn from"),
        ({"valid": 1.5}, "'valid' must be a share above 0 and below 1"),
        ({"by": "random", "gap": "1h"}, "'gap' does nothing with by = 'random'"),
        ({"by": "time", "seed": 3}, "'seed' does nothing with by = 'time'"),
    ],
)
def test_splits_that_make_no_sense_are_refused(split, message):
    with pytest.raises(ParameterError, match=message):
        study(split=split)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"columns": TABLE}, "without columns.time there is nothing to split by"),
        (
            {"columns": TABLE, "split": {"by": "random"}, "model": {"cells": ["gru"]}},
            "of which there are none",
        ),
        (
            {"data": {"train": "a", "test": "b"}, "split": {"gap": "1h"}},
            "'split.gap' does nothing where the parts",
        ),
        ({"data": {"path": "a", "test": "b"}}, "give either 'path' or parts"),
        ({"model": {"bidirectional": True}}, "a bidirectional network reads later events"),
    ],
)
def test_sections_that_do_not_fit_together_are_refused(sections, message):
    told = {"data": {"path": "log.parquet"}, "columns": EVENTS, **sections}
    with pytest.raises(ParameterError, match=message):
        validated(SessionsStudy, told, "study.toml")
