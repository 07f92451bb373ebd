"""Walks over a graph: what a node was made of, and who uses it. None of them recurses."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.node.backend import Value
from engine.node.bulk import write_grad
from engine.quoting import brief

__all__ = ["leaves", "parents", "topological_order", "zero_grad"]


def topological_order(root: Value) -> list[Value]:
    """Every node that the root was made of, operands before results, the root last.

    Depth first, leftmost operand first: equal graphs give equal orders.

    Raises:
        TypeError: the root is no Value.

    >>> a = Value(2.0, label="a")
    >>> b = a * a
    >>> [node.data for node in topological_order(b + a)]
    [2.0, 4.0, 6.0]
    """
    if not isinstance(root, Value):
        raise TypeError(f"a graph hangs from a Value, got {brief(root)} of type {type(root).__name__}")
    return root._topological_order()


def leaves(root: Value) -> list[Value]:
    """The nodes below the root that no operator made: parameters, inputs and constants.

    >>> a = Value(2.0)
    >>> [leaf.data for leaf in leaves(a * 3 + a)]
    [2.0, 3.0]
    """
    return [node for node in topological_order(root) if not node._children]


def parents(root: Value) -> dict[Value, list[Value]]:
    """For each node below the root, the nodes computed from it, as often as they use it.

    >>> a = Value(2.0)
    >>> square = a * a
    >>> parents(square)[a] == [square, square]
    True
    """
    order = topological_order(root)
    users: dict[Value, list[Value]] = {node: [] for node in order}
    for node in order:
        for child in node._children:
            users[child].append(node)
    return users


def zero_grad(values: Value | Iterable[Value]) -> None:
    """Set the gradients of the given Values to zero, as is due before the next ``backward()``.

    Args:
        values: a Value or any number of them, such as ``model.parameters()``. Only these are
            changed; ``value.zero_grad()`` also clears all that the value was made of.

    Raises:
        TypeError: something is no Value; then nothing is changed.

    >>> w = Value(2.0)
    >>> (w * w).backward()
    >>> zero_grad([w])
    >>> w.grad
    0.0
    """
    chosen = [values] if isinstance(values, Value) else list(values)
    try:
        write_grad(chosen, np.zeros(len(chosen)))
    except TypeError as error:
        raise TypeError(f"zero_grad takes Values: {error}") from None
