"""What the report says of a network, and of a replay of budgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reports.made import Made
from tests.reports.made_network import ablation, compared, network, one_date, replay
from tests.reports.pages import columns_of, figure_of, page_of, sections_of, text_of
from wanamaker.reports.attribution.kinds import kind_of

DOUBT = "Its AUC is 0.501, not clearly above 0.5."
MADE = Made(models=("last", "incremental", "counterfactual", "attention"), truth=True, observed="full")


def page(told=None, **more):
    return page_of(MADE, network=told or network(), **more)


def test_without_a_network_and_a_replay_there_are_no_such_sections():
    found = sections_of(page_of(MADE))
    assert not {"network", "network-trained", "replay"} & set(found)


def test_the_network_stands_before_how_it_was_trained_and_behind_the_credit():
    found = sections_of(page(replay=replay()))
    places = [found.index(name) for name in ("credit", "network", "replay", "network-trained", "truth")]
    assert places == sorted(places)


def test_what_beats_what_is_said_by_the_intervals_of_differences():
    text = text_of(page(), "network")
    assert "It beats XGBoost, counts: AUC higher by 0.0300 (0.0200 to 0.0400)." in text
    assert (
        "XGBoost, counts + timing beats it: AUC higher by 0.0500 (0.0400 to 0.0600). Trees win here." in text
    )
    assert "Lengths and gaps alone, without any channel, reach AUC 0.845" in text
    assert "beyond how journeys were recorded is 0.0050 (−0.0050 to 0.0150) of AUC" in text
    level = network(comparison=[compared("network", 0.8), compared("xgboost_counts", 0.8, 0.0)])
    assert "It and XGBoost, counts cannot be told apart" in text_of(page(level), "network")


def test_a_level_that_is_off_is_told():
    rows = [compared("network", 0.8) | {"calibration_ratio_low": 1.1, "calibration_ratio_high": 1.2}]
    assert "The level of its probabilities is off" in text_of(page(network(comparison=rows)), "network")
    assert "is off" not in text_of(page(), "network")


def test_an_under_trained_network_is_flagged_at_the_top_in_the_advice_and_in_its_section():
    told = page(network(doubt=DOUBT))
    first = told.one("section", id="in-short").all("li")[0].text
    assert first.startswith("The network is under-trained; do not read its credit.")
    assert "Do not believe counterfactual and attention: the network is under-trained." in text_of(
        told, "believe"
    )
    assert "Warning" in text_of(told, "network")
    assert DOUBT in text_of(told, "network")
    fine = page()
    for section in ("in-short", "believe", "network"):
        assert "under-trained" not in text_of(fine, section)


def test_attention_is_shown_with_its_warning():
    text = text_of(page(), "network")
    assert "Attention is shown for comparison only" in text
    assert "Attention is no credit." in text_of(page(), "believe")
    silent = network()
    silent["facts"]["credit"] = ["counterfactual"]
    assert "Attention is shown" not in text_of(page(silent), "network")


def test_networks_are_believed_no_further_than_their_journeys_go():
    text = text_of(page(), "believe")
    assert "It reads “<b>intent</b>”. Whether that is all, no log tells." in text
    stops = page_of(replace(MADE, observed="until_conversion"), network=network())
    assert "with a touch less they look less finished" in text_of(stops, "believe")


def test_attention_is_no_method_that_compares_and_the_chart_of_errors_says_so():
    names = [trace["name"] for trace in figure_of(page(), "truth-chart")["drawings"][""]["data"]]
    assert names == [
        "Compares converting journeys with others",
        "Where a network looked",
        "Sees converting journeys alone",
    ]
    assert kind_of("network_shapley", {}) == kind_of("counterfactual", {}) == "network"


def test_the_tables_hold_every_model_and_the_differences_all_but_ours():
    told = page()
    assert len(columns_of(told, "network_metrics")["model"]) == 5
    differences = columns_of(told, "network_differences")
    assert differences["roc_auc_difference"] == [0.05, 0.03, -0.05, 0.005]
    assert "12 earlier journeys of users" in text_of(told, "network")


def test_one_date_ablation_and_their_doubts_are_shown_where_they_are():
    told = page(network(common_date=one_date(), ablation=ablation()))
    text = text_of(told, "network")
    assert "all journeys seen up to 2025-03-01 00:00, conversions in the 7d after" in text
    assert "800 test journeys of other users, 40 of them with a conversion" in text
    trained = text_of(told, "network-trained")
    assert "without attention: It has not learned." in trained
    assert columns_of(told, "ablation_differences")["model"] == ["Without attention"]
    nothing = {"landmark": "x", "horizon": "7d", "reason": "All journeys are negative."}
    assert "All journeys are negative." in text_of(page(network(common_date=nothing)), "network")


def test_the_loss_curve_has_every_epoch_and_the_best_is_named():
    told = page()
    assert columns_of(told, "loss")["epoch"] == [1, 2, 3, 4]
    text = text_of(told, "network-trained")
    assert "The weights of epoch 4 were kept" in text
    assert "LSTM, width 32, 1 layer" in text
    assert "fitted once more, on all journeys" in text
    assert "the calibration of the judged one" in text


def test_the_replay_names_who_kept_most_beside_money_without_credit():
    text = text_of(page(replay=replay()), "replay")
    assert (
        "With 1/2 of the money, <i>mine</i> kept most: 50 (45 to 55) conversions, 10 (2 to 18) more" in text
    )
    assert "more than last (money split without credit: 40 as spent, 40 evenly)" in text
    assert "10 (−2 to 22) more than last, which chance alone may bring" in text
    assert "Intervals hold the credit fixed" in text
    assert "With 30.0 % of the money" in text
    assert "it is no proof of credit" in text
    assert "It gives no credit." in text


def test_the_replays_chart_has_a_row_per_method_and_a_colour_per_budget():
    drawn = figure_of(page(replay=replay()), "replay-chart")["drawings"][""]
    assert [trace["name"] for trace in drawn["data"]] == ["1/2 of the money", "30.0\u202f% of the money"]
    assert drawn["data"][0]["x"] == [40, 50, 40, 40]
    assert drawn["layout"]["yaxis"]["ticktext"][1] == "&lt;i&gt;mine&lt;/i&gt;"


def test_the_replays_differences_are_drawn_with_intervals_for_all_but_the_reference():
    told = page(replay=replay())
    drawn = figure_of(told, "replay-differences-chart")["drawings"][""]
    first = drawn["data"][0]
    assert (first["x"], first["error_x"]["array"], first["error_x"]["arrayminus"]) == ([10], [8], [8])
    assert drawn["layout"]["yaxis"]["ticktext"][0] == "&lt;i&gt;mine&lt;/i&gt;"
    assert set(columns_of(told, "replay_differences")["model"]) == {"<i>mine</i>", "(as spent)", "(evenly)"}
    kept = figure_of(told, "replay-chart")["drawings"][""]["data"][0]
    assert kept["error_x"]["array"] == pytest.approx([5, 5, 5, 5])


def test_a_replay_without_intervals_says_so_and_compares_nothing():
    told = replay()
    for row in told["rows"]:
        for name in [name for name in row if name.endswith(("_low", "_high"))]:
            row[name] = None
    text = text_of(page(replay=told), "replay")
    assert "<i>mine</i> kept most: 50 conversions (money split" in text
    assert "No intervals were drawn." in text
    assert "hold the credit fixed" not in text


def test_without_values_the_replay_has_no_return():
    told = page(replay=replay(values=False))
    assert "ROAS" not in text_of(told, "replay")
    assert "ROAS" in text_of(page(replay=replay()), "replay")
