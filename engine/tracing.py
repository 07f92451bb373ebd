"""Whether this thread is tracing: running a function to lift it, so that what is picked must be recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["is_tracing", "tracing"]


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
