"""Taylor mode: all derivatives of a function of one number up to an order, in one walk over its graph.

Every node gets the coefficients of its power series from those of its operands, as ``power_series.py`` says:
O(n²) per operator, where the cost of nested transforms grows exponentially with the order.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np

from engine.autograd.masking import NOTHING, is_nothing
from engine.floats.validate import integer
from engine.node.backend import Value
from engine.ops.op import CONSTANT
from engine.quoting import brief
from engine.transforms.power_series import Series, Tape
from engine.transforms.reverse import partials_of, refuse_stale
from engine.transforms.variables import Call, check

__all__ = ["derivatives", "taylor"]


_LARGEST_FACTORIAL = 170


def derivatives(f: Callable[..., Any], x: Any, n: int) -> list[Any]:
    """The value of f at x and its derivatives of order 1 to n.

    Args:
        f: a function of one number that returns one number.
        x: the number. For derivatives along a line, from a point p in a direction v, take
            ``lambda t: f(p + t * v)`` at 0.
        n: the highest order, 0 to 170.

    Returns:
        A list of n + 1 floats. Within another transform, where they depend on its variables, Values.

    Raises:
        TypeError: x is not one number, n is not an integer, or f does not return one number.
        ValueError: n is negative, or so large that n! is not a float.
        GraphError: f made a node by hand, whose local gradients are mere numbers.

    >>> derivatives(lambda x: x**3, 2.0, 4)
    [8.0, 12.0, 12.0, 6.0, 0.0]
    """
    if integer("n", n, 0) > _LARGEST_FACTORIAL:
        raise ValueError(
            f"the factorial of {n} is beyond the largest float, and so are most derivatives of that order; "
            "take engine.taylor, which gives them divided by it"
        )
    return [coefficient * float(factorial(k)) for k, coefficient in enumerate(taylor(f, x, n))]


def taylor(f: Callable[..., Any], x: Any, n: int) -> list[Any]:
    """The first coefficients of the Taylor series of f around x: the k-th derivative over k!.

    Args, results and errors are those of :func:`derivatives`, but that n may be larger.

    >>> from engine import exp
    >>> taylor(exp, 0.0, 3)
    [1.0, 1.0, 0.5, 0.16666666666666666]
    """
    check(f)
    order = integer("n", n, 0)
    if not isinstance(x, (Value, float, int, np.number)):
        raise TypeError(
            f"Taylor mode takes one number to differentiate by, got {brief(x)}; "
            "along a line from p in direction v, take lambda t: f(p + t * v) at 0"
        )
    call = Call(f, (x,))
    output = call.number("Taylor mode")
    if not isinstance(output, Value):
        return [float(output)] + [0.0] * order
    return _coefficients(output, call.variables[0], order, call.nested)


def _coefficients(root: Value, variable: Value, n: int, nested: bool) -> list[Any]:
    """The series of the root in powers of the variable's change."""

    def value_of(node: Value) -> Any:
        return node if nested else node.data

    def constant(node: Value, tape: Tape) -> Series:
        return tape.constant(value_of(node), is_literal_zero=node._row is CONSTANT and node.data == 0.0)

    found: dict[Value, list[Any]] = {variable: [value_of(variable), 1.0, *[NOTHING] * n][: n + 1]}
    for node in root._topological_order():
        children = node._children
        if node in found or not any(child in found for child in children):
            continue
        tape = Tape(not nested)
        operands = {
            child: Series(tape, found[child]) if child in found else constant(child, tape)
            for child in children
        }
        if not node._row.partials:
            partials_of(node, node, children)  # raises the error
        refuse_stale(node, node._row.local_gradients(node._data, [child._data for child in children]))
        series = tape.apply(node._row, [operands[child] for child in children], value_of(node))
        series.coefficient(n)
        found[node] = series.known
    known = found.get(root, [value_of(root), *[NOTHING] * n])
    return [0.0 if is_nothing(coefficient) else coefficient for coefficient in known]
