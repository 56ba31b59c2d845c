"""Networks need an optional part; this module does without it."""

from __future__ import annotations

from importlib.util import find_spec

from wanamaker.base.errors import MissingExtraError


def require_deep(feature: str) -> None:
    """Refuse to go on where torch, Fabric or safetensors is not installed.

    Parameters
    ----------
    feature
        What needs them, for the message.

    Raises
    ------
    MissingExtraError
        That names the feature and the extra ``deep``.

    Examples
    --------
    >>> require_deep("JourneyModel")
    """
    if any(find_spec(name) is None for name in ("torch", "lightning_fabric", "safetensors")):
        raise MissingExtraError(feature, "deep")
