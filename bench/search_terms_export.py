"""A made-up report of search terms as it is downloaded: ``python -m bench.search_terms_export ROWS FILE``.

UTF-16 with tabs; two lines before the header; thousands separators, percent signs, `` --``, ``< 10%`` and
quoted keywords; several rows per term and day; rows of hidden terms; totals of the list and of the account.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.paths import ROOT, cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_VERSION = 1
_SEED = 20_250_105
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
_HEADER = (
    *(
        "Search term",
        "Match type",
        "Added/Excluded",
        "Campaign",
        "Ad group",
        "Keyword",
        "Day",
        "Currency code",
    ),
    *("Impr.", "Clicks", "CTR", "Avg. CPC", "Cost", "Conversions", "Conv. value", "Search impr. share"),
)
_MATCHES = ("Exact match", "Broad match", "Phrase match (close variant)")
_WORDS = (
    *(
        "red",
        "blue",
        "cheap",
        "best",
        "running",
        "trail",
        "kids",
        "mens",
        "shoes",
        "boots",
        "sandals",
        "café",
    ),
    *(
        "près",
        "schuhe",
        "grün",
        "2025",
        "size 9",
        "near me",
        "online",
        "sale",
        "total",
        "waterproof",
        "vegan",
    ),
)


def made_export(rows: int) -> Path:
    """Return the file of so many rows, made when missing, in a process of its own."""
    file = cache() / f"search_terms-{rows}-v{_VERSION}.csv"
    if not file.exists():
        print(f"making {file.name} …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "bench.search_terms_export", str(rows), str(file)]
        subprocess.run(command, check=True, cwd=ROOT)
    return file


def write(rows: int, file: Path) -> None:
    """Write the report; it appears when it is whole."""
    import numpy as np

    random = np.random.default_rng(_SEED)
    impressions = np.ceil(random.lognormal(2.5, 2.0, rows)).astype(np.int64)
    clicks = random.binomial(impressions, 0.05)
    cents = np.round(100 * clicks * random.lognormal(0.0, 0.5, rows)).astype(np.int64)
    conversions = np.round(97 * random.binomial(clicks, 0.05)).astype(np.int64)
    numbers = np.stack([impressions, clicks, cents, conversions, 40 * conversions])
    part = file.with_name(f"{file.name}.part")
    with part.open("w", encoding="utf-16", newline="") as out:
        out.write("Search terms report\nJanuary 1, 2025 - June 28, 2025\n")
        out.write("\t".join(_HEADER) + "\n")
        out.writelines(_lines(random, numbers))
        for label, times in (("Total: Search terms", 1), ("Total: Account", 3)):
            texts = [label, *[" --"] * 6]
            out.write("\t".join([*texts, "USD", *_numbers(numbers.sum(axis=1) * times), " --"]) + "\n")
    part.replace(file)


def _lines(random: np.random.Generator, numbers: NDArray[np.int64]) -> Iterator[str]:
    rows = numbers.shape[1]
    lengths = random.integers(1, 5, max(1, rows // 12))
    terms = [" ".join(random.choice(_WORDS, length)) for length in lengths]
    days = [f"{month} {day}, 2025" for month in _MONTHS for day in range(1, 29)]
    term_of = random.integers(0, len(terms), size=(rows,))
    day_of = random.integers(0, len(days), size=(rows,))
    for row in range(rows):
        term, campaign = terms[term_of[row]], row % 20
        keyword = f'"""{term[:12].strip()}"""' if row % 3 == 0 else term[:12].strip()
        texts = [
            *("Other search terms" if row % 100 == 0 else term, _MATCHES[row % 3], "None"),
            *(f"Campaign {campaign}", f"Group {campaign} {row % 7}", keyword, days[day_of[row]], "USD"),
        ]
        share = "< 10%" if row % 3 == 0 else " --"
        yield "\t".join([*texts, *_numbers(numbers[:, row]), share]) + "\n"


def _numbers(one: NDArray[np.int64]) -> list[str]:
    impressions, clicks, cents, conversions, value = one.tolist()
    each = f"{cents / clicks / 100:,.2f}" if clicks else " --"
    amounts = [f"{amount / 100:,.2f}" for amount in (cents, conversions, value)]
    return [f"{impressions:,}", f"{clicks:,}", f"{clicks / impressions:.2%}", each, *amounts]


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
