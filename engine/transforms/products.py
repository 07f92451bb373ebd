"""Products with Jacobians and Hessians, and the Hessian itself, as JAX names them.

Arguments and results are those of :func:`engine.grad`. All of them nest, in each other and in ``grad``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.autograd.grad_mode import enable_grad
from engine.node.backend import Value
from engine.pytree import copied, flatten, map_numbers, matching
from engine.quoting import brief
from engine.transforms.forward import directional
from engine.transforms.hessian import gradient_along
from engine.transforms.jacobian import matrix_like
from engine.transforms.reverse import ROWS, gradients
from engine.transforms.transformed import Transformed
from engine.transforms.variables import (
    ArgNums,
    call_on_variables,
    check,
    has_values,
    like_arguments,
    must_be_graph,
    plain_aux,
    variables_of,
    without_aux,
)

__all__ = ["hessian", "hvp", "jvp", "vjp"]


def hessian(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns all second derivatives of f.

    f runs once; the sweeps over its graph (forward over reverse) take all directions at a time.

    Args:
        f: returns one number.
        argnums: position of the argument to differentiate twice, the first unless said; or several of them,
            whose mixed derivatives are found too.
        has_aux: whether f returns a pair of that number and anything else; see :func:`engine.value_and_grad`.

    Returns:
        A function of the same arguments. Its result has the structure of the argument within the
        structure of the argument: for an array of shape s an array of shape s + s, for a list of n
        numbers n lists of n, for one number a number; for several ``argnums`` a tuple for each of them of
        the blocks by each of them. With ``has_aux`` the result is ``(hessian, aux)``.

    Raises:
        TypeError: (when called) an argument is no number, or f does not return one number.
        GraphError: (when called) f made a node by hand, whose slopes are mere numbers.

    >>> hessian(lambda p: p[0] ** 2 * p[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]
    >>> hessian(lambda x: x**3)(2.0)
    12.0
    >>> hessian(lambda x, y: x * x * y)(2.0, 3.0)
    6.0
    >>> hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """
    check(f, argnums)
    return Transformed(_hessian, f, argnums, has_aux)


def _hessian(
    f: Callable[..., Any], argnums: ArgNums, has_aux: bool, args: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    trees, output = call_on_variables(f, args, options, argnums)
    output, aux = without_aux(output, has_aux)
    _must_be_number(output, "hessian")
    variables = variables_of(trees)
    if must_be_graph(args, argnums, [output]):
        slopes = gradients(output, variables, create_graph=True)
        rows = [gradients(slope, variables, create_graph=True) for slope in slopes]
    else:
        rows = gradient_along(output, variables, np.eye(len(variables)))
    outside = like_arguments(trees, variables, argnums)
    found = matrix_like(outside, trees, rows, argnums)
    return (found, plain_aux(aux, args, argnums)) if has_aux else found


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of f times a vector, without forming the Hessian: forward over reverse.

    It costs a few times as much as the gradient, however many arguments there are.

    Args:
        f: returns one number.
        primals: the arguments of f, all of which are differentiated, in a tuple or list.
        tangents: the vector: for each argument the same nested structure of numbers.

    Returns:
        The product, in the structure of the argument; of several arguments, a tuple of them.

    Raises:
        TypeError: an argument is no number, or f does not return one number.
        ValueError: tangents differ from primals in number, keys, lengths, shapes or nesting.
        GraphError: f made a node by hand, whose slopes are mere numbers.

    >>> hvp(lambda p: p[0] ** 2 * p[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    """
    check(f)
    args, argnums = _arguments(primals, "primals")
    direction = _matching(args, tangents)
    trees, output = call_on_variables(f, args, {}, argnums)
    _must_be_number(output, "hvp")
    variables = variables_of(trees)
    if must_be_graph(args, argnums, [output]) or has_values([direction]):
        slopes = gradients(output, variables, create_graph=True)
        product = directional(slopes, variables, direction, create_graph=True)
    else:
        product = gradient_along(output, variables, direction)
    return like_arguments(trees, product, argnums if len(trees) > 1 else 0)


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
        TypeError: an argument, or something in what f returns, is no number.
        ValueError: tangents differ from primals in number, keys, lengths, shapes or nesting.

    >>> jvp(lambda x, y: [x * y, x], (2.0, 3.0), (1.0, 10.0))
    ([6.0, 2.0], [23.0, 1.0])
    """
    check(f)
    args, argnums = _arguments(primals, "primals")
    direction = _matching(args, tangents)
    trees, output = call_on_variables(f, args, {}, argnums)
    output, aux = without_aux(output, has_aux)
    outputs = flatten(output, "what the function returns")
    nested = must_be_graph(args, argnums, outputs) or has_values([direction])
    found = directional(outputs, variables_of(trees), direction, create_graph=nested)
    result = _value(output, nested), like_arguments([output], found, 0)
    return (*result, plain_aux(aux, args, argnums)) if has_aux else result


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
        TypeError: an argument, or something in what f returns, is no number.
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
    outputs = flatten(output, "what the function returns")
    variables, nested = variables_of(trees), must_be_graph(primals, argnums, outputs)
    form = copied(output)

    def pull_back(cotangents: Any) -> tuple[Any, ...]:
        weights = matching(form, cotangents, "what the function returns", "cotangents")
        whole = _weighted_sum(outputs, weights)
        found = gradients(whole, variables, nested or has_values([weights]))
        return like_arguments(trees, found, argnums)  # type: ignore[no-any-return]

    result = _value(output, nested), pull_back
    return (*result, plain_aux(aux, primals, argnums)) if has_aux else result


def _weighted_sum(outputs: list[Any], weights: list[Any]) -> Any:
    """What has the weights for its gradient by the outputs; recorded under ``no_grad()`` too."""
    with enable_grad():
        return ROWS.dot(outputs, weights)


def _arguments(primals: Any, name: str) -> tuple[tuple[Any, ...], range]:
    """The arguments of f, and their positions."""
    if not isinstance(primals, (tuple, list)):
        raise TypeError(f"{name} must be a tuple or list of the function's arguments, got {brief(primals)}")
    return tuple(primals), range(len(primals))


def _matching(primals: tuple[Any, ...], tangents: Any) -> list[Any]:
    """The numbers of the tangents, of which there must be one for each number of the primals."""
    given, _ = _arguments(tangents, "tangents")
    if len(given) != len(primals):
        raise ValueError(f"there are {len(primals)} primals, but {len(given)} tangents")
    numbers = []
    for i, (primal, tangent) in enumerate(zip(primals, given, strict=True)):
        own = matching(primal, tangent, f"primal {i}", f"tangent {i}")
        numbers += [number if isinstance(number, Value) else float(number) for number in own]
    return numbers


def _must_be_number(output: Any, name: str) -> None:
    if not isinstance(output, (Value, float, int, np.number)):
        raise TypeError(f"{name} needs a function that returns one number, got {type(output).__name__}")


def _value(output: Any, nested: bool) -> Any:
    """What f returned, as plain numbers unless it shall be differentiated again."""
    if nested:
        return output
    return map_numbers(lambda x, path: x.data if isinstance(x, Value) else float(x), output)
