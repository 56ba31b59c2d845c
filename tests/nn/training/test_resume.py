"""Training that was interrupted goes on as if it had not been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.nn.made import net, same_weights, sample
from wanamaker.base.errors import FileReadError, RunError
from wanamaker.nn.training.options import Training
from wanamaker.nn.training.stepper import Stepper
from wanamaker.nn.training.train import train

TRAIN, VALID = sample(300, 0), sample(120, 1)
OPTIONS = Training(epochs=4, batch_size=32, threads=1, schedule="cosine", patience=None)
ROOT = Path(__file__).parents[3]

KILLED = """
import sys, time
from dataclasses import replace
from tests.nn.made import net
from tests.nn.training import test_resume as here
from wanamaker.nn.training.stepper import Stepper
from wanamaker.nn.training.train import train

step = Stepper.step
Stepper.step = lambda self, batch, rate: (time.sleep(0.02), step(self, batch, rate))[1]
train(net("lstm", dropout=0.3), here.TRAIN, here.VALID, replace(here.OPTIONS, checkpoint=sys.argv[1]))
"""


class InterruptedHereError(Exception):
    """What a test raises in the middle of an epoch."""


def interrupt(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Raise at this step of the training that comes next."""
    done, step = [], Stepper.step

    def one(self: Stepper, batch, rate):
        done.append(1)
        if len(done) == at:
            raise InterruptedHereError
        return step(self, batch, rate)

    monkeypatch.setattr(Stepper, "step", one)


@pytest.mark.parametrize(("at", "average"), [(3, 0.0), (10, 0.0), (11, 0.0), (25, 0.0), (40, 0.0), (25, 0.5)])
def test_a_training_that_was_interrupted_ends_as_one_that_was_not(monkeypatch, tmp_path, at, average):
    whole = net("gru", dropout=0.3)
    options = replace(OPTIONS, average=average)
    told = train(whole, TRAIN, VALID, options)
    options = replace(options, checkpoint=tmp_path / "kept")
    with monkeypatch.context() as patched:
        interrupt(patched, at)
        with pytest.raises(InterruptedHereError):
            train(net("gru", dropout=0.3), TRAIN, VALID, options)
    resumed = net("gru", dropout=0.3)
    again = train(resumed, TRAIN, VALID, options)
    assert same_weights(whole, resumed)
    assert again.best_epoch == told.best_epoch
    assert [epoch["valid_loss"] for epoch in again.curve] == [epoch["valid_loss"] for epoch in told.curve]


def test_only_epochs_that_were_not_done_are_done_again(monkeypatch, tmp_path):
    options = replace(OPTIONS, checkpoint=str(tmp_path / "kept"))
    with monkeypatch.context() as patched:
        interrupt(patched, 25)
        with pytest.raises(InterruptedHereError):
            train(net(), TRAIN, VALID, options)
    steps, step = [], Stepper.step
    monkeypatch.setattr(Stepper, "step", lambda *given: steps.append(1) or step(*given))
    train(net(), TRAIN, VALID, options)
    assert len(steps) == 20
    train(net(), TRAIN, VALID, options)  # all done: nothing is learned, the best weights are read
    assert len(steps) == 20


def test_early_stopping_goes_on_counting_after_an_interruption(monkeypatch, tmp_path):
    from wanamaker.nn.training.validation import Validation

    losses = iter([0.1, 0.5, 0.5, 0.5])
    monkeypatch.setattr(Validation, "mean_loss", lambda *_: next(losses))
    options = replace(OPTIONS, checkpoint=tmp_path, patience=2, epochs=9)
    with monkeypatch.context() as patched:
        interrupt(patched, 21)
        with pytest.raises(InterruptedHereError):
            train(net(), TRAIN, VALID, options)
    trained = train(net(), TRAIN, VALID, options)
    assert (trained.best_epoch, trained.stopped, len(trained.curve)) == (1, True, 3)


@pytest.mark.slow
def test_a_killed_process_goes_on_where_it_was(tmp_path):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "kept")]
    running = subprocess.Popen(command, cwd=ROOT, env=environment)
    kept = tmp_path / "kept" / "state.json"
    until = time.monotonic() + 120
    while not kept.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert 0 < len(json.loads(kept.read_text())["curve"]) < OPTIONS.epochs
    resumed, whole = net("lstm", dropout=0.3), net("lstm", dropout=0.3)
    train(resumed, TRAIN, VALID, replace(OPTIONS, checkpoint=tmp_path / "kept"))
    train(whole, TRAIN, VALID, OPTIONS)
    assert same_weights(resumed, whole)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"learning_rate": 0.5}, "learning_rate: now 0.5, in the checkpoint 0.002"),
        ({"seed": 3}, "seed: now 3, in the checkpoint 0"),
    ],
)
def test_the_checkpoint_of_other_options_is_refused(tmp_path, change, named):
    options = replace(OPTIONS, epochs=1, checkpoint=tmp_path)
    train(net(), TRAIN, VALID, options)
    with pytest.raises(RunError, match=f"of another training:\n  {named}"):
        train(net(), TRAIN, VALID, replace(options, **change))


def test_the_checkpoint_of_other_data_or_another_network_is_refused(tmp_path):
    options = replace(OPTIONS, epochs=1, checkpoint=tmp_path)
    train(net(), TRAIN, VALID, options)
    moved = replace(TRAIN, numbers={"price": TRAIN.numbers["price"] + 1})
    with pytest.raises(RunError, match="training part: now"):
        train(net(), moved, VALID, options)
    with pytest.raises(RunError, match="validation part: now"):
        train(net(), TRAIN, None, options)
    with pytest.raises(RunError, match="first weights: now"):
        train(net("lstm"), TRAIN, VALID, options)


def test_threads_progress_and_device_do_not_make_another_training(tmp_path):
    options = replace(OPTIONS, epochs=1, checkpoint=tmp_path)
    train(net(), TRAIN, VALID, options)
    train(net(), TRAIN, VALID, replace(options, threads=2, progress="off", device="cpu"))


def test_a_damaged_checkpoint_is_refused(tmp_path):
    options = replace(OPTIONS, epochs=1, checkpoint=tmp_path)
    train(net(), TRAIN, VALID, options)
    (tmp_path / "state.safetensors").write_bytes(b"torn")
    with pytest.raises(FileReadError, match=r"state\.safetensors' cannot be read"):
        train(net(), TRAIN, VALID, options)


def test_a_checkpoint_holds_no_code_that_runs(tmp_path):
    train(net(), TRAIN, VALID, replace(OPTIONS, epochs=1, checkpoint=tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state.json", "state.safetensors"]
