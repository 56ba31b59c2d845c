"""Training: it learns, stops in time, keeps the best, repeats to the bit, and refuses what it cannot use."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from tests.nn.made import ENCODERS, KNOWN, Net, made, net, same_weights, sample
from wanamaker.base.errors import DataError, InternalError, OutOfMemoryError, ParameterError
from wanamaker.nn.batches import Batches
from wanamaker.nn.sequences import Sequences
from wanamaker.nn.training import stepper
from wanamaker.nn.training.devices import chosen_device, mixed_precision
from wanamaker.nn.training.loss import log_loss, weighted_sum
from wanamaker.nn.training.options import Training
from wanamaker.nn.training.schedule import rate_at
from wanamaker.nn.training.scores import scores
from wanamaker.nn.training.stepper import Stepper
from wanamaker.nn.training.train import train
from wanamaker.nn.training.validation import Validation
from wanamaker.stats.classification import roc_auc

QUICK = Training(epochs=2, batch_size=32, threads=1)
TRAIN, VALID = sample(300, 0), sample(120, 1)


def ordered(rows: int, seed: int) -> Sequences:
    """Sequences that each hold one 2 and one 3; positive where the 2 comes first: counts say nothing."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(2, 9, rows)
    sequences = made(lengths, seed)
    codes = rng.integers(4, KNOWN + 2, sequences.steps)
    labels = np.zeros(rows)
    for row, (start, length) in enumerate(zip(sequences.offsets, lengths, strict=False)):
        places = rng.choice(length, 2, replace=False)
        codes[start + places] = (2, 3)
        labels[row] = places[0] < places[1]
    return replace(sequences, codes={"touch": codes}, labels=labels, weights=None)


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
def test_a_network_learns_what_only_the_order_tells(cell, bidirectional):
    learned, asked = ordered(1_500, 5), ordered(500, 6)
    network = net(cell, bidirectional=bidirectional)
    options = Training(epochs=10, batch_size=64, learning_rate=0.015, threads=1, schedule="cosine")
    trained = train(network, learned, None, options)
    assert float(np.squeeze(roc_auc(asked.labels, scores(network, asked)))) > 0.95
    assert trained.curve[-1]["train_loss"] < 0.5 * trained.curve[0]["train_loss"]


@pytest.mark.parametrize("per_step", [False, True])
def test_the_same_seed_gives_the_same_weights_to_the_bit(per_step):
    learned, judged = (sample(200, seed, per_step=per_step) for seed in (0, 1))
    networks = [net(per_step=per_step, dropout=0.3) for _ in range(3)]
    options = [QUICK, QUICK, replace(QUICK, seed=1)]
    told = [train(one, learned, judged, how) for one, how in zip(networks, options, strict=True)]
    assert same_weights(networks[0], networks[1])
    assert not same_weights(networks[0], networks[2])
    losses = [[(epoch["train_loss"], epoch["valid_loss"]) for epoch in one.curve] for one in told]
    assert losses[0] == losses[1] != losses[2]


def test_training_draws_nothing_from_the_random_numbers_of_others():
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    train(net(dropout=0.3), TRAIN, VALID, QUICK)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def judged_as(monkeypatch: pytest.MonkeyPatch, losses: list[float]) -> list[dict[str, torch.Tensor]]:
    """Make the validation part give these losses; return the weights it was asked about."""
    seen: list[dict[str, torch.Tensor]] = []

    def mean_loss(_: Validation, network: torch.nn.Module) -> float:
        seen.append({name: value.clone() for name, value in network.state_dict().items()})
        return losses[len(seen) - 1]

    monkeypatch.setattr(Validation, "mean_loss", mean_loss)
    return seen


def test_training_stops_when_it_gets_no_better_and_leaves_the_best_weights(monkeypatch):
    seen = judged_as(monkeypatch, [0.5, 0.3, 0.4, 0.3, 0.2])
    network = net()
    trained = train(network, TRAIN, VALID, replace(QUICK, epochs=9, patience=2))
    assert (trained.best_epoch, trained.stopped, len(trained.curve)) == (2, True, 4)
    assert all(torch.equal(value, seen[1][name]) for name, value in network.state_dict().items())
    assert not network.training


@pytest.mark.parametrize(("patience", "epochs"), [(None, 5), (4, 5)])
def test_patience_that_lasts_lets_training_go_to_its_end(monkeypatch, patience, epochs):
    judged_as(monkeypatch, [0.1, 0.5, 0.5, 0.5, 0.6])
    trained = train(net(), TRAIN, VALID, replace(QUICK, epochs=5, patience=patience))
    assert len(trained.curve) == epochs
    assert trained.best_epoch == 1
    assert trained.stopped == (patience is not None)


def test_without_a_validation_part_the_last_weights_stay():
    trained = train(net(), TRAIN, None, QUICK)
    assert (trained.best_epoch, trained.stopped) == (2, False)
    assert [epoch["valid_loss"] for epoch in trained.curve] == [None, None]


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_learned_again_for_as_many_epochs_as_were_best_weights_are_those_of_before(monkeypatch, schedule):
    judged_as(monkeypatch, [0.5, 0.4, 0.1, 0.6, 0.7, 0.8])
    options = replace(QUICK, epochs=6, schedule=schedule, warmup=0.2, patience=None)
    judged, again, shorter = (net(dropout=0.2) for _ in range(3))
    best = train(judged, TRAIN, VALID, options).best_epoch
    told = train(again, TRAIN, None, options.again(best))
    assert (best, told.best_epoch, len(told.curve), told.stopped) == (3, 3, 3, False)
    assert same_weights(judged, again)
    train(shorter, TRAIN, None, replace(options, epochs=best))
    assert not same_weights(judged, shorter), "a schedule over fewer epochs is another one"


def test_the_validation_loss_is_the_weighted_mean_over_its_labels():
    network = net()
    trained = train(network, TRAIN, VALID, replace(QUICK, epochs=1))
    logits = scores(network, VALID)
    losses = np.logaddexp(0, logits) - VALID.labels * logits
    wanted = float((losses * VALID.weights).sum() / VALID.weights.sum())
    assert trained.curve[0]["valid_loss"] == pytest.approx(wanted, abs=1e-6)


def test_a_label_of_weight_nothing_does_not_count():
    odd = np.arange(300) % 2 == 1
    rows = replace(TRAIN, weights=np.where(odd, 0.0, 1.0))
    turned = replace(rows, labels=np.where(odd, 1 - TRAIN.labels, TRAIN.labels))
    one, other = net(), net()
    train(one, rows, None, QUICK)
    train(other, turned, None, QUICK)
    assert same_weights(one, other)


def test_a_row_counts_the_same_whichever_rows_stand_beside_it():
    """The gradients of all batches add up to that of the whole part, whatever is drawn together."""
    whole = gradients(
        Stepper(net(), QUICK, log_loss, 1.0, torch.device("cpu")), Batches(TRAIN, 300, shuffle=True)
    )
    for seed in range(2):
        one = Stepper(net(), QUICK, log_loss, 1.0, torch.device("cpu"))
        parts = gradients(one, Batches(TRAIN, 32, shuffle=True, seed=seed))
        for name, value in whole.items():
            torch.testing.assert_close(parts[name], value, atol=1e-4, rtol=1e-4)


def gradients(one: Stepper, batches: Batches) -> dict[str, torch.Tensor]:
    one.network.eval()  # categories are forgotten at random while training
    total: dict[str, torch.Tensor] = {}
    for batch in batches:
        one._gradients(batch)
        for name, weight in one.network.named_parameters():
            total[name] = total.get(name, 0) + weight.grad.clone()
    return total


@pytest.mark.parametrize(("clip", "most"), [(0.01, 0.01), (None, np.inf)])
def test_the_gradient_is_no_longer_than_the_clip(clip, most):
    one = Stepper(net(), replace(QUICK, clip=clip), log_loss, 1.0, torch.device("cpu"))
    one.step(next(iter(Batches(TRAIN, 32, shuffle=True))), 1.0)
    norm = float(torch.cat([weight.grad.flatten() for weight in one.network.parameters()]).norm())
    assert norm <= most * 1.0001
    assert clip is not None or norm > 0.1


def test_schedules_rise_and_fall_as_they_say():
    assert [rate_at(step, 10, "constant", 0.0) for step in range(10)] == [1.0] * 10
    assert [rate_at(step, 10, "constant", 0.4) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    cosine = [rate_at(step, 100, "cosine", 0.1) for step in range(100)]
    assert np.argmax(cosine) == 9
    assert all(later <= sooner for sooner, later in pairwise(cosine[9:]))
    assert cosine[-1] == pytest.approx(0.0, abs=1e-3)
    assert cosine[10 + 45] == pytest.approx(0.5)


def test_the_schedule_reaches_the_optimiser(monkeypatch):
    rates = []
    step = Stepper.step
    monkeypatch.setattr(
        Stepper, "step", lambda self, batch, rate: rates.append(rate) or step(self, batch, rate)
    )
    train(net(), TRAIN, None, replace(QUICK, schedule="cosine", warmup=0.2))
    assert rates == [rate_at(place, 20, "cosine", 0.2) for place in range(20)]
    one = Stepper(net(), QUICK, log_loss, 1.0, torch.device("cpu"))
    step(one, next(iter(Batches(TRAIN, 32, shuffle=True))), 0.25)
    assert one.optimizer.param_groups[0]["lr"] == pytest.approx(QUICK.learning_rate / 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": None, "weights": None}, "The validation part must have labels"),
        (
            {"labels": np.zeros(120)},
            "The validation part must have a positive label that counts. None of 120 is",
        ),
        ({"labels": np.ones(120)}, "The validation part must have a negative label"),
        ({"weights": 1.0 - VALID.labels}, "The validation part must have a positive label that counts"),
    ],
)
def test_a_part_that_cannot_tell_is_refused_before_any_work(change, message):
    network, untouched = net(), net()
    with pytest.raises(DataError, match=message):
        train(network, TRAIN, replace(VALID, **change), QUICK)
    with pytest.raises(DataError, match=message.replace("validation", "training")):
        train(network, replace(VALID, **change), None, QUICK)
    assert same_weights(network, untouched)


def test_logits_of_another_shape_than_the_labels_are_our_fault():
    batch = next(iter(Batches(TRAIN, 4, shuffle=False)))
    with pytest.raises(InternalError, match=r"shape of the labels, \(4,\). Got \(4, 2\)"):
        weighted_sum(log_loss, torch.zeros(4, 2), batch)


def test_a_loss_that_runs_away_says_what_to_set():
    def runs_away(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return log_loss(logits, labels) / 0.0

    with pytest.raises(
        ParameterError, match=r"not a finite number any more in epoch 1.*\nHint: learning_rate=0.0002"
    ):
        train(net(), TRAIN, VALID, QUICK, loss=runs_away)


class Full(torch.nn.Module):
    """A network that does not fit into memory with more rows than ``room``."""

    def __init__(self, inner: Net, room: int) -> None:
        super().__init__()
        self.inner, self.room, self.asked = inner, room, []

    def forward(self, batch):
        self.asked.append(len(batch))
        if len(batch) > self.room:
            message = "CUDA out of memory."
            raise torch.cuda.OutOfMemoryError(message)
        return self.inner(batch)


def test_a_batch_that_does_not_fit_is_learned_in_halves_with_the_same_result():
    halved, whole = Full(net(seed=1).eval(), 20), net(seed=1)
    halved.inner.steps.embeddings[0].forget = whole.steps.embeddings[0].forget = 0.0
    trained = train(halved, TRAIN, None, replace(QUICK, epochs=1))
    train(whole, TRAIN, None, replace(QUICK, epochs=1))
    assert halved.asked[:4] == [32, 16, 16, 16]
    assert max(halved.asked[1:]) <= 16
    assert trained.notes == [
        "A batch did not fit into the memory of the GPU: each was learned in two halves."
    ]
    for one, other in zip(halved.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_half_a_batch_that_does_not_fit_either_says_what_to_set():
    network = Full(net(), 10)
    with pytest.raises(OutOfMemoryError, match=r"Half a batch of 32 sequences .* does not fit") as caught:
        train(network, TRAIN, VALID, QUICK)
    assert "Training(batch_size=8), a smaller max_length or width, or Training(device='cpu')" in str(
        caught.value
    )
    assert network.asked == [32, 16]


def test_a_gpu_is_taken_where_there_is_one_and_half_precision_only_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen_device("auto") == torch.device("cpu")
    with pytest.raises(ParameterError, match=r"device='cuda' needs a GPU .*\nHint: device='auto'"):
        chosen_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    gpu, cpu = torch.device("cuda"), torch.device("cpu")
    assert (chosen_device("auto"), chosen_device("cuda"), chosen_device("cpu")) == (gpu, gpu, cpu)
    assert mixed_precision("auto", gpu)
    assert not mixed_precision("auto", cpu)
    assert not mixed_precision("32", gpu)
    assert mixed_precision("bf16-mixed", cpu)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert not mixed_precision("auto", gpu)


@pytest.mark.parametrize(("cell", "bidirectional"), ENCODERS)
def test_mixed_precision_trains_where_it_is_asked_for(cell, bidirectional):
    network, other = (net(cell, bidirectional=bidirectional, attention=True) for _ in range(2))
    trained = train(network, TRAIN, VALID, replace(QUICK, precision="bf16-mixed"))
    plain = train(other, TRAIN, VALID, QUICK)
    assert trained.curve[1]["valid_loss"] == pytest.approx(plain.curve[1]["valid_loss"], rel=0.05)
    assert trained.curve[1]["valid_loss"] != plain.curve[1]["valid_loss"]
    assert all(weight.dtype == torch.float32 for weight in network.parameters())


def test_the_bar_is_shown_only_where_it_is_wanted(monkeypatch):
    from wanamaker.nn.training import learner

    told = []
    monkeypatch.setattr(learner, "track", lambda steps, text: told.append((len(steps), text)) or steps)
    train(net(), TRAIN, None, QUICK)
    assert told == [(10, "training, epoch 1 of at most 2"), (10, "training, epoch 2 of at most 2")]
    train(net(), TRAIN, None, replace(QUICK, progress="off"))
    assert len(told) == 2
    assert stepper.Stepper is Stepper
