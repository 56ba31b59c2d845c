"""Where a network runs, on how many threads, and by which seed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import OutOfMemoryError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator


def chosen_device(name: str) -> torch.device:
    """Return the device of a name; ``"auto"`` is a GPU if there is one.

    Raises
    ------
    ParameterError
        If a GPU is asked for and there is none.

    Examples
    --------
    >>> chosen_device("cpu")
    device(type='cpu')
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        message = "device='cuda' needs a GPU that torch can use. There is none."
        raise ParameterError(message, hint="device='auto' takes a GPU where there is one, else the CPU.")
    return torch.device("cuda" if name != "cpu" and there else "cpu")


def mixed_precision(precision: str, device: torch.device) -> bool:
    """Tell whether steps mix in bfloat16: where asked for, else on a GPU that has it, and nowhere else.

    Examples
    --------
    >>> mixed_precision("auto", torch.device("cpu"))
    False
    """
    if precision != "auto":
        return precision == "bf16-mixed"
    return device.type == "cuda" and torch.cuda.is_bf16_supported()


@contextmanager
def in_memory(what: str, hint: str) -> Iterator[None]:
    """Say what to set if something does not fit into the memory of the GPU.

    Raises
    ------
    OutOfMemoryError
        In place of torch's.

    Examples
    --------
    >>> with in_memory("A batch", "Training(batch_size=64)"):
    ...     pass
    """
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        message = f"{what} does not fit into the memory of the GPU."
        raise OutOfMemoryError(message, hint=hint) from error


@contextmanager
def cpu_threads(count: int | None) -> Iterator[None]:
    """Let torch use so many threads while it lasts; None leaves it as it is.

    Examples
    --------
    >>> with cpu_threads(1):
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    torch.set_num_threads(before if count is None else count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw everything random in torch from the seed while it lasts; afterwards all is as it was.

    Examples
    --------
    >>> with seeded(0):
    ...     first = torch.rand(1)
    >>> with seeded(0):
    ...     bool(torch.rand(1) == first)
    True
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
