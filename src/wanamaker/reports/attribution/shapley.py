"""The game behind Shapley credit, and the credit by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.positions import positions_table
from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import count, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

    Found = dict[str, dict[str, Any]]

_GAMES = {
    "rate": (
        "Conversion rates",
        "A set of touches is worth the conversion rate of the journeys with just these touches, less the "
        "base rate.",
    ),
    "count": (
        "Counts of conversions",
        "A set of touches is worth the conversions of journeys with no other touches: each distinct touch "
        "of a converting journey gets the same. Journeys that did not convert play no part.",
    ),
}


def shapley_section(view: View) -> Section | None:
    """Return the section, or None without a game."""
    games = {model: view.details(model) for model in view.models}
    games = {model: found for model, found in games.items() if any("game" in held for held in found.values())}
    if not games:
        return None
    facts = [fact for model, found in games.items() for fact in _facts(model, found)]
    tables: list[Block] = []
    for place, (model, found) in enumerate(games.items()):
        tables += _tables(view, f"shapley-{place}", model, found)
    chooser = view.goal_chooser("shapley-choice") if tables else []
    lead = (
        "Shapley credit is what a touch adds to a set of touches, averaged over all orders in which the set "
        "can be built. What a set is worth is the game, and it decides what the credit means."
    )
    blocks: list[Block] = [Facts(tuple(facts)), *chooser, *tables]
    return Section("shapley", "The games behind Shapley credit", blocks, lead=lead, short="Shapley games")


def _facts(model: str, found: Found) -> list[tuple[str, str, str]]:
    facts = []
    for goal, details in found.items():
        if "game" not in details:
            continue
        game = str(details["game"])
        title, meaning = _GAMES.get(game, (game, "A set of touches is worth what this function says."))
        term = f"{model} ({goal})" if goal else model
        facts.append((term, title, " ".join([meaning, *_played(details)])))
    return facts


def _played(details: dict[str, Any]) -> list[str]:
    """Say how the game went."""
    told = []
    if details.get("base_rate") is not None and details["game"] == "rate":
        told.append(f"The base rate is {percent(details['base_rate'], 2)}.")
    sets, linear, sampled = (details.get(f"{key}_sets") for key in ("converting", "linear", "sampled"))
    if sets:
        told.append(f"{count(sets)} different sets of touches converted.")
        if linear:
            told.append(_linear(linear, sets))
        if sampled:
            told.append(f"{count(sampled)} are so large that orders were sampled.")
    return told


def _linear(linear: int, sets: int) -> str:
    much = "all of them" if linear == sets else f"{count(linear)} of them ({percent(linear / sets)})"
    what = f"In {much} no touch adds anything, so that credit there is linear"
    return f"{what}: the game says little about this log." if linear * 2 > sets else f"{what}."


def _tables(view: View, name: str, model: str, found: Found) -> list[Block]:
    tables: list[Block] = []
    if any(details.get("positions") for details in found.values()):
        tables.append(positions_table(view, name, model, found))
    if any(details.get("standard_errors") for details in found.values()):
        tables.append(_errors(view, name, model, found))
    return tables


def _errors(view: View, name: str, model: str, found: Found) -> Table:
    rows = []
    for goal, details in found.items():
        credited = dict(view.rows(model, goal)["touch", "conversions"].iter_rows())
        rows += [
            {
                "goal": goal,
                "touch": held["touch"],
                "credit": credited.get(held["touch"]),
                "error": held["conversions"],
            }
            for held in details.get("standard_errors") or []
        ]
    keys = [*(["goal"] if view.goals else []), "touch", "credit", "error"]
    columns = (
        Column("touch", "Touch", "name"),
        Column("credit", "Credit", "number", 1),
        Column("error", "Standard error", "figure"),
    )
    return Table(
        f"{name}-errors",
        f"{model}: standard error of sampled orders, in conversions",
        from_rows(f"{name}_standard_errors", rows, keys),
        columns,
        by=view.by_goal,
        chosen=view.chosen_goal,
        note="What sampling leaves open. It is no part of the intervals, which come from resampling the log.",
    )
