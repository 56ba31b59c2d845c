"""How an advertising platform writes its reports in some countries: headers, numbers, dates, totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.parameters import OneOf, check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_GERMAN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """One way to write reports.

    Parameters
    ----------
    title, lag_title
        First line of the report, and of that by days to conversion.
    headers
        What each column is called.
    thousands, decimal
        What stands between digits.
    percent, below
        Ends a share, and stands for one below ten percent.
    day, moment
        Formats of a day: in a row, and in the second line (with ``{month}`` as its name).
    months
        Their names.
    currency
        Its code.
    total, other
        What totals begin with, and what stands for hidden terms.
    totals
        Names of the totals: of the named terms, of the hidden ones, of the whole account.
    neither
        What stands in the column that tells whether a term is a keyword already.
    matches
        What match types are called.
    buckets
        Formats of days to conversion: less than a day, and from one number to another.
    """

    title: str
    lag_title: str
    headers: Mapping[str, str]
    thousands: str
    decimal: str
    percent: str
    below: str
    day: str
    moment: str
    months: tuple[str, ...]
    currency: str
    total: str
    other: str
    totals: tuple[str, str, str]
    neither: str
    matches: Mapping[str, str]
    buckets: tuple[str, str]

    def range(self, first: date, last: date) -> str:
        """Return the second line of a report."""
        return f"{self._told(first)} - {self._told(last)}"

    def _told(self, day: date) -> str:
        return self.moment.format(day=day.day, month=self.months[day.month - 1], year=day.year)


LOCALES: Mapping[str, Locale] = {
    "en-US": Locale(
        title="Search terms report",
        lag_title="Days to conversion report",
        headers={
            "term": "Search term",
            "match_type": "Match type",
            "added": "Added/Excluded",
            "day": "Day",
            "campaign": "Campaign",
            "ad_group": "Ad group",
            "keyword": "Keyword",
            "currency": "Currency code",
            "impressions": "Impr.",
            "clicks": "Interactions",
            "rate": "Interaction rate",
            "price": "Avg. cost",
            "cost": "Cost",
            "share": "Search impr. share",
            "conversions": "Conversions",
            "value": "Conv. value",
            "delay": "Days to conversion",
        },
        thousands=",",
        decimal=".",
        percent="%",
        below="< 10%",
        day="%Y-%m-%d",
        moment="{month} {day}, {year}",
        months=_ENGLISH,
        currency="USD",
        total="Total: ",
        other="Other search terms",
        totals=("Search terms", "Other search terms", "Account"),
        neither="None",
        matches={},
        buckets=("<1 day", "{low}-{high} days"),
    ),
    "de-DE": Locale(
        title="Suchbegriffbericht",
        lag_title="Bericht zu Tagen bis zur Conversion",
        headers={
            "term": "Suchbegriff",
            "match_type": "Keyword-Option",
            "added": "Hinzugefügt/Ausgeschlossen",
            "day": "Tag",
            "campaign": "Kampagne",
            "ad_group": "Anzeigengruppe",
            "keyword": "Keyword",
            "currency": "Währungscode",
            "impressions": "Impr.",
            "clicks": "Interaktionen",
            "rate": "Interaktionsrate",
            "price": "Durchschn. Kosten",
            "cost": "Kosten",
            "share": "Anteil an möglichen Impr. im Suchnetzwerk",
            "conversions": "Conversions",
            "value": "Conv.-Wert",
            "delay": "Tage bis zur Conversion",
        },
        thousands=".",
        decimal=",",
        percent=" %",
        below="< 10 %",
        day="%d.%m.%Y",
        moment="{day}. {month} {year}",
        months=_GERMAN,
        currency="EUR",
        total="Gesamt: ",
        other="Andere Suchbegriffe",
        totals=("Suchbegriffe", "Andere Suchbegriffe", "Konto"),
        neither="Keine",
        matches={
            "Exact match": "Genau passend",
            "Phrase match": "Passende Wortgruppe",
            "Broad match": "Weitgehend passend",
            "Exact match (close variant)": "Genau passend (sehr ähnliche Variante)",
        },
        buckets=("<1 Tag", "{low}-{high} Tage"),
    ),
}
"""The ways that are known, by name."""


def locale_named(name: str, owner: str) -> Locale:
    """Return a way to write reports.

    Raises
    ------
    ParameterTypeError, ParameterError
        If it is no name, or none of a known one.
    """
    check(owner, {"locale": name}, {"locale": OneOf(tuple(LOCALES))})
    return LOCALES[name]
