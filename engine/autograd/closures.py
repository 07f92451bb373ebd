"""Nodes made by hand, with local gradients or with a ``_backward`` function of their own, as in micrograd.

There an operator makes a node and assigns its ``_backward``, which adds to the operands' ``grad``::

    out = Value(math.sin(x.data), (x,), "sin")
    def _backward():
        x.grad += math.cos(x.data) * out.grad
    out._backward = _backward

Such a node has no local gradients. The sweep sets its ``grad``, calls the function and goes on. What looks at
local gradients or rules finds none: derivatives of derivatives, forward mode, explanations, lifting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from engine.autograd.trace_mode import refuse_while_tracing
from engine.errors import GraphError
from engine.floats.coerce import to_float
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op, custom_op_row
from engine.quoting import brief, typed

__all__ = ["Operands", "assign", "assign_operands", "assign_text", "by_hand", "call", "refuse_copies"]

Node = Any
"""A Value: this file stands below value.py."""

INSTEAD = (
    "make the operator as Value(data, (a, b), (d_a, d_b)) with its local gradients, by engine.custom_op, "
    "or of those of engine"
)


class Operands(set[Node]):
    """The operands as a set, as ``_prev`` is in micrograd, but in order.

    >>> Operands((3, 1, 3)) == {1, 3}, list(Operands((3, 1, 3)))
    (True, [3, 1])
    """

    __slots__ = ("_order",)

    def __init__(self, operands: Sequence[Node]) -> None:
        super().__init__(operands)
        self._order = tuple(dict.fromkeys(operands))

    def __iter__(self) -> Any:
        return iter(self._order)

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self._order)) + "}" if self._order else "set()"


def _operands(children: Any, role: str) -> tuple[Node, ...]:
    """The operands of a node that is built by hand, in order."""
    if not isinstance(children, (tuple, list, set, frozenset)):
        raise TypeError(f"{role} must be a tuple of Values, got {brief(children)}")
    for child in children:
        if not hasattr(type(child), "_fill"):
            raise TypeError(f"{role} must be Values, got {typed(child)}")
    return tuple(children)


def by_hand(children: Any, op: Any) -> tuple[Op, tuple[Node, ...], tuple[float, ...]]:
    """Row, operands and local gradients of a node built by hand, as for micrograd."""
    operands = _operands(children, "_children")
    if operands or op:
        refuse_while_tracing(
            "a node made by hand, Value(data, children),", "make its operator by engine.custom_op"
        )
    local: tuple[float, ...] = ()
    if not isinstance(op, str):
        if not isinstance(op, (tuple, list)):
            raise TypeError(f"_op must be a string, or a tuple of local gradients, got {brief(op)}")
        local = tuple(to_float(local_grad, "local gradient") for local_grad in op)
        if len(local) != len(operands):
            raise ValueError(f"{len(operands)} children need as many local gradients, got {len(local)}")
    row = custom_op_row(op if isinstance(op, str) else "") if operands or op else LEAF
    return row, operands, local


def assign(node: Node, function: Callable[[], None]) -> None:
    """Make a function the ``_backward`` of a node: it passes the gradient on.

    On a leaf a function that does nothing is as none: so micrograd's nodes start.

    Raises:
        TypeError: the function cannot be called.
        TraceError: this is inside a function under ``engine.jit``, which cannot see what the function does.
    """
    if not callable(function):
        raise TypeError(f"_backward must be a function without arguments, got {brief(function)}")
    if node._row is FROZEN or (not node._children and _does_nothing(function)):
        return
    refuse_while_tracing("assigning _backward", INSTEAD)
    node.__dict__["_backward"] = function
    node._fill(node.data, node.grad, _closure_row(node._op), node._children)


def assign_operands(node: Node, given: Any) -> None:
    """Give a node other operands; its local gradients, which belonged to the old ones, are dropped.

    Raises:
        ValueError: the node is among its operands.
        TraceError: this is inside a function under ``engine.jit``.
    """
    operands = _operands(given, "_prev")
    if node._row is FROZEN or set(operands) == set(node._children):
        return
    if node in operands:
        raise ValueError(f"{brief(node)} cannot be among its own operands")
    refuse_while_tracing("assigning _prev", INSTEAD)
    row = node._row
    if not row.closure:
        row = custom_op_row(node._op) if operands else LEAF
    node._fill(node.data, node.grad, row, operands)


def assign_text(node: Node, text: str) -> None:
    """Set the text of a node that no operator of the table made.

    Raises:
        AttributeError: an operator made it.
        TypeError: it is not a text.
    """
    if not isinstance(text, str):
        raise TypeError(f"_op must be a string, got {brief(text)}")
    row = node._row
    if text == node._op or row is FROZEN or row is CONSTANT:
        return
    if row.partials:
        raise AttributeError(
            f"_op of {brief(node)} is the operator that made it and cannot be set; "
            "to name the node, set its label"
        )
    made = _closure_row if row.closure else custom_op_row
    node._fill(node.data, node.grad, made(text), node._children, node._local_grads)


def call(node: Node, gradient: float, observers: Sequence[Any] = ()) -> None:
    """Call the ``_backward`` of a node whose ``grad`` is complete."""
    function = node.__dict__["_backward"]
    if not observers:
        function()
        return
    operands = tuple(dict.fromkeys(node._children))
    before = [operand.grad for operand in operands]
    function()
    for operand, total in zip(operands, before, strict=True):
        for observer in observers:
            observer.sent(node, node._children.index(operand), gradient, operand.grad - total, total)


def refuse_copies(node: Node) -> None:
    """Refuse to copy a node whose ``_backward`` would add to the operands of the original.

    Raises:
        GraphError: the node passes it on by a function.
    """
    if node._row.closure:
        raise GraphError(
            f"{brief(node)} ({brief(node._op)}) cannot be copied or pickled: its _backward is "
            "a function, which would "
            f"add to the operands of the original; {INSTEAD}"
        )


def _nothing() -> None:
    pass


def _does_nothing(function: Callable[[], None]) -> bool:
    code, nothing = getattr(function, "__code__", None), _nothing.__code__
    return code is not None and (code.co_code, code.co_consts) == (nothing.co_code, nothing.co_consts)


@lru_cache(maxsize=1024)
def _closure_row(text: str) -> Op:
    """The row of nodes whose ``_backward`` was assigned."""
    return replace(LEAF, name=text, closure=True)
