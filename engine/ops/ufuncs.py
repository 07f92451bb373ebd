"""NumPy's functions on Values: they return Values, arrays of Values, or raise an error with advice.

NumPy asks a Value before it runs a ufunc (``np.exp(v)``, ``v * array``) or another function (``np.sum(v)``,
``np.where(v > 0, v, w)``) on it. Each ufunc is looked up here as a function of single numbers, which NumPy
then broadcasts, reduces and stores as it does any other. Of an array of Values alone it asks nobody; its
loops call ``+``, ``<`` and methods of the elements, ``x.exp()``, which is why Values have NumPy's names too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.floats.coerce import bare
from engine.ops import OPERATORS
from engine.ops.composed import FUNCTIONS, QUESTIONS, by_row, is_finite, is_nan, sinc, truncated

__all__ = ["elementwise", "from_function", "from_ufunc"]

Function = Callable[..., Any]


def from_ufunc(ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a NumPy ufunc gives where a Value is among its operands: a Value, or an array of them.

    Raises:
        TypeError: there is nothing of that kind for Values, or the array to put it into cannot hold them.
    """
    name = ufunc.__name__
    function = FUNCTIONS.get(name)
    if ufunc.signature is not None:
        raise TypeError(f"numpy.{name} takes arrays, and a Value is one number: multiply by it with *")
    if function is None:
        raise TypeError(
            f"numpy.{name} is not among the engine's operators; compose it from engine functions, "
            "or pass .data for the bare number"
        )
    if method == "__call__" and not options and not any(isinstance(x, np.ndarray) for x in inputs):
        return function(*inputs)
    for array in (*options.get("out", ()), *(inputs[:1] if method == "at" else ())):
        if array is not None and array.dtype != object and name not in QUESTIONS:
            raise TypeError(f"an array of {array.dtype} cannot hold Values; make it with dtype=object")
    ignored = ("dtype", "casting", "subok")
    options = {key: option for key, option in options.items() if key not in ignored}
    answers = (
        options.pop("out", (None,))[0] if name in QUESTIONS else None
    )  # which may be an array of booleans
    for_each = np.frompyfunc(function, ufunc.nin, ufunc.nout, identity=ufunc.identity)
    with np.errstate(all="ignore"):  # the floating-point flags of functions that meant their nan
        found = getattr(for_each, method)(*map(_held, inputs), **options)
    if answers is not None:
        answers[...] = found
        return answers
    return found.astype(bool) if name in QUESTIONS and isinstance(found, np.ndarray) else found


# -- functions that are not ufuncs ----------------------------------------------------------------------


def _is_close(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    def close(x: Any, y: Any) -> bool:
        if is_nan(x) or is_nan(y):
            return equal_nan and is_nan(x) and is_nan(y)
        if not (is_finite(x) and is_finite(y)):
            return bool(x <= y and x >= y)
        return bool(abs(x - y) <= atol + rtol * abs(y))

    return elementwise(close, (a, b)).astype(bool)[()]


def _clipped(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = a_min if min is None else min, a_max if max is None else max
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    return elementwise(by_row(OPERATORS["clip"]), (x, low, high))[()]


def _spread(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0) -> Any:
    """How far a single number is from its mean: 0, of a gradient of 0; nan where the divisor is 0 too."""
    return (x - x) * (1.0 if ddof < 1 else math.nan)


_OWN: dict[str, Function] = {
    "sinc": lambda x: elementwise(sinc, (x,))[()],
    "fix": lambda x: elementwise(truncated, (x,))[()],
    "clip": _clipped,
    "var": _spread,
    "std": _spread,
    "isclose": _is_close,
    "allclose": lambda *args, **options: bool(np.all(_is_close(*args, **options))),
}
"""What NumPy would not do right where the first argument is a Value; the last two, where any is."""

_INSTEAD = {
    "angle": "take engine.atan2",
    "percentile": "take np.sort and engine.take",
    "quantile": "take np.sort and engine.take",
    "cov": "take np.mean of products",
    "corrcoef": "take np.mean of products",
    "unwrap": "take np.diff and engine.where",
}
"""Functions that cannot be used for Values, and what to write."""

_OF_FLOATS = ("interp", "i0", "roots")
"""Functions that make floats of their arguments, which is watched: see :mod:`engine.node.leaks`."""


def from_function(
    function: Any, types: Sequence[type], arguments: Sequence[Any], options: dict[str, Any]
) -> Any:
    """What a NumPy function gives where a Value is among its arguments.

    It runs as it does on an array of no dimensions that holds the Value, and what it gives of this kind is
    taken out of the array.

    Raises:
        TypeError: it is among those that take floats alone.
    """
    name = function.__name__
    if not all(hasattr(kind, "_apply") or issubclass(kind, np.ndarray) for kind in types):
        return NotImplemented
    if getattr(np, name, None) is function:
        if name in _INSTEAD:
            raise TypeError(f"numpy.{name} cannot be used for Values; {_INSTEAD[name]}")
        if name in _OWN and (name in ("isclose", "allclose") or hasattr(type(arguments[0]), "_apply")):
            return _OWN[name](*arguments, **options)
    # not the function itself, which would ask once more where a Value is within an array
    implementation = getattr(function, "_implementation", function)
    if name in _OF_FLOATS:
        return implementation(*arguments, **options)
    return _bare_within(implementation(*_held_within(tuple(arguments)), **_held_within(options)))


def elementwise(function: Function, operands: Sequence[Any]) -> np.ndarray[Any, Any]:
    """The array of a scalar function's results, its operands broadcast as NumPy does."""
    with np.errstate(all="ignore"):
        found = np.frompyfunc(function, len(operands), 1)(*map(_held, operands))
    return np.asarray(found, dtype=object)


def _held(x: Any) -> Any:
    """A Value in an array of no dimensions, for bare it would be asked again; anything else as it is."""
    if not hasattr(type(x), "_apply"):
        return x
    array = np.empty((), dtype=object)
    array[()] = x
    return array


def _held_within(x: Any) -> Any:
    if isinstance(x, (list, tuple)) and type(x) in (list, tuple):
        return type(x)(map(_held_within, x))
    if type(x) is dict:
        return {key: _held_within(each) for key, each in x.items()}
    return _held(x)


def _bare_within(x: Any) -> Any:
    return type(x)(map(_bare_within, x)) if type(x) in (list, tuple) else bare(x)
