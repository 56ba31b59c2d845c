"""Counts in windows by DuckDB: FILE WINDOWS excluding|preceding; see `ours_windows.py`."""

from __future__ import annotations

import json
import sys
import time

import duckdb  # type: ignore[import-not-found,unused-ignore]


def query(windows: list[tuple[list[str], str, int, int]], form: str) -> str:
    """Return one query of all windows; each frame is named once."""
    frames, selected = [], []
    for place, (key, name, start, end) in enumerate(windows):
        last = f"{end + 1} PRECEDING" if end or form == "preceding" else "CURRENT ROW EXCLUDE GROUP"
        frames.append(
            f"w{place} AS (PARTITION BY {', '.join(key)} ORDER BY tick "
            f"RANGE BETWEEN {start} PRECEDING AND {last})"
        )
        selected.append(f"count(*) OVER w{place} AS {name}")
    return f"SELECT {', '.join(selected)} FROM log WINDOW {', '.join(frames)}"  # noqa: S608


def counts(file: str, windows: list[tuple[list[str], str, int, int]], form: str) -> dict[str, int]:
    """Compute all windows of every row, and return the sum of each."""
    log = f"SELECT *, epoch(click_time)::BIGINT AS tick FROM read_parquet('{file}')"  # noqa: S608
    names = [name for _, name, _, _ in windows]
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in names)
    whole = f"WITH log AS ({log}) SELECT {sums} FROM ({query(windows, form)})"  # noqa: S608
    with duckdb.connect() as database:
        found = database.execute(whole).fetchall()[0]
    return dict(zip(names, found, strict=True))


def main() -> None:
    """Print the sum of every window."""
    cpu, wall = time.process_time(), time.perf_counter()
    sums = counts(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3])
    clocks = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"sums": sums} | clocks))


if __name__ == "__main__":
    main()
