"""Whether this thread is tracing: running a function to lift it, so that what is picked must be recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import TraceError

__all__ = ["as_written", "is_tracing", "refuse_while_tracing", "runs_as_written", "tracing"]


class _Depth(threading.local):
    blocks = 0
    as_written = 0


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


@contextmanager
def as_written() -> Iterator[None]:
    """A block in which lifted functions that this thread calls run as they are written, on nodes.

    So runs a function in place of its program, with all lifted ones that it calls: derivatives of theirs
    are to be had while it is traced, and must be then.

    >>> with as_written():
    ...     runs_as_written()
    True
    """
    _depth.as_written += 1
    try:
        yield
    finally:
        _depth.as_written -= 1


def runs_as_written() -> bool:
    """Whether lifted functions of this thread are to run as they are written: also while it is tracing.

    >>> runs_as_written()
    False
    """
    return _depth.blocks > 0 or _depth.as_written > 0


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
