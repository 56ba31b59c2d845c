"""Progress of long work: a bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Step = TypeVar("Step")


def track(
    steps: Sequence[Step], description: str, name: Callable[[Step], str] = lambda _: ""
) -> Iterator[Step]:
    """Go through the steps and show how far the work is, if the error stream is a terminal.

    Parameters
    ----------
    steps
        What is worked through.
    description
        What the work is, shown before the bar.
    name
        Gives the name of the step that is under way, shown behind the description.

    Examples
    --------
    >>> sum(track([1, 2, 3], "adding"))
    6
    """
    if not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=len(steps))
        for step in steps:
            progress.update(task, description=f"{description} {name(step)}".strip())
            yield step
            progress.advance(task)


@contextmanager
def status(description: str) -> Iterator[None]:
    """Show what is under way while it lasts, if the error stream is a terminal.

    Examples
    --------
    >>> with status("reading the log"):
    ...     pass
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(description):
        yield


class Stopwatch:
    """Measures the steps of a job, and shows the one under way.

    Attributes
    ----------
    seconds
        Wall-clock seconds of every finished step by its name.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, description: str | None = None) -> Iterator[None]:
        """Measure one step; show its description meanwhile, unless it shows its own progress."""
        start = time.perf_counter()
        if description is None:
            yield
        else:
            with status(description):
                yield
        self.seconds[name] = time.perf_counter() - start
