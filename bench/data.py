"""Generated inputs, the same on every machine: ``python -m bench.data KIND ROWS FILE`` writes one.

The generator runs in a process of its own because Linux carries the peak memory of a parent over to
the children that are measured.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Literal

from bench.paths import ROOT, cache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

CHANNELS = (
    "affiliate",
    "direct",
    "display",
    "email",
    "organic search",
    "paid search",
    "paid social",
    "referral",
    "retargeting",
    "video",
)
CONVERSION_RATE = 0.067
WIDE = 300
"""Channels of ``paths_wide``."""
LOGS = ("log_int", "log_text", "log_events", "costs", "costs_all", "world", "world_stops", "clicks")
SUFFIXES = dict.fromkeys(("paths", "paths_wide"), "csv") | dict.fromkeys(LOGS, "parquet")
"""Kinds of input, with their file format."""

_CHUNK = 1_000_000
_SEED = 20_240_607
_MONTH = 30 * 86_400
_START = 1_700_000_000
_USERS_PER_TOUCH = 0.3
_VERSION = 1


def made(kind: str, rows: int) -> Path:
    """Return the file of a kind and size, made when missing."""
    file = cache() / f"{kind}-{rows}-v{_VERSION}.{SUFFIXES[kind]}"
    if not file.exists():
        print(f"making {file.name} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "bench.data", kind, str(rows), str(file)], check=True, cwd=ROOT)
    return file


def path_rows(rows: int, seed: int, channels: Sequence[str] = CHANNELS) -> pl.DataFrame:
    """Return paths of a geometric length with mean 4, 6.7 % of them converting, one path per row."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(seed)
    lengths = random.geometric(0.25, rows)
    touches = _channels(random, int(lengths.sum()), len(channels))
    converted = random.random(rows) < CONVERSION_RATE
    value = np.where(converted, random.lognormal(3.5, 0.8, rows).round(2), 0.0)
    names = pl.Series(list(channels)).gather(touches)
    flat = pl.DataFrame({"row": np.repeat(np.arange(rows), lengths), "touch": names})
    joined = flat.group_by("row", maintain_order=True).agg(pl.col("touch").str.join(" > "))
    return pl.DataFrame(
        {
            "path": joined["touch"],
            "total_conversions": converted.astype(np.int8),
            "total_conversion_value": value,
            "total_null": (~converted).astype(np.int8),
        }
    )


def touch_rows(rows: int, seed: int, *, users: int | None = None) -> pl.DataFrame:
    """Return touches in no order: user, timestamp in seconds within a month, campaign (of 20)."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(seed)
    count = users if users is not None else max(1, int(rows * _USERS_PER_TOUCH))
    names = pl.Series([f"campaign_{number:02d}" for number in range(20)])
    likes = np.arange(20, 0, -1.0)
    return pl.DataFrame(
        {
            "user": _owners(random, rows, count),
            "timestamp": _START + random.integers(0, _MONTH, rows),
            "campaign": names.gather(random.choice(20, rows, p=likes / likes.sum())),
            "conversion": (random.random(rows) < 0.01).astype(np.int8),
        }
    )


def text_ids(users: pl.Series) -> pl.Series:
    """Return ids like UUIDs, one for each integer id."""
    import numpy as np
    import polars as pl

    distinct, places = np.unique(users.to_numpy().astype(np.uint64), return_inverse=True)
    digits = (f"{number:016x}" for number in distinct * np.uint64(0x9E3779B97F4A7C15))
    texts = [f"{text[:8]}-{text[8:12]}-4{text[13:]}-a000-{text[4:]}" for text in digits]
    return pl.Series(texts).gather(places)


def event_rows(rows: int, seed: int) -> pl.DataFrame:
    """Return the touches with conversions as rows of their own, with a value, one second later."""
    import numpy as np
    import polars as pl

    log = touch_rows(rows, seed)
    random = np.random.default_rng(seed + 1)
    bought = log.filter(pl.col("conversion") == 1).with_columns(
        timestamp=pl.col("timestamp") + 1,
        campaign=pl.lit(None, dtype=pl.String),
        event=pl.lit("purchase"),
        value=pl.Series(random.lognormal(3.5, 0.8, int(log["conversion"].sum())).round(2)),
    )
    seen = log.with_columns(event=pl.lit("impression"), value=pl.lit(None, dtype=pl.Float64))
    return pl.concat([seen, bought]).drop("conversion").sample(fraction=1.0, shuffle=True, seed=seed)


def cost_rows(journeys: int, seed: int, rate: float = CONVERSION_RATE) -> pl.DataFrame:
    """Return a log of 10 channels in which each user is one journey of 4 touches on average.

    Journeys convert at the given rate, at their last touch, with a value; every touch has a cost.
    """
    import numpy as np
    import polars as pl

    random = np.random.default_rng(seed)
    lengths = random.geometric(0.25, journeys)
    rows = int(lengths.sum())
    ends = np.cumsum(lengths) - 1
    flags = np.zeros(rows, dtype=np.int8)
    flags[ends[random.random(journeys) < rate]] = 1
    begins = _START + random.integers(0, _MONTH, journeys)
    return pl.DataFrame(
        {
            "user": np.repeat(np.arange(journeys), lengths),
            "timestamp": np.repeat(begins, lengths) + np.arange(rows) * 60,
            "campaign": pl.Series(CHANNELS).gather(_channels(random, rows)),
            "conversion": flags,
            "value": np.where(flags == 1, random.lognormal(3.5, 0.8, rows).round(2), 0.0),
            "cost": random.exponential(0.02, rows).round(4),
        }
    )


def write(kind: str, rows: int, file: Path) -> None:
    """Write one input; it appears when it is whole."""
    part = file.with_name(f"{file.name}.part")
    if kind in ("paths", "paths_wide"):
        wide = [f"channel_{number:03d}" for number in range(WIDE)]
        _write_paths(rows, part, CHANNELS if kind == "paths" else wide)
    else:
        _log(kind, rows).write_parquet(part)
    part.replace(file)


def _log(kind: str, rows: int) -> pl.DataFrame:
    if kind == "log_events":
        return event_rows(rows, _SEED)
    if kind in ("costs", "costs_all"):
        return cost_rows(rows, _SEED, CONVERSION_RATE if kind == "costs" else 1.0)
    if kind in ("world", "world_stops"):
        return _world(rows, "full" if kind == "world" else "until_conversion")
    if kind == "clicks":
        return _clicks(rows)
    log = touch_rows(rows, _SEED)
    return log if kind == "log_int" else log.with_columns(text_ids(log["user"]).alias("user"))


def _world(users: int, observed: Literal["full", "until_conversion"]) -> pl.DataFrame:
    import wanamaker as wm

    return wm.simulate.journeys(users, seed=1, observed=observed).log


def _clicks(rows: int) -> pl.DataFrame:
    import wanamaker as wm

    return wm.simulate.clicks(rows, seed=1).log


def _write_paths(rows: int, file: Path, channels: Sequence[str]) -> None:
    with file.open("wb") as out:
        for start in range(0, rows, _CHUNK):
            chunk = path_rows(min(_CHUNK, rows - start), _SEED + start // _CHUNK, channels)
            chunk.write_csv(out, include_header=start == 0)


def _channels(random: np.random.Generator, count: int, channels: int = len(CHANNELS)) -> NDArray[np.int64]:
    """Return channel numbers, some channels more common than others."""
    import numpy as np

    likes = 1.0 / np.sqrt(np.arange(1, channels + 1))
    return random.choice(channels, count, p=likes / likes.sum())


def _owners(random: np.random.Generator, rows: int, users: int) -> NDArray[np.int64]:
    """Return users in no order: each at least once where there are rows for it, the rest unevenly."""
    import numpy as np

    more = max(0, rows - users)
    uneven = (users * random.random(more) ** 1.5).astype(np.int64)
    owners = np.concatenate([np.arange(min(rows, users)), uneven])
    random.shuffle(owners)
    return owners


if __name__ == "__main__":
    from pathlib import Path

    write(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
