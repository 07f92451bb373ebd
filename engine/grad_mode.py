"""Switching the recording of graphs off, per thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.blocks import Block

__all__ = ["enable_grad", "is_grad_enabled", "no_grad"]


class _Depth(threading.local):
    """How many ``no_grad()`` blocks the current thread is in, and how many each ``enable_grad()`` lifted."""

    def __init__(self) -> None:
        self.blocks = 0
        self.lifted: list[int] = []


_depth = _Depth()
_lock = threading.Lock()
_open = 0
_listeners: list[Callable[[int], None]] = []


def on_change(listener: Callable[[int], None]) -> None:
    """Have a node implementation told how many blocks are open in all threads together.

    While that is 0, nodes need not ask :func:`is_grad_enabled`: recording costs nothing extra.
    """
    _listeners.append(listener)


def is_grad_enabled() -> bool:
    """Whether operators in this thread record the graph.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """
    return not _depth.blocks


class _Mode(Block):
    """A block that changes the mode; as a decorator with or without parentheses."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)


class no_grad(_Mode):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which operators record nothing.

    Results are leaves that take no gradient; memory use does not grow. Blocks nest, and count for
    the thread they are in.

    >>> from engine import Value
    >>> with no_grad():
    ...     y = Value(2.0) * 3
    >>> y.data, y.requires_grad
    (6.0, False)
    """

    def __enter__(self) -> None:
        _change(1)

    def __exit__(self, *exception: Any) -> None:
        _change(-1)


class enable_grad(_Mode):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which operators record again, within ``no_grad()`` too.

    >>> from engine import Value
    >>> x = Value(2.0)
    >>> with no_grad(), enable_grad():
    ...     y = x * 3
    >>> y.requires_grad
    True
    """

    def __enter__(self) -> None:
        _depth.lifted.append(_depth.blocks)
        _change(-_depth.blocks)

    def __exit__(self, *exception: Any) -> None:
        _change(_depth.lifted.pop())


def _change(by: int) -> None:
    global _open
    _depth.blocks += by
    with _lock:
        _open += by
        for listener in _listeners:
            listener(_open)
