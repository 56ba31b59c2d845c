"""Words of terms in any script, pairs of them, and the words that training knows."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.base.errors import ParameterError
from wanamaker.features.terms.tokens import FIRST_KNOWN, UNKNOWN, Vocabulary, bigrams, split_words

few = settings(max_examples=60, deadline=None)
texts = st.lists(st.text(max_size=12), max_size=8)
words = st.sampled_from(["red", "shoes", "blue", "hat", "ß", "нет", "👟"])
phrases = st.lists(st.lists(words, max_size=5).map(" ".join), max_size=12)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("Red  SHOES", ["red", "shoes"]),
        ("men's MEN’S mens men`s", ["mens"] * 4),
        ("l'eau d'été o'reilly", ["l", "eau", "d", "été", "o", "reilly"]),
        ("don't they’ll we're", ["dont", "theyll", "were"]),
        ("t-shirt c++ a&b x_y", ["t", "shirt", "c", "a", "b", "x", "y"]),
        ("1.5kg 10,000 iphone15 4k", ["1.5kg", "10,000", "iphone15", "4k"]),
        ("STRASSE Straße ΣΊΣΥΦΟΣ σίσυφος", ["strasse", "strasse", "σίσυφοσ", "σίσυφοσ"]),
        ("\uff26\uff35\uff2c\uff2c ﬁn cafe\u0301 café", ["full", "fin", "café", "café"]),
        ("nike™ adidas®", ["nike", "adidas"]),
        ("❤️ ❤ 👩‍💻👍🏽 🇩🇪🇫🇷", ["❤", "❤", "👩‍💻", "👍🏽", "🇩🇪", "🇫🇷"]),
        ("حذاء أحمر", ["حذاء", "أحمر"]),
        ("\u200fנעליים\u200e אדומות", ["נעליים", "אדומות"]),  # noqa: RUF001
        ("हिन्दी जूते", ["हिन्दी", "जूते"]),
        ("می‌خواهم", ["میخواهم"]),
        ("运动鞋 靴", ["运动鞋", "靴"]),
        ("1️⃣ soft\u00adware", ["1", "software"]),
        ("… !? -- '", []),
        ("", []),
        ("a\nb\r\nc", ["a", "b", "c"]),
    ],
)
def test_words_of_every_script(term, expected):
    assert split_words([term]).to_list() == [expected]


@few
@given(texts)
def test_a_term_among_others_has_the_words_that_it_has_alone(terms):
    alone = [split_words([term]).to_list()[0] for term in terms]
    assert split_words(terms).to_list() == alone


@few
@given(texts)
def test_words_are_letters_digits_and_signs_and_never_empty(terms):
    for word in (word for term in split_words(terms).to_list() for word in term):
        assert word
        assert not any(letter.isspace() for letter in word)
        assert unicodedata.normalize("NFKC", word.casefold()) == word


@few
@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6), max_size=6))
def test_letters_and_digits_of_any_script_are_kept(parts):
    found = split_words([" ".join(parts)]).to_list()[0]
    folded = [unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold()) for part in parts]
    kept = [letter for part in folded for letter in part if unicodedata.category(letter)[0] in "LN"]
    assert [letter for letter in "".join(found) if unicodedata.category(letter)[0] in "LN"] == kept


@few
@given(phrases)
def test_case_changes_no_word(terms):
    assert split_words([term.upper() for term in terms]).to_list() == split_words(terms).to_list()


@few
@given(phrases, st.integers(0, 3))
def test_choosing_and_cutting_terms_are_choosing_and_cutting_lists(terms, count):
    tokens, lists = split_words(terms), split_words(terms).to_list()
    order = np.arange(len(terms))[::-1].repeat(2)
    assert tokens.take(order).to_list() == [lists[place] for place in order]
    assert tokens.first(count).to_list() == [words[:count] for words in lists]
    assert tokens.distinct().to_list() == [sorted(set(words)) for words in lists]
    assert bigrams(tokens).to_list() == [
        [f"{one} {other}" for one, other in pairwise(words)] for words in lists
    ]


@few
@given(phrases, st.integers(1, 3))
def test_a_vocabulary_has_the_words_of_enough_different_terms(terms, min_count):
    tokens = split_words(terms)
    lists = [set(words) for words in tokens.to_list()]
    counts = {word: sum(word in words for words in lists) for word in set().union(*lists)}
    known = sorted(
        (word for word in counts if counts[word] >= min_count), key=lambda word: (-counts[word], word)
    )
    assert list(Vocabulary.fit(tokens, min_count=min_count).words) == known
    assert list(Vocabulary.fit(tokens, min_count=min_count, max_size=2).words) == known[:2]


@few
@given(phrases, phrases)
def test_a_vocabulary_knows_nothing_but_its_training_terms(train, later):
    vocabulary = Vocabulary.fit(split_words(train), min_count=1)
    seen = {word for words in split_words(train).to_list() for word in words}
    tokens = split_words(later)
    codes = vocabulary.encode(tokens)
    flat = [word for words in tokens.to_list() for word in words]
    assert [code >= FIRST_KNOWN for code in codes] == [word in seen for word in flat]
    assert vocabulary.names_of(codes) == [word if word in seen else "(unknown)" for word in flat]
    assert codes.dtype == np.int32
    assert len(codes) == 0 or codes.max() < vocabulary.size


def test_codes_start_at_two_and_the_most_frequent_word_is_first():
    vocabulary = Vocabulary.fit(split_words(["b", "b c", "a c", "b a"]), min_count=2)
    assert vocabulary.words == ("b", "a", "c")
    assert vocabulary.encode(split_words(["a b z"])).tolist() == [3, 2, UNKNOWN]
    assert vocabulary.size == 5 == len(vocabulary) + 2


def test_a_vocabulary_of_pairs_works_alike():
    pairs = bigrams(split_words(["red shoes", "red shoes sale", "sale"]))
    vocabulary = Vocabulary.fit(pairs, min_count=2)
    assert vocabulary.words == ("red shoes",)
    assert vocabulary.encode(pairs).tolist() == [2, 2, 1]


def test_a_vocabulary_comes_back_from_json_values():
    vocabulary = Vocabulary(("red", "👟"))
    assert Vocabulary.from_list(vocabulary.as_list()) == vocabulary
    with pytest.raises(ParameterError, match=r"a list of different words. Got \['a', 'a'\]"):
        Vocabulary.from_list(["a", "a"])
    with pytest.raises(ParameterError, match=r"'min_count' parameter of Vocabulary.fit"):
        Vocabulary.fit(split_words(["a"]), min_count=0)


def test_series_and_lists_are_split_alike():
    assert split_words(pl.Series("query", ["Red hat"])).to_list() == split_words(["Red hat"]).to_list()
    assert split_words([]).to_list() == []
