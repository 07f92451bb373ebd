"""Whether this thread is tracing: running a function to lift it, so that what is picked must be recorded."""

from __future__ import annotations

from engine.blocks import Block, Openings
from engine.errors import TraceError

__all__ = ["as_written", "is_tracing", "refuse_while_tracing", "runs_as_written", "tracing"]


class tracing(Block):  # noqa: N801 - reads as a block
    """A block in which functions of this thread are traced. Blocks nest.

    >>> with tracing():
    ...     is_tracing()
    True
    """

    openings = Openings()


class as_written(Block):  # noqa: N801 - reads as a block
    """A block in which lifted functions that this thread calls run as they are written, on nodes.

    So runs a function in place of its program, with all lifted ones that it calls: derivatives of theirs
    are to be had while it is traced, and must be then.

    >>> with as_written():
    ...     runs_as_written()
    True
    """

    openings = Openings()


def runs_as_written() -> bool:
    """Whether lifted functions of this thread are to run as they are written: also while it is tracing.

    >>> runs_as_written()
    False
    """
    return tracing.openings.is_open() or as_written.openings.is_open()


def is_tracing() -> bool:
    """Whether this thread is in a :func:`tracing` block.

    >>> is_tracing()
    False
    """
    return tracing.openings.is_open()


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
