"""The headline figures of a log with several goals."""

from __future__ import annotations

import polars as pl

import wanamaker as wm
from wanamaker.journeys.summary import summarise
from wanamaker.reports.attribution import AttributionResults, attribution_page


def test_the_headline_tells_the_conversions_of_each_goal_and_no_rate_over_both():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 1, 1, 2, 2],
            "timestamp": [1, 2, 3, 4, 1, 2],
            "campaign": ["a", None, "b", None, "b", None],
            "event": ["view", "signup", "view", "buy", "view", "signup"],
        }
    )
    journeys = wm.journeys_from_events(log, event="event", conversions=["signup", "buy"])
    credit = wm.attribute(journeys, bootstrap=0)
    results = AttributionResults(
        title="Goals",
        credit=credit.frame,
        metadata=credit.metadata,
        summary=summarise(journeys).as_dict(),
        notes=[],
    )
    page = attribution_page(results)
    assert "signup 2, buy 1" in page
    assert "counted for each goal" in page
    assert "of journeys with a touch</" not in page
