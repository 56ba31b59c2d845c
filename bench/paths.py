"""Where the benchmarks keep what they make."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = ROOT / "bench" / "workers"
RESULTS = ROOT / "bench" / "results"
CACHE_VARIABLE = "WANAMAKER_BENCH_CACHE"
"""Environment variable with the directory for generated data and compiled kernels."""


def cache() -> Path:
    """Return the directory for generated data, made when missing; git ignores it."""
    place = Path(os.environ.get(CACHE_VARIABLE, ROOT / "bench" / ".cache"))
    place.mkdir(parents=True, exist_ok=True)
    (place / ".gitignore").write_text("*\n", encoding="ascii")
    return place
