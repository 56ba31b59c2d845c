"""``python -m bench [NAME…] [--quick]``: measure, print the tables, write them to ``bench/results``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from typing import TYPE_CHECKING

from bench.click_models import report as click_models_report
from bench.grid import report as grid_report
from bench.live import report as live_report
from bench.measure import JobError
from bench.methods import other_report, wide_report
from bench.methods import report as methods_report
from bench.networks import report as networks_report
from bench.own import bootstrap_report, journeys_report, replicates_report
from bench.paths import RESULTS
from bench.peers import PeerError
from bench.rules import report as rules_report
from bench.search_terms import report as search_terms_report
from bench.search_terms_reading import report as search_terms_reading_report
from bench.sizes import FULL, QUICK
from bench.vectors import report as vectors_report
from bench.windows import report as windows_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.sizes import Sizes

BENCHMARKS: dict[str, Callable[[Sizes], str]] = {
    "rules": rules_report,
    "journeys": journeys_report,
    "bootstrap": bootstrap_report,
    "methods": methods_report,
    "methods_wide": wide_report,
    "methods_mam": other_report,
    "replicates": replicates_report,
    "grid": grid_report,
    "windows": windows_report,
    "live": live_report,
    "vectors": vectors_report,
    "click_models": click_models_report,
    "networks": networks_report,
    "search_terms_reading": search_terms_reading_report,
    "search_terms": search_terms_report,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; all by default")
    parser.add_argument(
        "--quick", action="store_true", help="a twentieth of the size, once; keeps no results"
    )
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"unknown benchmark: {', '.join(unknown)}. Choose among {', '.join(BENCHMARKS)}.")
    for name in given.names or BENCHMARKS:
        try:
            page = f"{BENCHMARKS[name](QUICK if given.quick else FULL)}\n\n{_machine()}\n"
        except (JobError, PeerError) as error:
            print(error, file=sys.stderr)
            return 1
        print(page, flush=True)
        if not given.quick:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}.md").write_text(page, encoding="utf-8")
    return 0


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {cores} cores (shared), Python {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main())
