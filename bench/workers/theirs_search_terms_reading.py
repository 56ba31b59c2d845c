"""A report of search terms read by pandas: FILE strings|options."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd

TEXTS = {
    "Search term": "term",
    "Match type": "match_type",
    "Campaign": "campaign",
    "Ad group": "ad_group",
    "Keyword": "keyword",
    "Day": "date",
    "Currency code": "currency",
}
NUMBERS = {
    "Impr.": "impressions",
    "Clicks": "clicks",
    "Cost": "cost",
    "Conversions": "conversions",
    "Conv. value": "value",
}
HIDDEN = ["Other search terms", "--", ""]


def read(source: str, form: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that show a term, and those that do not."""
    common = {"encoding": "utf-16", "sep": "\t", "skiprows": 2, "usecols": [*TEXTS, *NUMBERS]}
    if form == "strings":
        table = pd.read_csv(source, dtype=str, keep_default_na=False, **common)
    else:
        texts = dict.fromkeys(TEXTS, str)
        blank = {name: [" --", "--"] for name in NUMBERS}
        table = pd.read_csv(
            source, dtype=texts, thousands=",", na_values=blank, keep_default_na=False, **common
        )
    table = table.rename(columns=TEXTS | NUMBERS)
    for name in TEXTS.values():
        table[name] = table[name].str.strip()
    total = table["term"].str.match("(?i)total *:") & (table["date"] == "--")
    if form == "strings":
        for name in NUMBERS.values():
            told = table[name].str.strip().str.replace(",", "", regex=False)
            if name in ("cost", "value"):
                told = told.str.replace(r"[$€£]|[A-Z]{3}", "", regex=True)
            table[name] = pd.to_numeric(told.mask(told == "--"))
    totals, table = table[total], table[~total].copy()
    table["date"] = pd.to_datetime(table["date"], format="%b %d, %Y")
    check(table, totals)
    hidden = table["term"].isin(HIDDEN)
    return table[~hidden], table[hidden]


def check(table: pd.DataFrame, totals: pd.DataFrame) -> None:
    """Refuse sums that do not agree, counts below 0, terms that are too long, and two currencies."""
    names = list(NUMBERS.values())
    told = totals.loc[totals["term"] == "Total: Search terms", names].iloc[0]
    apart = (table[names].sum() - told).abs() > 0.01 * len(table) ** 0.5
    wrong = apart.any() or (table[names[:4]] < 0).any().any() or (table["term"].str.len() > 2048).any()
    if wrong or table["currency"].nunique() != 1:
        message = "The report cannot be read."
        raise ValueError(message)


def main() -> None:
    """Print counts and sums."""
    cpu, wall = time.process_time(), time.perf_counter()
    table, hidden = read(*sys.argv[1:])
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {name: float(table[name].sum()) for name in NUMBERS.values()}
    found |= {"rows": len(table), "hidden": len(hidden), "days": int(table["date"].nunique())}
    found |= {"terms": int(table["term"].nunique()), "keywords": int(table["keyword"].nunique())}
    print(json.dumps(found | clocks))


if __name__ == "__main__":
    main()
