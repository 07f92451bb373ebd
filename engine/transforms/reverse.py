"""Gradients of one node with respect to some of the nodes it was made of, leaving no trace.

As numbers, from the recorded local gradients; or as graphs, from the rules of the table applied to
Values, so that they can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.autograd import hooks
from engine.autograd.backward import without_slopes
from engine.autograd.context_decorator import and_put_back
from engine.autograd.masking import is_masked
from engine.autograd.trace_mode import is_tracing
from engine.errors import GraphError
from engine.floats.coerce import bare
from engine.node.backend import Value
from engine.node.bulk import read_grad, write_grad
from engine.node.functions import FUNCTIONS
from engine.ops.op import FROZEN, Namespace
from engine.quoting import brief

__all__ = ["ROWS", "gradients", "partials_of"]

ROWS = Namespace()
"""The rows on Values, and on every other number type that can apply a row."""

for _name, _function in FUNCTIONS.items():
    setattr(ROWS, _name, _function)


def gradients(root: Any, wanted: Sequence[Value] | Value, create_graph: bool = False) -> list[Any]:
    """The derivative of the root with respect to each wanted node; no ``.grad`` is changed.

    Args:
        root: a Value, or a number (whose derivatives are zero).
        wanted: nodes, usually leaves; or one.
        create_graph: return Values that remember how they were made, where they depend on anything,
            in place of floats. PyTorch's ``torch.autograd.grad`` calls it the same; there as here, what
            ``backward()`` leaves in ``.grad`` is another matter: a float. So they are in any case in a
            function that :func:`engine.jit` lifts.

    Returns:
        A list of the derivatives, one for each wanted node.

    Raises:
        GraphError: as a graph, through a node built by hand, whose slopes are mere numbers.

    >>> x = Value(3.0)
    >>> gradients(x * x, [x])
    [6.0]
    >>> (slope,) = gradients(x * x, [x], create_graph=True)
    >>> gradients(slope, [x])
    [2.0]
    """
    root = bare(root)
    wanted = [wanted] if isinstance(wanted, Value) else wanted
    if not isinstance(root, Value) or root._row is FROZEN:
        return [0.0 for _ in wanted]
    order = root._topological_order()
    return (
        _as_graph(root, order, wanted) if create_graph or is_tracing() else _as_numbers(root, order, wanted)
    )


def _as_numbers(root: Value, order: list[Value], wanted: Sequence[Value]) -> list[float]:
    kept = np.empty(len(order))
    read_grad(order, kept)

    def swept() -> list[float]:
        write_grad(order, np.zeros(len(order)))
        root._send_back(1.0)
        within = set(order)
        return [node.grad if node in within else 0.0 for node in wanted]

    return and_put_back(swept, lambda: write_grad(order, kept))


def _as_graph(root: Value, order: list[Value], wanted: Sequence[Value]) -> list[Any]:
    adjoint: dict[Value, Any] = {root: 1.0}  # what is not in it is not reached
    for node in reversed(order):
        if node in hooks.HOOKS:
            before = adjoint.pop(node, 0.0)
            g = hooks.through(node, before)
            if isinstance(g, Value) or g:  # a hook's 0 is a literal one: it stops the gradient
                adjoint[node] = g
        children = node._children
        if not children or node not in adjoint:
            continue
        g = adjoint[node]
        for i, (child, slope) in enumerate(zip(children, partials_of(node, node, children), strict=True)):
            if is_masked(node, i, slope):
                continue
            part = g if not isinstance(slope, Value) and slope == 1.0 else slope * g
            adjoint[child] = adjoint[child] + part if child in adjoint else part
    return [adjoint.get(node, 0.0) for node in wanted]


def partials_of(node: Value, y: Any, operands: Sequence[Any]) -> Sequence[Any]:
    """The partial derivatives of a node's operator, its rules applied to any number type.

    Args:
        node: made by an operator of the table.
        y: the result, in that number type.
        operands: the operands, in that number type.

    Raises:
        GraphError: the node was built by hand.

    >>> x = Value(3.0)
    >>> [slope.data for slope in partials_of(x**2, x**2, [x])]
    [6.0]
    """
    if not node._row.partials:
        if node._row.closure:
            raise without_slopes(node)
        raise GraphError(
            f"the slopes of {brief(node)}, built by hand or by a function under engine.jit, "
            "are numbers: they "
            "cannot be differentiated again; take the operators of engine, and the function without jit, or "
            "lift the derivative instead, as in jit(grad(f))"
        )
    return node._row.slopes(ROWS, y, operands)
