"""Frees deep graphs of the node in pure Python without recursion.

When the last reference to a node goes, Python frees it, then its operands, then theirs, each within the
freeing of the one before. From Python 3.13 on, that goes ten thousand levels down before Python unwinds it:
more than the stack of a browser's worker holds, or that of a small thread. So a node knows its *span*: how
many levels lie between it and the nearest nodes below that do otherwise. At :data:`DEEPEST` levels a node
holds its operands in a :class:`Release` too, which hands them to one loop instead of freeing them within.

The node keeps its span, or its Release, in a slot that Python clears after those of the operands: it clears
slots in the order of their names.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

__all__ = ["DEEPEST", "Release", "span"]

DEEPEST = 200
"""Levels that may be freed within one another: some 100 KB of stack, and an integer that Python shares."""


class _Pending(threading.local):
    """Operands that wait to be let go, and whether this thread's loop is at it."""

    def __init__(self) -> None:
        self.operands: list[Any] = []
        self.busy = False


_PENDING = _Pending()


class Release(int):
    """The span 0, of a node whose operands are let go by a loop.

    It goes right after the node's own references to them, so the references it hands on are the last ones.
    """

    _operands: tuple[Any, ...]

    def __new__(cls, operands: tuple[Any, ...]) -> Release:
        self = super().__new__(cls)
        self._operands = operands
        return self

    def __del__(self, pending: _Pending = _PENDING) -> None:
        waiting = pending.operands
        waiting.append(self._operands)
        del self._operands
        if pending.busy:
            return
        pending.busy = True
        try:
            while waiting:
                waiting.pop()
        finally:
            pending.busy = False


def span(operands: Sequence[Any]) -> int:
    """The span of a node on these operands, one or more."""
    most = operands[0]._span
    for node in operands:
        if node._span > most:
            most = node._span
    return most + 1 if most < DEEPEST else Release(tuple(operands))
