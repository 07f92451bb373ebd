"""The reverse sweep: from a root to everything it was made of, without recursion.

It reads the fields in which ``value.Value`` keeps its operands; see there for their layout.
"""

from __future__ import annotations

from typing import Any

from engine.errors import GraphError
from engine.op import FROZEN

__all__ = ["propagate", "sweep", "topological_order", "without_slopes"]

Node = Any
"""A Value: this file stands below value.py and knows it by its fields only."""


def topological_order(root: Node, *others: Node) -> list[Node]:
    """Every node the root was made of, operands before results, the root last.

    Depth first with an explicit stack, leftmost operands first, so the order is that of the
    recursive definition and the same for equal graphs. Other roots follow with what is new below them.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    stack: list[Any] = [*reversed(others), root]
    see, push, pop, emit = seen.add, stack.append, stack.pop, order.append
    while stack:
        node = pop()
        if node is None:  # the operands of the node below are all emitted
            emit(pop())
            continue
        if node in seen:
            continue
        see(node)
        left = node._left
        if left is None:
            emit(node)
            continue
        push(node)
        push(None)
        if left.__class__ is tuple:
            stack.extend(reversed(left))
            continue
        right = node._right
        if right is not None and right not in seen:
            push(right)
        if left not in seen:
            push(left)
    return order


def sweep(root: Node, gradient: float) -> None:
    """Add d(root)/d(leaf) to the grad of each leaf; set the grad of every other node."""
    order = topological_order(root)
    frozen = []
    for node in order:
        left = node._left
        if left is None:
            if node._row is FROZEN:
                frozen.append((node, node._grad))
        elif left.__class__ is tuple and node._dleft is None:
            raise without_slopes(node)
    for node in order:
        if node._left is not None:
            node._grad = 0.0
    root._grad += gradient
    for node in reversed(order):
        g = node._grad
        if not g:  # the zero rule: an adjoint of zero contributes zero, also to an infinite slope
            continue
        left = node._left
        if left is None:
            continue
        if left.__class__ is tuple:
            for child, slope in zip(left, node._dleft):  # noqa: B905 - equal by construction
                child._grad += slope * g
            continue
        left._grad += node._dleft * g
        right = node._right
        if right is not None:
            right._grad += node._dright * g
    for node, grad in frozen:
        node._grad = grad


def without_slopes(node: Node) -> GraphError:
    """The error of a gradient that meets a node built by hand without local gradients."""
    return GraphError(
        f"{node!r} ({node._op!r}) was built with operands but without local gradients; "
        "give them as a tuple: Value(data, (a, b), (da, db))"
    )


def propagate(node: Node) -> None:
    """One step of the chain rule: a node's grad, times its local gradients, added to its operands."""
    g = node.grad
    if g:
        for child, slope in zip(node._children, node._local_grads, strict=True):
            if child._row is not FROZEN:
                child.grad += slope * g
