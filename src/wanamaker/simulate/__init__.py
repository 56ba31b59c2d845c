"""Worlds with planted truth: logs in which the right answer is known.

`journeys` returns a `World` of touches and conversions; `Channel` describes one channel of it, and
`lift_tests` runs experiments in it. `clicks` returns a `World` of clicks and installs, `sessions` one of
visits, `search_terms` one of what people searched for; `write_clicks`, `write_sessions` and
`write_search_terms` write one that need not fit into memory.

The functions `journeys`, `lift_tests`, `clicks`, `sessions` and `search_terms` have the names of the modules
they live in, so they are bound here at once and not lazily: a later import of the submodule then leaves the
function in place.
"""

from __future__ import annotations

from wanamaker.simulate.channels import DEFAULT_CHANNELS, Channel
from wanamaker.simulate.clicks.world import clicks
from wanamaker.simulate.clicks.write import write_clicks
from wanamaker.simulate.journeys import journeys
from wanamaker.simulate.lift_tests import lift_tests
from wanamaker.simulate.search_terms.world import search_terms
from wanamaker.simulate.search_terms.write import write_search_terms
from wanamaker.simulate.sessions.world import sessions
from wanamaker.simulate.sessions.write import write_sessions
from wanamaker.simulate.world import World

__all__ = [
    "DEFAULT_CHANNELS",
    "Channel",
    "World",
    "clicks",
    "journeys",
    "lift_tests",
    "search_terms",
    "sessions",
    "write_clicks",
    "write_search_terms",
    "write_sessions",
]
