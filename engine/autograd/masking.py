"""The rule of zero: *a masked way contributes nothing; a computed zero is an ordinary number.*

An edge leads from a node to one of its operands; backpropagation multiplies along it. Some operators
choose: the side that ``where`` did not take, a ``relu`` below 0, what a ``max`` passed over, a factor that
stands beside the literal number 0. Where the partial derivative of such a row is exactly 0, the edge is
*masked*: it is not walked at all, in no direction. So ``where(x > 0, log(x), 0)`` at 0 has gradient 0,
whatever the derivative of the logarithm is there, and nobody needs to write ``where`` twice.

On every other edge IEEE arithmetic holds, and 0 · inf is nan. ``cbrt(x)**3`` at 0 has derivative 1; its
factors are 0 and infinity, from which nobody can tell: nan says so, where 0 would be a finite wrong number.

A node that no walked edge reaches from the root is *not reached*. Its gradient is 0, and it passes nothing
on. That zero and a computed one are told apart by :func:`reached`.

This file is the one home of the rule. All modes ask it: the reverse sweep, gradients of gradients, forward
mode, second derivatives, Taylor series, paths. The compiled sweep has it in C (``is_masked`` in
``compiled/c/sweep.h``), held against this one by the tests. A lifted program of arrays never decides: where
it meets what is not finite, the function itself is run. So does a tape of derivatives, whose edges were left
undecided when it was traced. Which rows mask, and how, says ``Op.masks``
(:class:`engine.ops.fields.Masks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.autograd.trace_mode import is_tracing, leave_open
from engine.ops.fields import Masks
from engine.ops.op import CONSTANT, Op

__all__ = ["NOTHING", "is_masked", "is_nothing", "masks", "reached"]

Node = Any
"""A Value: this file stands below value.py."""

_NEVER, _ALWAYS, _BUT_FIRST, _PARTNER, _ = Masks  # the class is asked for its members in 100 ns

NOTHING = 0
"""The tangent, or the coefficient of a series, of what does not depend on a variable. It is an int, so that
sums take it as zero, and it is told from the computed zero 0.0."""


def is_nothing(x: Any) -> bool:
    """Whether a tangent or coefficient is the zero of something constant, not a computed zero.

    >>> is_nothing(NOTHING), is_nothing(0.0)
    (True, False)
    """
    return x.__class__ is int


def masks(row: Op, position: int, operands: Sequence[Any], local_grad: Any) -> bool:
    """Whether an operator masks the edge to one of its operands.

    Args:
        row: the operator.
        position: which operand.
        operands: all of them: Values, or numbers.
        local_grad: the derivative by that operand: a number, or a Value where derivatives are graphs. While
            ``engine.jit`` traces, the number of a Value decides nothing: it is a made-up one.

    >>> from engine import Value
    >>> from engine.ops import OPERATORS
    >>> x, zero = Value(3.0), Value(0.0)
    >>> masks(OPERATORS["relu"], 0, [x], 0.0), masks(OPERATORS["sqrt"], 0, [x], 0.0)
    (True, False)
    >>> masks(OPERATORS["mul"], 0, [x, 0.0], 0.0), masks(OPERATORS["mul"], 0, [x, zero], 0.0)
    (True, False)
    """
    kind = row.masks
    if kind is _NEVER:
        return False
    if hasattr(local_grad, "_row"):
        if is_tracing() and kind is not _PARTNER:  # there the derivative is the literal 0 itself
            leave_open()
            return False
        local_grad = local_grad._data
    if local_grad != 0.0:
        return False
    if kind is _ALWAYS:
        return True
    if kind is _BUT_FIRST:
        return position > 0
    if kind is _PARTNER:
        return _is_literal_zero(operands[(position + len(operands) // 2) % len(operands)])
    return any(_is_literal_zero(x) for i, x in enumerate(operands) if i != position)


def _is_literal_zero(x: Any) -> bool:
    """Whether an operand is the number 0 written as a number, not a Value."""
    if isinstance(x, (int, float)):
        return x == 0.0
    return getattr(x, "_row", None) is CONSTANT and x._data == 0.0


def is_masked(node: Node, position: int, local_grad: Any) -> bool:
    """Whether the edge from a node to one of its operands is not walked.

    Args:
        node: the node.
        position: which of its operands.
        local_grad: its derivative by that operand: a float, or a Value where derivatives are graphs.

    >>> from engine import Value
    >>> x = Value(-3.0)
    >>> is_masked(x.relu(), 0, 0.0), is_masked(x * x, 0, 0.0)
    (True, False)
    """
    row = node._row
    return row.masks is not _NEVER and masks(row, position, node._children, local_grad)


def reached(root: Node) -> set[Node]:
    """The nodes that a walked edge reaches from the root, the root among them.

    All others below the root are *not reached*: their gradient is 0 because no way leads to them, not because
    what arrived there is zero.

    >>> from engine import Value, where
    >>> x = Value(0.0)
    >>> steep = x.log()
    >>> found = reached(where(x > 0, steep, 2 * x))
    >>> x in found, steep in found
    (True, False)
    """
    found, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        for position, (child, local_grad) in enumerate(zip(node._children, node._local_grads, strict=False)):
            if child not in found and not is_masked(node, position, local_grad):
                found.add(child)
                waiting.append(child)
    return found
