"""The mean of weights: an exponential mean of the steps' weights, judged and kept in their place."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.nn.made import net, same_weights, sample
from wanamaker.nn.training.options import Training
from wanamaker.nn.training.stepper import Stepper
from wanamaker.nn.training.train import train
from wanamaker.nn.training.validation import Validation

OPTIONS = Training(epochs=3, batch_size=32, threads=1, patience=None, average=0.5)
TRAIN, VALID = sample(300, 0), sample(120, 1)


def steps_of(monkeypatch: pytest.MonkeyPatch, options: Training) -> tuple[torch.nn.Module, list[dict]]:
    """Return a network that was trained, and the weights after each of its steps."""
    seen: list[dict[str, torch.Tensor]] = []
    step = Stepper.step

    def told(self: Stepper, batch, rate):
        loss = step(self, batch, rate)
        seen.append({name: value.clone() for name, value in self.network.state_dict().items()})
        return loss

    monkeypatch.setattr(Stepper, "step", told)
    network = net()
    train(network, TRAIN, None, options)
    return network, seen


def test_what_is_kept_is_the_exponential_mean_of_the_weights_after_each_step(monkeypatch):
    network, seen = steps_of(monkeypatch, OPTIONS)
    reach = 0.5 * len(seen) / OPTIONS.epochs
    wanted = dict(seen[0])
    for count, weights in enumerate(seen[1:], start=1):
        kept = min(1 - 1 / reach, count / (10 + count))
        wanted = {name: kept * mean + (1 - kept) * weights[name] for name, mean in wanted.items()}
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, wanted[name], rtol=1e-4, atol=1e-6)
        if value.is_floating_point() and value.numel() > 1:
            assert not torch.equal(value, seen[-1][name])


def test_the_steps_are_those_of_a_training_without_a_mean(monkeypatch):
    _, averaged = steps_of(monkeypatch, OPTIONS)
    monkeypatch.undo()
    _, plain = steps_of(monkeypatch, replace(OPTIONS, average=0.0))
    for one, other in zip(averaged, plain, strict=True):
        assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_the_mean_is_what_the_validation_part_judges_and_what_is_kept(monkeypatch):
    judged: list[dict[str, torch.Tensor]] = []
    losses = iter([0.5, 0.3, 0.4])

    def mean_loss(_: Validation, network: torch.nn.Module) -> float:
        judged.append({name: value.clone() for name, value in network.state_dict().items()})
        return next(losses)

    monkeypatch.setattr(Validation, "mean_loss", mean_loss)
    network = net()
    assert train(network, TRAIN, VALID, OPTIONS).best_epoch == 2
    assert all(torch.equal(value, judged[1][name]) for name, value in network.state_dict().items())


def test_a_mean_over_less_than_a_step_is_the_last_step():
    one, other = net(), net()
    train(one, TRAIN, None, replace(OPTIONS, average=1e-9))
    train(other, TRAIN, None, replace(OPTIONS, average=0.0))
    assert same_weights(one, other)
