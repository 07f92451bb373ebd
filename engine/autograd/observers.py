"""Observers of results and gradients: the open blocks of ``detect_anomaly()``.

An observer runs Python code at every node, so a node checks ``OBSERVED`` first, which is empty while there is
none in any thread. Observers see what happens in the thread that opened them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from engine.autograd.context_decorator import OPEN, Block, Openings, Places
from engine.ops.op import Op

__all__ = ["OBSERVED", "Observer", "Observing", "made", "current_observers"]

Node = Any
"""A Value: this file stands below value.py."""


class Observer(ABC):
    """Is called with results and gradients. What it raises stops the operator or the sweep."""

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


OBSERVED: Places = set()
"""Empty while no thread has an observer: then :func:`made` need not be called."""


class Observing(Block):
    """A block within which an observer, its ``setting``, is called with what happens in this thread."""

    openings = Openings(OPEN, OBSERVED)


KEPT: Places = set()
"""Empty while no thread keeps the nodes that it makes: then :func:`keep` need not be called."""


class Keeping(Block):
    """A block within which all nodes that this thread makes are added to a list."""

    openings = Openings(OPEN, KEPT)

    def __init__(self, nodes: list[Node]) -> None:
        self.setting = self.given = nodes


def keep(node: Node) -> None:
    """Add a node to the lists of this thread."""
    for nodes in Keeping.openings.settings():
        nodes.append(node)


def current_observers() -> list[Observer]:
    """The observers of this thread, outermost first."""
    return Observing.openings.settings() if OBSERVED else []


def made(row: Op, operands: Sequence[Node], result: Node) -> None:
    """Call the observers of this thread with a result that an operator has computed."""
    for observer in current_observers():
        observer.made(row, operands, result)
