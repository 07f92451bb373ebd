"""no_grad and enable_grad: whether operators of this thread record the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.autograd.context_decorator import OPEN, Block, Openings
from engine.quoting import renamed

__all__ = ["enable_grad", "is_grad_enabled", "no_grad"]

MODES = Openings(OPEN)
"""The blocks of both kinds that are open: the innermost of a thread decides."""


def is_grad_enabled() -> bool:
    """Whether operators in this thread record the graph.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """
    return not OPEN or bool(MODES.innermost(True))


class _Mode(Block):
    """A block that changes the mode; as a decorator with or without parentheses."""

    openings = MODES

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)


class no_grad(_Mode):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which operators record nothing.

    Results are leaves that take no gradient; memory use does not grow. Blocks nest, and count for
    the thread they are in: one that awaits or yields stays open, as PyTorch's does, for whatever runs in the
    thread meanwhile. Decorate the coroutine or the generator with ``@no_grad`` instead: it waits with the
    block closed.

    >>> from engine import Value
    >>> with no_grad():
    ...     y = Value(2.0) * 3
    >>> y.data, y.requires_grad
    (6.0, False)
    """

    setting = False
    __new__ = renamed(_Mode.__new__, "no_grad")


class enable_grad(_Mode):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which operators record again, within ``no_grad()`` too.

    >>> from engine import Value
    >>> x = Value(2.0)
    >>> with no_grad(), enable_grad():
    ...     y = x * 3
    >>> y.requires_grad
    True
    """

    setting = True
    __new__ = renamed(_Mode.__new__, "enable_grad")
