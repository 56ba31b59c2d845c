"""Worlds with planted truth: logs in which the right answer is known.

`journeys` returns a `World` of touches and conversions; `Channel` describes one channel of it.

The function `journeys` has the name of the module it lives in, so it is bound here at once and not
lazily: a later import of the submodule then leaves the function in place.
"""

from __future__ import annotations

from wanamaker.simulate.channels import DEFAULT_CHANNELS, Channel
from wanamaker.simulate.journeys import journeys
from wanamaker.simulate.world import World

__all__ = ["DEFAULT_CHANNELS", "Channel", "World", "journeys"]
