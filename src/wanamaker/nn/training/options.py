"""How a network is trained: one frozen object of options."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from wanamaker.base.errors import ParameterTypeError
from wanamaker.base.parameters import IntegerIn, OneOf, Optional, RealIn, check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wanamaker.base.parameters import Constraint


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a network is trained.

    Parameters
    ----------
    epochs
        Times every sequence is seen, at most.
    stop_after
        Epochs after which training ends all the same, at the learning rates that it had until there; None
        to go on.
    batch_size
        Sequences of a step.
    learning_rate
        Of AdamW, at its highest.
    weight_decay
        Of AdamW: how strongly weights are drawn to zero.
    patience
        Epochs without a better validation part after which training stops; None to go on.
    clip
        Largest norm of the gradient; None for no limit.
    schedule
        ``"constant"``; ``"cosine"`` falls to zero over all epochs; both rise over the first ``warmup`` steps.
    warmup
        Share of all steps over which the learning rate rises.
    average
        Epochs over which weights are averaged, exponentially; the mean is judged and kept in place of the
        last step's weights. 0 for none.
    precision
        ``"auto"`` mixes in half precision on a GPU and nowhere else; ``"32"`` and ``"bf16-mixed"`` decide.
    device
        ``"auto"`` takes a GPU if there is one; ``"cpu"`` and ``"cuda"`` decide.
    threads
        Threads of the CPU; None for as many as torch takes. One gives the same bits every time. More are
        quicker on a machine that does nothing else; where others compute too, their waiting for each
        other can make training several times slower.
    seed
        Of everything random: the first weights, the order of batches, dropout.
    checkpoint
        A directory where each epoch is kept, and from where training goes on after it was interrupted.
    progress
        ``"auto"`` shows a bar on a terminal, ``"off"`` never.

    Raises
    ------
    ParameterError
        If a value lies out of its range.
    ParameterTypeError
        If a value has the wrong type.

    Examples
    --------
    >>> Training(epochs=3, seed=1).batch_size
    256
    """

    epochs: int = 20
    stop_after: int | None = None
    batch_size: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    patience: int | None = 3
    clip: float | None = 1.0
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: float = 0.0
    average: float = 0.0
    precision: Literal["auto", "32", "bf16-mixed"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int | None = 1
    seed: int = 0
    checkpoint: str | Path | None = None
    progress: Literal["auto", "off"] = "auto"

    CONSTRAINTS: ClassVar[Mapping[str, Constraint]] = {
        "epochs": IntegerIn(1),
        "stop_after": Optional(IntegerIn(1)),
        "batch_size": IntegerIn(1),
        "learning_rate": RealIn(0.0, open_at=("low",)),
        "weight_decay": RealIn(0.0),
        "patience": Optional(IntegerIn(1)),
        "clip": Optional(RealIn(0.0, open_at=("low",))),
        "schedule": OneOf(("constant", "cosine")),
        "warmup": RealIn(0.0, 1.0),
        "average": RealIn(0.0),
        "precision": OneOf(("auto", "32", "bf16-mixed")),
        "device": OneOf(("auto", "cpu", "cuda")),
        "threads": Optional(IntegerIn(1)),
        "seed": IntegerIn(0),
        "progress": OneOf(("auto", "off")),
    }

    def __post_init__(self) -> None:
        check("Training", self.values(), self.CONSTRAINTS)
        if not isinstance(self.checkpoint, str | os.PathLike | None):
            message = (
                f"The 'checkpoint' parameter of Training must be a path, or None. Got {self.checkpoint!r}."
            )
            raise ParameterTypeError(message)

    def again(self, epochs: int) -> Training:
        """Return how the same is learned once more: for so many epochs, which nothing ends before.

        The learning rate of each epoch is that of before, where a schedule would otherwise be another one.

        Examples
        --------
        >>> once_more = Training(epochs=12, schedule="cosine").again(5)
        >>> once_more.epochs, once_more.last_epoch, once_more.patience
        (12, 5, None)
        """
        return replace(self, stop_after=epochs, patience=None, checkpoint=None)

    @property
    def last_epoch(self) -> int:
        """The epoch after which training ends, if nothing ends it before."""
        return self.epochs if self.stop_after is None else min(self.epochs, self.stop_after)

    def values(self) -> dict[str, Any]:
        """Return the options by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
