"""Codes and signs of currencies."""

from __future__ import annotations

import re

CODES = frozenset(
    re.findall(
        r"\w+",
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN "
        "BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
        "GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
        "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
        "MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG "
        "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
        "UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL ",
    )
)
"""Codes of ISO 4217."""

SIGNS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"),
    "us$": ("USD",),
    "a$": ("AUD",),
    "au$": ("AUD",),
    "ca$": ("CAD",),
    "c$": ("CAD",),
    "nz$": ("NZD",),
    "hk$": ("HKD",),
    "nt$": ("TWD",),
    "s$": ("SGD",),
    "mx$": ("MXN",),
    "r$": ("BRL",),
    "€": ("EUR",),
    "£": ("GBP", "EGP"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "円": ("JPY",),
    "元": ("CNY", "TWD"),
    "₹": ("INR",),
    "rs.": ("INR", "PKR", "LKR"),
    "₩": ("KRW",),
    "₪": ("ILS",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₴": ("UAH",),
    "₫": ("VND",),
    "฿": ("THB",),
    "₱": ("PHP",),
    "₦": ("NGN",),
    "zł": ("PLN",),
    "kč": ("CZK",),
    "ft": ("HUF",),
    "lei": ("RON",),
    "лв.": ("BGN",),
    "fr.": ("CHF",),
    "sfr.": ("CHF",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "SEK", "NOK", "ISK"),
    "د.إ.": ("AED",),
    "ر.س.": ("SAR",),
}
"""What a sign beside an amount may stand for, in small letters."""

_IN_BRACKETS = re.compile(r"^(.*\S)\s*\(([A-Z]{3})\)$")


def candidates(sign: str) -> tuple[str, ...]:
    """Return the codes that a sign or code may stand for; none if it is unknown.

    Examples
    --------
    >>> candidates("€"), candidates("chf"), candidates("xyz")
    (('EUR',), ('CHF',), ())
    """
    plain = sign.strip()
    if plain.upper() in CODES:
        return (plain.upper(),)
    return SIGNS.get(plain.casefold(), ())


def currency_of(name: str) -> str | None:
    """Return the code in brackets at the end of a column's name.

    Examples
    --------
    >>> currency_of("Cost (EUR)"), currency_of("Cost (micros)")
    ('EUR', None)
    """
    match = _IN_BRACKETS.match(name.strip())
    return match.group(2) if match and match.group(2) in CODES else None


def without_currency(name: str) -> str:
    """Return a column's name without a code in brackets at its end."""
    match = _IN_BRACKETS.match(name.strip())
    return match.group(1) if match and match.group(2) in CODES else name
