"""Gradients of one node with respect to others, without changing any ``.grad``.

As numbers, from the recorded local gradients; or as graphs, from the rules of the table applied to
Values, so that they can be differentiated again.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any, Literal, overload

import numpy as np

from engine.autograd import hooks, observers
from engine.autograd.backward import without_local_grads
from engine.autograd.context_decorator import and_put_back
from engine.autograd.masking import is_masked
from engine.autograd.trace_mode import RECORDED, recording, runs_as_written
from engine.errors import GraphError
from engine.floats.coerce import bare, is_real
from engine.node.backend import Value
from engine.node.bulk import adjoints, read_grad, write_grad
from engine.node.functions import FUNCTIONS
from engine.ops.fields import Series
from engine.ops.namespaces import Namespace
from engine.ops.op import CONSTANT, FROZEN, Op
from engine.quoting import brief, typed

__all__ = ["ROWS", "gradients", "gradients_at_a_point", "partials_of", "refuse_stale"]

ROWS = Namespace()
"""The rows on Values, and on every other number type that can apply a row."""

for _name, _function in FUNCTIONS.items():
    setattr(ROWS, _name, _function)

_SWEEPING = threading.RLock()
"""Held while gradients that are not to be changed serve a sweep that calls functions."""


@overload
def gradients(root: Any, wanted: Sequence[Value] | Value, create_graph: Literal[True]) -> list[Value]: ...


@overload
def gradients(root: Any, wanted: Sequence[Value] | Value, create_graph: bool = False) -> list[Any]: ...


def gradients(root: Any, wanted: Sequence[Value] | Value, create_graph: bool = False) -> list[Any]:
    """The derivative of the root with respect to each wanted node; no ``.grad`` is changed.

    Args:
        root: a Value, or a number (whose derivatives are zero).
        wanted: nodes, usually leaves; or one.
        create_graph: return Values in place of floats, which remember how they were made where they depend
            on anything. PyTorch's ``torch.autograd.grad`` calls it the same; there as here, what
            ``backward()`` leaves in ``.grad`` is another matter: a float. So they are in any case in a
            function that :func:`engine.jit` lifts.

    Returns:
        A list of the derivatives, one for each wanted node.

    Raises:
        TypeError: the root is neither, such as a list of several; or something wanted is not a Value.
        GraphError: as a graph, through a node built by hand, whose local gradients are mere numbers; or
            ``data`` was set since the graph was recorded, so that rules would meet numbers it does not hold.

    >>> x = Value(3.0)
    >>> gradients(x * x, [x])
    [6.0]
    >>> (first,) = gradients(x * x, [x], create_graph=True)
    >>> gradients(first, [x])
    [2.0]
    """
    root = bare(root)
    wanted = [wanted] if isinstance(wanted, Value) or not isinstance(wanted, Iterable) else [*wanted]
    _check(root, wanted)
    as_graph = create_graph or runs_as_written()
    if not isinstance(root, Value) or root._row is FROZEN:
        found = [0.0 for _ in wanted]
    else:
        found = _as_graph(root, wanted) if as_graph else _as_numbers(root, wanted)
    return [*map(_constant, found)] if as_graph else found


def _check(root: Any, wanted: Any) -> None:
    """TypeError for what is no root or no node: taken for a constant it would have the gradient 0."""
    if not isinstance(root, Value) and not is_real(root):
        raise TypeError(
            f"gradients takes one root, a Value, got {typed(root)}; of several take engine.sum of them, or "
            "engine.jacobian of the function that makes them"
        )
    for node in wanted:
        if not isinstance(node, Value):
            raise TypeError(f"derivatives are by Values, in a list, got {typed(node)} among those wanted")


def _constant(derivative: Any) -> Value:
    """A derivative as a Value: one that is a number depends on nothing."""
    if isinstance(derivative, Value):
        return derivative
    value = Value(derivative)
    value._fill(value._data, 0.0, CONSTANT)
    return value


def _as_numbers(root: Value, wanted: Sequence[Value]) -> list[float]:
    if not hooks.HOOKS and not observers.current_observers():
        found = adjoints(root, wanted)
        if found is not None:
            numbers: list[float] = found.tolist()
            return numbers
    with _SWEEPING:
        return _by_functions(root, wanted)


def _by_functions(root: Value, wanted: Sequence[Value]) -> list[float]:
    """The same where hooks, observers or ``_backward`` functions are called, which look at ``grad``."""
    order = root._topological_order()
    kept = np.empty(len(order))
    read_grad(order, kept)

    def swept() -> list[float]:
        write_grad(order, np.zeros(len(order)))
        root._send_back(1.0)
        within = set(order)
        return [node.grad if node in within else 0.0 for node in wanted]

    return and_put_back(swept, lambda: write_grad(order, kept))


def gradients_at_a_point(root: Value, wanted: Sequence[Value]) -> list[Value]:
    """The derivatives of a weighted sum as Values that depend on the weights, and on nothing else.

    Below the root local gradients are taken as the numbers that were recorded.

    >>> x, v = Value(3.0), Value(10.0)
    >>> (pulled,) = gradients_at_a_point(ROWS.dot([x * x], [v]), [x])
    >>> pulled.data, gradients(pulled, [x, v])
    (60.0, [0.0, 6.0])
    """
    return [*map(_constant, _as_graph(root, wanted, at_a_point=True))]


def _as_graph(root: Value, wanted: Sequence[Value], at_a_point: bool = False) -> list[Any]:
    adjoint: dict[Value, Any] = {root: 1.0}  # what is not in it is not reached
    for node in reversed(root._topological_order()):
        if node in hooks.HOOKS:
            before = adjoint.pop(node, 0.0)
            g = hooks.through(node, before)
            if isinstance(g, Value) or g:  # a hook's 0 is a literal one: it stops the gradient
                adjoint[node] = g
        children = node._children
        if not children or node not in adjoint:
            continue
        g = adjoint[node]
        if at_a_point and node is not root:
            partials: Sequence[Any] = node._local_grads
            if not partials:
                raise without_local_grads(node)
        else:
            partials = partials_of(node, node, children)
        for i, (child, partial) in enumerate(zip(children, partials, strict=True)):
            if is_masked(node, i, partial):
                continue
            part = g if not isinstance(partial, Value) and partial == 1.0 else partial * g
            adjoint[child] = adjoint[child] + part if child in adjoint else part
    return [adjoint.get(node, 0.0) for node in wanted]


def partials_of(node: Value, y: Any, operands: Sequence[Any]) -> Sequence[Any]:
    """The partials of a node's operator at operands of any number type.

    Args:
        node: made by an operator of the table.
        y: the result, in that number type.
        operands: the operands, in that number type.

    Raises:
        GraphError: the node was built by hand; or its data, or an operand's, was set since it was computed.

    >>> x = Value(3.0)
    >>> [partial.data for partial in partials_of(x**2, x**2, [x])]
    [6.0]
    """
    if not node._row.partials:
        if node._row.closure:
            raise without_local_grads(node)
        raise GraphError(
            f"the local gradients of {brief(node)}, built by hand or by a function under engine.jit, "
            "are numbers: they "
            "cannot be differentiated again; take the operators of engine, and the function without jit, or "
            "lift the derivative instead, as in jit(grad(f))"
        )
    found = node._row.partials_at(ROWS, y, operands)
    refuse_stale(node, found)
    return found


def refuse_stale(node: Value, partials: Sequence[Any]) -> None:
    """Raise if a node's data changed so that its rule no longer gives the recorded local gradients.

    Args:
        node: made by an operator of the table.
        partials: what the rule gives now: numbers, or what has them for its data.

    Raises:
        GraphError: its data, or an operand's, was set since it was computed.

    >>> x = Value(3.0)
    >>> refuse_stale(x**2, [6.0])
    """
    with recording(None) if RECORDED else nullcontext():  # a comparison by which nothing is decided
        recorded = node._local_grads
        for child, now, before in zip(node._children, partials, recorded, strict=False):
            if child._row is not CONSTANT and _differs(now, before):
                raise _stale(node, recorded)


def _differs(found: Any, recorded: float) -> bool:
    number = getattr(found, "data", found)
    return not (number == recorded or math.isclose(number, recorded, rel_tol=1e-9)) and not (
        math.isnan(number) and math.isnan(recorded)
    )


def _stale(node: Value, recorded: Sequence[float]) -> GraphError:
    """The error for a node whose rule, applied now, is not at the point of its local gradients."""
    changed = " or ".join(dict.fromkeys(map(brief, _changed(node, recorded))))
    return GraphError(
        f"the data of {changed} changed since the graph was recorded (at {brief(node)}), and derivatives of "
        "derivatives would mix old numbers with new ones: run the forward pass again, and differentiate that"
    )


def _changed(node: Value, recorded: Sequence[float]) -> list[Value]:
    """Of a node and its operands those whose data may have been set since it was computed."""
    row, operands = node._row, node._children
    xs = [child.data for child in operands]
    y = _forward(row, xs)
    if y != node.data and not any(map(_differs, row.local_gradients(y, xs), recorded)):
        return [node]
    if row.series is Series.PRODUCT:  # there either is the other's local gradient
        return [operands[1 - i] for i in (1, 0) if _differs(xs[1 - i], recorded[i])]
    return [child for child in operands if child._row is not CONSTANT and _may_have_changed(child)] or [node]


def _may_have_changed(node: Value) -> bool:
    row, operands = node._row, node._children
    return not row.partials or _forward(row, [child.data for child in operands]) != node.data


def _forward(row: Op, xs: list[float]) -> float:
    return row.forward(xs) if row.arity is None else row.forward(*xs)
