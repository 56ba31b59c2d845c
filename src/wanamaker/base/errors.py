"""The exception tree.

* `WanamakerError`
    * `UserError`: the caller's data, option or environment (command line exit 2, HTTP 4xx)
        * `SchemaError` (also `ValueError`): a column is missing, misnamed or of the wrong type
        * `DataError` (also `ValueError`): a value in the data cannot be used
        * `ParameterError` (also `ValueError`): an option is unknown or out of its range
        * `ParameterTypeError` (also `TypeError`): an option has the wrong type
        * `FileReadError` (also `OSError`): a file is absent, damaged, or not what its suffix says
        * `OutputError` (also `OSError`): a result cannot be written where it was asked for
        * `RunError` (also `ValueError`): a run directory is incomplete or has been changed
        * `MissingExtraError` (also `ImportError`): an optional part is not installed
        * `OutOfMemoryError` (also `MemoryError`): the job would not fit into memory
    * `InternalError` (also `RuntimeError`): a fault of this package (exit 1, HTTP 500)

Every message has one form: what was expected (parameter or column), what was got, and a line
`Hint:` that says what to write instead.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class WanamakerError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    message
        What was expected and what was got.
    hint
        What to write instead; shown on its own line after ``Hint:``.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\nHint: {hint}")


class UserError(WanamakerError):
    """The caller can mend this: bad data, a bad option, a missing part."""


class SchemaError(UserError, ValueError):
    """A column is missing, misnamed, or has a type that its role does not allow."""


class DataError(UserError, ValueError):
    """A value in the data cannot be used; the message names column, row and value."""


class ParameterError(UserError, ValueError):
    """An option is unknown, or its value lies outside what is allowed."""


class ParameterTypeError(UserError, TypeError):
    """An option has a value of the wrong type."""


class FileReadError(UserError, OSError):
    """A file is absent, damaged, or not what its suffix says."""


class OutputError(UserError, OSError):
    """A result cannot be written where it was asked for."""


class RunError(UserError, ValueError):
    """A run directory is incomplete, or was changed after it was written."""


class MissingExtraError(UserError, ImportError):
    """A feature needs an optional part that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the optional part {extra!r}, which is not installed.",
            hint=f"pip install 'wanamaker[{extra}]'",
        )


class OutOfMemoryError(UserError, MemoryError):
    """The job would not fit into the memory that is free."""


class InternalError(WanamakerError, RuntimeError):
    """A fault of this package itself; please report it."""


class DataWarning(UserWarning):
    """Something in the data that changes how far the result can be trusted."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the known names closest to ``name``.

    Examples
    --------
    >>> nearest("prize", ["price", "date"])
    "Did you mean 'price'? Known names: 'date', 'price'."
    """
    names = sorted(set(known))
    listed = ", ".join(repr(known_name) for known_name in names[:40])
    listed += ", …" if len(names) > 40 else ""  # noqa: PLR2004
    folded = {known_name.casefold(): known_name for known_name in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    start = f"Did you mean {folded[close[0]]!r}? " if close else ""
    return f"{start}Known names: {listed}."
