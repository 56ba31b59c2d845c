"""Intervals of every rule by Wanamaker: FILE REPLICATES. The clock is on `attribute` alone."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import wanamaker as wm

RULES = ["first", "last", "last_non_direct", "linear", "time_decay", "position", "w_shaped"]


def main() -> None:
    """Print how many journeys convert and, by rule, the credited conversions."""
    roles: dict[str, Any] = {"user": "user", "time": "timestamp", "touch": "campaign"}
    roles |= {"converted": "conversion", "value": "value", "cost": "cost"}
    journeys = wm.journeys_from_events(sys.argv[1], **roles)
    cpu, wall = time.process_time(), time.perf_counter()
    credit = wm.attribute(journeys, RULES, bootstrap=int(sys.argv[2]))
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    totals = credit.table.select("model", "conversions").group_by("model", maintain_order=True).sum()
    found = {
        "journeys": len(journeys),
        "conversions": float(journeys.conversions.sum()),
        "credited": dict(zip(totals["model"], totals["conversions"], strict=True)),
    }
    print(json.dumps(found | clocks))


if __name__ == "__main__":
    main()
