"""The states of a session that is under way, by a transformer.

Keys and values of the steps so far are kept. Once there are more steps than the model reads, every step
stands at another place than before, so that the last N are read again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.models.sessions.live.layers import Floats, Linear, Norm, Running, gelu

if TYPE_CHECKING:
    from wanamaker.nn.transformer import Transformer


@dataclass(frozen=True, eq=False)
class _Block:
    """One block: attention to earlier steps, then a layer per step."""

    heads: int
    norm: Norm
    last_norm: Norm
    entry: Linear
    exit: Linear
    wide: Linear
    narrow: Linear

    @classmethod
    def of(cls, block: Any) -> _Block:
        norms = Norm.of(block.norm), Norm.of(block.last_norm)
        layers = (Linear.of(one) for one in (block.entry, block.exit, block.wide, block.narrow))
        return cls(block.heads, *norms, *layers)

    def split(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Return query, key and value, each of shape (heads, steps, width / heads)."""
        made = self.entry(self.norm(values)).reshape(len(values), 3, self.heads, -1)
        query, key, value = made.transpose(1, 2, 0, 3)
        return query, key, value

    def joined(self, values: Floats, query: Floats, key: Floats, value: Floats) -> Floats:
        """Return the states of the last steps, which see all keys up to their own place."""
        seen = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        count, whole = seen.shape[1:]
        ahead = np.arange(whole) > np.arange(whole - count, whole)[:, None]
        seen = np.where(ahead, np.float32(-np.inf), seen)
        weights = np.exp(seen - seen.max(-1, keepdims=True))
        found = (weights / weights.sum(-1, keepdims=True)) @ value
        states = values + self.exit(found.transpose(1, 0, 2).reshape(len(values), -1))
        return states + self.narrow(gelu(self.wide(self.last_norm(states))))


@dataclass(frozen=True, eq=False)
class Attending:
    """`wanamaker.nn.transformer.Transformer` on plain arrays."""

    entry: Linear
    blocks: tuple[_Block, ...]
    norm: Norm

    @classmethod
    def of(cls, encoder: Transformer) -> Attending:
        """Take the weights of an encoder."""
        blocks = tuple(_Block.of(block) for block in encoder.blocks)
        return cls(Linear.of(encoder.entry), blocks, Norm.of(encoder.norm))

    def running(self, max_length: int) -> Running:
        """Return the states of a new session."""
        return _Seen(self, max_length)


class _Seen:
    """The last steps; keys and values while none has left."""

    def __init__(self, encoder: Attending, max_length: int) -> None:
        self.encoder = encoder
        self.longest = max_length
        self.places = _positions(max_length, len(encoder.norm.bias))
        self.steps = _Last(max_length), _Last(max_length)
        self.memory: list[tuple[Floats, Floats]] = []
        self.count = 0

    def step(self, first: Floats, later: Floats) -> Floats:
        read = [
            kept.with_next(self.encoder.entry(step))
            for kept, step in zip(self.steps, (first, later), strict=True)
        ]
        self.count += 1
        if self.count <= self.longest:
            values = read[self.count > 1][-1] + self.places[self.count - 1]
            return self._next(values[None])
        values = read[1] + self.places
        values[0] = read[0][0] + self.places[0]
        return self._again(values)

    def _next(self, values: Floats) -> Floats:
        """Return the state after one more step."""
        for place, block in enumerate(self.encoder.blocks):
            query, key, value = block.split(values)
            if self.count > 1:
                before = self.memory[place]
                key = np.concatenate((before[0], key), axis=1)
                value = np.concatenate((before[1], value), axis=1)
                self.memory[place] = key, value
            else:
                self.memory.append((key, value))
            values = block.joined(values, query, key, value)
        return np.asarray(self.encoder.norm(values)[0])

    def _again(self, values: Floats) -> Floats:
        """Return the state after the last of the steps; of the last block nothing else is needed."""
        for block in self.encoder.blocks[:-1]:
            values = block.joined(values, *block.split(values))
        block = self.encoder.blocks[-1]
        query, key, value = block.split(values)
        return np.asarray(self.encoder.norm(block.joined(values[-1:], query[:, -1:], key, value))[0])


class _Last:
    """The last rows, side by side in an array of twice their number, so that few are ever moved."""

    def __init__(self, count: int) -> None:
        self.count, self.end = count, 0
        self.rows = np.empty((0, 0), dtype=np.float32)

    def with_next(self, row: Floats) -> Floats:
        """Take a row, and return the last ones in order."""
        if self.end == len(self.rows):
            kept = self.rows[self.end - min(self.end, self.count - 1) : self.end]
            grown = np.empty((2 * len(kept) + 8, len(row)), dtype=np.float32)
            grown[: len(kept)] = kept.reshape(len(kept), len(row))
            self.rows, self.end = grown, len(kept)
        self.rows[self.end] = row
        self.end += 1
        return self.rows[max(self.end - self.count, 0) : self.end]


@lru_cache(maxsize=64)
def _positions(count: int, width: int) -> Floats:
    """Return sines and cosines of the positions, as `wanamaker.nn.transformer` has them."""
    rates = np.exp(np.arange(0, width, 2) * np.float32(-math.log(10_000.0) / width)).astype(np.float32)
    angles = np.arange(count, dtype=np.float32)[:, None] * rates
    return np.concatenate((np.sin(angles), np.cos(angles)), axis=-1)
