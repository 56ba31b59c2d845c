"""The entities that rows have in common: the term, its words, the campaign, and the whole account."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.base.ragged import lengths_to_offsets, row_numbers, take_rows
from wanamaker.features.terms.kernels import Cells, group
from wanamaker.features.terms.tokens import Tokens, split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays

    Codes = NDArray[np.int32]
    Places = NDArray[np.int64]


class Pairs(NamedTuple):
    """The entities of each row: where they begin, of shape (rows + 1,), and their codes."""

    offsets: Places
    codes: Codes


class Entity(NamedTuple):
    """One kind of entity, coded alike in the rows that are asked and in the past; ``size`` codes in all."""

    name: str
    size: int
    asked: Pairs
    past: Pairs


class Grouped(NamedTuple):
    """Pairs by entity and day; ``rows`` and ``cell_of`` say where each pair comes from and went."""

    cells: Cells
    rows: Places
    cell_of: Places


def entities_of(asked: TermDays, past: TermDays, *, campaign: bool) -> list[Entity]:
    """Return the entities: term, words, campaign if wanted, and all.

    Raises
    ------
    SchemaError
        If campaigns are wanted and not there.
    """
    terms, asked_terms, past_terms = _joint(asked.terms, past.terms, asked.codes, past.codes)
    words = _with_words(split_words(terms).distinct())
    found = [
        Entity("term", len(terms), _single(asked_terms), _single(past_terms)),
        Entity("words", len(words.names), _words(words, asked_terms), _words(words, past_terms)),
    ]
    if campaign:
        found.append(_campaigns(asked, past))
    return [*found, whole_account(asked, past)]


def whole_account(asked: TermDays, past: TermDays) -> Entity:
    """Return the one entity that all rows have."""
    return Entity("all", 1, *(_single(np.zeros(len(part), dtype=np.int32)) for part in (asked, past)))


def grouped(pairs: Pairs, day: Codes, count: int) -> Grouped:
    """Return the pairs of rows by entity and day."""
    rows = row_numbers(pairs.offsets)
    begins, days, cell_of = group(pairs.codes, rows, day, count)
    return Grouped(Cells(begins, days), rows, cell_of)


def matched(asked: pl.Series, past: pl.Series) -> Codes:
    """Return the place in ``past`` of each name in ``asked``, -1 where there is none; names stand once."""
    places = past.rename("name").to_frame().with_row_index("place")
    found = asked.rename("name").to_frame().join(places, on="name", how="left", maintain_order="left")
    return found["place"].cast(pl.Int32).fill_null(-1).to_numpy().copy()


def _joint(
    asked: pl.Series, past: pl.Series, asked_codes: Codes, past_codes: Codes
) -> tuple[pl.Series, Codes, Codes]:
    """Return the names of both, those of the past first, and the codes of both among them."""
    if asked is past:
        return past, asked_codes, past_codes
    places = matched(asked, past)
    new = places < 0
    places[new] = len(past) + np.arange(int(new.sum()), dtype=np.int32)
    names = pl.concat([past.rename("name"), asked.rename("name").filter(pl.Series(new))])
    return names, _gathered(places, asked_codes, len(names)), np.where(past_codes < 0, len(names), past_codes)


def _gathered(places: Codes, codes: Codes, none: int) -> Codes:
    """Return the place of each code, and ``none`` for -1."""
    return np.append(places, np.int32(none))[codes]


def _single(codes: Codes) -> Pairs:
    return Pairs(np.arange(len(codes) + 1, dtype=np.int64), codes.astype(np.int32, copy=False))


def _words(words: Tokens, terms: Codes) -> Pairs:
    offsets, places = take_rows(words.offsets, terms.astype(np.int64))
    return Pairs(offsets, words.codes[places])


def _with_words(words: Tokens) -> Tokens:
    """Return the words with one more, which terms without any word share."""
    empty = words.lengths == 0
    codes = np.insert(words.codes, words.offsets[:-1][empty], len(words.names))
    names = pl.concat([words.names, pl.Series(words.names.name, [""], dtype=pl.String)])
    return Tokens(lengths_to_offsets(np.maximum(words.lengths, 1)), codes.astype(np.int32), names)


def _campaigns(asked: TermDays, past: TermDays) -> Entity:
    for part, where in ((asked, "the rows that are asked"), (past, "the history")):
        if part.campaigns is None:
            message = f"The features read the campaign, and {where} have no such column."
            raise SchemaError(message, hint="Give the column, or fit with campaign=None.")
    assert asked.campaigns is not None and past.campaigns is not None  # noqa: S101, PT018 (for the types)
    assert asked.campaign is not None and past.campaign is not None  # noqa: S101, PT018
    names, asked_codes, past_codes = _joint(asked.campaigns, past.campaigns, asked.campaign, past.campaign)
    none = np.int32(len(names))  # rows without a campaign have that in common
    both = [np.where(codes < 0, none, codes) for codes in (asked_codes, past_codes)]
    return Entity("campaign", len(names) + 1, *map(_single, both))
