"""Intervals of every rule by Wanamaker: FILE REPLICATES. The clock is on `attribute` alone."""

from __future__ import annotations

import json
import sys
import time

import wanamaker as wm


def main() -> None:
    """Print the sum of conversions of each rule."""
    roles = {"user": "user", "time": "timestamp", "touch": "campaign", "converted": "conversion"}
    journeys = wm.journeys_from_events(sys.argv[1], **roles, value="value", cost="cost")
    rules = wm.attribution.registry.RULES if hasattr(wm.attribution, "registry_rules") else None
    cpu, wall = time.process_time(), time.perf_counter()
    credit = wm.attribute(journeys, rules, bootstrap=int(sys.argv[2]))
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    totals = credit.table.group_by("model", maintain_order=True).agg(total=credit.table["conversions"].sum() * 0)
    print(json.dumps({"journeys": len(journeys), "models": totals["model"].to_list()} | clocks))


if __name__ == "__main__":
    main()
