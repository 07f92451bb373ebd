"""Whole graphs: nodes on many operands, derivatives and arrays of all that is below some roots."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from engine.autograd.backward import without_local_grads
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.masking import is_masked
from engine.autograd.observers import Keeping
from engine.floats.coerce import check_values, check_vector, plain_list, to_float
from engine.node.backend import PLAIN, Value, offered, or_compiled
from engine.ops.op import CONSTANT, FROZEN, Op

__all__ = [
    "Made",
    "adjoints",
    "fused_node",
    "graph_arrays",
    "made_arrays",
    "nodes_made",
]

Vector = NDArray[np.float64]


@or_compiled
def nodes_made() -> AbstractContextManager[list[Value]]:
    """A block that gives a list, to which all nodes are added that this thread makes within it.

    >>> with nodes_made() as nodes:
    ...     y = Value(2.0) + 1.0
    >>> y in nodes
    True
    """
    return Keeping([])


@offered
def adjoints(root: Value, wanted: Sequence[Value]) -> Vector | None:
    """The derivatives of a root by nodes, from the recorded local gradients; no node is changed.

    Hooks and observers are not called.

    Args:
        root: what is differentiated.
        wanted: a list or tuple of Values, whether they lie below the root or not.

    Returns:
        A vector with a number for each; None where a node passes its gradient on by a ``_backward`` function.

    Raises:
        TypeError: something is not a Value.
        GraphError: a node was built by hand without local gradients.

    >>> x, y = Value(3.0), Value(4.0)
    >>> adjoints(x * x * y, [y, x, Value(1.0)])
    array([ 9., 24.,  0.])
    """
    check_values([root])
    wanted = plain_list(wanted)
    check_values(wanted)
    order = root._topological_order()
    for node in order:
        if node._children and not node._local_grads:
            if node._row.closure:
                return None
            raise without_local_grads(node)
    found = {root: 1.0}
    for node in reversed(order):
        if node not in found:
            continue
        g = found[node]
        for position, (child, local_grad) in enumerate(zip(node._children, node._local_grads, strict=True)):
            if child._row is not FROZEN and (local_grad or not is_masked(node, position, local_grad)):
                found[child] = found.get(child, 0.0) + local_grad * g
    return np.array([found.get(node, 0.0) for node in wanted], float)


@offered
def fused_node(data: float, operands: Sequence[Value], local_grads: Vector, row: Op) -> Value:
    """A node whose value and local gradients were computed elsewhere, on any number of operands.

    Args:
        data: its number.
        operands: a tuple or list of Values.
        local_grads: its derivative with respect to each operand: a contiguous array of float64, of shape
            ``(len(operands),)``.
        row: its operator, such as ``custom_op_row("jit")``.

    Returns:
        The node: without operands a constant; under ``no_grad()`` a leaf that takes no gradient, and operands
        and local_grads are not looked at.

    Raises:
        TypeError: an operand is not a Value, or ``local_grads`` is not such an array.
        ValueError: ``local_grads`` has another length.

    >>> from engine.ops.op import custom_op_row
    >>> x, y = Value(3.0), Value(4.0)
    >>> length = fused_node(5.0, (x, y), np.array([0.6, 0.8]), custom_op_row("length"))
    >>> length.backward()
    >>> x.grad, y.grad
    (0.6, 0.8)
    """
    number = to_float(data, "data")
    node = Value(number)
    if not is_grad_enabled():
        node._fill(number, 0.0, FROZEN)
        return node
    operands = plain_list(operands)
    check_vector(local_grads, len(operands), False)
    check_values(operands)
    if not operands:
        node._fill(number, 0.0, CONSTANT)
    else:
        node._fill(number, 0.0, row, tuple(operands), local_grads.tolist())
    return node


Made = tuple[list[Op], NDArray[np.int32], Vector, NDArray[np.intp], NDArray[np.intp], list[Value]]
"""Nodes in the order in which they were made, as arrays: see :func:`made_arrays`."""


@offered
def made_arrays(made: Sequence[Value]) -> Made:
    """Nodes in the order in which they were made, as arrays, which do not hold them.

    Args:
        made: a list or tuple of Values, each once.

    Returns:
        ``(rows, row_of, data, offsets, operands, outside)``: the distinct operators; of each node the
        position of its own, and its number; the operands of node i, ``operands[offsets[i]:offsets[i + 1]]``,
        places among these nodes, or ``~place`` among the last, the operands that are none of them.

    >>> x, y = Value(3.0), Value(4.0)
    >>> rows, row_of, data, offsets, operands, outside = made_arrays([y, x * y])
    >>> row_of.tolist(), data.tolist(), offsets.tolist(), operands.tolist(), outside == [x]
    ([0, 1], [4.0, 12.0], [0, 0, 2], [-1, 0], True)
    """
    place = {id(node): i for i, node in enumerate(made)}
    rows: dict[Op, int] = {}
    outside: dict[int, tuple[int, Value]] = {}
    offsets, operands = [0], list[int]()
    row_of = [rows.setdefault(node._row, len(rows)) for node in made]
    for node in made:
        for child in node._children:
            at = place.get(id(child), -1)
            operands.append(at if at >= 0 else outside.setdefault(id(child), (~len(outside), child))[0])
        offsets.append(len(operands))
    return (
        list(rows),
        np.array(row_of, np.int32),
        np.array([node._data for node in made], np.float64),
        np.array(offsets, np.intp),
        np.array(operands, np.intp),
        [child for _, child in outside.values()],
    )


def graph_arrays(
    roots: Sequence[Value],
) -> tuple[list[Value], list[Op], NDArray[np.int32], Vector, NDArray[np.intp], NDArray[np.intp]]:
    """The graph below several roots, as arrays.

    Args:
        roots: a list or tuple of Values.

    Returns:
        ``(nodes, rows, row_of, data, offsets, operands)``: the nodes, operands before results, in the order
        of :func:`engine.topological_order` for the first root, then what is new below the next, each once;
        the distinct operators; for each node the position of its operator in ``rows``; its number; and the
        positions in ``nodes`` of all operands: those of node i, in order and with repetition, are
        ``operands[offsets[i]:offsets[i + 1]]``.

    Raises:
        TypeError: a root is not a Value.

    >>> x = Value(3.0)
    >>> nodes, rows, row_of, data, offsets, operands = graph_arrays([x * x])
    >>> [rows[i].name for i in row_of], data, offsets, operands
    (['', 'mul'], array([3., 9.]), array([0, 0, 2]), array([0, 0]))
    """
    roots = plain_list(roots)
    check_values(roots)
    nodes = roots[0]._topological_order(*roots[1:]) if roots else []
    rows, row_of, data, offsets, operands, outside = made_arrays(nodes)
    if outside:
        raise RuntimeError("the graph changed while it was read")
    return nodes, rows, row_of, data, offsets, operands


__test__ = {
    each: PLAIN[each] for each in __all__ if each in PLAIN
}  # where doctest finds the examples, whichever form runs
