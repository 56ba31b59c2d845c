"""Words of search terms in any script, and the words that were seen in training."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import IntegerIn, Optional, check
from wanamaker.base.ragged import lengths_to_offsets, take_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint

UNKNOWN, FIRST_KNOWN = 1, 2
"""Codes of words as networks read them: 0 is left for padding, 1 for what was not seen in training."""

_APOSTROPHES = "[`´‘’ʼ＇]"  # noqa: RUF001 (look-alikes are what it is about)
_INVISIBLE = r"[\u00AD\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFE0E\uFE0F\u20E3\uFEFF®™©]"
_ENDINGS = r"(\p{L})'(s|t|re|ve|ll|d|m)\b"
_WORD = (
    r"\p{N}+(?:[.,]\p{N}+)+[\p{L}\p{M}]*"
    r"|[\p{L}\p{N}][\p{L}\p{M}\p{N}\x{200C}]*"
    r"|\p{Regional_Indicator}{2}"
    r"|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\x{200D}\p{Extended_Pictographic})*"
)


@dataclass(frozen=True, eq=False)
class Tokens:
    """The words of terms, in order: flat codes and offsets.

    Parameters
    ----------
    offsets
        Where each term's words start, of shape (terms + 1,).
    codes
        Each word as its place in ``names``, of shape (words in all,).
    names
        The different words, sorted.
    """

    offsets: NDArray[np.int64]
    codes: NDArray[np.int32]
    names: pl.Series

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each term, of shape (terms,)."""
        return np.diff(self.offsets)

    def take(self, terms: NDArray[np.integer]) -> Tokens:
        """Return the words of the given terms in the given order; repeats are allowed."""
        offsets, places = take_rows(self.offsets, np.asarray(terms, dtype=np.int64))
        return Tokens(offsets, self.codes[places], self.names)

    def first(self, count: int) -> Tokens:
        """Return the terms cut to their first ``count`` words."""
        rank = np.arange(len(self.codes)) - np.repeat(self.offsets[:-1], self.lengths)
        kept = lengths_to_offsets(np.minimum(self.lengths, count))
        return Tokens(kept, self.codes[rank < count], self.names)

    def distinct(self) -> Tokens:
        """Return each word of a term once, in the order of their names."""
        term = np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)
        count = max(len(self.names), 1)
        pairs = np.unique(term * count + self.codes)
        lengths = np.bincount(pairs // count, minlength=len(self))
        return Tokens(lengths_to_offsets(lengths), (pairs % count).astype(np.int32), self.names)

    def to_list(self) -> list[list[str]]:
        """Return the words of each term as texts."""
        words = self.names.gather(self.codes).to_list()
        edges = self.offsets.tolist()
        return [words[start:end] for start, end in pairwise(edges)]


def split_words(terms: pl.Series | Sequence[str]) -> Tokens:
    """Return the words of terms, alike however they were typed.

    Letters are folded (case, full width, ligatures: NFKC and Unicode's case folding), marks stay with their
    letters, and everything between words falls away. A word is a run of letters and digits of any script;
    "1.5kg" stays whole, "t-shirt" is two words, "men's" is "mens", "l'eau" is "l" and "eau". An emoji is a
    word of its own, whatever its style. Chinese, Japanese and Thai write no spaces: there, a run is one word.

    Parameters
    ----------
    terms
        The terms, best each of them once.

    Examples
    --------
    >>> split_words(["Men’s RED t-shirt", "Straße 1.5kg", "👟🔥", "…"]).to_list()
    [['mens', 'red', 't', 'shirt'], ['strasse', '1.5kg'], ['👟', '🔥'], []]
    """
    words = _folded(pl.Series("term", terms, dtype=pl.String)).str.extract_all(_WORD)
    lengths = words.list.len().to_numpy()
    flat = words.filter(pl.Series(lengths > 0)).explode().str.replace_all(r"\x{200C}", "")
    names = flat.unique().sort()
    codes = (
        flat.rename("word")
        .to_frame()
        .join(
            pl.DataFrame({"word": names}).with_row_index("place"),
            on="word",
            how="left",
            maintain_order="left",
        )["place"]
    )
    return Tokens(lengths_to_offsets(lengths), codes.cast(pl.Int32).to_numpy().copy(), names.rename("word"))


def bigrams(tokens: Tokens) -> Tokens:
    """Return the pairs of neighbouring words of each term, named "first second".

    Examples
    --------
    >>> bigrams(split_words(["red running shoes", "shoes"])).to_list()
    [['red running', 'running shoes'], []]
    """
    inner = np.ones(len(tokens.codes), dtype=bool)
    inner[tokens.offsets[1:][tokens.lengths > 0] - 1] = False  # the last word of a term begins no pair
    begins = np.flatnonzero(inner)
    count = max(len(tokens.names), 1)
    pairs, codes = np.unique(
        tokens.codes[begins].astype(np.int64) * count + tokens.codes[begins + 1], return_inverse=True
    )
    names = tokens.names.gather(pairs // count) + " " + tokens.names.gather(pairs % count)
    offsets = lengths_to_offsets(np.maximum(tokens.lengths - 1, 0))
    return Tokens(offsets, codes.astype(np.int32), names.rename("word"))


@dataclass(frozen=True)
class Vocabulary:
    """The words that were seen in training; any other is unknown.

    Parameters
    ----------
    words
        The words, the most frequent first; their codes are 2, 3, …
    """

    words: tuple[str, ...]

    @classmethod
    def fit(cls, tokens: Tokens, *, min_count: int = 3, max_size: int | None = None) -> Vocabulary:
        """Return the words of training terms that are in enough *different* terms.

        A word of one term alone tells no more than the term does, on however many days it was searched.

        Parameters
        ----------
        tokens
            The words of the training terms, each term once.
        min_count
            In how many terms a word has to be.
        max_size
            How many words are kept at most: those of the most terms, of equals the first by name.

        Raises
        ------
        ParameterError
            If a setting is out of its range.

        Examples
        --------
        >>> Vocabulary.fit(split_words(["red shoes", "blue shoes", "red hat"]), min_count=2).words
        ('red', 'shoes')
        """
        allowed: dict[str, Constraint] = {"min_count": IntegerIn(1), "max_size": Optional(IntegerIn(1))}
        check("Vocabulary.fit", {"min_count": min_count, "max_size": max_size}, allowed)
        counts = np.bincount(tokens.distinct().codes, minlength=len(tokens.names))
        order = np.argsort(-counts, kind="stable")  # names are sorted: of equals the first by name
        kept = order[counts[order] >= min_count][:max_size]
        return cls(tuple(tokens.names.gather(kept).to_list()))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def size(self) -> int:
        """How many codes there are: padding, unknown, and the words."""
        return FIRST_KNOWN + len(self.words)

    def encode(self, tokens: Tokens) -> NDArray[np.int32]:
        """Return the code of each word: 1 for an unknown one, 2 and up for known ones.

        Examples
        --------
        >>> Vocabulary(("red", "shoes")).encode(split_words(["shoes in red"])).tolist()
        [3, 1, 2]
        """
        places = pl.DataFrame({"word": self.words}, schema={"word": pl.String}).with_row_index("place")
        asked = tokens.names.rename("word").to_frame()
        found = asked.join(places, on="word", how="left", maintain_order="left")["place"]
        codes = (found.cast(pl.Int32) + FIRST_KNOWN).fill_null(UNKNOWN).to_numpy()
        return codes[tokens.codes].astype(np.int32, copy=False)

    def names_of(self, codes: NDArray[np.integer]) -> list[str]:
        """Return the words of codes; "(unknown)" for 1 and "" for padding."""
        names = np.array(["", "(unknown)", *self.words], dtype=object)
        return list(names[codes])

    def as_list(self) -> list[str]:
        """Return the words as values that JSON can hold."""
        return list(self.words)

    @classmethod
    def from_list(cls, words: Sequence[str]) -> Vocabulary:
        """Return the vocabulary of `as_list`.

        Raises
        ------
        ParameterError
            If the words are not all different texts.
        """
        if not all(isinstance(word, str) for word in words) or len(set(words)) != len(words):
            message = f"A vocabulary is kept as a list of different words. Got {list(words)[:5]!r}."
            raise ParameterError(message)
        return cls(tuple(words))


def _folded(terms: pl.Series) -> pl.Series:
    """Return terms in one form, all at once: no sign of a fold reaches across a line."""
    cleaned = (
        terms.str.replace_all(r"[\r\n]", " ")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(_APOSTROPHES, "'")
    )
    text = unicodedata.normalize("NFKC", "\n".join(cleaned.to_list()))
    text = unicodedata.normalize("NFKC", text.casefold())
    folded = pl.Series("term", text.split("\n") if len(terms) else [], dtype=pl.String)
    return folded.str.replace_all(_ENDINGS, "${1}${2}")
