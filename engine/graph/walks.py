"""Walks over a graph: its nodes in order, their operands and consumers. None of them recurses."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.node.backend import Value
from engine.node.bulk import graph_arrays, write_grad
from engine.quoting import brief, typed

__all__ = ["Trace", "consumers", "leaves", "topological_order", "trace", "zero_grad"]


def topological_order(root: Value) -> list[Value]:
    """Every node that the root was made of, operands before results, the root last.

    Depth first, leftmost operand first: equal graphs give equal orders.

    Raises:
        TypeError: the root is not a Value.

    >>> a = Value(2.0, label="a")
    >>> b = a * a
    >>> [node.data for node in topological_order(b + a)]
    [2.0, 4.0, 6.0]
    """
    if not isinstance(root, Value):
        raise TypeError(f"a graph is walked from a Value, got {typed(root)}")
    return root._topological_order()


def leaves(root: Value) -> list[Value]:
    """The nodes below the root that no operator made: parameters, inputs and constants.

    >>> a = Value(2.0)
    >>> [leaf.data for leaf in leaves(a * 3 + a)]
    [2.0, 3.0]
    """
    return [node for node in topological_order(root) if not node._children]


def consumers(root: Value) -> dict[Value, list[Value]]:
    """For each node below the root, the nodes computed from it, as often as they use it.

    >>> a = Value(2.0)
    >>> square = a * a
    >>> consumers(square)[a] == [square, square]
    True
    """
    order = topological_order(root)
    users: dict[Value, list[Value]] = {node: [] for node in order}
    for node in order:
        for child in node._children:
            users[child].append(node)
    return users


def zero_grad(values: Value | Iterable[Value]) -> None:
    """Set the gradients of the given Values to zero, before the next ``backward()``.

    Args:
        values: a Value or any number of them, such as ``model.parameters()``. Only these are
            changed; ``value.zero_grad()`` also clears all that the value was made of.

    Raises:
        TypeError: something is not a Value; then nothing is changed.

    >>> w = Value(2.0)
    >>> (w * w).backward()
    >>> zero_grad([w])
    >>> w.grad
    0.0
    """
    if type(values) is not list:
        if not isinstance(values, (Value, Iterable)):
            raise TypeError(f"zero_grad takes a Value or several, as model.parameters(), got {typed(values)}")
        values = [values] if isinstance(values, Value) else list(values)
    try:
        write_grad(values, np.zeros(len(values)))
    except TypeError as error:
        raise TypeError(f"zero_grad takes Values: {error}") from None


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
    def edges(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Offsets and the operands of all nodes, one after the other: ``flat[offsets[i]:offsets[i + 1]]``
        are those of node i."""
        children = [node._children for node in self.nodes]
        offsets = np.zeros(len(children) + 1, np.intp)
        np.cumsum(np.fromiter(map(len, children), np.intp, len(children)), out=offsets[1:])
        found = map(self.position.__getitem__, chain.from_iterable(children))
        return offsets, np.fromiter(found, np.intp, offsets[-1])

    @cached_property
    def operands(self) -> list[tuple[int, ...]]:
        """For each node its operands, in order and with repetition."""
        offsets, flat = (each.tolist() for each in self.edges)
        # tuples of numbers are soon none of the garbage collector's business
        return [tuple(flat[first:end]) for first, end in pairwise(offsets)]

    @cached_property
    def uses(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """As :attr:`edges`, the other way: offsets, and the nodes computed from each node."""
        offsets, flat = self.edges
        starts = np.zeros(len(offsets), np.intp)
        np.cumsum(np.bincount(flat, minlength=len(self.nodes)), out=starts[1:])
        heads = np.repeat(np.arange(len(self.nodes)), np.diff(offsets))
        return starts, heads[np.argsort(flat, kind="stable")]

    @cached_property
    def consumers(self) -> list[list[int]]:
        """For each node the nodes computed from it, as often as they use it."""
        offsets, heads = (each.tolist() for each in self.uses)
        return [heads[first:end] for first, end in pairwise(offsets)]

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
        raise ValueError("the list of roots is empty: give a Value, or several")
    for each in roots:
        if not isinstance(each, Value):
            raise TypeError(f"a graph is drawn below a Value, or below several in a list; got {typed(each)}")
    nodes, _, _, _, offsets, operands = graph_arrays(roots)
    position = {node: i for i, node in enumerate(nodes)}
    found = Trace(nodes, [position[each] for each in dict.fromkeys(roots)], position)
    found.__dict__["edges"] = offsets.astype(np.intp, copy=False), operands.astype(np.intp, copy=False)
    return found
