"""Small logs of search terms, and the past of a row written from its definition."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
from hypothesis import strategies as st

from wanamaker.features.terms.days import TermDays, term_days
from wanamaker.features.terms.lagged import LaggedFeatures
from wanamaker.features.terms.tokens import split_words

START = date(2026, 2, 20)
TERMS = ("red shoes", "red red shoes", "shoes", "blue hat", "Blue", "…", "hat sale 1.5kg", "👟 sale")
CAMPAIGNS = ("brand", "generic", None)
COLUMNS = {"term": pl.String, "date": pl.Date, "campaign": pl.String} | dict.fromkeys(
    ("impressions", "clicks", "cost", "conversions"), pl.Float64
)


@st.composite
def logs(draw, least: int = 1, most: int = 40, days: int = 12) -> pl.DataFrame:
    """Rows of a few terms on days with gaps, several of a term and day among them."""
    row = st.tuples(
        st.sampled_from(TERMS),
        st.integers(0, days).map(lambda day: START + timedelta(days=day)),
        st.sampled_from(CAMPAIGNS),
        st.integers(0, 30).map(float),
        st.integers(0, 9).map(float),
        st.floats(0, 50).map(lambda cost: round(cost, 2)),
        st.floats(0, 3).map(lambda conversions: round(conversions, 2)),
    )
    return pl.DataFrame(draw(st.lists(row, min_size=least, max_size=most)), schema=COLUMNS, orient="row")


def random_log(rows: int = 400, days: int = 60, seed: int = 0) -> pl.DataFrame:
    """A log of many rows of the same kind."""
    random = np.random.default_rng(seed)
    clicks = random.poisson(2, rows).astype(float)
    return pl.DataFrame(
        {
            "term": random.choice(TERMS, rows),
            "date": [START + timedelta(days=int(day)) for day in random.integers(0, days, rows)],
            "campaign": [CAMPAIGNS[place] for place in random.integers(0, 3, rows)],
            "impressions": clicks + random.poisson(5, rows),
            "clicks": clicks,
            "cost": clicks * random.gamma(2.0, 0.5, rows),
            "conversions": random.binomial(clicks.astype(int), 0.2) / 2,
        },
        schema=COLUMNS,
    )


def read(log: pl.DataFrame, **more) -> TermDays:
    return term_days(log, campaign="campaign", **more)


def slow_features(
    asked: TermDays, past: TermDays, spec: LaggedFeatures, as_of: int
) -> list[dict[str, float]]:
    """Return the features of every asked row, term by term and window by window."""
    before = past.table.to_dicts()
    for row, day in zip(before, past.day.tolist(), strict=True):
        row["day"] = day
    rows = asked.table.to_dicts()
    return [
        slow_row(row | {"day": day}, [one for one in before if one["day"] < day], spec, as_of)
        for row, day in zip(rows, asked.day.tolist(), strict=True)
    ]


def slow_row(row: dict, before: list[dict], spec: LaggedFeatures, as_of: int) -> dict[str, float]:
    everything = sums(before, row["day"], spec, as_of)
    prior = {
        "ctr": ratio(everything["clicks"], everything["impressions"]),
        "rate": ratio(everything["conversions"], everything["exposure"]),
        "cpc": ratio(everything["cost"], everything["clicks"]),
    }
    words = words_of(row["term"])
    members = {
        "term": [[one for one in before if one["term"] == row["term"]]],
        "words": [[one for one in before if word in words_of(one["term"])] for word in words],
        "all": [before],
    }
    if spec.campaign:
        members["campaign"] = [[one for one in before if one["campaign"] == row["campaign"]]]
    found = {}
    for kind, groups in members.items():
        each = [of_entity(group, row["day"], prior, spec, as_of) for group in groups]
        found |= {f"{kind}_{name}": float(np.mean([one[name] for one in each])) for name in each[0]}
    return found


def of_entity(
    before: list[dict], day: int, prior: dict, spec: LaggedFeatures, as_of: int
) -> dict[str, float]:
    found = {}
    for end, length in [*((f"{days}d", days) for days in spec.windows), ("ever", 10**6)]:
        told = sums([one for one in before if one["day"] >= day - length], day, spec, as_of)
        found |= {f"{name}_{end}": np.log1p(told[name]) for name in spec.measures}
        for name, above, below, strength in (
            ("ctr", "clicks", "impressions", spec.ctr_strength),
            ("rate", "conversions", "exposure", spec.rate_strength),
            ("cpc", "cost", "clicks", spec.cost_strength),
        ):
            found[f"{name}_{end}"] = ratio(told[above] + strength * prior[name], told[below] + strength)
    days = [one["day"] for one in before]
    found["recency"] = 1 / (day - max(days)) if days else 0.0
    found["known_for"] = np.log1p(day - min(days)) if days else 0.0
    return found


def sums(before: list[dict], day: int, spec: LaggedFeatures, as_of: int) -> dict[str, float]:
    def share(age: int) -> float:
        return 1.0 if spec.delay is None else spec.delay.shares[min(age, len(spec.delay.shares)) - 1]

    found = {name: sum(one[name] for one in before) for name in ("impressions", "clicks", "cost")}
    found["conversions"] = sum(
        one["conversions"] / share(as_of - one["day"]) * share(day - one["day"]) for one in before
    )
    found["exposure"] = sum(one["clicks"] * share(day - one["day"]) for one in before)
    return found


def ratio(above: float, below: float) -> float:
    return above / below if below > 0 else 0.0


@cache
def words_of(term: str) -> list[str]:
    """The different words; terms without any have that in common."""
    return sorted(set(split_words([term]).to_list()[0])) or [""]
