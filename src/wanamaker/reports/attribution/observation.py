"""How journeys were observed, what that implies, and how much lengths and gaps alone give away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Facts, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_OBSERVED = {
    "until_conversion": (
        "Until the conversion",
        "Touches are seen up to the conversion and no further, so a converting journey is shorter because it "
        "converted. Conversion rates by path, length or touch are descriptions here; they do not say "
        "what a touch does.",
    ),
    "full": (
        "In full",
        "What was seen is said not to depend on the conversion; as far as that holds, converting and other "
        "journeys can be compared.",
    ),
}
_PATHS = (
    "Form of the log",
    "Aggregated paths",
    "Paths came with their counts and without times: methods and lookbacks that need times do not apply, and "
    "resampling is by counts.",
)
_TELLING, _SLIGHT = 0.7, 0.55


@dataclass(frozen=True)
class Scale:
    """A value on a scale from 0.5 (chance) to 1 (certain), with its interval."""

    template: ClassVar[str] = "attribution/scale.html.jinja"
    value: str
    explanation: str
    meaning: str
    left: float
    begins: float
    width: float


def observation_section(view: View) -> Section:
    """Return the section."""
    observation = view.results.metadata.get("observation", {})
    blocks: list[Block] = [Facts(tuple(_facts(view, observation)))]
    if view.results.baseline is not None:
        blocks += _baseline(view.results.baseline)
    return Section("observation", "How these journeys were observed", blocks, short="Observation")


def _facts(view: View, observation: dict[str, Any]) -> list[tuple[str, str, str]]:
    facts = [("Observed", *observed_as(observation))]
    if observation.get("form") == "paths":
        facts.append(_PATHS)
    if observation.get("landmark"):
        start, horizon = observation["landmark"]
        text = "Touches before the landmark, conversions after it: the clean design for comparing journeys."
        facts.append(("Landmark", f"{start}, horizon {horizon}", text))
    if observation.get("censor_at"):
        text = "Everything from this time on was left out, for all users alike."
        facts.append(("Cut off at", str(observation["censor_at"]), text))
    facts.append(("Lookback", *_lookback(observation)))
    facts.append(("Longest journey", *_longest(view, observation)))
    if observation.get("collapse"):
        facts.append(
            ("Repeated touches", "Counted once", "The same touch several times in a row counts once.")
        )
    return facts


def observed_as(observation: dict[str, Any]) -> tuple[str, str]:
    """Return how journeys were observed, in a few words and in a sentence."""
    seen = str(observation.get("observed", "not recorded"))
    return _OBSERVED.get(seen, (seen, ""))


def _lookback(observation: dict[str, Any]) -> tuple[str, str]:
    lookback = observation.get("lookback")
    if lookback is None:
        return "No limit", "Touches of any age belong to the journey."
    shown = (
        ", ".join(f"{kind}: {duration}" for kind, duration in lookback.items())
        if isinstance(lookback, dict)
        else str(lookback)
    )
    before = "the conversion (or the last touch)"
    if observation.get("landmark"):
        before = "the landmark"
    elif observation.get("form") == "journeys":
        before = "the last touch"
    return shown, f"Touches older than this before {before} get no credit."


def _longest(view: View, observation: dict[str, Any]) -> tuple[str, str]:
    most = observation.get("max_touches")
    if most is None:
        return "All touches kept", ""
    cut = view.results.summary["headline"]
    shortened = f"{count(cut['cut_journeys'])} journeys ({percent(cut['cut_share'])})"
    text = f"{shortened} were longer and lost their first touches."
    return f"The last {count(most)} touches", text


def _baseline(baseline: dict[str, Any]) -> list[Block]:
    auc = baseline.get("roc_auc")
    if not auc or auc.get("value") is None:
        reason = baseline.get("reason") or "it could not be found out"
        return [
            Prose((f"How well journeys without their channels predict conversion is not known: {reason}",))
        ]
    low, high = auc.get("low"), auc.get("high")
    known = low is not None and high is not None
    shown = f"AUC {number(auc['value'], 2)}"
    shown += f" (95 % interval {number(low, 2)} – {number(high, 2)})" if known else ""
    ends = (low, high) if known else (auc["value"], auc["value"])
    on_test = (
        f" on {count(baseline['test_journeys'])} held-out journeys" if baseline.get("test_journeys") else ""
    )
    features = ", ".join(str(name).replace("_", " ") for name in baseline.get("features") or [])
    explanation = f"A model that knows only {features or 'lengths and gaps'}, and no channel{on_test}."
    left, begins, last = (_place(value) for value in (auc["value"], *ends))
    return [Scale(shown, explanation, _meaning(auc["value"]), left, begins, round(last - begins, 2))]


def _place(auc: float) -> float:
    return round(min(100.0, max(0.0, (auc - 0.5) * 200)), 2)


def _meaning(auc: float) -> str:
    if auc >= _TELLING:
        return (
            "Lengths and gaps alone tell converting journeys from others this well, so the way journeys were "
            "recorded gives the outcome away. Conversion rates of paths, and any model that learns from "
            "them, would "
            "mistake that for an effect of channels."
        )
    if auc >= _SLIGHT:
        return (
            "Lengths and gaps alone say something about conversion, so part of any difference between "
            "paths is a "
            "matter of how long people were in touch, not of which channel they met."
        )
    return (
        "Lengths and gaps alone say next to nothing about conversion, so differences between paths are "
        "not a mere "
        "matter of how journeys were recorded."
    )
