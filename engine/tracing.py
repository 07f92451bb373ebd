"""Whether this thread is tracing: running a function to lift it, so that what is picked must be recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import TraceError

__all__ = ["is_tracing", "refuse_while_tracing", "tracing"]


class _Depth(threading.local):
    blocks = 0


_depth = _Depth()


@contextmanager
def tracing() -> Iterator[None]:
    """A block in which functions of this thread are traced. Blocks nest.

    >>> with tracing():
    ...     is_tracing()
    True
    """
    _depth.blocks += 1
    try:
        yield
    finally:
        _depth.blocks -= 1


def is_tracing() -> bool:
    """Whether this thread is in a :func:`tracing` block.

    >>> is_tracing()
    False
    """
    return _depth.blocks > 0


def refuse_while_tracing(what: str, instead: str) -> None:
    """Raise an error where this thread traces: what acts on nodes would act on those of made-up numbers.

    Raises:
        TraceError: this thread is in a :func:`tracing` block.

    >>> refuse_while_tracing("backward()", "call it outside")
    """
    if is_tracing():
        raise TraceError(
            f"{what} inside a function under engine.jit, which runs a few times, on numbers made up as well, "
            f"and then never again: {instead}, or call the function without engine.jit"
        )
