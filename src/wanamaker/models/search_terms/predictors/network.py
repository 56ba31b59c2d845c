"""The network as a predictor: words, past days and numbers to expected conversions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from wanamaker.base.storage import read_json, write_json
from wanamaker.models.search_terms.judging import deviance
from wanamaker.models.search_terms.predictors.sequences import sequences_of
from wanamaker.models.search_terms.scales import Scales
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples, Texts
    from wanamaker.nn.term_network import TermNetwork, TermReader, TermShape
    from wanamaker.nn.training.train import Trained

    Floats = NDArray[np.float64]

LOSSES = ("poisson", "negative_binomial", "tweedie", "zero_inflated")
"""What a network may be trained with; see `wanamaker.nn.counts`."""

USUAL = Training(epochs=15, batch_size=512, learning_rate=3e-3, weight_decay=1e-2, patience=3)
"""How a network is trained that is not told otherwise."""

_STATE, _WEIGHTS = "network.json", "weights.safetensors"
_AT_ONCE = 4096
_MOST_ROWS = 200_000
_HIGHEST = 15.0


@dataclass(frozen=True, eq=False)
class Network:
    """A `wanamaker.nn.term_network.TermNetwork`, with what scales its inputs.

    Parameters
    ----------
    network
        In the state in which it is asked.
    shape
        What it is made of.
    loss
        What it was trained with, out of `LOSSES`.
    scales, past_scales
        Of the numbers of rows and of past days.
    training
        Where and on how many threads it is asked.
    told
        How it came about: curve, best_epoch, stopped, seconds, parameters, losses.
    """

    name: ClassVar[str] = "network"

    network: TermNetwork
    shape: TermShape
    loss: str
    scales: Scales
    past_scales: Scales
    training: Training
    told: dict[str, Any]

    @classmethod
    def fit(
        cls,
        train: Examples,
        valid: Examples | None,
        *,
        loss: str,
        width: int,
        embedding: int,
        training: Training | None,
        chosen: dict[str, Any] | None = None,
    ) -> Network:
        """Train a network; where the loss is ``"auto"``, one with each, and keep that of the best means.

        Losses are compared by the Poisson deviance of validation rows, on 200,000 training rows at most.

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        """
        require_deep("The predictor 'network' of SearchTermModel")
        options = training or USUAL
        if chosen is not None:
            loss = str(chosen["loss"])
            options = replace(options, epochs=max(int(chosen["epochs"]), 1), patience=None, checkpoint=None)
        start = _Start(train, valid, width, embedding)
        if loss != "auto" or valid is None:
            return start.trained(cls, train, "poisson" if loss == "auto" else loss, options)
        every = -(-len(train) // _MOST_ROWS)
        some = train.take(np.arange(0, len(train), every))
        tried = {name: start.trained(cls, some, name, _beside(options, name)) for name in LOSSES}
        compared = {name: deviance(one, valid) for name, one in tried.items()}
        best = min(compared, key=lambda name: compared[name])
        kept = tried[best] if every == 1 else start.trained(cls, train, best, _beside(options, "all"))
        return replace(kept, told={**kept.told, "losses": compared})

    def predict(self, rows: Examples) -> Floats:
        """Return the expected conversions of each row, of shape (rows,)."""
        from wanamaker.nn.term_network import Expected
        from wanamaker.nn.training.scores import scores

        if not len(rows):
            return np.empty(0)
        told = self.training
        sequences = sequences_of(rows, self.scales, self.past_scales, np.log(rows.exposure))
        logs = scores(
            Expected(reader_of(self.network, rows.texts)).eval(),  # so that the network stays as it is asked
            sequences,
            batch_size=_AT_ONCE,
            device=told.device,
            threads=told.threads,
        )
        return np.exp(np.minimum(logs, _HIGHEST))

    @property
    def chosen(self) -> dict[str, Any]:
        """The loss, and how many epochs were best."""
        return {"loss": self.loss, "epochs": self.told["best_epoch"]}

    def save(self, folder: Path) -> None:
        """Write weights as safetensors, the rest as JSON."""
        from wanamaker.models.network_files import plain_options
        from wanamaker.nn.files import save_weights

        state = {
            "shape": asdict(self.shape),
            "loss": self.loss,
            "scales": self.scales.to_state(),
            "past_scales": self.past_scales.to_state(),
            "training": plain_options(self.training),
            "told": self.told,
        }
        write_json(folder / _STATE, state)
        save_weights(self.network, folder / _WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what `save` wrote.

        Raises
        ------
        FileReadError
            If a file is absent or damaged.
        RunError
            If the weights do not fit what stands beside them.
        """
        require_deep("The predictor 'network' of SearchTermModel")
        from wanamaker.nn.files import load_weights
        from wanamaker.nn.term_network import TermNetwork, TermShape

        state = read_json(folder / _STATE)
        shape = TermShape(**state["shape"])
        network = TermNetwork(shape)
        load_weights(network, folder / _WEIGHTS)
        _at_rest(network)
        scales, past_scales = (Scales.from_state(state[name]) for name in ("scales", "past_scales"))
        training = Training(**state["training"])
        return cls(network, shape, state["loss"], scales, past_scales, training, state["told"])


def reader_of(network: TermNetwork, texts: Texts) -> TermReader:
    """Return a network that looks up the words of these terms."""
    import torch

    from wanamaker.nn.term_network import TermReader

    vectors = None
    if texts.vectors is not None:
        width = texts.vectors.shape[1]
        vectors = torch.from_numpy(np.concatenate([np.zeros((1, width), np.float32), texts.vectors]))
    return TermReader(network, torch.from_numpy(texts.padded()), vectors)


def _beside(options: Training, name: str) -> Training:
    """Return options with a checkpoint of its own for one of several trainings."""
    if options.checkpoint is None:
        return options
    return replace(options, checkpoint=Path(options.checkpoint) / name)


class _Start:
    """What networks of the same rows have in common, whatever their loss."""

    def __init__(self, train: Examples, valid: Examples | None, width: int, embedding: int) -> None:
        self.valid, self.width, self.embedding = valid, width, embedding
        self.scales, self.past_scales = Scales.of(train.numbers), Scales.of(train.past.numbers)
        self.texts = train.texts

    def shape(self, rows: Examples, extra: str) -> TermShape:
        """Return what a network of such rows is made of."""
        from wanamaker.nn.term_network import TermShape

        vectors = rows.texts.vectors
        return TermShape(
            words=rows.texts.size,
            vectors=0 if vectors is None else vectors.shape[1],
            past=list(rows.past.names),
            static_numbers=list(rows.names),
            embedding=self.embedding,
            width=self.width,
            extra=extra,
        )

    def trained(self, kind: type[Network], train: Examples, loss: str, options: Training) -> Network:
        """Return a network that was trained with one loss."""
        from wanamaker.nn.counts import COUNT_LOSSES
        from wanamaker.nn.term_network import TermNetwork
        from wanamaker.nn.training.devices import seeded
        from wanamaker.nn.training.train import train as run

        one = COUNT_LOSSES[loss]
        shape = self.shape(train, one.extra)
        with seeded(options.seed):
            network = TermNetwork(shape)
        network.start_at(float(np.log(train.rate)))
        reader = reader_of(network, train.texts)
        learned, watched = (None if part is None else self._read(part) for part in (train, self.valid))
        assert learned is not None  # noqa: S101 (for the type checker)
        trained = run(reader, learned, watched, options, loss=one.loss, two_sided=False)
        _at_rest(network)
        return kind(network, shape, loss, self.scales, self.past_scales, options, _told(trained, network))

    def _read(self, part: Examples) -> Any:
        return sequences_of(part, self.scales, self.past_scales, np.log(part.counted))


def _told(trained: Trained, network: TermNetwork) -> dict[str, Any]:
    told = {name: getattr(trained, name) for name in ("curve", "best_epoch", "stopped", "seconds", "notes")}
    return {**told, "parameters": sum(one.numel() for one in network.parameters())}


def _at_rest(network: TermNetwork) -> None:
    network.to("cpu").eval().requires_grad_(requires_grad=False)
    network.zero_grad(set_to_none=True)
