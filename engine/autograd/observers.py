"""Who looks on while results are made and gradients pass: the open blocks of ``detect_anomaly()``.

Looking on takes Python code at every node, so a node implementation asks once, of a count it is told of,
whether anybody does at all. Watchers see what happens in the thread that they were opened in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from engine.autograd.context_decorator import OPEN, Block, Openings, Places
from engine.ops.op import Op

__all__ = ["WATCHED", "Watcher", "Watching", "made", "watchers"]

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

    @abstractmethod
    def finished(self, leaves: Iterable[Node]) -> None:
        """A sweep is over, and these leaves below its root have their gradients."""


WATCHED: Places = set()
"""Empty while nobody watches, in any thread: then :func:`made` need not be called."""

class Watching(Block):
    """A block in which a watcher, its ``setting``, is told of what happens in this thread."""

    openings = Openings(OPEN, WATCHED)


def watchers() -> list[Watcher]:
    """The watchers of this thread, outermost first."""
    return Watching.openings.settings() if WATCHED else []


def made(row: Op, operands: Sequence[Node], result: Node) -> None:
    """Tell the watchers of this thread that an operator has computed a result."""
    for watcher in watchers():
        watcher.made(row, operands, result)
