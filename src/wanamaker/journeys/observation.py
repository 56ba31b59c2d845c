"""How journeys were observed and cut: the options of building them, kept with the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from wanamaker.base.durations import Duration, positive_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, Optional, check
from wanamaker.events.times import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.base.parameters import Constraint

Observed = Literal["until_conversion", "full"]
Lookback = Duration | dict[str, Duration] | None

_CONSTRAINTS: Mapping[str, Constraint] = {
    "observed": OneOf(("until_conversion", "full")),
    "max_touches": Optional(IntegerIn(1)),
    "collapse": Boolean(),
}


@dataclass(frozen=True)
class Observation:
    """How journeys were observed.

    Parameters
    ----------
    observed
        ``"until_conversion"``: touches are seen up to the conversion and no further, so journeys are
        short *because* they converted. ``"full"``: what was seen does not depend on the conversion.
    lookback
        How long before the conversion (or before the last touch, where there is none) touches
        belong; one duration, one per kind of touch, or None for no limit.
    max_touches
        Only the last so many touches are kept.
    collapse
        Whether the same touch several times in a row counts once, at its last time.
    censor_at
        Everything from this time on is left out.
    landmark
        ``(T0, horizon)``: touches before T0, conversions in [T0, T0 + horizon).
    """

    observed: Observed = "until_conversion"
    lookback: Lookback = "30d"
    max_touches: int | None = None
    collapse: bool = False
    censor_at: Any = None
    landmark: tuple[Any, Duration] | None = None
    users_given: bool = True
    form: str = "flags"
    start: int | None = field(default=None)
    end: int | None = field(default=None)

    def __post_init__(self) -> None:
        check("journeys", vars(self), _CONSTRAINTS)
        if self.landmark is not None:
            _check_landmark(self.landmark)
            if self.observed != "full":
                message = (
                    "A landmark makes journeys that are observed in full. Got observed='until_conversion'."
                )
                raise ParameterError(message, hint="Leave out observed, or the landmark.")
        if isinstance(self.lookback, dict):
            for kind, duration in self.lookback.items():
                positive_micros(duration, f"lookback[{kind!r}]")
        elif self.lookback is not None:
            positive_micros(self.lookback, "lookback")

    def reach(self, kinds: Mapping[str, int]) -> dict[int, int]:
        """Return the lookback in microseconds of each kind's code.

        Raises
        ------
        ParameterError
            If lookbacks are given by kind and a kind of the log has none.
        """
        unlimited = 2**62
        if not isinstance(self.lookback, dict):
            micros = unlimited if self.lookback is None else positive_micros(self.lookback, "lookback")
            return dict.fromkeys(kinds.values(), micros)
        missing = sorted(set(kinds) - set(self.lookback))
        if "" in missing:
            message = (
                "'lookback' must give a duration for every kind of touch, but some touches have no kind."
            )
            raise ParameterError(message, hint="Give every touch a kind, or one lookback for all.")
        if missing:
            message = f"'lookback' must give a duration for every kind of touch. Missing: {missing}."
            raise ParameterError(message, hint=f"Write lookback={{{missing[0]!r}: '30d', …}}.")
        return {code: positive_micros(self.lookback[kind], "lookback") for kind, code in kinds.items()}

    @property
    def period(self) -> list[str | None]:
        """The first and the last time of the log, in ISO 8601, where known."""
        return [None if moment is None else iso(moment) for moment in (self.start, self.end)]

    def as_dict(self) -> dict[str, Any]:
        """Return the options as plain values, durations and times as strings."""
        plain = {name: value for name, value in vars(self).items() if name not in ("landmark", "lookback")}
        plain["censor_at"] = None if self.censor_at is None else str(self.censor_at)
        plain["landmark"] = None if self.landmark is None else [str(part) for part in self.landmark]
        lookback = self.lookback
        by_kind = isinstance(lookback, dict)
        plain["lookback"] = (
            {kind: str(duration) for kind, duration in lookback.items()}  # type: ignore[union-attr]
            if by_kind
            else None
            if lookback is None
            else str(lookback)
        )
        return plain


def _check_landmark(landmark: object) -> None:
    if not isinstance(landmark, tuple) or len(landmark) != 2:  # noqa: PLR2004
        message = f"'landmark' must be (T0, horizon). Got {landmark!r}."
        raise ParameterTypeError(message, hint="Write landmark=('2026-01-31', '14d').")
    positive_micros(landmark[1], "landmark horizon")
