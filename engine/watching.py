"""Who looks on while results are made and gradients pass: the open blocks of ``detect_anomaly()``.

Looking on takes Python code at every node, so a node implementation asks once, of a count it is told of,
whether anybody does at all. Watchers see what happens in the thread that they were opened in.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from engine.op import Op

__all__ = ["ATTENTION", "Watcher", "made", "on_change", "unwatch", "watch", "watchers"]

Node = Any
"""A Value: this file stands below value.py."""


class Watcher(ABC):
    """One that is told of results and of gradients. What it raises stops the operator or the sweep."""

    @abstractmethod
    def made(self, row: Op, operands: Sequence[Node], result: Node) -> None:
        """An operator has computed ``result``, which under ``no_grad()`` remembers no operands."""

    @abstractmethod
    def started(self, root: Node, gradient: float) -> None:
        """A sweep starts from ``root`` with this gradient."""

    @abstractmethod
    def hooked(self, node: Node, before: float, after: float) -> None:
        """The hooks of a node have made of its gradient another one."""

    @abstractmethod
    def sent(self, node: Node, position: int, gradient: float, part: float, total: float) -> None:
        """A node has passed a gradient on to one of its operands.

        Args:
            node: the node.
            position: which of its operands.
            gradient: the node's own gradient, not zero.
            part: what it adds to the operand's gradient.
            total: the operand's gradient before.
        """


class _Watchers(threading.local):
    """The watchers of the current thread, outermost first."""

    def __init__(self) -> None:
        self.stack: list[Watcher] = []


ATTENTION: set[object] = set()
"""Empty while there are neither watchers nor hooks in the process: then sweeps take the quick way."""

_watchers = _Watchers()
_lock = threading.Lock()
_open = 0
_listeners: list[Callable[[int], None]] = []


def on_change(listener: Callable[[int], None]) -> None:
    """Have a node implementation told how many watchers there are in all threads together.

    While there are none, it need not call :func:`made`.
    """
    _listeners.append(listener)


def watchers() -> list[Watcher]:
    """The watchers of this thread, outermost first."""
    return _watchers.stack


def watch(watcher: Watcher) -> list[Watcher]:
    """Have a watcher told of what happens in this thread; :func:`unwatch` takes what is returned here."""
    stack = _watchers.stack
    stack.append(watcher)
    _count(1)
    return stack


def unwatch(watcher: Watcher, stack: list[Watcher]) -> None:
    """End what :func:`watch` began, in any order and from any thread."""
    for place in range(len(stack) - 1, -1, -1):
        if stack[place] is watcher:
            del stack[place]
            _count(-1)
            return


def made(row: Op, operands: Sequence[Node], result: Node) -> None:
    """Tell the watchers of this thread that an operator has computed a result."""
    for watcher in tuple(_watchers.stack):
        watcher.made(row, operands, result)


def _count(by: int) -> None:
    global _open
    with _lock:
        _open += by
        (ATTENTION.add if _open else ATTENTION.discard)("watchers")
        for listener in _listeners:
            listener(_open)
