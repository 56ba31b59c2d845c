"""Options of training: what they take, and what is said otherwise."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.nn.training.options import Training


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", 0, "'epochs' parameter of Training must be an integer of 1 or more. Got 0"),
        ("stop_after", 0, "'stop_after' .* an integer of 1 or more, or None. Got 0"),
        ("batch_size", 0, "'batch_size'"),
        ("learning_rate", 0.0, r"'learning_rate' .* in the range \(0, inf\]. Got 0.0"),
        ("weight_decay", -1.0, "'weight_decay'"),
        ("patience", 0, "'patience' .* an integer of 1 or more, or None"),
        ("clip", 0.0, "'clip'"),
        ("schedule", "cosin", "'schedule' .* Got 'cosin'.\nHint: Did you mean 'cosine'"),
        ("warmup", 1.5, r"'warmup' .* \[0, 1\]"),
        ("precision", "16", "'precision'"),
        ("device", "gpu", "'device' .* one of 'auto', 'cpu', 'cuda'"),
        ("threads", 0, "'threads'"),
        ("seed", -1, "'seed'"),
        ("progress", "on", "'progress'"),
    ],
)
def test_an_option_out_of_its_range_is_refused(name, value, message):
    with pytest.raises(ParameterError, match=message):
        Training(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("epochs", 2.0), ("learning_rate", "0.1"), ("seed", None), ("checkpoint", 3)]
)
def test_an_option_of_another_type_is_refused(name, value):
    with pytest.raises(ParameterTypeError, match=f"'{name}' parameter of Training must be"):
        Training(**{name: value})


def test_options_are_frozen_and_compared_by_value():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Training().epochs = 3
    assert Training(epochs=3) == Training(epochs=3) != Training()


def test_training_ends_at_the_last_epoch_or_before_and_never_later():
    assert [Training(epochs=9, stop_after=n).last_epoch for n in (None, 3, 9, 12)] == [9, 3, 9, 9]


def test_what_is_learned_again_has_the_options_of_before_and_nothing_that_stops_it():
    before = Training(epochs=9, schedule="cosine", patience=2, checkpoint="here", seed=4)
    again = before.again(3)
    assert again == dataclasses.replace(before, stop_after=3, patience=None, checkpoint=None)


def test_options_and_sequences_need_no_torch():
    told = "import sys, wanamaker.nn.training.options, wanamaker.nn.sequences, wanamaker.nn.require"
    code = f"{told}; assert not {{'torch', 'lightning_fabric', 'safetensors'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
