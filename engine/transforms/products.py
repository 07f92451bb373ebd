"""Products with the Jacobian: jvp and linearize in forward mode, vjp in reverse mode, as JAX names them.

Arguments and results are those of :func:`engine.grad`. All of them nest, in each other and in ``grad``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.autograd.grad_mode import enable_grad
from engine.node.backend import Value
from engine.pytree.maps import copied, matching
from engine.transforms.forward import directional
from engine.transforms.reverse import ROWS, gradients, gradients_at_a_point
from engine.transforms.transformed import Transformed
from engine.transforms.variables import (
    ArgNums,
    Call,
    check,
    has_values,
    like,
    matching_numbers,
    primal_arguments,
)

__all__ = ["elementwise_grad", "jvp", "linearize", "vjp"]


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of f and its derivative along a direction: the Jacobian times a vector, in forward mode.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        primals: the arguments of f, all of which are differentiated, in a tuple or list.
        tangents: the direction: for each argument the same nested structure of numbers.
        has_aux: whether f returns a pair of that and anything else; see :func:`engine.value_and_grad`.

    Returns:
        ``(value, tangent)``, both in the structure of what f returns; with ``has_aux``
        ``(value, tangent, aux)``.

    Raises:
        TypeError: an argument, or something in what f returns, is not a number.
        ValueError: tangents differ from primals in number, keys, lengths, shapes or nesting.

    >>> jvp(lambda x, y: [x * y, x], (2.0, 3.0), (1.0, 10.0))
    ([6.0, 2.0], [23.0, 1.0])
    """
    check(f)
    args = primal_arguments(primals)
    direction = matching_numbers(args, tangents)
    call = Call(f, args, has_aux=has_aux)
    nested = call.nested or has_values([direction])
    found = directional(call.numbers, call.variables, direction, create_graph=nested)
    return call.with_aux(call.value(nested), *like([call.output], found))  # type: ignore[no-any-return]


def linearize(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of f, and a function of directions: the Jacobian times a vector, as often as wanted.

    It is :func:`jvp` in two steps, as in JAX: f runs once, its graph is kept, and each direction is one sweep
    up that graph.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        primals: the arguments of f, all of which are differentiated.
        has_aux: whether f returns a pair of that and anything else; see :func:`engine.value_and_grad`.

    Returns:
        ``(value, f_jvp)``, or with ``has_aux`` ``(value, f_jvp, aux)``. ``f_jvp(*tangents)`` takes for each
        argument the same nested structure of numbers, and returns the tangent in the structure of the value.

    Raises:
        TypeError: an argument, or something in what f returns, is not a number.
        ValueError: (from ``f_jvp``) tangents differ from primals in number, keys, lengths, shapes or nesting.

    >>> value, f_jvp = linearize(lambda x, y: [x * y, x], 2.0, 3.0)
    >>> value, f_jvp(1.0, 0.0), f_jvp(0.0, 1.0)
    ([6.0, 2.0], [3.0, 1.0], [2.0, 0.0])
    """
    check(f)
    call = Call(f, primals, has_aux=has_aux)
    outputs, variables, nested = call.numbers, call.variables, call.nested
    form = copied(call.output)

    def f_jvp(*tangents: Any) -> Any:
        direction = matching_numbers(primals, tangents)
        (found,) = like([form], directional(outputs, variables, direction, create_graph=nested))
        return found

    return call.with_aux(call.value(nested), f_jvp)  # type: ignore[no-any-return]


def elementwise_grad(
    f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The derivative of each element of what f returns by the same element of its argument, as a function.

    As in HIPS autograd: the sum of all that f returns is differentiated, in one sweep. For a function that
    computes each result from one element, such as ``np.tanh``, that is the diagonal of the Jacobian. For any
    other, such as softmax, it is the sum of each of the Jacobian's columns; :func:`engine.jacobian` has the
    single entries.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        argnums: position of the argument to differentiate, or several of them.
        has_aux: whether f returns a pair of that and anything else; see :func:`engine.value_and_grad`.

    Returns:
        A function of the same arguments; its result is nested as the argument is, and with ``has_aux``
        ``(derivatives, aux)``.

    Raises:
        TypeError: (when called) an argument, or something in what f returns, is not a number.

    >>> import numpy as np
    >>> elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0, 3.0]))
    array([ 3., 12., 27.])
    >>> elementwise_grad(elementwise_grad(lambda x: x**3))(np.array([1.0, 2.0, 3.0]))
    array([ 6., 12., 18.])
    """
    check(f, argnums)
    return Transformed(_elementwise_grad, f, argnums, has_aux)


def _elementwise_grad(call: Call) -> Any:
    outputs = call.numbers
    whole = _weighted_sum(outputs, [1.0] * len(outputs))
    return call.with_aux(call.like_arguments(gradients(whole, call.variables, call.nested)))


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of f, and a function that multiplies a vector with its Jacobian, in reverse mode.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        primals: the arguments of f, all of which are differentiated.
        has_aux: whether f returns a pair of that and anything else; see :func:`engine.value_and_grad`.

    Returns:
        ``(value, pull_back)``, or with ``has_aux`` ``(value, pull_back, aux)``. ``pull_back(cotangents)``
        takes a number for each number of the value, in the same structure, and returns a tuple with a
        gradient for each argument; it can be called any number of times, and f does not run again.

    Raises:
        TypeError: an argument, or something in what f returns, is not a number.
        ValueError: (from ``pull_back``) the cotangents differ from the value in keys, lengths, shapes or
            nesting.

    >>> value, pull_back = vjp(lambda x, y: [x * y, x], 2.0, 3.0)
    >>> value, pull_back([1.0, 10.0])
    ([6.0, 2.0], (13.0, 2.0))
    """
    check(f)
    call = Call(f, primals, has_aux=has_aux)
    outputs, variables, nested = call.numbers, call.variables, call.nested
    form = copied(call.output)

    def pull_back(cotangents: Any) -> tuple[Any, ...]:
        weights = matching(form, cotangents, "what the function returns", "cotangents")
        whole = _weighted_sum(outputs, weights)
        if has_values([weights]) and not nested and isinstance(whole, Value):
            found = gradients_at_a_point(whole, variables)
        else:
            found = gradients(whole, variables, nested)
        return call.like_arguments(found)  # type: ignore[no-any-return]

    return call.with_aux(call.value(nested), pull_back)  # type: ignore[no-any-return]


def _weighted_sum(outputs: list[Any], weights: list[Any]) -> Any:
    """The sum of outputs times weights, whose gradient is the weights; recorded under ``no_grad()`` too."""
    with enable_grad():
        return ROWS.dot(outputs, weights)
