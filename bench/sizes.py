"""How large the benchmarks are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Rows of each input and runs of each job.

    Parameters
    ----------
    paths
        Numbers of paths of `rules`, in growing order.
    touches
        Touches of `journeys`; there are 3 users for 10 touches.
    journeys
        Journeys of `bootstrap`.
    replicates
        Replicates of `bootstrap`.
    runs
        Runs that count.
    wide
        Paths of `methods_wide`.
    limit
        CPU-seconds after which a peer is ended in `methods_wide`.
    few_replicates
        Replicates of `replicates`.
    grid
        Users of each world of `grid`.
    seeds
        Seeds of each world.
    clicks
        Clicks of `windows`.
    click_rows
        Clicks of `click_models`.
    vectors
        Clicks of each log of `vectors`.
    live
        Clicks of `live`.
    slow_runs
        Runs that count where a peer takes minutes.
    sessions
        Sessions of `networks`.
    seconds
        Seconds that each network of `networks` trains.
    term_rows
        Rows of the report of `search_terms_reading`, and of the log of `search_terms`.
    """

    paths: tuple[int, ...] = (1_000_000, 10_000_000)
    touches: int = 10_000_000
    journeys: int = 1_000_000
    replicates: int = 200
    runs: int = 5
    wide: int = 100_000
    limit: int = 200
    few_replicates: int = 50
    grid: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    seeds: int = 5
    clicks: int = 10_000_000
    click_rows: int = 200_000
    vectors: int = 300_000
    live: int = 1_000_000
    slow_runs: int = 3
    sessions: int = 1_000_000
    seconds: int = 15
    term_rows: int = 1_000_000


FULL = Sizes()
QUICK = Sizes(
    paths=(50_000, 500_000),
    touches=500_000,
    journeys=50_000,
    runs=1,
    wide=5_000,
    limit=20,
    grid=(2_000, 10_000),
    seeds=1,
    clicks=200_000,
    click_rows=30_000,
    vectors=15_000,
    live=50_000,
    slow_runs=1,
    sessions=50_000,
    seconds=2,
    term_rows=50_000,
)
"""One twentieth, to see that everything runs; the figures mean nothing."""
