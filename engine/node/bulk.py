"""Many nodes at once: their numbers from and to arrays, one node on many operands, a whole graph as arrays.

What trains many parameters, and what reads whole graphs, goes by these instead of node by node. The compiled
node has its own forms (``compiled/bulk.pxi``), which make no Python object per node: 2 ns each, where a
loop in Python takes 50.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from operator import is_
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
    "adjoints",
    "fused_node",
    "graph_arrays",
    "leaf_count",
    "nodes_made",
    "read_data",
    "read_grad",
    "same_attributes",
    "same_items",
    "same_objects",
    "spoil",
    "taken_anew",
    "trainable",
    "write_data",
    "write_grad",
]

Vector = NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

PLAIN: dict[str, Callable[..., Any]] = {}
"""The forms in Python by name, which do for either node."""

__test__ = PLAIN  # where doctest finds the examples, whichever form runs


def _offered(function: Function) -> Function:
    PLAIN[function.__name__] = function
    return or_compiled(function)


@_offered
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


@_offered
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


@_offered
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


@_offered
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


@_offered
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


@_offered
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


@_offered
def same_items(items: list[Any], others: list[Any]) -> bool:
    """Whether two lists hold the same objects, by identity, in the same order.

    Raises:
        TypeError: something is not a list.

    >>> x = Value(1.0)
    >>> same_items([x, x], [x, x]), same_items([x], [Value(1.0)]), same_items([x], [1.0])
    (True, False, False)
    """
    if not isinstance(items, list) or not isinstance(others, list):
        raise TypeError(f"expected two lists, got {type(items).__name__} and {type(others).__name__}")
    return list.__len__(items) == list.__len__(others) and all(map(is_, items, others))


@_offered
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


@_offered
def taken_anew(numbers: Vector, before: Vector) -> bool:
    """Whether numbers are others than before, bit by bit; then those before become these.

    Args:
        numbers, before: contiguous arrays of float64, of shape ``(n,)``.

    Raises:
        TypeError: one is not such an array.
        ValueError: the lengths differ, or ``before`` is read-only.

    >>> before = np.zeros(1)
    >>> taken_anew(np.ones(1), before), taken_anew(np.ones(1), before), before
    (True, False, array([1.]))
    """
    check_vector(numbers, len(numbers), False)
    check_vector(before, len(numbers), True)
    if numbers.tobytes() == before.tobytes():
        return False
    before[:] = numbers
    return True


@_offered
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


@_offered
def same_objects(containers: list[Any], were: list[tuple[Any, ...]]) -> bool:
    """Whether lists, tuples and dicts hold the same objects as before, in the same order.

    Numbers, texts, booleans and None may have changed into others such: nothing leads on from them.

    Args:
        containers: exactly lists, tuples and dicts, of which the values are compared.
        were: what each held.

    Raises:
        TypeError: a container is of another type, or what it held is not a tuple.

    >>> x, y = Value(1.0), Value(1.0)
    >>> same_objects([[x, 1], {"a": y}], [(x, 2), (y,)]), same_objects([[x]], [(y,)])
    (True, False)
    """
    if len(containers) != len(were):
        return False
    for container, was in zip(containers, were, strict=True):
        if type(was) is not tuple:
            raise TypeError(f"what was there must be a tuple, got {type(was)}")
        if type(container) not in (list, tuple, dict):
            raise TypeError(f"expected a list, tuple or dict, got {type(container)}")
        now = tuple(container.values()) if type(container) is dict else container
        if len(now) != len(was):
            return False
        if not all(map(is_, now, was)) and not all(map(_same_object, now, was)):
            return False
    return True


@_offered
def same_attributes(items: list[Any], dicts: tuple[Any, ...], kinds: tuple[type, ...]) -> bool:
    """Whether objects have the ``__dict__`` and the class that they had before, by identity.

    Args:
        items: the objects, which have a ``__dict__``.
        dicts, kinds: what each had.

    >>> class Part:
    ...     pass
    >>> part = Part()
    >>> before = [part], (vars(part),), (Part,)
    >>> part.w = 1.0
    >>> same_attributes(*before)
    True
    >>> part.__dict__ = {}
    >>> same_attributes(*before)
    False
    """
    if not len(items) == len(dicts) == len(kinds):
        return False
    return all(map(is_, map(type, items), kinds)) and all(map(is_, map(vars, items), dicts))


_PLAIN_TYPES = frozenset((float, int, bool, str, type(None)))


def _same_object(now: Any, was: Any) -> bool:
    return now is was or (type(now) in _PLAIN_TYPES and type(was) in _PLAIN_TYPES)


@_offered
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


@_offered
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
    offsets = np.zeros(len(nodes) + 1, np.int64)
    np.cumsum([len(each) for each in children], out=offsets[1:])
    return (
        nodes,
        list(rows),
        np.array(row_of, np.int32),
        np.array([node.data for node in nodes], np.float64),
        offsets,
        np.array([place[child] for each in children for child in each], np.int64),
    )
