"""Reports as text, written the way a locale writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HEADER = ("Search term", "Day", "Campaign", "Impr.", "Clicks", "Cost", "Conversions")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATES = {
    "2025-01-31": "{y}-{m:02}-{d:02}",
    "2025/01/31": "{y}/{m:02}/{d:02}",
    "20250131": "{y}{m:02}{d:02}",
    "31.01.2025": "{d:02}.{m:02}.{y}",
    "31/01/2025": "{d}/{m}/{y}",
    "01/31/2025": "{m}/{d}/{y}",
    "Jan 31, 2025": "{n} {d}, {y}",
    "31 Jan 2025": "{d} {n} {y}",
    "2025年1月31日": "{y}年{m}月{d}日",
}
"""Form of a date, as the report tells it, to how it is written."""

Row = tuple[str, date, str, int, int, float, float]


def day_text(day: date, form: str) -> str:
    return DATES[form].format(y=day.year, m=day.month, d=day.day, n=MONTHS[day.month - 1])


def grouped(whole: int, mark: str, *, lakh: bool = False) -> str:
    """The digits of a whole number in groups of three, or of two above the first three."""
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups = []
    size = 2 if lakh else 3
    while head:
        groups.insert(0, head[-size:])
        head = head[:-size]
    return mark.join([*groups, tail])


def number_text(number: float, group: str, decimal: str, places: int, *, lakh: bool = False) -> str:
    told = f"{abs(number):.{places}f}"
    whole, _, rest = told.partition(".")
    text = grouped(int(whole), group, lakh=lakh) + (decimal + rest if rest else "")
    return f"-{text}" if number < 0 else text


def lines_of(rows: Sequence[Sequence[str]], separator: str, *, everything: bool = False) -> str:
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def report_of(place: Path, *lines: str, encoding: str = "utf-8", name: str = "report.csv") -> Path:
    """A file of these lines."""
    file = place / name
    file.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return file
