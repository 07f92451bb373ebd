"""Jacobians, all derivatives of all outputs, in reverse or forward mode, as in JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.node.backend import Value
from engine.pytree.maps import flatten, map_leaves
from engine.transforms.forward import directional
from engine.transforms.reverse import gradients
from engine.transforms.transformed import Transformed
from engine.transforms.variables import ArgNums, Call, check

__all__ = ["jacfwd", "jacobian", "jacrev", "matrix_like"]


def jacobian(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns all derivatives of all outputs of f, in the mode that takes fewer sweeps.

    Forward mode (:func:`jacfwd`) sweeps the graph once for every input, reverse mode (:func:`jacrev`) once
    for every output; where they are as many, it is the reverse.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        argnums: position of the argument to differentiate, or several of them.
        has_aux: whether f returns a pair of that and anything else; see :func:`engine.value_and_grad`.

    Returns:
        A function of the same arguments. Its result has the structure of f's output, and in place of
        each number or array there the structure of the argument, with blocks of shape (shape of the
        output, shape of the input): a matrix for a vector function of a vector. With ``has_aux`` the
        result is ``(jacobian, aux)``.

    Raises:
        TypeError: (when called) an argument, or something in what f returns, is not a number.

    >>> import numpy as np
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    >>> jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """
    check(f, argnums)
    return Transformed(_jacobian, f, argnums, has_aux)


def jacfwd(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns all derivatives of all outputs of f, in forward mode.

    Cheaper than :func:`jacrev` where f has fewer inputs than outputs. f runs once; its graph is swept from
    the inputs up, in several directions at a time. Arguments, results, errors: as of :func:`jacobian`.

    >>> jacfwd(lambda x: [x * x, x**3])(2.0)
    [4.0, 12.0]
    """
    check(f, argnums)
    return Transformed(_jacfwd, f, argnums, has_aux)


def jacrev(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns all derivatives of all outputs of f, in reverse mode.

    Cheaper than :func:`jacfwd` where f has fewer outputs than inputs. f runs once; its graph is swept from
    each output down. Arguments, results, errors: as of :func:`jacobian`.

    >>> jacrev(lambda x: x[0] * x[1] * x[2])([2.0, 3.0, 5.0])
    [15.0, 10.0, 6.0]
    """
    check(f, argnums)
    return Transformed(_jacrev, f, argnums, has_aux)


def _jacobian(call: Call) -> Any:
    return _jacfwd(call) if len(call.variables) < len(call.numbers) else _jacrev(call)


def _jacrev(call: Call) -> Any:
    variables, nested = call.variables, call.nested
    rows = [gradients(number, variables, nested) for number in call.numbers]
    return call.with_aux(matrix_like(call.output, call.trees, rows, call.argnums))


def _jacfwd(call: Call) -> Any:
    """The rows, computed by columns."""
    outputs, variables = call.numbers, call.variables
    if call.nested:
        columns = [directional(outputs, [variable], [1.0], create_graph=True) for variable in variables]
        rows: Any = [[column[i] for column in columns] for i in range(len(outputs))]
    else:
        rows = directional(outputs, variables, np.eye(len(variables)))
    return call.with_aux(matrix_like(call.output, call.trees, rows, call.argnums))


def matrix_like(output: Any, trees: list[Any], rows: Sequence[Any], argnums: ArgNums) -> Any:
    """A matrix cut into blocks: one for each number or array of the output and each of the arguments.

    Args:
        output: gives the structure outside.
        trees: the arguments, which give the structure inside.
        rows: for each number of the output, its derivatives by each number of the arguments.
        argnums: as given by the user: for several, the structure inside is a tuple.

    >>> matrix_like({"y": 0.0}, [[0.0, 0.0]], [[1.0, 2.0]], 0)
    {'y': [1.0, 2.0]}
    """
    count = sum(len(flatten(tree)) for tree in trees)
    waiting = iter(rows)

    def block(leaf: Any) -> Any:
        """The derivatives of one number or array of the output."""
        if not isinstance(leaf, np.ndarray):
            row = next(waiting)
            return _inside(row.tolist() if isinstance(row, np.ndarray) else row, trees, argnums)
        own_rows = [next(waiting) for _ in range(leaf.size)]
        columns = [_array([row[i] for row in own_rows], leaf.shape) for i in range(count)]
        return _inside(columns, trees, argnums, leaf.shape)

    return map_leaves(block, output)


def _inside(columns: Sequence[Any], trees: list[Any], argnums: ArgNums, shape: tuple[int, ...] = ()) -> Any:
    """Derivatives, one entry for each number of the arguments, in the structure of these.

    Entries are numbers, or arrays of the shape of the output.
    """
    waiting = iter(columns)

    def part(tree: Any) -> Any:
        if not isinstance(tree, np.ndarray):
            return next(waiting)
        own = [next(waiting) for _ in range(tree.size)]
        if not shape or not own:
            return _array(own, shape + tree.shape)
        return np.stack(own, axis=-1).reshape(shape + tree.shape)

    parts = [map_leaves(part, tree) for tree in trees]
    return tuple(parts) if isinstance(argnums, Sequence) else parts[0]


def _array(numbers: Sequence[Any], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    kind = object if any(isinstance(number, Value) for number in numbers) else float
    array = np.empty(len(numbers), dtype=kind)
    array[:] = numbers
    return array.reshape(shape)
