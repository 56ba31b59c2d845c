"""Journeys from a log by Wanamaker: FILE flags|events."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import wanamaker as wm


def main() -> None:
    """Print how many journeys, touches and conversions there are."""
    roles = {"user": "user", "time": "timestamp", "touch": "campaign"}
    own_rows = {"event": "event", "conversions": ["purchase"], "value": "value"}
    options: dict[str, Any] = roles | (own_rows if sys.argv[2] == "events" else {"converted": "conversion"})
    cpu, wall = time.process_time(), time.perf_counter()
    journeys = wm.journeys_from_events(sys.argv[1], **options)
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    found = {
        "journeys": len(journeys),
        "touches": len(journeys.touches),
        "conversions": float(journeys.conversions.sum()),
    }
    print(json.dumps(found | clocks))


if __name__ == "__main__":
    main()
