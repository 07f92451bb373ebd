"""Whether a function is being traced, per thread: what must be recorded then is plain Python otherwise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["is_tracing", "tracing"]


class _Depth(threading.local):
    def __init__(self) -> None:
        self.traces = 0


_depth = _Depth()


@contextmanager
def tracing() -> Iterator[None]:
    """A block in which a function is traced; blocks nest.

    >>> with tracing():
    ...     is_tracing()
    True
    """
    _depth.traces += 1
    try:
        yield
    finally:
        _depth.traces -= 1


def is_tracing() -> bool:
    """Whether this thread is in a block of :func:`tracing`.

    >>> is_tracing()
    False
    """
    return _depth.traces > 0
