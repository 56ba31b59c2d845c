"""A report of search terms read by Wanamaker: FILE."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from clock import Clock  # type: ignore[import-not-found]  # beside this script

import wanamaker as wm

NUMBERS = ("impressions", "clicks", "cost", "conversions", "value")


def first_report() -> None:
    """Read a report of three lines, which imports and loads what is compiled."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.csv"
        lines = [
            "Search term\tDay\tClicks\tCost",
            "a\tJan 5, 2025\t1,200\t1.50",
            '"b"\tJan 6, 2025\t--\t2.50',
        ]
        file.write_text("\n".join(lines), encoding="utf-16")
        wm.read_search_terms(file)


def main() -> None:
    """Print counts and sums."""
    first_report()
    with Clock() as clock:
        report = wm.read_search_terms(sys.argv[1])
    found = {name: float(report.table[name].sum()) for name in NUMBERS}
    found |= {
        "rows": len(report.table),
        "hidden": len(report.hidden),
        "days": report.table["date"].n_unique(),
    }
    found |= {"terms": report.table["term"].n_unique(), "keywords": report.table["keyword"].n_unique()}
    print(json.dumps(found | {"cpu": clock.cpu, "wall": clock.wall}))


if __name__ == "__main__":
    main()
