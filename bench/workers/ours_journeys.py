"""Journeys from a log by Wanamaker: FILE flags|events."""

from __future__ import annotations

import json
import sys
import time

import wanamaker as wm


def main() -> None:
    """Print how many journeys, touches and conversions there are."""
    own_rows = {"event": "event", "conversions": ["purchase"], "value": "value"}
    cpu, wall = time.process_time(), time.perf_counter()
    options = own_rows if sys.argv[2] == "events" else {"converted": "conversion"}
    journeys = wm.journeys_from_events(sys.argv[1], user="user", time="timestamp", touch="campaign", **options)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {
        "journeys": len(journeys),
        "touches": len(journeys.touches),
        "conversions": float(journeys.conversions.sum()),
    }
    print(json.dumps(found | clocks))


if __name__ == "__main__":
    main()
