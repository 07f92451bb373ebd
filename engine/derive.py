"""Gradients of one node with respect to some of the nodes it was made of, leaving no trace.

As numbers, from the recorded local gradients; or as graphs, from the rules of the table applied to
Values, so that they can be differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engine.errors import GraphError
from engine.functions import FUNCTIONS
from engine.node import Value
from engine.op import FROZEN, Namespace

__all__ = ["gradients"]

VALUES = Namespace()
"""The rows on Values."""

for _name, _function in FUNCTIONS.items():
    setattr(VALUES, _name, _function)


def gradients(root: Any, wanted: Sequence[Value], as_graph: bool = False) -> list[Any]:
    """The derivative of the root with respect to each wanted node; no ``.grad`` is changed.

    Args:
        root: a Value, or a number (whose derivatives are zero).
        wanted: nodes, usually leaves.
        as_graph: return Values that remember how they were made, where they depend on anything,
            in place of floats.

    Raises:
        GraphError: as a graph, through a node built by hand, whose slopes are mere numbers.

    >>> x = Value(3.0)
    >>> gradients(x * x, [x])
    [6.0]
    >>> (slope,) = gradients(x * x, [x], as_graph=True)
    >>> gradients(slope, [x])
    [2.0]
    """
    if not isinstance(root, Value) or root._row is FROZEN:
        return [0.0 for _ in wanted]
    order = root._topological_order()
    return _as_graph(root, order, wanted) if as_graph else _as_numbers(root, order, wanted)


def _as_numbers(root: Value, order: list[Value], wanted: Sequence[Value]) -> list[float]:
    kept = [(node, node.grad) for node in order]
    try:
        for node in order:
            node.grad = 0.0
        root.backward()
        within = set(order)
        return [node.grad if node in within else 0.0 for node in wanted]
    finally:
        for node, grad in kept:
            node.grad = grad


def _as_graph(root: Value, order: list[Value], wanted: Sequence[Value]) -> list[Any]:
    adjoint: dict[Value, Any] = {root: 1.0}
    for node in reversed(order):
        g = adjoint.get(node, 0.0)
        children = node._children
        if not children or (not isinstance(g, Value) and g == 0.0):
            continue
        row = node._row
        if not row.partials:
            raise GraphError(
                f"the slopes of {node!r}, built by hand, are numbers: they cannot be differentiated again"
            )
        rules = row.partials
        slopes = (
            rules[0](VALUES, node, children)
            if row.arity is None
            else [r(VALUES, node, *children) for r in rules]
        )
        vanishes = isinstance(g, Value) and g.data == 0.0
        for child, slope in zip(children, slopes, strict=True):
            if vanishes and not math.isfinite(slope):
                continue  # the zero rule; a finite slope stays, for the derivative of the adjoint
            if isinstance(slope, Value) or slope != 0.0:
                part = g if not isinstance(slope, Value) and slope == 1.0 else slope * g
                adjoint[child] = adjoint[child] + part if child in adjoint else part
    return [adjoint.get(node, 0.0) for node in wanted]
