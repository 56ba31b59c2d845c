"""Names of the columns of a report, and what each of them is."""

from __future__ import annotations

TEXTS = ("term", "campaign", "ad_group", "keyword", "match_type")
NUMBERS = ("impressions", "clicks", "cost", "conversions", "value")
WHOLE = ("impressions", "clicks")
"""Columns whose numbers are whole: a mark in them groups thousands."""
MONEY = ("cost", "value")
ORDER = ("term", "date", *TEXTS[1:], *NUMBERS)
"""Canonical columns in the order of the table."""
MICROS = "cost_micros"
ROLES = (*ORDER, "currency", MICROS)

KNOWN: dict[str, tuple[str, ...]] = {
    "term": ("search term", "searchterm", "search query", "search_term_view.search_term"),
    "keyword": (
        *("search keyword", "keyword", "keyword text", "keywordtext", "criteria"),
        *("segments.keyword.info.text", "ad_group_criterion.keyword.text"),
    ),
    "match_type": (
        *("match type", "search term match type", "search terms match type", "search keyword match type"),
        *("keyword match type", "matchtype", "querymatchtypewithvariant", "keywordmatchtype"),
        *("segments.search_term_match_type", "segments.keyword.info.match_type"),
        "ad_group_criterion.keyword.match_type",
    ),
    "campaign": ("campaign", "campaign name", "campaignname", "campaign.name"),
    "ad_group": ("ad group", "ad group name", "adgroup", "adgroupname", "ad_group.name"),
    "date": ("day", "date", "segments.date"),
    "impressions": ("impr.", "impressions", "impr", "metrics.impressions"),
    "clicks": ("clicks", "metrics.clicks", "interactions", "metrics.interactions"),
    "cost": ("cost",),
    MICROS: ("cost (micros)", "cost micros", "costmicros", "metrics.cost_micros"),
    "conversions": (
        *("conversions", "metrics.conversions", "all conv.", "all conversions", "allconversions"),
        "metrics.all_conversions",
    ),
    "value": (
        *("conv. value", "conversion value", "conversions value", "conversionvalue", "total conv. value"),
        *("metrics.conversions_value", "all conv. value", "all conversion value", "all conversions value"),
        *("allconversionvalue", "metrics.all_conversions_value"),
    ),
    "currency": ("currency", "currency code", "currencycode", "customer.currency_code"),
}
"""Names that the English report, the interface and its forerunner give to each column; the first one wins."""

DERIVED = frozenset(
    {
        *("ctr", "metrics.ctr", "interaction rate", "interactionrate", "metrics.interaction_rate"),
        *("avg. cpc", "averagecpc", "avg. cost", "averagecost", "avg. cpm", "metrics.average_cpc"),
        *("metrics.average_cost", "cost / conv.", "cost / all conv.", "costperconversion", "conv. rate"),
        *("conversionrate", "all conv. rate", "conv. value / cost", "conv. value / click", "value / conv."),
        *("metrics.cost_per_conversion", "metrics.conversions_from_interactions_rate"),
    }
)
"""Rates and averages: they follow from the columns that are read."""

HIDDEN = (
    *("Other search terms", "Other terms", "(other)", "Sonstige Suchbegriffe", "Andere Suchbegriffe"),
    *("Autres termes de recherche", "Otros términos de búsqueda", "Outros termos de pesquisa"),
    *(
        "Altri termini di ricerca",
        "Andere zoektermen",
        "Övriga söktermer",
        "その他の検索語句",
        "その他の検索語",
    ),
)
"""What stands for terms that too few people searched for to be shown."""

BLANK = ("", "--", "—", "–")
"""What a cell without a value holds; a lone hyphen counts in columns of numbers only."""


def folded(name: str) -> str:
    r"""Return a name in the form in which names are compared.

    Examples
    --------
    >>> folded(" Ad\u00a0Group ")
    'ad group'
    """
    return " ".join(name.casefold().replace("\ufeff", "").split())


ROLE_OF = {name: role for role, names in KNOWN.items() for name in names} | {role: role for role in ROLES}
"""Name to role; canonical names are known too."""
