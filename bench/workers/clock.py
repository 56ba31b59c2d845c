"""A clock for parts of a script."""

from __future__ import annotations

import time
from typing import Self


class Clock:
    """Adds up CPU and wall seconds of the blocks that it is entered for."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.wall = 0.0
        self._begin = (0.0, 0.0)

    def __enter__(self) -> Self:
        self._begin = (time.process_time(), time.perf_counter())
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._begin[0]
        self.wall += time.perf_counter() - self._begin[1]
