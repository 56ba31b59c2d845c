"""How the tests of this tree run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples every time, so that a red build is red again. HYPOTHESIS_PROFILE=explore looks for
# new ones.
settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
