"""What incremental credit rests on: form, link, reference, covariates, exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.setting import quoted
from wanamaker.reports.numbers import count, number, shorten

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMS = {
    "journeys": (
        "Whole journeys",
        "One row per journey: how often do journeys with these touches convert? For journeys observed in "
        "full.",
    ),
    "hazard": (
        "Touch by touch (hazard)",
        "One row per touch: does the conversion follow before the next touch? Journeys that stop at their "
        "conversion do not fool it.",
    ),
}
_LINKS = {
    "logistic": ("Logistic", "Effects add up in log-odds: a touch adds less where much was likely anyway."),
    "linear": (
        "Linear",
        "Effects add up in probability, as those of independent causes do while it is small.",
    ),
}
_EXPOSURES = {
    "count": ("Count of touches", "Two touches have twice the effect of one."),
    "saturating": ("Logarithm of the count", "Every further touch adds less."),
    "fading": ("Touches that fade", "A touch weighs less, the longer ago it was."),
}


def regression_facts(found: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return what the regression of each goal rests on: term, value, explanation; what is alike once."""
    makers = {
        "Form": _form,
        "Link": _link,
        "Measured against": _reference,
        "Exposure": _exposure,
        "Covariates": _covariates,
    }
    return [fact for term, make in makers.items() for fact in _once(term, make, found)]


def _once(
    term: str, make: Callable[[dict[str, Any]], tuple[str, str] | None], found: dict[str, dict[str, Any]]
) -> list[tuple[str, str, str]]:
    told = {goal: fact for goal, details in found.items() if (fact := make(details))}
    if len(set(told.values())) == 1 and len(told) == len(found):
        return [(term, *next(iter(told.values())))]
    return [(f"{term} ({goal})", *fact) for goal, fact in told.items()]


def _form(details: dict[str, Any]) -> tuple[str, str]:
    form = str(details.get("form", "–"))
    return _FORMS.get(form, (form, ""))


def _link(details: dict[str, Any]) -> tuple[str, str]:
    link = str(details.get("link", "–"))
    title, meaning = _LINKS.get(link, (link, ""))
    return title, f"{meaning} {_chosen(link, details.get('losses') or {})}".strip()


def _chosen(link: str, losses: dict[str, float]) -> str:
    """Say by what loss on held-out users the link was chosen."""
    if not {"logistic", "linear"} <= losses.keys():
        return "It was set, or there was too little to compare links by."
    gap = losses["logistic"] - losses["linear"]
    told = " and ".join(f"{number(losses[name], 4)} if {name}" for name in ("logistic", "linear"))
    why = (
        "linear predicts clearly better"
        if link == "linear"
        else "linear is not clearly better, so logistic stays"
    )
    error = losses.get("standard_error")
    known = "" if error is None else f", standard error {number(error, 4)}"
    return (
        f"On a fifth of the users, held out, log loss is {told} (difference {number(abs(gap), 4)}{known}): "
        f"{why}."
    )


def _reference(details: dict[str, Any]) -> tuple[str, str] | None:
    reference = details.get("reference")
    if reference is None:
        return None
    return quoted(shorten(reference, 60)), (
        "It is taken to have no effect of its own. Every row of the hazard form has a touch, so the log "
        "tells how touches differ, not their level: if the reference has an effect, the others have more "
        "than is shown, and the baseline is smaller."
    )


def _exposure(details: dict[str, Any]) -> tuple[str, str]:
    exposure = str(details.get("exposure", "–"))
    return _EXPOSURES.get(exposure, (exposure, ""))


def _covariates(details: dict[str, Any]) -> tuple[str, str]:
    columns = details.get("covariates") or 0
    if not columns:
        return (
            "None",
            "Whatever drives both who is reached and who converts is taken for an effect of touches.",
        )
    return (
        f"{count(columns)} {'column' if columns == 1 else 'columns'}",
        "Held constant: one column for every category, and for every bin of a number.",
    )
