"""What each method assumes, and whether that holds for a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wanamaker.reports.attribution.setting import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanamaker.reports.attribution.kinds import Kind
    from wanamaker.reports.attribution.setting import Setting

Holds = Literal["yes", "no", "cannot be known", "left out"]

_STOPS = "Journeys stop at their conversion, so rates fall as sets of touches grow."
_NO_CONFOUNDER = "Nothing drives both who is reached and who converts, save what is held constant."


@dataclass(frozen=True)
class Standing:
    """Methods of one kind, what they assume, and whether it holds."""

    methods: tuple[str, ...]
    assumes: str
    holds: Holds
    why: str


def standings(setting: Setting) -> list[Standing]:
    """Return one row for each kind of method, those with most reason to be believed first."""
    rows = []
    for kind, judge in _JUDGES.items():
        names = setting.named(kind)
        if names:
            rows.append(Standing(tuple(names), *judge(setting)))
    return rows + _left_out(setting)


def _left_out(setting: Setting) -> list[Standing]:
    reasons: dict[str, list[str]] = {}
    for name, reason in setting.left_out.items():
        reasons.setdefault(reason, []).append(name)
    return [Standing(tuple(names), "", "left out", _sentence(reason)) for reason, names in reasons.items()]


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _calibrated(setting: Setting) -> tuple[str, Holds, str]:
    assumes = "Users were kept from the touch at random, and the test is of the same people and time."
    tested = listed([quoted(name) for name in setting.tested])
    return assumes, "yes", f"As far as the tests go: {tested}. Other touches stand as under incremental."


def _incremental(setting: Setting) -> tuple[str, Holds, str]:
    if setting.fooled:
        return _NO_CONFOUNDER, "no", f"Whole journeys were compared. {_STOPS}"
    seen = (
        "Journeys were observed in full"
        if setting.full
        else "Journeys stop at their conversion, which the hazard form allows for"
    )
    held = (
        f"with {setting.covariates} held constant. Whether that is all, no log tells."
        if setting.covariates
        else "but no covariate was given: intent, where it decides who is reached, passes for an effect."
    )
    return _NO_CONFOUNDER, "cannot be known", f"{seen}, {held}"


def _normalised(setting: Setting) -> tuple[str, Holds, str]:
    assumes = "The same; and no conversion would have come without a touch."
    baseline = setting.regression.get("baseline")
    if baseline is None:
        return (
            assumes,
            "cannot be known",
            "It is there to be compared with rules, which know no baseline either.",
        )
    if baseline > 0:
        return (
            assumes,
            "no",
            "By incremental, some would. Compare its shares with those of rules, not its level.",
        )
    return assumes, "cannot be known", "By incremental, there is no baseline above zero."


def _shapley(setting: Setting) -> tuple[str, Holds, str]:
    assumes = "Journeys were observed in full, and nothing drives both who is reached and who converts."
    if not setting.full:
        return assumes, "no", _STOPS
    return assumes, "cannot be known", "It holds nothing constant: right if touches are not chosen by intent."


def _network(setting: Setting) -> tuple[str, Holds, str]:
    assumes = f"The network is right about journeys without the touch. {_NO_CONFOUNDER}"
    if setting.doubt:
        return assumes, "no", f"The network is under-trained. {setting.doubt}"
    if not setting.full:
        return assumes, "no", "Journeys stop at their conversion: with a touch less they look less finished."
    read = setting.network.get("facts", {}).get("settings", {}).get("covariates", [])
    held = f"It reads {listed([quoted(name) for name in read])}." if read else "It reads no covariate."
    return assumes, "cannot be known", f"{held} Whether that is all, no log tells."


def _attention(_: Setting) -> tuple[str, Holds, str]:
    why = "It is high where the network reads, whether the touch helped or not, and gives no warning."
    return "Where a network looks is what made the conversion.", "no", why


def _model(_: Setting) -> tuple[str, Holds, str]:
    return (
        "The function given is right about every set of touches.",
        "cannot be known",
        "The report does not know it.",
    )


def _markov(_: Setting) -> tuple[str, Holds, str]:
    why = "A touch on many ways is not what makes people go them; frequent touches gain."
    return "Being on the way to a conversion is being its cause.", "no", why


def _count(_: Setting) -> tuple[str, Holds, str]:
    why = "It sees converting journeys alone, so a touch that does nothing is paid for being there."
    return "Every touch of a converting journey did its part.", "no", why


def _rule(_: Setting) -> tuple[str, Holds, str]:
    why = "A convention; no rule knows what would have happened without the touch."
    return "A touch's place in the journey says what it did.", "no", why


def _other(_: Setting) -> tuple[str, Holds, str]:
    return "What its author assumed.", "cannot be known", "A method of your own; the report does not know it."


_JUDGES: dict[Kind, Callable[[Setting], tuple[str, Holds, str]]] = {
    "calibrated": _calibrated,
    "incremental": _incremental,
    "normalised": _normalised,
    "shapley": _shapley,
    "network": _network,
    "model": _model,
    "other": _other,
    "shapley_count": _count,
    "markov": _markov,
    "attention": _attention,
    "rule": _rule,
}
