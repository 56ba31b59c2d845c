"""The first moment of a world."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wanamaker.base.errors import ParameterError, ParameterTypeError


def unix_seconds(start: str | date, owner: str) -> int:
    """Return a date, its ISO form or a datetime as Unix seconds; UTC where no zone is given.

    Parameters
    ----------
    start
        The date.
    owner
        The function that takes it, for the message.

    Raises
    ------
    ParameterTypeError
        If it is neither a date nor a string.
    ParameterError
        If it is no date in ISO form.

    Examples
    --------
    >>> unix_seconds("1970-01-02", "simulate.journeys")
    86400
    """
    if not isinstance(start, str | date):
        message = f"The 'start' parameter of {owner} must be a date or its ISO form. Got {start!r}."
        raise ParameterTypeError(message, hint="start='2025-01-01'")
    try:
        moment = datetime.fromisoformat(start if isinstance(start, str) else start.isoformat())
    except ValueError as error:
        message = f"The 'start' parameter of {owner} must be an ISO date. Got {start!r}."
        raise ParameterError(message, hint="start='2025-01-01'") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
