"""Clicks as arrays, before they are a table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DTYPES = {
    "millis": np.int64,
    "user": np.uint32,
    "ip": np.uint32,
    "app": np.uint16,
    "device": np.uint16,
    "os": np.uint16,
    "channel": np.uint16,
    "delay": np.int32,
    "probability": np.float32,
    "bot": np.bool_,
    "injected": np.bool_,
}
"""What each field of `Clicks` is made of: small, since a log may have hundreds of millions of rows."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clicks:
    """Clicks of one kind or of all, one array per property; each of shape (clicks,).

    Parameters
    ----------
    millis
        Milliseconds from the first moment of the world.
    user
        Who clicked: a user of the world, or a bot, numbered after the users.
    ip, app, device, os, channel
        As the log names them.
    delay
        Seconds from the click to the install it is credited with; 0 where there is none.
    probability
        True probability of being credited with an install.
    bot, injected
        What the click truly is.
    """

    millis: NDArray[np.int64]
    user: NDArray[np.uint32]
    ip: NDArray[np.uint32]
    app: NDArray[np.uint16]
    device: NDArray[np.uint16]
    os: NDArray[np.uint16]
    channel: NDArray[np.uint16]
    delay: NDArray[np.int32]
    probability: NDArray[np.float32]
    bot: NDArray[np.bool_]
    injected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.millis)

    @classmethod
    def of(cls, rows: int, **given: Any) -> Clicks:
        """Return clicks from arrays or single values, each cast to what its field is made of."""
        return cls(
            **{
                name: np.broadcast_to(np.asarray(given.get(name, 0)), rows).astype(dtype)
                for name, dtype in DTYPES.items()
            }
        )

    def take(self, chosen: NDArray[Any] | slice) -> Clicks:
        """Return some of the clicks, in the order given."""
        return Clicks(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def joined(parts: Sequence[Clicks]) -> Clicks:
    """Return all clicks of several parts, one part after the other.

    Examples
    --------
    >>> len(joined([Clicks.of(2, user=7), Clicks.of(1, user=8)]))
    3
    """
    return Clicks(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Clicks)
        }
    )


def in_order(clicks: Clicks) -> Clicks:
    """Return the clicks by time, to the millisecond: the order in which they arrived."""
    return clicks.take(np.argsort(clicks.millis, kind="stable"))
