"""The numbers and gradients of many Values, from and to arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.autograd.trace_mode import refuse_while_tracing
from engine.floats.coerce import check_values, check_vector, plain_list
from engine.node.backend import PLAIN, Value, offered, or_compiled
from engine.ops.op import LEAF

__all__ = [
    "adam_on_values",
    "leaf_count",
    "read_data",
    "read_grad",
    "spoil",
    "trainable",
    "write_data",
    "write_grad",
]

Vector = NDArray[np.float64]


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
    values = _beside(out, values, True, "reading numbers of many Values")
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
    values = _beside(out, values, True, "reading gradients of many Values")
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
    values = _beside(numbers, values, False, "setting numbers of many Values")
    for value, number in zip(values, numbers.tolist(), strict=True):
        value.data = number


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
    values = _beside(numbers, values, False, "setting gradients of many Values")
    for value, number in zip(values, numbers.tolist(), strict=True):
        value.grad = number if scale is None else 0.0 + number * scale


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
    values = _checked(values)
    for value in values:
        value._fill(math.nan, 0.0, value._row, value._children, [math.nan] * len(value._local_grads))


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
    values = _checked(values)
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
    values = _checked(values)
    return sum(not value._children for value in values)


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
        decay, decoupled: the decay of weights, see :func:`nn.optim.arithmetic.decayed`.
        largest: the largest v so far, to take in its place.

    Returns:
        Whether it was done. Else nothing has changed: the node is in Python, some Value takes no gradient,
        the counts differ, or a function is traced.

    Raises:
        TypeError, ValueError: something is not such an array, or the lengths differ; nothing has changed.
    """
    return False  # by the compiled node only


def _checked(values: Sequence[Value]) -> Sequence[Value]:
    values = plain_list(values)
    check_values(values)
    return values


def _beside(vector: Vector, values: Sequence[Value], writes: bool, what: str) -> Sequence[Value]:
    """The Values, where an array is one for their numbers."""
    refuse_while_tracing(what, "do it outside")
    values = plain_list(values)
    check_vector(vector, len(values), writes)
    check_values(values)
    return values


__test__ = {
    each: PLAIN[each] for each in __all__ if each in PLAIN
}  # where doctest finds the examples, whichever form runs
