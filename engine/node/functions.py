"""The public function of every row: ``engine.tanh(x)``, ``engine.sum(xs)``, ``engine.softmax(xs)``.

All take Values and numbers alike. With numbers alone they give a number; as soon as a Value is
among the operands, a Value; with NumPy arrays, an array of the results for the elements.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine import floats
from engine.autograd.trace_mode import is_tracing
from engine.floats.coerce import bare, to_float
from engine.node.backend import quick_functions
from engine.ops import OPERATORS
from engine.ops.op import Op
from engine.ops.ufuncs import elementwise
from engine.quoting import brief

__all__ = ["FUNCTIONS", "call"]


def call(row: Op, operands: tuple[Any, ...]) -> Any:
    """Apply a row to Values, numbers or arrays; the general form of all functions here.

    >>> call(OPERATORS["hypot"], (3, 4))
    5.0
    """
    for x in operands:
        if hasattr(type(x), "_apply"):
            return x._apply(row, operands)
        if x.__class__ is np.ndarray and not x.ndim:
            return call(row, tuple(map(bare, operands)))
    if any(isinstance(x, np.ndarray) and x.ndim for x in operands):
        results = elementwise(lambda *xs: call(row, xs), operands)
        of_numbers = all(isinstance(result, float) for result in results.flat)
        return results.astype(float) if of_numbers else results
    return row.forward(*(to_float(x, f"operand of {row.name}") for x in operands))


def call_on_sequence(row: Op, xs: list[Any]) -> Any:
    """Apply a row over a sequence to a list of Values and numbers."""
    for x in xs:
        if hasattr(type(x), "_apply"):
            return x._apply(row, xs)
        if x.__class__ is np.ndarray and not x.ndim:
            return call_on_sequence(row, [*map(bare, xs)])
    return row.forward([to_float(x, f"operand of {row.name}") for x in xs])


def _function(row: Op) -> Callable[..., Any]:
    def function(*args: Any, **options: Any) -> Any:
        return call(row, row.arguments(args, options))

    return _named(function, row, row.signature)


def _sequence_function(row: Op) -> Callable[..., Any]:
    def function(*xs: Any) -> Any:
        return call_on_sequence(row, _items(row.name, xs))

    parameter = inspect.Parameter("xs", inspect.Parameter.VAR_POSITIONAL)
    return _named(function, row, inspect.Signature([parameter]))


def _named(function: Callable[..., Any], row: Op, signature: inspect.Signature) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = row.name
    function.__module__ = "engine"
    function.__doc__ = row.docstring
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _items(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    """The operands of a function over a sequence: one iterable, or several numbers."""
    if len(arguments) != 1:
        return list(arguments)
    (argument,) = arguments
    if argument.__class__ is list:
        return argument.copy()
    if (
        hasattr(type(argument), "_apply")
        or isinstance(argument, (str, bytes))
        or not isinstance(argument, Iterable)
    ):
        raise TypeError(f"{name}() takes a sequence of Values and numbers, got {brief(argument)}")
    items = list(argument)
    if isinstance(argument, np.ndarray) and argument.ndim != 1:
        raise TypeError(
            f"{name}() takes one dimension, got an array of shape {argument.shape}; use array.ravel()"
        )
    return items


def sum(xs: Iterable[Any], start: Any = 0.0) -> Any:
    """The sum of a sequence as one node, where the builtin makes a node for each ``+``.

    Args:
        xs: Values and numbers.
        start: added to the sum, as in the builtin.

    >>> from engine import Value, sum
    >>> a, b = Value(1.0), Value(2.0)
    >>> sum([a, b, 3]).data
    6.0
    """
    total = call_on_sequence(OPERATORS["sum"], _items("sum", (xs,)))
    return total if start.__class__ in (int, float) and start == 0 else start + total


def dot(a: Iterable[Any], b: Iterable[Any]) -> Any:
    """The sum of products a1·b1 + … + an·bn as one node: a neuron's weighted input.

    Args:
        a: Values and numbers.
        b: as many Values and numbers.

    Raises:
        ValueError: the lengths differ.

    >>> from engine import Value, dot
    >>> w = [Value(0.5), Value(-1.0)]
    >>> dot(w, [2.0, 3.0]).data
    -2.0
    """
    left, right = _items("dot", (a,)), _items("dot", (b,))
    if len(left) != len(right):
        raise ValueError(f"dot() of sequences of different lengths: {len(left)} and {len(right)}")
    return call_on_sequence(OPERATORS["dot"], left + right)


_MANY = 256
"""More logits than these share one sum in their log_softmax. Fewer have all local gradients each, which takes
memory by the square of their number."""


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """Logarithms of the softmax, precise also where a probability is nearly 0 or 1.

    Args:
        xs: Values and numbers, usually called logits.

    Returns:
        A list as long as ``xs``.

    >>> from engine import log_softmax
    >>> [round(x, 4) for x in log_softmax([1000.0, 0.0])]
    [0.0, -1000.0]
    """
    items = _items("log_softmax", (xs,))
    row = OPERATORS["log_softmax"]

    def one(i: int) -> Any:
        return call_on_sequence(row, [items[i], *items[:i], *items[i + 1 :]])

    if len(items) <= _MANY or is_tracing():
        return [one(i) for i in range(len(items))]
    items = [x if hasattr(type(x), "_apply") else to_float(x, "operand of log_softmax") for x in items]
    largest = floats.max([getattr(x, "_data", x) for x in items])  # a constant: no result depends on it
    shifted = [x - largest for x in items]  # the logarithm of a sum of large logits would hide their digits
    total = FUNCTIONS["logsumexp"](shifted)
    found = [x - total for x in shifted]
    half = -math.log(2.0)  # of a probability above it this difference loses digits, too
    return [one(i) if getattr(y, "_data", y) > half else y for i, y in enumerate(found)]


def softmax(xs: Iterable[Any]) -> list[Any]:
    """Positive numbers that sum to one, in proportion e^x1 : e^x2 : …

    Computed relative to the largest operand, so that nothing overflows. The largest is not a constant:
    what it passes back makes the derivative of a probability near 1 precise, as 1 - p alone could not be.

    Args:
        xs: Values and numbers, usually called logits.

    Returns:
        A list as long as ``xs``.

    >>> from engine import softmax
    >>> [round(p, 3) for p in softmax([1.2, 0.9, 0.4])]
    [0.457, 0.338, 0.205]
    """
    items = _items("softmax", (xs,))
    if not items:
        return []
    largest = FUNCTIONS["max"](items)
    powers = [FUNCTIONS["exp"](x - largest) for x in items]
    total = FUNCTIONS["sum"](powers)
    return [power / total for power in powers]


def var(xs: Iterable[Any], ddof: int = 0) -> Any:
    """The variance: the mean squared distance from the mean.

    Args:
        xs: Values and numbers.
        ddof: taken from their number in the divisor, as NumPy has it: 1 for the estimate from a sample.

    Raises:
        ValueError: there are not more than ``ddof`` numbers.

    >>> var([1.0, 2.0, 6.0]), var([1.0, 2.0, 6.0], ddof=1)
    (4.666666666666667, 7.0)
    """
    deviations, count = _deviations("var", xs, ddof)
    return FUNCTIONS["dot"](deviations, deviations) / count


def std(xs: Iterable[Any], ddof: int = 0) -> Any:
    """The standard deviation, the root of the variance; of equal numbers it is 0, and so is its gradient.

    ``np.std`` of an array of Values takes the root of a number that may be 0, where the gradient is nan.

    Args and errors are those of ``var``.

    >>> from engine import Value
    >>> xs = [Value(2.0), Value(2.0)]
    >>> deviation = std(xs)
    >>> deviation.backward()
    >>> deviation.data, [x.grad for x in xs]
    (0.0, [0.0, 0.0])
    """
    deviations, count = _deviations("std", xs, ddof)
    return FUNCTIONS["norm"](deviations) / math.sqrt(count)


def _deviations(name: str, xs: Iterable[Any], ddof: int) -> tuple[list[Any], int]:
    """The distances from the mean, and what the sum of their squares is divided by."""
    items = _items(name, (xs,))
    if len(items) <= ddof:
        raise ValueError(f"{name}() with ddof={ddof} needs more than {ddof} numbers, got {len(items)}")
    center = FUNCTIONS["mean"](items)
    return [x - center for x in items], len(items) - ddof


_OF_ROWS = {
    row.name: _sequence_function(row) if row.arity is None else _function(row) for row in OPERATORS.values()
}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **quick_functions(_OF_ROWS | {"sum": sum, "dot": dot, "log_softmax": log_softmax}),
    "softmax": softmax,
    "var": var,
    "std": std,
}
"""The function of every row, by name, and those made of several rows."""
