"""What is sold: products of several categories, with prices and popularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

CATEGORIES = ("bags", "coats", "dresses", "hats", "shirts", "shoes", "socks", "trousers")

_MEDIAN, _CATEGORY_SPREAD, _PRODUCT_SPREAD = 40.0, 0.6, 0.5  # standard deviations of log prices
_POPULARITY_SPREAD = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Catalogue:
    """The products of a world; arrays of shape (products,).

    Parameters
    ----------
    names, categories
        As the log names them.
    price
        In currency, to the cent.
    share
        How often each is looked at; sums to 1.
    dearness
        Log price in standard deviations from the mean, over what is looked at.
    """

    names: pl.Series
    categories: pl.Series
    price: NDArray[np.float64]
    share: NDArray[np.float64]
    dearness: NDArray[np.float64]

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return products, by their popularity."""
        place = np.searchsorted(self.share.cumsum(), uniform, side="right")
        return np.asarray(np.minimum(place, len(self.share) - 1))


def draw_catalogue(products: int, rng: np.random.Generator) -> Catalogue:
    """Draw the products of a world.

    Examples
    --------
    >>> catalogue = draw_catalogue(5, np.random.default_rng(0))
    >>> catalogue.names.to_list()[:2], round(float(catalogue.share.sum()), 6)
    (['p0001', 'p0002'], 1.0)
    """
    category = rng.integers(0, len(CATEGORIES), products)
    of_category = rng.normal(0.0, _CATEGORY_SPREAD, len(CATEGORIES))
    spread = rng.normal(0.0, _PRODUCT_SPREAD, products)
    price = np.maximum(np.round(_MEDIAN * np.exp(of_category[category] + spread), 2), 0.01)
    weight = np.exp(rng.normal(0.0, _POPULARITY_SPREAD, products))
    share = weight / weight.sum()
    centred = np.log(price) - share @ np.log(price)
    deviation = np.sqrt(share @ centred**2)
    return Catalogue(
        names=pl.Series([f"p{number:04d}" for number in range(1, products + 1)]),
        categories=pl.Series(list(CATEGORIES)).gather(category),
        price=price,
        share=share,
        dearness=centred / deviation if deviation > 0 else centred,
    )
