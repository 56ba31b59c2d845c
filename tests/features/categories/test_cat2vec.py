"""Values that stand in like rows have near vectors; counted in chunks or at once, bit for bit the same."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.categories.made import COLUMNS, frame, later, log, rows
from tests.reference import categories as reference
from wanamaker.features.categories.columns import Vocabulary
from wanamaker.features.categories.cooccurrence import Cooccurrence
from wanamaker.features.categories.ppmi import _block, ppmi_vectors
from wanamaker.features.categories.spectral import leading_basis

METHODS = pytest.mark.parametrize("method", ["ppmi", "word2vec"])


def clusters(rows_: int = 6_000, seed: int = 0) -> pl.DataFrame:
    """Apps, sites and channels of four hidden kinds; a row's values are of one kind, mostly."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 4, rows_)

    def column(values: int) -> np.ndarray:
        strays = random.random(rows_) < 0.15
        kinds = np.where(strays, random.integers(0, 4, rows_), kind)
        return kinds + 4 * random.integers(0, values // 4, rows_)

    return pl.DataFrame({"app": column(40), "site": column(200), "channel": column(24)})


def cosines(vectors: np.ndarray) -> np.ndarray:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


# --- What it finds -----------------------------------------------------------------------------------


@METHODS
def test_values_that_behave_alike_get_near_vectors(method):
    table = clusters()
    made = wm.Cat2Vec(columns=table.columns, dims=4, method=method).fit(table)
    for name in table.columns:
        told = made.vectors_[name]
        values = told[name].to_numpy()
        near = cosines(told.drop(name).to_numpy())
        alike = values[:, None] % 4 == values[None, :] % 4
        others = ~np.eye(len(values), dtype=bool)
        assert near[alike & others].mean() > near[~alike].mean() + 0.4
        nearest = np.where(others, near, -2).argmax(axis=1)
        assert np.mean(values[nearest] % 4 == values % 4) > 0.9


def test_columns_that_do_not_depend_on_each_other_get_small_vectors():
    random = np.random.default_rng(0)
    free = pl.DataFrame({"a": random.integers(0, 5, 200_000), "b": random.integers(0, 5, 200_000)})
    made = wm.Cat2Vec(columns=["a", "b"], dims=2, smoothing=1.0).fit(free)
    assert made.vectors_["a"].drop("a").select(pl.all().abs().max()).max_horizontal()[0] < 0.2


@given(rows(), st.integers(1, 3), st.sampled_from([1.0, 2.0]), st.sampled_from([1.0, 0.75, 0.0]))
def test_the_matrix_is_the_shifted_positive_information(told, min_count, shift, smoothing):
    counts = Cooccurrence.of(frame(told).select(COLUMNS), COLUMNS)
    known = {name: Vocabulary(counts.frequent(name, min_count)) for name in COLUMNS}
    for name in COLUMNS:
        expected = reference.information(
            told, name, COLUMNS, min_count=min_count, shift=shift, smoothing=smoothing
        )
        for other in COLUMNS:
            if other == name:
                continue
            block = _block(counts, known, name, other, shift=shift, smoothing=smoothing).toarray()
            mine, theirs = (known[one].values.to_series().to_list() for one in (name, other))
            for row, value in enumerate(mine):
                for column, context in enumerate(theirs):
                    there = expected.get((value, other, context), 0.0)
                    assert block[row, column] == pytest.approx(there, abs=1e-9)


def test_with_all_its_dims_a_vector_holds_the_whole_matrix():
    table = clusters(2_000)
    counts = Cooccurrence.of(table, table.columns)
    dims = {"app": 24, "channel": 24, "site": 24}
    settings = {"min_count": 1, "shift": 1.0, "smoothing": 1.0}
    known, vectors = ppmi_vectors(counts, dims, **settings, seed=0)["channel"]
    names = {name: Vocabulary(counts.frequent(name, 1)) for name in dims}
    parts = [_block(counts, names, "channel", name, shift=1.0, smoothing=1.0) for name in ("app", "site")]
    whole = np.hstack([part.toarray() for part in parts])
    root = np.linalg.svd(whole @ whole.T)
    expected = root.U @ np.diag(np.sqrt(root.S)) @ root.U.T  # (M Mᵀ)^½ = U Σ Uᵀ = W Wᵀ for W = U √Σ
    assert len(known) == 24
    assert vectors @ vectors.T == pytest.approx(expected, abs=1e-3)


# --- Chunks ------------------------------------------------------------------------------------------


@given(rows(max_size=40), st.data())
def test_counting_in_chunks_equals_counting_at_once(told, data):
    table = frame(told)
    cuts = sorted(data.draw(st.lists(st.integers(1, len(told)), max_size=3)))
    bounds = [0, *sorted({cut for cut in cuts if cut < len(told)}), len(told)]
    chunks = [table[start:end] for start, end in pairwise(bounds)]
    whole = wm.Cat2Vec(columns=COLUMNS, dims=2, min_count=1).fit(table)
    streamed = wm.Cat2Vec(columns=COLUMNS, dims=2, min_count=1)
    for chunk in data.draw(st.permutations(chunks)):
        streamed.partial_fit(chunk)
    assert streamed.features(table).equals(whole.features(table))


def test_vectors_follow_the_chunks_counted_since_they_were_read():
    first, second = log(seed=1), log(seed=2)
    streamed = wm.Cat2Vec(columns=COLUMNS).partial_fit(first)
    assert streamed.features(later()).equals(wm.Cat2Vec(columns=COLUMNS).fit(first).features(later()))
    streamed.partial_fit(second)
    both = wm.Cat2Vec(columns=COLUMNS).fit(pl.concat([first, second]))
    assert streamed.features(later()).equals(both.features(later()))
    assert (
        streamed.fit(first).features(later()).equals(wm.Cat2Vec(columns=COLUMNS).fit(first).features(later()))
    )


def test_chunks_are_refused_where_nothing_is_counted(tmp_path):
    with pytest.raises(wm.ParameterError, match="only method='ppmi' learns from"):
        wm.Cat2Vec(columns=COLUMNS, method="word2vec").partial_fit(log())
    wm.Cat2Vec(columns=COLUMNS).fit(log()).save(tmp_path / "kept")
    with pytest.raises(wm.ParameterError, match="This encoder was loaded"):
        wm.Cat2Vec.load(tmp_path / "kept").partial_fit(log())


# --- Who gets one ------------------------------------------------------------------------------------


@METHODS
def test_rare_values_have_zeros_and_change_no_other(method):
    common = log()
    rare = pl.concat([common, common[:3].with_columns(pl.lit(500).cast(pl.Int64).alias("a"))])
    made = wm.Cat2Vec(columns=["a", "b"], min_count=4, method=method).fit(rare)
    told = made.features(rare[-3:])
    assert told.select("^vector_a_.*$").sum().row(0) == (0.0,) * 5
    assert 500 not in made.vectors_["a"]["a"]
    if method == "ppmi":
        known = wm.Cat2Vec(columns=["a", "b"], min_count=4).fit(common)
        assert made.vectors_["a"].equals(known.vectors_["a"])


@METHODS
def test_each_column_has_its_own_dims_of_which_the_first_are_the_strongest(method):
    table = clusters()
    made = wm.Cat2Vec(columns=table.columns, dims={"app": 1, "site": 4, "channel": 2}, method=method)
    told = made.fit(table).features(table)
    assert [name for name in told.columns if "app" in name] == ["vector_app_0"]
    assert told.width == 7
    if method == "ppmi":
        more = wm.Cat2Vec(columns=table.columns, dims=4).fit(table).features(table)
        assert told["vector_app_0"].to_numpy() == pytest.approx(more["vector_app_0"].to_numpy(), abs=1e-5)


def test_more_dims_than_there_is_to_tell_are_zeros():
    table = pl.DataFrame({"a": [1, 1, 2, 2], "b": [1, 1, 2, 2]})
    made = wm.Cat2Vec(columns=["a", "b"], dims=6).fit(table).features(table)
    assert made["vector_a_5"].to_list() == [0.0] * 4
    assert made["vector_a_0"].abs().max() > 0


def test_unusable_settings_are_refused():
    with pytest.raises(wm.ParameterTypeError, match="values side by side: two columns or more"):
        wm.Cat2Vec(columns=["a"]).fit(log())
    with pytest.raises(wm.ParameterTypeError, match=r"must be a column. Got"):
        wm.Cat2Vec(columns=["a", ["a", "b"]]).fit(log())
    with pytest.raises(wm.ParameterError, match=r"must name every column. 'b' is missing"):
        wm.Cat2Vec(columns=["a", "b"], dims={"a": 2}).fit(log())
    with pytest.raises(wm.ParameterError, match=r"Unknown column in the 'dims' parameter of Cat2Vec: 'aa'"):
        wm.Cat2Vec(columns=["a", "b"], dims={"aa": 2, "b": 1}).fit(log())
    with pytest.raises(wm.ParameterError, match=r"dims\['a'\].* must be an integer from 1 to 512"):
        wm.Cat2Vec(columns=["a", "b"], dims={"a": 0, "b": 1}).fit(log())
    with pytest.raises(wm.ParameterError, match=r"must be one of 'ppmi', 'word2vec'. Got 'svd'"):
        wm.Cat2Vec(columns=["a", "b"], method="svd").fit(log())


# --- Same bits ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_word2vec_does_not_depend_on_the_process():
    code = (
        "import wanamaker as wm; from tests.features.categories.made import log;"
        "made = wm.Cat2Vec(columns=['a', 'c'], dims=2, method='word2vec').fit(log());"
        "print(made.features(log()).hash_rows().to_list())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_word2vec_without_gensim_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(wm.MissingExtraError, match=r"needs the optional part 'vectors'"):
        wm.Cat2Vec(columns=["a", "b"], method="word2vec").fit(log())


@pytest.mark.parametrize("shape", [(1_700, 1_600), (40, 2_000), (2_000, 40)])
def test_leading_vectors_equal_those_of_the_dense_decomposition(shape):
    from scipy.sparse import random_array

    matrix = random_array(shape, density=0.01, rng=np.random.default_rng(0), format="csr")
    basis, sizes = leading_basis(matrix, 3, seed=0)
    _, expected, vectors = np.linalg.svd(matrix.toarray(), full_matrices=False)
    assert sizes == pytest.approx(expected[:3])
    assert np.abs(np.sum(basis * vectors[:3].T, axis=0)) == pytest.approx([1.0] * 3, abs=1e-6)
    assert np.all(basis[np.abs(basis).argmax(axis=0), np.arange(3)] > 0)
    again, _ = leading_basis(matrix, 3, seed=0)
    assert np.array_equal(basis, again)
