"""The one currency of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.errors import DataError, ParameterError, nearest
from wanamaker.events.exports.currencies import CODES, candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wanamaker.events.exports.column import Names

_HINT = 'A report in one currency is needed: choose one account, or say which it is with currency="EUR".'


def check_currency(currency: str | None) -> None:
    """Refuse a currency that is no code of ISO 4217.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if currency is not None and currency not in CODES:
        message = f"The 'currency' parameter must be a code of ISO 4217, such as 'EUR'. Got {currency!r}."
        raise ParameterError(message, hint=nearest(currency.upper(), CODES))


def told_currencies(
    texts: Names | None, signs: Iterable[tuple[str, str]], asked: str | None, where: Callable[[int], str]
) -> list[tuple[str, str]]:
    """Return each code or sign of a file with the place that it was found at.

    Parameters
    ----------
    texts
        The column of currencies.
    signs
        What stands beside amounts, with its place.
    asked
        A currency that holds where a sign is unknown.
    where
        Gives file and line of a row.

    Raises
    ------
    DataError
        If a code or sign is unknown.
    """
    found = list(signs)
    if texts is not None:
        found += [(code, where(row)) for code, row in texts.firsts().items()]
    for sign, place in found:
        if not candidates(sign) and asked is None:
            message = (
                f"{place}: a currency was expected. {sign!r} is neither a code of ISO 4217 nor a known sign."
            )
            raise DataError(message, hint='Say which currency it is: currency="EUR", for example.')
    return [(sign, place) for sign, place in found if candidates(sign)]


def agreed_currency(found: Iterable[tuple[str, str]], asked: str | None) -> tuple[str | None, str | None]:
    """Return the currency that all signs allow, and a note if they allow more than one.

    Raises
    ------
    DataError
        If two signs cannot stand for the same currency, or one not for the currency that was asked for.
    """
    options = None if asked is None else {asked}
    by = f"currency={asked!r}"
    sign = None
    for told, place in found:
        allowed = set(candidates(told))
        if options is not None and not options & allowed:
            message = f"One currency was expected. Got {told!r} ({place}) beside {by}."
            raise DataError(message, hint=_HINT)
        if options is None or len(options & allowed) < len(options):
            options, by, sign = (
                (allowed if options is None else options & allowed),
                f"{told!r} ({place})",
                told,
            )
    if options is None:
        return None, None
    if len(options) == 1:
        return options.pop(), None
    note = f"{sign!r} may stand for {', '.join(sorted(options))}; currency= says which."
    return sign, note
