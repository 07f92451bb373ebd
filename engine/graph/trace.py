"""The graph below one or several roots, its nodes numbered: what reports and pictures work on.

A node is known by its position in the topological order, so equal graphs give equal pictures.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.graph.walks import topological_order
from engine.node.backend import Value
from engine.quoting import brief

__all__ = ["Trace", "trace"]


@dataclass(frozen=True)
class Trace:
    """A graph whose nodes are numbered in topological order.

    Args:
        nodes: operands before results.
        roots: positions of the roots, in the order given.
        position: of every node.
    """

    nodes: list[Value]
    roots: list[int]
    position: dict[Value, int]

    @cached_property
    def operands(self) -> list[tuple[int, ...]]:
        """For each node its operands, in order and with repetition."""
        position = self.position  # tuples of numbers are soon none of the garbage collector's business
        return [tuple([position[child] for child in node._children]) for node in self.nodes]

    @cached_property
    def consumers(self) -> list[list[int]]:
        """For each node the nodes computed from it, as often as they use it."""
        users: list[list[int]] = [[] for _ in self.nodes]
        for i, operands in enumerate(self.operands):
            for j in operands:
                users[j].append(i)
        return users

    def within_depth(self, depth: int) -> set[int]:
        """The nodes at most ``depth`` operators below a root."""
        return self._reached(self.roots, depth, both_ways=False)

    def neighbourhood(self, focus: Value, radius: int) -> set[int]:
        """The nodes at most ``radius`` edges from one of them, operands and results alike.

        Raises:
            ValueError: the focus is not in this graph.
        """
        if focus not in self.position:
            raise ValueError(f"focus {brief(focus)} is not in this graph: the root was not made of it")
        return self._reached([self.position[focus]], radius, both_ways=True)

    def _reached(self, start: Iterable[int], steps: int, *, both_ways: bool) -> set[int]:
        distance = dict.fromkeys(start, 0)
        waiting = deque(distance)
        while waiting:
            i = waiting.popleft()
            if distance[i] == steps:
                continue
            for j in (*self.operands[i], *(self.consumers[i] if both_ways else ())):
                if j not in distance:
                    distance[j] = distance[i] + 1
                    waiting.append(j)
        return set(distance)


def trace(root: Any) -> Trace:
    """The graph below a Value, or below several Values in a list or tuple.

    Raises:
        TypeError: the root is something else.
        ValueError: the list is empty.

    >>> a = Value(2.0)
    >>> trace(a * a).operands
    [(), (0, 0)]
    """
    roots = list(root) if isinstance(root, (list, tuple)) else [root]
    if not roots:
        raise ValueError("there is nothing to draw: the list of roots is empty")
    for each in roots:
        if not isinstance(each, Value):
            raise TypeError(
                "a graph is drawn below a Value, or below several in a list; "
                f"got {brief(each)} of type {type(each).__name__}"
            )
    position: dict[Value, int] = {}
    for each in roots:
        for node in _new_nodes(each, position):
            position[node] = len(position)
    return Trace(list(position), [position[each] for each in dict.fromkeys(roots)], position)


def _new_nodes(root: Value, known: dict[Value, int]) -> list[Value]:
    """Nodes below a further root that are not known yet, in topological order."""
    if not known:
        return topological_order(root)
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[tuple[Value, bool]] = [(root, False)]
    while waiting:
        node, finished = waiting.pop()
        if finished:
            order.append(node)
        elif node not in known and node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node._children))
    return order
