"""Value: a number that remembers how it was made.

This is the readable reference in pure Python. A node holds its operands in ``_left`` and
``_right`` and the local gradients in ``_dleft`` and ``_dright``, as they were at the moment it was
computed; a node of more than two operands holds a tuple of each in ``_left`` and ``_dleft``, and a
leaf None. Fields instead of tuples save half the memory and most of the garbage collector's
work. Operands never point back at results: no cycles, so a graph is freed when its root is.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np

from engine.autograd import closures, grad_mode, observers
from engine.autograd import trace_mode as tracing
from engine.autograd.context_decorator import OPEN
from engine.autograd.observers import KEPT, OBSERVED
from engine.autograd.trace_mode import RECORDED, refuse_while_tracing
from engine.floats.coerce import bare, to_float
from engine.node import copying, releasing
from engine.node.as_number import AsNumber
from engine.node.habits import VALUE_INSTEAD
from engine.node.releasing import DEEPEST, Release
from engine.node.with_gradient import WithGradient
from engine.ops import OPERATORS
from engine.ops.methods import is_left_to
from engine.ops.op import CONSTANT, FROZEN, LEAF, Op
from engine.ops.overloads import Overloads
from engine.ops.ufuncs import elementwise

__all__ = ["Value", "apply"]

_ADD, _SUB, _MUL, _NEG = (OPERATORS[name] for name in ("add", "sub", "mul", "neg"))


class Value(AsNumber, WithGradient, Overloads["Value"]):
    """A number that remembers how it was made, so that gradients can flow back through it.

    Args:
        data: the number; anything that is one real number (see :func:`engine.floats.coerce.to_float`).
        _children: operands, for a node built by hand.
        _op: the operator's text, or a tuple of floats: the local gradients of ``_children``, for
            a custom operator.
        label: a name, shown in pictures.
        requires_grad: whether it takes a gradient; False of a leaf only. Default True.

    Attributes:
        data: the number, a float.
        grad: the derivative of the last root of :meth:`backward` with respect to this node; of a
            leaf, the sum over all calls since it was set to zero.
        requires_grad: False for a leaf that takes no gradient.
        label: a name, shown in pictures.

    With a number, all comparisons are of numbers: ``v == 3.0``, ``v < 3.0``. Between two Values ``<`` and
    its kin compare the numbers too, but ``==`` asks whether they are the same node, so that sets and dicts
    hold nodes; hence ``v != v`` is False even of nan, which :func:`engine.isnan` finds. Attributes of one's
    own may be set. Results of operators are Values, also where operands are of a subclass.

    Raises:
        TypeError: if data is not one real number.
        GraphError: if ``requires_grad=False`` is given for a node with operands.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> loss = (a * b + 10) ** 2
    >>> loss.backward()
    >>> loss.data, a.grad, b.grad
    (16.0, -24.0, 16.0)
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_data",
        "_dleft",
        "_dright",
        "_grad",
        "_left",
        "_right",
        "_row",
        "_span",
    )

    _data: float
    _grad: float
    _row: Op
    _left: Any
    _right: Any
    _dleft: Any
    _dright: Any
    _span: int

    def __init__(
        self,
        data: SupportsFloat,
        _children: Collection[Value] = (),
        _op: str | Sequence[float] = "",
        label: str = "",
        *,
        requires_grad: bool = True,
    ) -> None:
        of_number = tracing.data_of_leaf(data) if RECORDED else None
        self._fill(to_float(data) if of_number is None else of_number, 0.0, LEAF)
        if KEPT:
            observers.keep(self)
        if label:
            self.label = label
        if _children.__class__ is not tuple or _children or _op:
            made = closures.by_hand(_children, _op)
            self._fill(self._data, 0.0, *(made if not OPEN or _is_recording() else (FROZEN,)))
            if OBSERVED and _children:
                observers.made(self._row, tuple(_children), self)
        if not requires_grad:
            self.requires_grad = False

    def __init_subclass__(cls, **options: Any) -> None:
        """Make nodes of a subclass leaves before its constructor runs, which need not call this one."""
        super().__init_subclass__(**options)
        if cls.__new__ is _new:
            type.__setattr__(cls, "__new__", _new_leaf)  # pyright would take an assignment for a signature

    def _fill(
        self, data: float, grad: float, row: Op, children: tuple[Any, ...] = (), local: Sequence[float] = ()
    ) -> None:
        """Make this node what the constructor, a copy or a pickle says; local gradients may be missing."""
        self._data = data
        self._grad = grad
        self._row = row
        self._left = self._right = self._dleft = self._dright = None
        if len(children) > 2 or not local:
            self._left, self._dleft = children if children or row.closure else None, tuple(local) or None
        else:
            self._left, self._right = (*children, None)[:2]
            self._dleft, self._dright = (*local, None)[:2]
        self._span = releasing.span(children) if children else 0

    # -- what a node knows ------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number. May be set; results computed from it before keep their values."""
        return tracing.seen(self, "data", float) if RECORDED else self._data

    @data.setter
    def data(self, value: SupportsFloat) -> None:
        if RECORDED:
            refuse_while_tracing("setting .data", "set it outside")
        self._data = to_float(value)

    @property
    def grad(self) -> float:
        """The gradient found by :meth:`backward`; 0.0 before. May be set; None, as in PyTorch, means 0.0."""
        return tracing.seen(self, "grad", _own_grad) if RECORDED else self._grad

    @grad.setter
    def grad(self, value: SupportsFloat | None) -> None:
        if RECORDED:
            refuse_while_tracing("setting .grad", "set it outside")
        self._grad = 0.0 if value is None else to_float(value, "grad")

    @property
    def _op(self) -> str:
        return self._row.shown

    @_op.setter
    def _op(self, text: str) -> None:
        closures.assign_text(self, text)

    @property
    def _children(self) -> tuple[Value, ...]:
        if self._left is None:
            return ()
        if self._left.__class__ is tuple:
            return self._left
        return (self._left,) if self._right is None else (self._left, self._right)

    @property
    def _prev(self) -> closures.Operands:
        return closures.Operands(self._children)

    @_prev.setter
    def _prev(self, operands: Sequence[Value] | set[Value]) -> None:
        closures.assign_operands(self, operands)

    @property
    def _local_grads(self) -> tuple[float, ...]:
        if self._left is None:
            return ()
        if RECORDED:
            tracing.seen(self, "local gradients", float)
        if self._left.__class__ is tuple:
            return self._dleft or ()
        return (self._dleft,) if self._right is None else (self._dleft, self._dright)

    def detach(self) -> Value:
        """The same number without its history: a leaf that takes no gradient.

        >>> Value(2.0).exp().detach().requires_grad
        False
        """
        if RECORDED and tracing.is_tracing():  # then the program must know whose number it is
            return self._apply(OPERATORS["stop_gradient"], (self,))  # type: ignore[no-any-return]
        return _leaf(self._data, FROZEN)

    # -- operators: the hottest by hand, all others from the table through Overloads ---------

    def _apply(self, row: Op, operands: Sequence[Any]) -> Any:
        return apply(row, operands)

    if not TYPE_CHECKING:  # who reads types reads those of engine/ops/methods.pyi
        # Each makes its node itself, in the steps of _node: a call more would cost a tenth of it.

        def __add__(self, other: Any) -> Any:
            if other.__class__ is Value:
                node = _new(Value)
                node._data = self._data + other._data
                node._grad = 0.0
                if OPEN and _is_cut_off(node, _ADD, self, other):
                    return _cut_off(node)
                node._row = _ADD
                node._left = self
                node._right = other
                node._dleft = node._dright = 1.0
                span, right = self._span, other._span
                if right > span:
                    span = right
                node._span = span + 1 if span < DEEPEST else Release((self, other))
                return node
            return NotImplemented if is_left_to(other, _ADD) else apply(_ADD, (self, other))

        def __sub__(self, other: Any) -> Any:
            if other.__class__ is Value:
                node = _new(Value)
                node._data = self._data - other._data
                node._grad = 0.0
                if OPEN and _is_cut_off(node, _SUB, self, other):
                    return _cut_off(node)
                node._row = _SUB
                node._left = self
                node._right = other
                node._dleft = 1.0
                node._dright = -1.0
                span, right = self._span, other._span
                if right > span:
                    span = right
                node._span = span + 1 if span < DEEPEST else Release((self, other))
                return node
            return NotImplemented if is_left_to(other, _SUB) else apply(_SUB, (self, other))

        def __mul__(self, other: Any) -> Any:
            if other.__class__ is Value:
                node = _new(Value)
                a, b = self._data, other._data
                node._data = a * b
                node._grad = 0.0
                if OPEN and _is_cut_off(node, _MUL, self, other):
                    return _cut_off(node)
                node._row = _MUL
                node._left = self
                node._right = other
                node._dleft = b
                node._dright = a
                span, right = self._span, other._span
                if right > span:
                    span = right
                node._span = span + 1 if span < DEEPEST else Release((self, other))
                return node
            return NotImplemented if is_left_to(other, _MUL) else apply(_MUL, (self, other))

        def __neg__(self) -> Value:
            node = _new(Value)
            node._data = -self._data
            node._grad = 0.0
            if OPEN and _is_cut_off(node, _NEG, self, None):
                return _cut_off(node)
            node._row = _NEG
            node._left = self
            node._right = node._dright = None
            node._dleft = -1.0
            span = self._span
            node._span = span + 1 if span < DEEPEST else Release((self,))
            return node

    # -- copies: never recursive, see copying.py -----------------------------------------------

    def __copy__(self) -> Value:
        return copying.shallow(self)  # type: ignore[no-any-return]

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copying.deepcopy(self, memo)  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        return copying.reduce(self)


for _name, _instead in VALUE_INSTEAD.items():
    _instead.__set_name__(Value, _name)
    setattr(Value, _name, _instead)

_new = Value.__new__
_own_grad = attrgetter("_grad")
_innermost_mode = grad_mode.MODES.innermost


def _is_recording() -> bool:
    """Whether operators of this thread record the graph, where some thread is in a block."""
    if _innermost_mode(True):
        return True
    if RECORDED:
        tracing.refuse_unrecorded()
    return False


def _report() -> None:
    """Report keys of sets and dicts while decisions are recorded; afterwards hash as before."""
    Value.__hash__ = _reported_hash  # type: ignore[assignment]


def _reported_hash(self: Value) -> int:
    if not RECORDED:
        Value.__hash__ = object.__hash__  # type: ignore[method-assign, assignment]
        return object.__hash__(self)
    tracing.refuse_as_key(self, sys._getframe(1))
    return object.__hash__(self)


tracing.recording.openings.on_open(_report)


def _new_leaf(kind: Any, *arguments: Any, **options: Any) -> Any:
    """A leaf of a subclass, for its constructor to fill."""
    node = _new(kind)
    node._fill(0.0, 0.0, LEAF)
    return node


def _node(data: float, row: Op, left: Any, right: Any, dleft: Any, dright: Any) -> Value:
    """A node: its number, its row, its operands and the local gradients."""
    node = _new(Value)
    node._data = data
    node._grad = 0.0
    if OPEN and _is_cut_off(node, row, left, right):
        return _cut_off(node)
    node._row = row
    node._left = left
    node._right = right
    node._dleft = dleft
    node._dright = dright
    if left is None:
        node._span = 0
    elif left.__class__ is tuple:
        node._span = releasing.span(left) if left else 0
    else:
        span = left._span
        if right is not None and right._span > span:
            span = right._span
        if span < DEEPEST:
            node._span = span + 1
        else:
            node._span = Release((left,) if right is None else (left, right))
    return node


def _cut_off(node: Value) -> Value:
    """Make a node a leaf that takes no gradient."""
    node._row = FROZEN
    node._left = node._right = node._dleft = node._dright = None
    node._span = 0
    return node


def _is_cut_off(node: Value, row: Op, left: Any, right: Any) -> bool:
    """Whether a new node must not keep its operands; observers are called on the way."""
    if OBSERVED and left is not None:
        operands = left if left.__class__ is tuple else (left,) if right is None else (left, right)
        observers.made(row, operands, node)
    if KEPT:
        observers.keep(_cut_off(node))  # whole, in case the caller is interrupted
    return not _is_recording()


def _leaf(data: float, row: Op) -> Value:
    return _node(data, row, None, None, None, None)


def apply(row: Op, operands: Sequence[Any]) -> Any:
    """The result of a row of the table on Values and numbers, as a node.

    Args:
        row: the operator.
        operands: Values or numbers; numbers become leaves, but trailing operands that the row declares
            static are baked into the row when they are numbers. With an array among them the
            result is the array of the results for its elements.

    Raises:
        TypeError: an operand is neither a Value nor a number.

    >>> from engine.ops import OPERATORS
    >>> apply(OPERATORS["hypot"], (Value(3.0), 4)).data
    5.0
    """
    for x in operands:
        if x.__class__ is not Value and not isinstance(x, (float, int, Value)):
            if isinstance(x, np.ndarray):
                if x.ndim:
                    return elementwise(lambda *xs: apply(row, xs), operands)
                return apply(row, [*map(bare, operands)])
            if hasattr(type(x), "_apply"):  # a number type built on this one
                return x._apply(row, operands)
            if row is _MUL and tracing.repeats(x, operands):
                return NotImplemented
    if row.static:
        row, operands = row.bind_plain(operands, Value, partial(to_float, role=f"operand of {row.shown}"))
    nodes = [
        x if isinstance(x, Value) else _leaf(to_float(x, f"operand of {row.shown}"), CONSTANT)
        for x in operands
    ]
    xs = [node._data for node in nodes]
    y = row.forward(xs) if row.arity is None else row.forward(*xs)
    if OPEN and not _is_recording():
        return _node(y, row, tuple(nodes), None, None, None)
    local = row.local_gradients(y, xs)
    if len(nodes) == 2:
        return _node(y, row, nodes[0], nodes[1], local[0], local[1])
    if len(nodes) == 1:
        return _node(y, row, nodes[0], None, local[0], None)
    return _node(y, row, tuple(nodes), None, tuple(local), None)
