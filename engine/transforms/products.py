"""Products with the Jacobian: jvp and linearize in forward mode, vjp in reverse mode, as JAX names them.

Arguments and results are those of :func:`engine.grad`. All of them nest, in each other and in ``grad``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.autograd.grad_mode import enable_grad
from engine.node.backend import Value
from engine.pytree.maps import copied, map_numbers, matching, numbers_of_output
from engine.transforms.forward import directional
from engine.transforms.reverse import ROWS, gradients, gradients_at_a_point
from engine.transforms.transformed import Transformed
from engine.transforms.variables import (
    ArgNums,
    call_on_variables,
    check,
    has_values,
    like_arguments,
    matching_numbers,
    must_be_graph,
    plain_aux,
    primal_arguments,
    variables_of,
    without_aux,
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
    args, argnums = primal_arguments(primals)
    direction = matching_numbers(args, tangents)
    trees, output = call_on_variables(f, args, {}, argnums)
    output, aux = without_aux(output, has_aux)
    outputs = numbers_of_output(output)
    nested = must_be_graph(args, argnums, outputs) or has_values([direction])
    found = directional(outputs, variables_of(trees), direction, create_graph=nested)
    result = _value(output, nested), like_arguments([output], found, 0)
    return (*result, plain_aux(aux, args, argnums)) if has_aux else result


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
    trees, output = call_on_variables(f, primals, {}, range(len(primals)))
    output, aux = without_aux(output, has_aux)
    outputs = numbers_of_output(output)
    variables, nested = variables_of(trees), must_be_graph(primals, range(len(primals)), outputs)
    form = copied(output)

    def f_jvp(*tangents: Any) -> Any:
        direction = matching_numbers(primals, tangents)
        return like_arguments([form], directional(outputs, variables, direction, create_graph=nested), 0)

    result = _value(output, nested), f_jvp
    return (*result, plain_aux(aux, primals, range(len(primals)))) if has_aux else result


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


def _elementwise_grad(
    f: Callable[..., Any], argnums: ArgNums, has_aux: bool, args: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    trees, output = call_on_variables(f, args, options, argnums)
    output, aux = without_aux(output, has_aux)
    outputs = numbers_of_output(output)
    nested = must_be_graph(args, argnums, outputs)
    found = gradients(_weighted_sum(outputs, [1.0] * len(outputs)), variables_of(trees), nested)
    result = like_arguments(trees, found, argnums)
    return (result, plain_aux(aux, args, argnums)) if has_aux else result


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
    argnums = range(len(primals))
    trees, output = call_on_variables(f, primals, {}, argnums)
    output, aux = without_aux(output, has_aux)
    outputs = numbers_of_output(output)
    variables, nested = variables_of(trees), must_be_graph(primals, argnums, outputs)
    form = copied(output)

    def pull_back(cotangents: Any) -> tuple[Any, ...]:
        weights = matching(form, cotangents, "what the function returns", "cotangents")
        whole = _weighted_sum(outputs, weights)
        if has_values([weights]) and not nested and isinstance(whole, Value):
            found = gradients_at_a_point(whole, variables)
        else:
            found = gradients(whole, variables, nested)
        return like_arguments(trees, found, argnums)  # type: ignore[no-any-return]

    result = _value(output, nested), pull_back
    return (*result, plain_aux(aux, primals, argnums)) if has_aux else result


def _weighted_sum(outputs: list[Any], weights: list[Any]) -> Any:
    """The sum of outputs times weights, whose gradient is the weights; recorded under ``no_grad()`` too."""
    with enable_grad():
        return ROWS.dot(outputs, weights)


def _value(output: Any, nested: bool) -> Any:
    """What f returned, as plain numbers unless it shall be differentiated again."""
    if nested:
        return output
    return map_numbers(lambda x, path: x.data if isinstance(x, Value) else float(x), output)
