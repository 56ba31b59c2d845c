"""Encoders of every kind, by the name that stands in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.parameters import check_known
from wanamaker.features.categories.cat2vec import Cat2Vec
from wanamaker.features.categories.encoder import Encoder, read_content
from wanamaker.features.categories.frequency import FrequencyEncoder
from wanamaker.features.categories.hashed import HashedEncoder
from wanamaker.features.categories.pair_vectors import PairVectors
from wanamaker.features.categories.target import TargetEncoder
from wanamaker.features.categories.time_ordered import TimeOrderedTargetEncoder

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_KINDS: tuple[type[Encoder], ...] = (
    Cat2Vec,
    PairVectors,
    FrequencyEncoder,
    HashedEncoder,
    TargetEncoder,
    TimeOrderedTargetEncoder,
)
ENCODERS: Mapping[str, type[Encoder]] = {one.kind: one for one in _KINDS}
"""Kind to class."""


def load_encoder(path: str | os.PathLike[str]) -> Encoder:
    """Return the encoder that was saved in a directory, of whatever kind.

    Raises
    ------
    FileReadError
        If the directory is incomplete, or was written by another release.
    ParameterError
        If the kind is not known.
    """
    kind = read_content(path)["kind"]
    check_known("kind of encoder", [kind], ENCODERS)
    return ENCODERS[kind].load(path)
