"""Markov chains and Shapley games in the report."""

from __future__ import annotations

import pytest

from tests.reports.found import chain, compared, details, game
from tests.reports.made import Made
from tests.reports.pages import columns_of, figure_of, page_of, sections_of, text_of
from tests.reports.reading import heads_of, rows_of


def test_without_details_there_are_no_chains_and_games() -> None:
    assert not {"markov", "shapley"} & set(sections_of(page_of(compared())))


def test_removal_effects_of_every_order_stand_side_by_side() -> None:
    made = compared()
    page = page_of(made, details=details(made))
    assert heads_of(page, "removal-table") == ["Touch", "markov", "markov_2"]
    assert rows_of(page, "removal-table")[0] == ["search", "50.0 %", "25.0 %"]
    traces = figure_of(page, "removal-chart")["drawings"][""]["data"]
    assert [trace["name"] for trace in traces] == ["markov", "markov_2"]
    assert traces[0]["x"] == [50.0, 25.0, 16.6667, 12.5]
    assert "markov_2 remembers the last 2 touches (100 states)" in text_of(page, "markov")
    assert "they do not add up (104 % by markov and 64 % by markov_2)" in text_of(page, "markov")


def test_transitions_are_a_matrix_from_start_to_both_ends() -> None:
    made = compared()
    page = page_of(made, details=details(made))
    heads = heads_of(page, "transitions")
    assert heads[0] == "From"
    assert heads[-2:] == ["converted", "not converted"]
    rows = {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in rows_of(page, "transitions")}
    assert next(iter(rows)) == "(start)"
    assert rows["(start)"]["search"] == "100.0"
    assert rows["search"] == {
        "display": "–",
        "search": "–",
        "social": "50.0",
        "video": "–",
        "converted": "10.0",
        "not converted": "40.0",
    }


def test_rare_touches_are_put_together_and_whole_in_the_csv() -> None:
    touches = tuple(f"campaign {place:02}" for place in range(60))
    made = Made(touches=touches, models=("last", "markov"))
    page = page_of(made, details={"markov": {"": chain(made, 1)}})
    heads = heads_of(page, "transitions")
    assert len(heads) == 1 + 20 + 1 + 2
    assert "(everything else)" in heads
    for row in rows_of(page, "transitions"):
        known = [float(cell) for cell in row[1:] if cell != "–"]
        assert sum(known) == pytest.approx(100, abs=0.2)
    assert "the rest are put together" in text_of(page, "markov")
    csv = columns_of(page, "transitions")
    assert len(csv["source"]) == 1 + 3 * 60
    button = page.one("div", id="transitions").one("button", class_="csv")
    assert button.attributes["data-csv"] == "transitions"


def test_what_the_details_leave_out_goes_to_the_rest() -> None:
    touches = tuple(f"campaign {place:02}" for place in range(30))
    made = Made(touches=touches, models=("last", "markov"))
    found = chain(made, 1)
    found["transitions"] = [row for row in found["transitions"] if row["target"] not in touches[10:]]
    page = page_of(made, details={"markov": {"": found}})
    heads = heads_of(page, "transitions")
    place = heads.index("(everything else)")
    cells = {row[0]: row[place] for row in rows_of(page, "transitions")}
    assert cells["campaign 09"] == "50.0"
    assert cells["campaign 00"] == "–"


def test_chains_of_goals_are_kept_apart() -> None:
    made = compared(goals=("purchase", "signup"))
    page = page_of(made, details=details(made))
    assert set(figure_of(page, "removal-chart")["drawings"]) == {"0", "1"}
    assert len(rows_of(page, "transitions")) == 5
    assert set(columns_of(page, "transitions")["goal"]) == {"purchase", "signup"}


def test_games_are_named_with_base_rate_and_sets() -> None:
    made = compared()
    said = text_of(page_of(made, details=details(made)), "shapley")
    assert "Conversion rates" in said
    assert "The base rate is 1.23 %." in said
    assert "40 different sets of touches converted. In 2 of them (5.0 %) no touch adds anything" in said
    assert "Counts of conversions" in said
    assert "Journeys that did not convert play no part." in said


def test_a_game_in_which_no_touch_adds_anything_says_little() -> None:
    made = compared()
    found = details(made) | {"shapley": {"": game(linear_sets=40)}}
    assert (
        "In all of them no touch adds anything, so that credit there is linear: the game says little"
        in text_of(page_of(made, details=found), "shapley")
    )


def test_credit_by_position_is_shown_where_it_is_known() -> None:
    made = compared()
    positions = [
        {"touch": touch, "position": place, "conversions": 10.0 * place + 1}
        for touch in made.touches
        for place in range(13)
    ]
    found = details(made) | {"shapley": {"": game(positions=positions)}}
    page = page_of(made, details=found)
    assert heads_of(page, "shapley-0-positions") == ["Touch", *map(str, range(1, 11)), "11+"]
    assert rows_of(page, "shapley-0-positions")[0][-1] == "333"
    csv = columns_of(page, "shapley-0_positions")
    assert sum(csv["conversions"]) == sum(row["conversions"] for row in positions)
    assert max(csv["position"]) == 13


def test_standard_errors_of_sampled_orders_are_shown() -> None:
    made = compared()
    errors = [{"touch": touch, "conversions": 0.25} for touch in made.touches]
    found = details(made) | {"shapley": {"": game(sampled_sets=3, standard_errors=errors)}}
    page = page_of(made, details=found)
    assert "3 are so large that orders were sampled." in text_of(page, "shapley")
    assert [row[2] for row in rows_of(page, "shapley-0-errors")] == ["0.25"] * 4
