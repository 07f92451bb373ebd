"""Functions to functions: from f to its gradient or Jacobian, as JAX and HIPS autograd name them.

Arguments are numbers, nested lists, tuples and dicts of them, and NumPy arrays. The function is
called with a Value for every number (arrays become object arrays of Values, on which ``W @ x``
and ``np.tanh(z)`` work). Nothing outside is touched: no ``.grad`` changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from operator import index
from typing import Any

import numpy as np

from engine.derive import gradients
from engine.grad_mode import enable_grad
from engine.node import Value
from engine.op import Op
from engine.structure import flatten, map_numbers

__all__ = ["grad", "jacobian", "value_and_grad"]

ArgNums = int | Sequence[int]


class _Active(threading.local):
    """The variables of the transforms under way in this thread, outermost first."""

    def __init__(self) -> None:
        self.variables: list[set[Value]] = []


_active = _Active()

_SAME = Op(
    name="same",
    operands=("x",),
    forward=float,
    partials=(lambda m, y, x: 1.0,),
    numpy="positive",
    text="x",
    partial_text=("1",),
)
"""The row of the variables of a nested transform: each a node of its own, made of the outer one."""


def value_and_grad(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns f's value and its gradient.

    Args:
        f: returns one number. With ``has_aux``, a pair of that number and anything else.
        argnums: position of the argument to differentiate, or several of them.
        has_aux: whether f returns such a pair.

    Returns:
        A function of the same arguments that returns ``(value, gradient)``, or
        ``((value, aux), gradient)``: the value a float, the gradient nested as the argument is (a tuple
        of gradients for several ``argnums``).

    Raises:
        TypeError: (when called) an argument is no number, or f does not return one number.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    _check(f, argnums)

    @wraps(f)
    def differentiated(*args: Any, **options: Any) -> Any:
        trees, output = _call(f, args, options, argnums)
        aux = None
        if has_aux:
            if not isinstance(output, (tuple, list)) or len(output) != 2:
                raise TypeError(f"has_aux=True needs a function that returns a pair, got {output!r}")
            output, aux = output
        if not isinstance(output, (Value, float, int, np.number)):
            raise TypeError(
                f"grad needs a function that returns one number, got {type(output).__name__}; "
                "use engine.jacobian for several"
            )
        nested = _nested(args, argnums, [output])
        found = gradients(output, _variables(trees), nested)
        value = output if nested else output.data if isinstance(output, Value) else float(output)
        return ((value, aux) if has_aux else value), _like(trees, iter(found), argnums)

    return differentiated


def grad(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of f.

    Args and errors are those of :func:`value_and_grad`; with ``has_aux`` it returns ``(gradient, aux)``.

    >>> grad(lambda x, y: x * y + y)(2.0, 3.0)
    3.0
    >>> grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 5.0], "b": 1.0})
    {'w': [5.0, 2.0], 'b': 1.0}
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f)
    def differentiated(*args: Any, **options: Any) -> Any:
        value, gradient = both(*args, **options)
        return (gradient, value[1]) if has_aux else gradient

    return differentiated


def jacobian(f: Callable[..., Any], argnums: ArgNums = 0) -> Callable[..., Any]:
    """A function that returns all derivatives of all outputs of f.

    Args:
        f: returns a number, or nested lists, tuples, dicts and arrays of numbers.
        argnums: position of the argument to differentiate, or several of them.

    Returns:
        A function of the same arguments. Its result has the structure of f's output, and in place of
        each number or array there the structure of the argument, with blocks of shape (shape of the
        output, shape of the input): a matrix for a vector function of a vector.

    >>> import numpy as np
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 0.]])
    >>> jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """

    _check(f, argnums)

    @wraps(f)
    def differentiated(*args: Any, **options: Any) -> Any:
        trees, output = _call(f, args, options, argnums)
        outputs = flatten(output, "what the function returns")
        variables, nested = _variables(trees), _nested(args, argnums, outputs)
        rows = iter([gradients(number, variables, nested) for number in outputs])

        def block(leaf: Any) -> Any:
            """The derivatives of one number or array of the output."""
            shape = np.shape(leaf) if isinstance(leaf, np.ndarray) else ()
            count = int(np.prod(shape))
            own_rows = np.array([next(rows) for _ in range(count)], dtype=object if nested else float)
            own_rows = own_rows.reshape(count, len(variables))
            columns = iter(range(len(variables)))

            def part(tree: Any) -> Any:
                inner = np.shape(tree) if isinstance(tree, np.ndarray) else ()
                own = [next(columns) for _ in range(int(np.prod(inner)))]
                cut = own_rows[:, own].reshape(shape + inner)
                return cut if shape + inner else cut.item()

            parts = [_map_leaves(part, tree) for tree in trees]
            return tuple(parts) if isinstance(argnums, Sequence) else parts[0]

        return _map_leaves(block, output)

    return differentiated


def _call(
    f: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], argnums: ArgNums
) -> tuple[list[Any], Any]:
    """Call f with Values for the numbers to differentiate; return those arguments and f's result."""
    positions = _positions(argnums)
    for position in positions:
        if not -len(args) <= position < len(args):
            raise TypeError(f"argnums={argnums}, but {len(args)} positional arguments were given")
    chosen = {position % len(args) for position in positions}
    prepared = list(args)
    for i in chosen:
        prepared[i] = map_numbers(_variable, args[i], f"argument {i}")
    trees = [prepared[position] for position in positions]
    _active.variables.append(set(_variables(trees)))
    try:
        with enable_grad():
            return trees, f(*prepared, **options)
    finally:
        _active.variables.pop()


def _variable(number: Any, path: str) -> Value:
    return number._apply(_SAME, (number,)) if isinstance(number, Value) else Value(number)


def _variables(trees: list[Any]) -> list[Value]:
    return [number for tree in trees for number in flatten(tree)]


def _nested(args: tuple[Any, ...], argnums: ArgNums, outputs: list[Any]) -> bool:
    """Whether the gradient must be a graph, to be differentiated again.

    It must if Values came in, or if an output depends on a variable of a transform around this one.
    """
    if any(isinstance(number, Value) for i in _positions(argnums) for number in flatten(args[i])):
        return True
    outer = set[Value]().union(*_active.variables)
    return bool(outer) and any(
        not outer.isdisjoint(output._topological_order()) for output in outputs if isinstance(output, Value)
    )


def _check(f: Any, argnums: Any) -> None:
    if not callable(f):
        raise TypeError(f"expected a function to differentiate, got {f!r}")
    try:
        _positions(argnums)
    except TypeError:
        raise TypeError(f"argnums must be a position or several, got {argnums!r}") from None


def _positions(argnums: ArgNums) -> list[int]:
    return [*map(index, argnums)] if isinstance(argnums, Sequence) else [index(argnums)]


def _like(trees: list[Any], numbers: Any, argnums: ArgNums) -> Any:
    """Numbers in the nested structure of the arguments."""
    results = [map_numbers(lambda item, path: next(numbers), tree) for tree in trees]
    return tuple(results) if isinstance(argnums, Sequence) else results[0]


def _map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The nested structure with a function applied to its numbers and to its arrays as a whole."""
    if isinstance(tree, dict):
        return {key: _map_leaves(function, item) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [_map_leaves(function, item) for item in tree]
        if isinstance(tree, list):
            return items
        return type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    return function(tree)
