"""A session network as plain arrays: for one step at a time numpy is several times quicker than torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.models.sessions.live.attending import Attending
from wanamaker.models.sessions.live.layers import Floats, Linear, gelu
from wanamaker.models.sessions.live.recurring import Bagging, Recurring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.models.sessions.live.layers import Running
    from wanamaker.nn.session_network import SessionNetwork


@dataclass(frozen=True, eq=False)
class Frozen:
    """What `SessionNetwork` does, for one session and one step at a time.

    Parameters
    ----------
    steps, statics
        Vectors of categories by column, and the numbers beside them.
    scales
        What gaps are multiplied with before their logarithm; None where they are not read.
    encoder
        Makes the states of a new session; None where training had no events.
    profile
        The layer over what is known of a session; None without features.
    inner, outer
        The layers on top.
    """

    steps: Columns
    statics: Columns
    scales: Floats | None
    encoder: Recurring | Bagging | Attending | None
    profile: Linear | None
    inner: Linear
    outer: Linear

    @classmethod
    def of(cls, network: SessionNetwork) -> Frozen:
        """Take the weights of a network."""
        gaps = network.steps.gaps
        profile = None if network.profile is None else Linear.of(network.profile[0])
        return cls(
            Columns.of(network.steps),
            Columns.of(network.statics),
            None if gaps is None else np.exp(-gaps.scales.detach().numpy()),
            _encoder(network.encoder),
            profile,
            Linear.of(network.top[0][0]),  # type: ignore[index]
            Linear.of(network.top[1]),
        )

    def known(self, codes: Mapping[str, int], numbers: Mapping[str, float]) -> Floats:
        """Return what is known of a session as a vector."""
        found = self.statics.read(codes, numbers)
        return found if self.profile is None else gelu(self.profile(found))

    def encoded(self, codes: Mapping[str, int], numbers: Mapping[str, float], gap: float) -> Floats:
        """Return a step as a vector."""
        found = self.steps.read(codes, numbers)
        if self.scales is None:
            return found
        return np.concatenate((found, np.log1p(np.float32(gap) * self.scales) * np.float32(0.25)))

    def running(self, max_length: int) -> Running | None:
        """Return the states of a new session."""
        return None if self.encoder is None else self.encoder.running(max_length)

    def answered(self, state: Floats, known: Floats) -> float:
        """Return the log-odds of a state."""
        return float(self.outer(gelu(self.inner(np.concatenate((state, known)))))[0])


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns side by side: `wanamaker.nn.steps.StepEncoder` without gaps, or `StaticEncoder`."""

    vectors: dict[str, Floats]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, part: Any) -> Columns:
        """Take the vectors of an encoder of columns."""
        vectors = [one.rows.weight.detach().numpy() for one in part.embeddings]
        return cls(dict(zip(part.names, vectors, strict=True)), part.numbers)

    def read(self, codes: Mapping[str, int], numbers: Mapping[str, float]) -> Floats:
        """Return one row as a vector."""
        found = [rows[codes[name]] for name, rows in self.vectors.items()]
        found.append(np.array([numbers[name] for name in self.numbers], dtype=np.float32))
        return np.concatenate(found)


def _encoder(encoder: Any) -> Recurring | Bagging | Attending | None:
    from wanamaker.nn.bag import Bag
    from wanamaker.nn.transformer import Transformer

    if encoder is None:
        return None
    if isinstance(encoder, Bag):
        return Bagging()
    return Attending.of(encoder) if isinstance(encoder, Transformer) else Recurring.of(encoder)
