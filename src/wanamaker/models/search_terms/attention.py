"""Where the network looks: the attention that each word has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.ragged import row_numbers, sums_by
from wanamaker.models.search_terms.predictors.network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Texts
    from wanamaker.models.search_terms.fitted import Fitted
    from wanamaker.models.search_terms.log_sums import LogSums

    Floats = NDArray[np.float64]

_AT_ONCE = 4096


def attention_of(fitted: Fitted, sums: LogSums) -> Floats | None:
    """Return the mean attention of each word over the exposure of its terms; None without a network.

    Weights of one term sum to 1. They say where the network looked, not what a word does.
    """
    network = fitted.predictors.get("network")
    if not isinstance(network, Network):
        return None
    texts = fitted.reader.texts(sums.days.terms)
    weights, exposure = weights_of(network, texts), sums.exposure[row_numbers(sums.words.offsets)]
    count = len(sums.words.names)
    total = sums_by(sums.words.codes, weights * exposure, count)
    shown = sums_by(sums.words.codes, exposure, count)
    return np.asarray(np.divide(total, shown, out=np.full(count, np.nan), where=shown > 0))


def weights_of(network: Network, texts: Texts) -> Floats:
    """Return the attention of each word of each term, in their order, of shape (words,)."""
    import torch

    padded = torch.from_numpy(texts.padded())[1:].long()
    found = [np.empty(0)]
    with torch.inference_mode():
        for words in torch.split(padded, _AT_ONCE):
            weights = network.network.text(words)[1]
            found.append(weights[words > 0].double().numpy())
    return np.concatenate(found)
