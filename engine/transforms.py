"""Functions to functions: from f to its gradient, as JAX and HIPS autograd name them.

Arguments are numbers, nested lists, tuples and dicts of them, and NumPy arrays. The function is
called with a Value for every number (arrays become object arrays of Values, on which ``W @ x``
and ``np.tanh(z)`` work). Nothing outside is touched: no ``.grad`` changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from engine.derive import gradients
from engine.node import Value
from engine.variables import ArgNums, call_on_variables, check, like_arguments, must_be_graph, variables_of

__all__ = ["grad", "value_and_grad"]


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

    check(f, argnums)

    @wraps(f)
    def differentiated(*args: Any, **options: Any) -> Any:
        trees, output = call_on_variables(f, args, options, argnums)
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
        nested = must_be_graph(args, argnums, [output])
        found = gradients(output, variables_of(trees), nested)
        value = output if nested else output.data if isinstance(output, Value) else float(output)
        return ((value, aux) if has_aux else value), like_arguments(trees, found, argnums)

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
