"""grad and value_and_grad: from a function to its gradient, as in JAX and HIPS autograd.

Arguments are numbers, nested lists, tuples and dicts of them, and NumPy arrays. The function is
called with a Value for every number (arrays become object arrays of Values, on which ``W @ x``
and ``np.tanh(z)`` work). Nothing outside is touched: no ``.grad`` changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, overload

from engine.transforms.reverse import gradients
from engine.transforms.signatures import Gradient, ValueAndGradient
from engine.transforms.transformed import Transformed
from engine.transforms.variables import ArgNums, Call, check

__all__ = ["grad", "value_and_grad"]


@overload
def value_and_grad(
    f: Callable[..., Any], argnums: Literal[0] = 0, has_aux: Literal[False] = False
) -> ValueAndGradient: ...


@overload
def value_and_grad(
    f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False
) -> Callable[..., Any]: ...


def value_and_grad(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Any:
    """A function that returns f's value and its gradient.

    Args:
        f: returns one number. With ``has_aux``, a pair of that number and anything else.
        argnums: position of the argument to differentiate, or several of them.
        has_aux: whether f returns such a pair. The second of it is handed through with plain numbers in place
            of the Values in its lists, tuples, dicts, sets, dataclasses and arrays; within another
            transform, those that depend on the variables of that one stay Values.

    Returns:
        A function of the same arguments that returns ``(value, gradient)``, or
        ``((value, aux), gradient)``: the value a float, the gradient nested as the argument is (a tuple
        of gradients for several ``argnums``).

    Raises:
        TypeError: (when called) an argument is not a number, or f does not return one number.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    check(f, argnums)
    return Transformed(_value_and_grad, f, argnums, has_aux)


def _value_and_grad(call: Call) -> Any:
    output = call.number("grad", "; use engine.jacobian for several")
    nested = call.nested
    found = gradients(output, call.variables, nested)
    return call.with_aux(call.value(nested)), call.like_arguments(found)


@overload
def grad(f: Callable[..., Any], argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> Gradient: ...


@overload
def grad(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]: ...


def grad(f: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Any:
    """A function that returns the gradient of f.

    Args and errors are those of :func:`value_and_grad`; with ``has_aux`` it returns ``(gradient, aux)``.

    >>> grad(lambda x, y: x * y + y)(2.0, 3.0)
    3.0
    >>> grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 5.0], "b": 1.0})
    {'w': [5.0, 2.0], 'b': 1.0}
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    check(f, argnums)
    return Transformed(_grad, f, argnums, has_aux)


def _grad(call: Call) -> Any:
    value, gradient = _value_and_grad(call)
    return (gradient, value[1]) if call.has_aux else gradient
