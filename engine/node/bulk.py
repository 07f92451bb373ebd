"""Many nodes at once: their numbers from and to arrays, one node on many operands, a whole graph as arrays.

What trains many parameters, and what reads whole graphs, goes by these instead of node by node. The compiled
node has its own forms (``compiled/bulk.pxi``), which make no Python object per node: 2 ns each, where a
loop in Python takes 50.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.autograd.backward import without_local_grads
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.masking import is_masked
from engine.autograd.observers import Keeping
from engine.autograd.trace_mode import refuse_while_tracing
from engine.floats.coerce import check_values, check_vector, plain_list, to_float
from engine.node.backend import Value, or_compiled
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op

__all__ = [
    "adam_on_values",
    "adjoints",
    "fused_node",
    "graph_arrays",
    "leaf_count",
    "nodes_made",
    "offered",
    "read_data",
    "read_grad",
    "spoil",
    "trainable",
    "write_data",
    "write_grad",
]

Vector = NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

PLAIN: dict[str, Callable[..., Any]] = {}
"""The forms in Python by name, which do for either node."""


def offered(function: Function) -> Function:
    """The compiled node's form of a function where that node runs; the plain one is kept beside it."""
    PLAIN[function.__name__] = function
    return or_compiled(function)


@offered
def read_data(values: Sequence[Value], out: Vector) -> None:
    """The numbers of Values into an array.

    Args:
        values: a list or tuple of Values.
        out: a contiguous array of float64, of shape ``(len(values),)``, which is overwritten.

    Raises:
        TypeError: something is not a Value, or ``out`` is not such an array; then nothing is changed.
        ValueError: ``out`` has another length, or is read-only.

    >>> out = np.empty(2)
    >>> read_data([Value(1.0), Value(2.0)], out)
    >>> out
    array([1., 2.])
    """
    refuse_while_tracing("reading numbers of many Values", "do it outside")
    values = plain_list(values)
    check_vector(out, len(values), True)
    check_values(values)
    out[:] = [value.data for value in values]


@offered
def read_grad(values: Sequence[Value], out: Vector) -> None:
    """The gradients of Values into an array.

    Args:
        values: a list or tuple of Values.
        out: a contiguous array of float64, of shape ``(len(values),)``, which is overwritten.

    Raises:
        TypeError: something is not a Value, or ``out`` is not such an array; then nothing is changed.
        ValueError: ``out`` has another length, or is read-only.

    >>> x, out = Value(3.0), np.empty(1)
    >>> (x * x).backward()
    >>> read_grad([x], out)
    >>> out
    array([6.])
    """
    refuse_while_tracing("reading gradients of many Values", "do it outside")
    values = plain_list(values)
    check_vector(out, len(values), True)
    check_values(values)
    out[:] = [value.grad for value in values]


@offered
def write_data(values: Sequence[Value], numbers: Vector) -> None:
    """Set the numbers of Values to those of an array.

    Args:
        values: a list or tuple of Values; of one that is there twice the last number stays.
        numbers: a contiguous array of float64, of shape ``(len(values),)``.

    Raises:
        TypeError: something is not a Value, or ``numbers`` is not such an array; then nothing is changed.
        ValueError: ``numbers`` has another length.

    >>> x = Value(0.0)
    >>> write_data([x], np.array([0.5]))
    >>> x.data
    0.5
    """
    refuse_while_tracing("setting numbers of many Values", "do it outside")
    values = plain_list(values)
    check_vector(numbers, len(values), False)
    check_values(values)
    for value, number in zip(values, numbers.tolist(), strict=True):
        value.data = number


@offered
def spoil(values: Sequence[Value]) -> None:
    """Set the data and local gradients of Values to nan: of nodes whose trace is over.

    Args:
        values: a list or tuple of Values.

    Raises:
        TypeError: something is not a Value; then nothing is changed.

    >>> x = Value(2.0)
    >>> y = x * 3.0
    >>> spoil([y])
    >>> y.data, y._local_grads
    (nan, (nan, nan))
    """
    values = plain_list(values)
    check_values(values)
    for value in values:
        value._fill(math.nan, 0.0, value._row, value._children, [math.nan] * len(value._local_grads))


@offered
def write_grad(values: Sequence[Value], numbers: Vector, scale: float | None = None) -> None:
    """Set the gradients of Values to the numbers of an array.

    Args:
        values: a list or tuple of Values; of one that is there twice the last number stays.
        numbers: a contiguous array of float64, of shape ``(len(values),)``.
        scale: a factor of the numbers, which are then added to 0 as a sweep does, where -0 becomes 0; None
            for the numbers as they are.

    Raises:
        TypeError: something is not a Value, or ``numbers`` is not such an array; then nothing is changed.
        ValueError: ``numbers`` has another length.

    >>> x = Value(0.0)
    >>> write_grad([x], np.array([0.5]))
    >>> x.grad
    0.5
    """
    refuse_while_tracing("setting gradients of many Values", "do it outside")
    values = plain_list(values)
    check_vector(numbers, len(values), False)
    check_values(values)
    for value, number in zip(values, numbers.tolist(), strict=True):
        value.grad = number if scale is None else 0.0 + number * scale


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
def adjoints(root: Value, wanted: Sequence[Value]) -> list[float] | None:
    """The derivatives of a root by nodes, from the recorded local gradients; no node is changed.

    Hooks and observers are not called.

    Args:
        root: what is differentiated.
        wanted: a list or tuple of Values, whether they lie below the root or not.

    Returns:
        A number for each; None where a node passes its gradient on by a ``_backward`` function.

    Raises:
        TypeError: something is not a Value.
        GraphError: a node was built by hand without local gradients.

    >>> x, y = Value(3.0), Value(4.0)
    >>> adjoints(x * x * y, [y, x, Value(1.0)])
    [9.0, 24.0, 0.0]
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
    return [found.get(node, 0.0) for node in wanted]


@or_compiled
def adam_on_values(
    values: list[Value],
    count: Vector,
    m: Vector,
    v: Vector,
    beta1: float,
    beta2: float,
    lr: float,
    eps: float,
    decay: float = 0.0,
    decoupled: bool = False,
    largest: Vector | None = None,
) -> bool:
    """A step of :class:`nn.Adam` from the data and gradients of Values to their data, in one pass.

    NumPy takes a dozen passes, each of which costs more than its arithmetic where parameters are few. The
    numbers are those of the class, bit for bit.

    Args:
        values: a list of Values, each once.
        count: how many steps each has taken; this one is added.
        m, v: the running means of the gradient and of its square.
        beta1, beta2, lr, eps: numbers.
        decay, decoupled: the decay of weights, see :func:`nn.optim.optimizer.decayed`.
        largest: the largest v so far, to take in its place.

    Returns:
        Whether it was done. Else nothing has changed: the node is in Python, some Value takes no gradient,
        the counts differ, or a function is traced.

    Raises:
        TypeError, ValueError: something is not such an array, or the lengths differ; nothing has changed.
    """
    return False  # by the compiled node only


@offered
def trainable(values: Sequence[Value]) -> bool:
    """Whether all Values are leaves that take gradients.

    Args:
        values: a list or tuple of Values.

    Raises:
        TypeError: something is not a Value.

    >>> x = Value(1.0)
    >>> trainable([x]), trainable([x, x + 1]), trainable([x.detach()])
    (True, False, False)
    """
    values = plain_list(values)
    check_values(values)
    return all(value._row is LEAF and not value._children for value in values)


@offered
def leaf_count(values: Sequence[Value]) -> int:
    """How many of the Values are leaves: without operands.

    Args:
        values: a list or tuple of Values.

    Raises:
        TypeError: something is not a Value.

    >>> x = Value(1.0)
    >>> leaf_count([x, x + 1, x.detach()])
    2
    """
    values = plain_list(values)
    check_values(values)
    return sum(not value._children for value in values)


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


@offered
def graph_arrays(
    roots: Sequence[Value],
) -> tuple[list[Value], list[Op], NDArray[np.int32], Vector, NDArray[np.int64], NDArray[np.int64]]:
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
    nodes: list[Any] = roots[0]._topological_order(*roots[1:]) if roots else []
    place = {node: i for i, node in enumerate(nodes)}
    rows: dict[Op, int] = {}
    row_of = [rows.setdefault(node._row, len(rows)) for node in nodes]
    children = [node._children for node in nodes]
    offsets = np.zeros(len(nodes) + 1, np.intp)  # of 32 bits in a browser, where NumPy counts in those
    np.cumsum([len(each) for each in children], out=offsets[1:])
    return (
        nodes,
        list(rows),
        np.array(row_of, np.int32),
        np.array([node.data for node in nodes], np.float64),
        offsets,
        np.array([place[child] for each in children for child in each], np.intp),
    )


__test__ = dict(PLAIN)  # where doctest finds the examples, whichever form runs
