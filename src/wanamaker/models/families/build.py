"""The families that a click model's parameters ask for, unfitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.features.categories.cat2vec import Cat2Vec
from wanamaker.features.categories.frequency import FrequencyEncoder
from wanamaker.features.categories.pair_vectors import PairVectors
from wanamaker.features.categories.time_ordered import TimeOrderedTargetEncoder
from wanamaker.features.window_features import WindowFeatures
from wanamaker.models.families.frequencies import Frequencies
from wanamaker.models.families.hour import Hour
from wanamaker.models.families.raw import Raw
from wanamaker.models.families.target_means import TargetMeans
from wanamaker.models.families.vectors import PairTopics, Vectors
from wanamaker.models.families.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.models.click_features import ClickFeatures
    from wanamaker.models.families.family import Family

Key = tuple[str, ...]


def families_of(asked: ClickFeatures) -> list[Family]:
    """Return the families that the parameters ask for, in the order of a matrix's columns.

    Raises
    ------
    ParameterError, ParameterTypeError
        If a parameter is not allowed, or there is no feature.
    """
    _refuse_no_zone(asked.time_zone)
    found = [*_windows(asked), *_target_means(asked), *_frequencies(asked), *_vectors(asked)]
    if asked.hour:
        found.append(Hour(asked.time, asked.time_unit, asked.time_zone))
    codes = _codes(asked)
    if codes or len(asked.numeric):
        found.append(Raw(asked.numeric, codes))
    if not found:
        message = "ClickModel needs features: 'categorical', 'numeric' or 'windows'. Got none."
        raise ParameterError(message, hint="Write categorical=['app', 'channel'].")
    return found


def reads(families: Sequence[Family], *more: str) -> list[str]:
    """Return the columns that families read, each once, but for the labels of means and rates."""
    read = list(more)
    for family in families:
        if isinstance(family, Windows):
            plan = family.windows.plan
            read += [*plan.keys, *plan.columns("distinct", "total", "mean")]
        elif isinstance(family, TargetMeans | Frequencies):
            read += [name for key in keys_of("columns", family.encoder.columns, ()) for name in key]
        elif isinstance(family, Vectors):
            encoder = family.encoder
            pairs = encoder.pairs if isinstance(encoder, PairVectors) else [encoder.columns]
            read += [name for pair in pairs for name in pair]
    return list(dict.fromkeys(read))


def reads_labels(families: Sequence[Family]) -> bool:
    """Return whether a family reads labels of history."""
    return any(
        isinstance(family, TargetMeans) or (isinstance(family, Windows) and family.windows.plan.has_rates)
        for family in families
    )


def keys_of(name: str, asked: Any, categorical: Sequence[str]) -> list[Key]:
    """Return the keys that a parameter asks for: every categorical column, or those named.

    Raises
    ------
    ParameterTypeError
        If it is neither ``"auto"`` nor a list.

    Examples
    --------
    >>> keys_of("target_means", ["app", ["ip", "app"]], [])
    [('app',), ('ip', 'app')]
    """
    if isinstance(asked, str):
        if asked != "auto":
            message = f"The {name!r} parameter of ClickModel must be 'auto' or a list. Got {asked!r}."
            raise ParameterTypeError(message, hint=f"Write {name}=['app', ['ip', 'app']], or () for none.")
        return [(one,) for one in categorical]
    return [(one,) if isinstance(one, str) else tuple(one) for one in asked]


def _windows(asked: ClickFeatures) -> list[Family]:
    if not len(asked.windows):
        return []
    made = WindowFeatures(
        asked.windows,
        time=asked.time,
        label=asked.label,
        label_time=asked.label_time,
        resolution=asked.resolution,
        time_unit=asked.time_unit,
    )
    return [Windows(made)]


def _target_means(asked: ClickFeatures) -> list[Family]:
    keys = keys_of("target_means", asked.target_means, asked.categorical)
    if not keys:
        return []
    made = TimeOrderedTargetEncoder(
        columns=[list(key) for key in keys],
        label=asked.label,
        time=asked.time,
        label_time=asked.label_time,
        prior=float(asked.target_prior),
        remember=True,  # rows of any time can then be told what was known before them
        time_unit=asked.time_unit,
    )
    return [TargetMeans(made)]


def _frequencies(asked: ClickFeatures) -> list[Family]:
    keys = keys_of("frequencies", asked.frequencies, asked.categorical)
    if not keys:
        return []
    encoder = FrequencyEncoder(columns=[list(key) for key in keys], scale="count")
    return [Frequencies(encoder, asked.time)]


def _vectors(asked: ClickFeatures) -> list[Family]:
    found: list[Family] = []
    if asked.vectors and len(asked.categorical) > 1:
        names = list(asked.categorical)
        vectors = Cat2Vec(columns=names, dims=asked.vectors, method=asked.vector_method, seed=asked.seed)
        found.append(Vectors(vectors))
    if len(asked.pair_vectors):
        pairs = PairVectors(
            pairs=asked.pair_vectors, time=asked.time, time_unit=asked.time_unit, seed=asked.seed
        )
        found.append(PairTopics(pairs))
    return found


def _codes(asked: ClickFeatures) -> list[str]:
    known = [(name,) for name in asked.categorical]
    keys = keys_of("codes", asked.codes, asked.categorical)
    unfit = [key for key in keys if key not in known]
    if unfit:
        got = ", ".join(unfit[0])
        message = f"The 'codes' parameter of ClickModel takes categorical columns. Got {got!r}."
        raise ParameterError(message, hint=f"Known: {', '.join(asked.categorical) or 'none'}.")
    return [name for (name,) in keys]


def _refuse_no_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as error:
        message = f"'time_zone' must name a time zone. Got {name!r}."
        raise ParameterError(message, hint="Write 'UTC', 'Europe/Berlin' or 'Asia/Shanghai'.") from error
