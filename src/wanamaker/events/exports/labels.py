"""Labels of totals: how they begin in several languages, and how much they cover."""

from __future__ import annotations

import re
from typing import Literal

Scope = Literal["list", "filtered", "wide", "other", "unknown"]

_TOTALS = (
    *("total", "totals", "totales", "totais", "totaux", "totale", "totali", "totaal", "totalt", "totalsumme"),
    *("gesamt", "gesamtsumme", "gesamtergebnis", "insgesamt", "summe", "suma", "łącznie", "razem", "i alt"),
    *(
        "grand total",
        "suma total",
        "итого",
        "всего",
        "разом",
        "celkem",
        "celkom",
        "spolu",
        "összesen",
        "toplam",
    ),
    *("yhteensä", "ukupno", "σύνολο", 'סה"כ', "סה״כ", "סך הכול", "סך הכל", "الإجمالي", "إجمالي", "المجموع"),
    *("合計", "総計", "总计", "總計", "合计", "합계", "총계", "कुल", "รวม", "tổng", "tổng cộng"),
)
TOTAL_PATTERN = r"(?i)^\s*(?:" + "|".join(map(re.escape, _TOTALS)) + r")\s*(?:$|[:\uff1a–]|-\s)"
"""Pattern of a cell that may be the label of a total."""

_TOTAL = re.compile(TOTAL_PATTERN[4:], re.IGNORECASE)
_WIDE = (
    *(
        "account",
        "konto",
        "compte",
        "cuenta",
        "conta",
        "cont",
        "rekening",
        "アカウント",
        "账户",
        "帳戶",
        "аккаунт",
    ),
    *("계정", "hesap", "חשבון", "حساب", "campaign", "kampagne", "kampanj", "campagne", "campaña", "campanha"),
    *(
        "campagna",
        "kampania",
        "kampaň",
        "kampanya",
        "кампани",
        "キャンペーン",
        "广告系列",
        "廣告活動",
        "캠페인",
    ),
    *("קמפיין", "حملة", "حملات", "ad group", "anzeigengruppe", "groupe d'annonces", "groupes d'annonces"),
    *("grupo de anuncios", "grupos de anuncios", "grupo de anúncios", "grupos de anúncios", "annonsgrupp"),
    *("network", "device", "location"),
)
_FILTERED = (
    "filter",
    "gefiltert",
    "filtré",
    "filtrad",
    "filtrat",
    "gefilterd",
    "filtrerad",
    "フィルタ",
    "过滤",
)
_OTHERS = (
    *("other", "sonstige", "andere", "autre", "otros", "otras", "outros", "outras", "altri", "övriga"),
    *("その他", "其他", "прочие", "기타"),
)
_LISTS = (
    *("search term", "keyword", "suchbegriff", "terme", "término", "termo", "termini", "zoekterm", "sökterm"),
    *("mot clé", "mots clés", "palabra clave", "palabras clave", "palavra", "parole chiave", "zoekwoord"),
    *("sökord", "検索語句", "キーワード", "搜索字词", "关键字", "поисковые запросы", "검색어", "키워드"),
)


def is_total(label: str) -> bool:
    """Tell whether a text is the label of a total.

    Examples
    --------
    >>> [is_total(text) for text in ("Total: Account", "Gesamt : Konto", "Total", "total wine")]
    [True, True, True, False]
    """
    return _TOTAL.match(label) is not None


def scope_of(label: str) -> Scope:
    """Return how much a total covers: the list, its filtered part, more than the list, what is not shown.

    Examples
    --------
    >>> [scope_of(f"Total: {what}") for what in ("Search terms", "Account", "Other search terms", "x")]
    ['list', 'wide', 'other', 'unknown']
    """
    told = label.casefold().replace("\u00a0", " ")
    rest = _TOTAL.sub("", told).strip()
    kinds: tuple[tuple[Scope, tuple[str, ...]], ...] = (
        ("filtered", _FILTERED),
        ("other", _OTHERS),
        ("list", _LISTS),
        ("wide", _WIDE),
    )
    if not rest:
        return "list"
    return next((scope for scope, words in kinds if any(word in rest for word in words)), "unknown")
